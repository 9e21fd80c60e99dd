import assert from "node:assert/strict";
import { Journey } from "./harness";

describe("the editor with the extension installed", () => {
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  it("opens a sample document and shows its text", async () => {
    await journey.openFile("penicillin.txt");
    await journey.editor.getByText("Alexander Fleming").first().waitFor();
  });

  it("goes to a line by keyboard", async () => {
    await journey.goTo(5, 20);
    await journey.waitForStatus("Ln 5, Col 20");
  });

  it("lists the extension among the installed ones", async () => {
    await journey.runCommand("Extensions: Show Installed Extensions");
    const row = await journey.waitFor(".extensions-list .monaco-list-row[data-extension-id='glossator.glossator']");
    assert.match(await row.innerText(), /Glossator/);
  });
});
