import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { TabInputWebview, Uri, window, workspace } from "vscode";
import type { Agreement } from "../../src/labels/agreement/agreement";
import type { Disagreement } from "../../src/labels/agreement/disagreements";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { TEXT, api, closeAll, cursor, folder, labelOn, logged, run, select, showFile, until } from "./helpers";
import type { Shown } from "./helpers";

describe("agreement", () => {
  const name = "agreement.txt";
  let shown: Shown;

  /** What another annotator decided, in a log of their own. */
  async function decidedByBob(): Promise<void> {
    const sink = new Journal(path.join(folder().fsPath, ".glossator"), name, "bob");
    const labels = new DocumentLabels({ text: TEXT, author: "bob", sink });
    for (const [exact, label] of [
      ["Paris", "ORG"],
      ["London", "ORG"],
      ["Angela Merkel", "PER"],
    ] as const) {
      const start = TEXT.indexOf(exact);
      await labels.add("entities", { start, end: start + exact.length }, label).saved;
    }
    await labels.markReviewed({ start: 0, end: TEXT.length }, "entities").saved;
  }

  before(async () => {
    shown = await showFile(TEXT, name);
    await run("acceptAllInDocument");
    await (await api()).written(shown.uri);
    await decidedByBob();
  });
  after(async () => {
    await closeAll();
    await workspace.fs.delete(Uri.joinPath(folder(), ".glossator", "log", name), { recursive: true });
  });

  it("is measured over the logs of all annotators and shown as a report", async () => {
    const agreement = (await run("showAgreement")) as Agreement;
    assert.equal(agreement.annotators.length, 2);
    const [pair] = agreement.tasks.entities.pairs;
    assert.ok(pair !== undefined && pair.units > 10);
    assert.ok((pair.cohensKappa ?? 1) < 1);
    await until("the report", () =>
      window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith("glossator.agreement")),
    );
  });

  it("goes through disagreements and settles them, mine, theirs, or a third way; undo takes it back", async () => {
    await window.showTextDocument(shown.document);
    const first = (await run("nextDisagreement")) as Disagreement;
    assert.equal(first.document, name);
    const editor = window.activeTextEditor;
    assert.equal(editor?.document.uri.toString(), shown.uri.toString());
    await until("the selection", () => editor.document.getText(editor.selection) === "Paris");
    await run("takeTheirs");
    const paris = await labelOn(shown, "Paris");
    assert.equal(paris?.label, "ORG");
    assert.ok(paris.adjudication);
    await run("undo");
    assert.equal((await labelOn(shown, "Paris"))?.label, "LOC");

    // What was settled is open again, and a few steps back at most.
    await until("the first disagreement again", async () => {
      const back = (await run("previousDisagreement")) as Disagreement;
      return back.region.start === first.region.start;
    });
    await run("takeMine");
    await run("adjudicateAs", "MISC");
    assert.equal((await labelOn(shown, "Paris"))?.adjudication === undefined, false);
    const events = (await logged({ ...shown, editor })).filter(({ kind }) => kind === "adjudicated");
    assert.equal(events.length, 3);
    await cursor({ ...shown, editor });
  });

  it("settles what is under the cursor, and nothing anywhere else", async () => {
    await window.showTextDocument(shown.document);
    await run("previousDisagreement");
    const before = (await logged(shown)).length;
    const nothing = async (why: string): Promise<void> => {
      for (const command of ["takeTheirs", "takeMine"]) await run(command);
      await run("adjudicateAs", "MISC");
      assert.equal((await logged(shown)).length, before, why);
    };
    const other = await showFile("Nothing to see in Berlin.");
    await nothing("settled from another document");
    assert.equal(window.activeTextEditor?.document.uri.toString(), other.uri.toString(), "where the user is");
    assert.ok(!existsSync((await api()).logFile(other.uri) ?? ""), "and nothing in the other");
    const again = { ...shown, editor: await window.showTextDocument(shown.document) };
    select(again, "wonderful");
    await nothing("settled from elsewhere in the document");
    const next = (await run("nextDisagreement")) as Disagreement;
    const text = TEXT.slice(next.region.start, next.region.end);
    select(again, text);
    await run("takeTheirs");
    assert.equal((await logged(shown)).length, before + 1);
    select(again, text);
    await run("takeMine");
    assert.equal((await logged(shown)).length, before + 1, "what is settled is not settled once more");
  });

  it("is over where nobody differs any more", async () => {
    const again = { ...shown, editor: await window.showTextDocument(shown.document) };
    // Whatever is settled by now: it is open again.
    for (let i = 0; i < 20 && (await labelOn(shown, "London"))?.adjudication !== undefined; i++) await run("undo");
    const disputed = await until("the disagreement about London", async () => {
      const found = (await run("nextDisagreement")) as Disagreement | undefined;
      return found !== undefined && TEXT.slice(found.region.start, found.region.end) === "London" ? found : undefined;
    });
    assert.equal(disputed.task, "entities");
    await run("relabel", (await labelOn(shown, "London"))?.id, "ORG");
    const before = (await logged(shown)).length;
    select(again, "London");
    await run("takeMine");
    assert.equal((await logged(shown)).length, before);
  });

  it("goes on where the next one was settled meanwhile by somebody else, in a document that is elsewhere", async () => {
    const later = await showFile(TEXT, "agreement-later.txt");
    const log = Uri.joinPath(folder(), ".glossator", "log", "agreement-later.txt");
    try {
      await run("acceptAllInDocument");
      await (await api()).written(later.uri);
      const adds = async (document: string, exact: string, label: string): Promise<DocumentLabels> => {
        const sink = new Journal(path.join(folder().fsPath, ".glossator"), document, "bob");
        const labels = new DocumentLabels({ text: TEXT, author: "bob", sink });
        const start = TEXT.indexOf(exact);
        await labels.add("entities", { start, end: start + exact.length }, label).saved;
        return labels;
      };
      await adds(name, "hotel", "MISC");
      const bob = await adds("agreement-later.txt", "Paris", "ORG");
      await run("showAgreement");
      await window.showTextDocument(shown.document);
      // From the last one of this document the next is in the other.
      let last: Disagreement | undefined;
      for (let i = 0; i < 50; i++) {
        const next = (await run("nextDisagreement")) as Disagreement;
        if (next.document !== name && last !== undefined) break;
        last = next;
      }
      assert.equal(((await run("previousDisagreement")) as Disagreement).document, name);
      await bob.undo()!.saved;
      await run("takeMine");
      assert.equal(window.activeTextEditor?.document.uri.toString(), shown.uri.toString(), "the one after that");
      assert.ok(!window.activeTextEditor.selection.isEmpty, "which is selected");
    } finally {
      await workspace.fs.delete(log, { recursive: true });
    }
  });
});
