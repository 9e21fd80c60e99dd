import assert from "node:assert/strict";
import { decided } from "./decisions";
import { Journey } from "./harness";

describe("a user asks about a file", function () {
  this.timeout(240_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  it("sees the answer in the text, and accepts it", async () => {
    await journey.openFile("penicillin.txt");
    await journey.waitForLabels();
    await journey.runCommand("Glossator: Ask About This File…");
    await journey.answerInput("Ask About This File", "Who discovered penicillin?");
    const answers = await journey.question("Who discovered penicillin?");
    const best = answers.locator(".monaco-list-row").first();
    assert.match(await best.innerText(), /Fleming/);
    await journey.press("Enter");
    await answers.waitFor({ state: "hidden" });
    await journey.chord("o");
    const answered = await decided(journey.workspace, "penicillin.txt", "answered");
    assert.match(JSON.stringify(answered), /"exact":"[^"]*Fleming"/);
  });
});
