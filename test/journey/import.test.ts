import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { copySamples } from "../../scripts/lib/paths.mjs";
import { eventsOn, logLabel } from "./decisions";
import { Journey, eventually } from "./harness";

describe("a user imports what others decided", function () {
  this.timeout(300_000);
  let journey: Journey;

  before(async () => {
    journey = await Journey.start();
  });
  after(() => journey.dispose());

  it("settles a conflict by hand, and takes it all back after a restart", async () => {
    let span = { start: 0, end: 0 };
    await journey.openNew("imported", async (folder) => {
      await copySamples(folder);
      span = await logLabel(folder, "elections.txt", "Konrad Adenauer", "PER");
    });
    const text = readFileSync(join(journey.workspace, "elections.txt"), "utf8");
    const free = text.indexOf("Dean Acheson");
    const source = join(journey.workspace, "others.csv");
    writeFileSync(
      source,
      [
        "document,start_utf16,end_utf16,label,text",
        `elections.txt,${span.start},${span.end},MISC,${text.slice(span.start, span.end)}`,
        `elections.txt,${free},${free + 12},PER,Dean Acheson`,
        `penicillin.txt,0,10,MISC,Penicillin\n`,
      ].join("\n"),
    );
    await journey.openFile("elections.txt");
    await journey.runCommand("Glossator: Import Dataset…");
    await journey.answerList("Import Dataset", { pick: "File…" });
    await journey.answerFileDialog(source, "Import");
    await journey.answerList("Import Dataset: format", { pick: "CSV" });
    await journey.answerList("Import Dataset: tasks");
    await journey.answerList("Import Dataset: documents", { pick: "Only documents" });
    await journey.answerList("Import Dataset: was all of it looked at?", { pick: "As the format says" });
    await journey.answerList("Import Dataset: options");
    await journey.report.locator("h1", { hasText: "What the import would do" }).waitFor();
    await journey.quickInput.locator(".monaco-list-row", { hasText: "settle the conflict" }).waitFor();
    await journey.answerList("Import Dataset", { pick: "Choose documents" });
    await journey.answerList("Import Dataset: documents to take", { toggle: "penicillin.txt" });
    await journey.quickInput.locator(".monaco-list-row", { hasText: "in 1 document" }).waitFor();
    // The preview must leave the keyboard to the question.
    await journey.takeByKeyboard("Import Dataset", "settle the conflict");
    await journey.answerList("Conflict 1 of 1: elections.txt", { pick: "Take theirs" });

    const imported = await eventually("the import in the log", () => {
      const found = eventsOn(journey.workspace, "elections.txt").slice(1);
      return found.some((event) => event.new?.quote.exact === "Dean Acheson") ? found : undefined;
    });
    assert.ok(imported.some((event) => event.new?.label === "MISC" && event.new.span.start === span.start));
    const acts = new Set(imported.map(({ act }) => act));
    assert.equal(acts.size, 1);
    assert.deepEqual(eventsOn(journey.workspace, "penicillin.txt"), [], "a document that was not chosen");

    await journey.restart();
    await journey.openFile("elections.txt");
    await journey.waitForLabels();
    await journey.runCommand("Glossator: Undo Import");
    // A window knows its own imports only; of others it asks first.
    await journey.page.locator(".monaco-dialog-box").getByRole("button", { name: "Take It Back" }).click();
    const undone = await eventually("the undo", () =>
      eventsOn(journey.workspace, "elections.txt").find((event) => acts.has(event.undoes)),
    );
    assert.equal(undone.kind, "undone");
  });
});
