/** Teach Model inside the editor: the job, what it gives to open documents, and back. */
import assert from "node:assert/strict";
import path from "node:path";
import { ConfigurationTarget, Uri, window, workspace } from "vscode";
import type { FoundChanges } from "../../src/editor/documents/changes";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import type { TeachReport } from "../../src/training/teach";
import { api, closeAll, folder, labelOn, logged, run, select, showFile, until } from "./helpers";

const VEHICLES = ["tram", "ferry", "bicycle", "lorry", "minibus", "scooter", "barge", "yacht"];

/** A document, not shown, in which every vehicle is labelled and all was looked at. */
async function decided(name: string): Promise<void> {
  const text = VEHICLES.map((what) => `Somebody took the ${what} home.\n\nThe ${what} was late again.`).join("\n\n");
  await workspace.fs.writeFile(Uri.joinPath(folder(), name), new TextEncoder().encode(text));
  const journal = new Journal(path.join(folder().fsPath, ".glossator"), name, "zoe");
  await journal.load();
  const labels = new DocumentLabels({ text, author: "zoe", sink: journal });
  for (const what of VEHICLES)
    for (const start of [text.indexOf(what), text.lastIndexOf(what)])
      await labels.add("entities", { start, end: start + what.length }, "VEHICLE").saved;
  await labels.markReviewed({ start: 0, end: text.length }, "entities").saved;
  await journal.flush();
}

describe("teaching the model", function () {
  this.timeout(900_000);
  // A few steps learn what this suite decides, and not what all the others did.
  before(async () => {
    await closeAll();
    const logs = Uri.joinPath(folder(), ".glossator/log");
    await workspace.fs.delete(logs, { recursive: true }).then(undefined, () => undefined);
  });
  afterEach(closeAll);

  it("changes what open documents are labelled with, shows how far it is, and is taken back", async () => {
    await decided("traffic.txt");
    const shown = await showFile("Yesterday Maria Keller missed the tram to Hamburg.");
    const tests = await api();
    assert.equal(await labelOn(shown, "tram"), undefined);
    const before = tests.engine().info?.modelVersion;
    const settings = { steps: 14, rows: 8, learningRate: 5e-4, outputLearningRate: 3e-3 };
    const job = Promise.resolve(run("teachModel", { settings })) as Promise<TeachReport>;
    await until("the job in the status", () => tests.status()?.text.startsWith("$(mortar-board)") === true, 60_000);
    assert.match(tests.status()?.says ?? "", /being taught/);
    await run("toggleReviewMode");
    assert.match(tests.status()?.text ?? "", /^\$\(mortar-board\) Review/, "the mode, too, while it is taught");
    assert.match(tests.status()?.says ?? "", /^Review mode: .* being taught/);
    await run("leaveReviewMode");
    const report = await job;
    const outcome = report.outcomes.find(({ task }) => task === "entities");
    assert.ok(outcome?.kind === "judged", JSON.stringify(report.outcomes));
    // So few steps may not be enough for the gate: then it is chosen by hand.
    if (!outcome.verdict.accepted) await run("modelVersions", outcome.version.id);
    await until("the new version", () => tests.engine().info?.model.includes(`+${outcome.version.id}`) === true);
    await tests.idle(shown.uri);
    await until("the new label", async () => (await labelOn(shown, "tram"))?.label === "VEHICLE");
    assert.equal((await labelOn(shown, "Maria Keller"))?.label, "PER");
    const seen = (await run("whatWouldChange", { version: outcome.version.id, whole: false })) as FoundChanges;
    const tram = seen.changes.find(({ path: address, exact }) => address === shown.uri.toString() && exact === "tram");
    assert.deepEqual([tram?.at, tram?.before, tram?.after.map(({ label }) => label)], ["1:35", [], ["VEHICLE"]]);
    await run("nextChange");
    const { document, selection } = window.activeTextEditor!;
    assert.equal(document.getText(selection), "tram");
    await run("modelVersions", "back");
    await until("the model as it came", () => tests.engine().info?.modelVersion === before);
    await tests.idle(shown.uri);
    assert.equal(await labelOn(shown, "tram"), undefined);
  });

  it("is offered after some decisions, and, declined, not again", async () => {
    const tests = await api();
    const settings = workspace.getConfiguration("glossator");
    await settings.update("teach.offerAfter", 10, ConfigurationTarget.Global);
    try {
      // The job before began to count anew.
      assert.equal(tests.teachingOffer(), undefined);
      const shown = await showFile(VEHICLES.map((what) => `A ${what} and another ${what}x.`).join("\n"));
      for (const what of VEHICLES.flatMap((name) => [name, `${name}x`]).slice(0, 10)) {
        assert.equal(tests.teachingOffer(), undefined);
        select(shown, what);
        await run("addEntity", "MISC");
      }
      assert.equal(await until("the offer", () => tests.teachingOffer()), 10);
      await run("undo");
      assert.equal(tests.teachingOffer(), undefined);
      await run("redo");
      assert.equal(tests.teachingOffer(), 10);
      await run("answerTeachingOffer", "decline");
      assert.equal(tests.teachingOffer(), undefined);
    } finally {
      await settings.update("teach.offerAfter", undefined, ConfigurationTarget.Global);
    }
  });

  it("is offered, too, where more suggestions are rejected than before, and, declined, not again", async () => {
    const tests = await api();
    const shown = await showFile(`A tram.${" Another tram.".repeat(25)}`);
    select(shown, "tram");
    await run("addEntity", "MISC");
    await tests.written(shown.uri);
    const [{ author }] = (await logged(shown)) as [DecisionEvent];
    const name = "worse.txt";
    const root = path.join(folder().fsPath, ".glossator");
    const journal = new Journal(root, name, author);
    await journal.load();
    const text = Array.from({ length: 200 }, (_, i) => `w${i + 100}`).join(" ");
    // After all that other tests decide.
    let now = new Date("2096-01-01T00:00:00Z");
    const labels = new DocumentLabels({ text, author, sink: journal, now: () => now });
    const list = Array.from({ length: 200 }, (_, i) => ({ start: 5 * i, end: 5 * i + 4, label: "MISC", score: 0.9 }));
    labels.setSuggestions("entities", { start: 0, end: text.length }, list, { name: "model", version: "1" });
    const ids = labels.annotations({ status: "suggested" }).map(({ id }) => id);
    labels.accept(...ids.slice(0, 100));
    now = new Date("2096-01-02T00:00:00Z");
    await labels.reject(...ids.slice(100)).saved;
    try {
      assert.equal(tests.teachingOffer(), undefined);
      select(shown, "tram");
      await run("labelOccurrences");
      const drift = await until("what got worse", () => tests.drift());
      assert.deepEqual([drift.recent, drift.until], [{ wrong: 100, of: 100 }, now.toISOString()]);
      assert.ok(drift.before.of >= 100 && drift.before.wrong < drift.before.of);
      await run("answerTeachingOffer", "decline");
      assert.deepEqual([tests.teachingOffer(), tests.drift()], [undefined, undefined]);
    } finally {
      await workspace.fs.delete(Uri.file(path.dirname(journal.path)), { recursive: true });
    }
  });

  it("is cancelled at once, and leaves the model as it was", async () => {
    const tests = await api();
    const before = tests.engine().info?.modelVersion;
    // Of two commands given in one moment one is refused: the one that can be cancelled is the one that runs.
    const jobs = [1, 2].map(() => Promise.resolve(run("teachModel", { settings: { steps: 50, rows: 8 } })));
    await until("the job", () => tests.status()?.text.startsWith("$(mortar-board)") === true, 60_000);
    await run("stopTeaching");
    assert.deepEqual(await Promise.all(jobs), [undefined, undefined]);
    assert.equal(tests.engine().info?.modelVersion, before);
  });
});
