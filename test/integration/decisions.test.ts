import assert from "node:assert/strict";
import { ConfigurationTarget, Range, Selection, Uri, commands, window, workspace } from "vscode";
import type { CodeAction, Hover, MarkdownString, Position } from "vscode";
import { sortAfter } from "../../src/labels/ids";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import {
  TEXT,
  api,
  closeAll,
  cursor,
  folder,
  labelOn,
  logged,
  run,
  select,
  showFile,
  showUntitled,
  until,
} from "./helpers";

describe("decisions", () => {
  afterEach(closeAll);

  it("accepts the label at the cursor and writes it to the log", async () => {
    const shown = await showFile(TEXT);
    select(shown, "Angela Merkel");
    await run("accept");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "accepted");
    const [event] = await logged(shown);
    assert.equal(event?.kind, "accepted");
    assert.equal(event.unit, "utf16");
    assert.deepEqual(event.new.span, { start: 0, end: 13 });
    assert.equal(event.new.quote.exact, "Angela Merkel");
    assert.ok(event.author.length > 0);
    assert.equal(event.replaces?.[0]?.label, "PER");
    await until("a solid border", async () => (await api()).drawn(shown.uri)["entities PER accepted"]);
  });

  it("follows what another window of the same person decides, of which the later counts", async () => {
    const shown = await showFile(TEXT);
    select(shown, "Angela Merkel");
    await run("accept");
    const [first] = await logged(shown);
    const root = Uri.joinPath(folder(), ".glossator").fsPath;
    const sink = new Journal(root, workspace.asRelativePath(shown.uri, false), first!.author);
    const other = new DocumentLabels({ text: TEXT, author: first!.author, sink });
    sortAfter(first!.id);
    await other.add("entities", { start: 0, end: 13 }, "ORG").saved;
    await until("the other window's label", async () => (await labelOn(shown, "Angela Merkel"))?.label === "ORG");
    const all = (await api()).labels(shown.uri) ?? [];
    assert.equal(all.filter(({ quote, task }) => task === "entities" && quote.exact === "Angela Merkel").length, 1);
    await run("undo");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.label, "PER", "what was before");
  });

  it("takes a decided label away by the key that rejects, and leaves it by the one that accepts", async () => {
    const shown = await showFile(TEXT);
    select(shown, "Angela Merkel");
    await run("accept");
    select(shown, "Angela Merkel");
    await run("accept");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "accepted");
    await run("reject");
    assert.equal(await labelOn(shown, "Angela Merkel"), undefined);
    assert.deepEqual(
      (await logged(shown)).map(({ kind }) => kind),
      ["accepted", "removed"],
    );
    await run("undo");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "accepted");
  });

  it("goes on to the next suggestion in Review Mode, whatever was decided", async () => {
    const shown = await showFile(TEXT);
    const { editor } = shown;
    editor.selection = new Selection(1, 0, 1, 0);
    await run("toggleReviewMode");
    try {
      for (const [command, ...args] of [["setSentiment", "negative"], ["doneNext"], ["reject"], ["accept"]]) {
        const { active } = editor.selection;
        await run(command!, ...args);
        await until(`the next suggestion after ${command} at ${active.line}:${active.character}`, () =>
          editor.selection.active.isAfter(active),
        );
      }
    } finally {
      await run("leaveReviewMode");
    }
  });

  it("keeps labels in their places when a word is replaced everywhere", async () => {
    const shown = await showFile(`${TEXT}\n${"A word and a word.\n".repeat(150)}And Nairobi.\n`);
    select(shown, "Nairobi");
    await run("addEntity", "LOC");
    await shown.editor.edit((edit) => {
      const text = shown.document.getText();
      for (const { index } of text.matchAll(/word/g)) {
        const [start, end] = [index, index + 4].map((at) => shown.document.positionAt(at)) as [Position, Position];
        edit.replace(new Range(start, end), "sentence");
      }
    });
    await (await api()).idle(shown.uri);
    const label = await labelOn(shown, "Nairobi");
    assert.equal(label?.status, "accepted");
    assert.ok(await labelOn(shown, "Angela Merkel"), "suggestions come again");
  });

  it("rejects, and the suggestion stays away", async () => {
    const shown = await showFile(TEXT);
    const label = await labelOn(shown, "Paris");
    await run("reject", label?.id);
    assert.equal(await labelOn(shown, "Paris"), undefined);
    assert.equal((await logged(shown))[0]?.kind, "rejected");
    await run("restartEngine");
    await until("the engine", async () => (await api()).engine().info);
    await (await api()).idle(shown.uri);
    assert.equal(await labelOn(shown, "Paris"), undefined);
    assert.ok(await labelOn(shown, "Angela Merkel"));
  });

  it("relates labels, lists it in their hovers, and takes it back, the suggestion that it accepted too", async () => {
    const shown = await showFile(TEXT);
    const [from, to] = [(await labelOn(shown, "Angela Merkel"))?.id, (await labelOn(shown, "Paris"))?.id];
    const hovers = async (exact: string): Promise<string> => {
      const at = shown.document.positionAt(TEXT.indexOf(exact) + 1);
      const found = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", shown.uri, at);
      return found.flatMap(({ contents }) => contents.map((one) => (one as MarkdownString).value)).join();
    };
    await run("relate", from, to, "visited");
    const [accepted, other, related] = await logged(shown);
    assert.deepEqual([accepted?.kind, other?.kind, related?.kind], ["accepted", "accepted", "related"]);
    assert.equal(accepted?.act, related?.act);
    assert.match(await hovers("Angela Merkel"), /visited.*→.*Paris/s);
    assert.match(await hovers("Paris"), /Angela.*Merkel.*→.*visited/s);
    await run("unrelate", from);
    assert.doesNotMatch(await hovers("Paris"), /visited/);
    await run("undo");
    assert.match(await hovers("Paris"), /visited/);
    await run("undo");
    assert.equal((await labelOn(shown, "Paris"))?.status, "suggested");
    assert.doesNotMatch(await hovers("Paris"), /visited/);
  });

  it("gives a label attributes, lists them in its hover, and takes one away, and the suggestion that it accepted back", async () => {
    const shown = await showFile(TEXT);
    const id = (await labelOn(shown, "Angela Merkel"))?.id;
    const hovers = async (): Promise<string> => {
      const at = shown.document.positionAt(1);
      const found = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", shown.uri, at);
      return found.flatMap(({ contents }) => contents.map((one) => (one as MarkdownString).value)).join();
    };
    await run("setAttribute", id, "role", "politician");
    await run("setAttribute", id, "negated", "true");
    assert.deepEqual(
      (await logged(shown)).flatMap((event) => ("new" in event ? [event.kind] : [])),
      ["accepted", "relabelled"],
    );
    assert.match(await hovers(), /negated.*role.*politician/s);
    await run("setAttribute", id, "role", "");
    assert.match(await hovers(), /negated/);
    assert.doesNotMatch(await hovers(), /politician/);
    await run("undo");
    assert.match(await hovers(), /politician/);
    await run("undo");
    await run("undo");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "suggested");
  });

  it("splits a label of two words, or where the cursor is in it, and makes one of it and the next", async () => {
    const shown = await showFile(TEXT);
    const whole = await labelOn(shown, "Angela Merkel");
    assert.ok(whole);
    await run("splitLabel", whole.id);
    assert.equal((await labelOn(shown, "Angela"))?.status, "accepted");
    assert.equal((await labelOn(shown, "Merkel"))?.label, whole.label);
    await run("mergeLabels", (await labelOn(shown, "Angela"))?.id);
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "accepted");
    assert.equal(await labelOn(shown, "Merkel"), undefined);
    await run("undo");
    await run("undo");
    assert.equal((await labelOn(shown, "Angela Merkel"))?.status, "suggested");
    const inside = shown.document.positionAt(TEXT.indexOf("Merkel") + 3);
    shown.editor.selection = new Selection(inside, inside);
    await run("splitLabel");
    assert.equal((await labelOn(shown, "Angela Mer"))?.label, whole.label);
    assert.equal((await labelOn(shown, "kel"))?.label, whole.label);
    const kinds = (await logged(shown)).map(({ kind, act }) => [kind, act]);
    assert.equal(kinds.at(-1)?.[1], kinds.at(-2)?.[1], "one undo takes it back");
  });

  it("relabels, adds, resizes by word and to the selection, and removes", async () => {
    const shown = await showFile(TEXT);
    await run("relabel", (await labelOn(shown, "Paris"))?.id, "MISC");
    assert.equal((await labelOn(shown, "Paris"))?.label, "MISC");

    select(shown, "hotel");
    await run("addEntity", "ORG");
    assert.equal((await labelOn(shown, "hotel"))?.status, "accepted");
    select(shown, "minute");
    await run("addSameEntity");
    assert.equal((await labelOn(shown, "minute"))?.label, "ORG");

    await run("widenLeft", (await labelOn(shown, "hotel"))?.id);
    assert.ok(await labelOn(shown, "The hotel"));
    await run("widenRight", (await labelOn(shown, "The hotel"))?.id);
    assert.ok(await labelOn(shown, "The hotel was"));
    await run("narrowLeft", (await labelOn(shown, "The hotel was"))?.id);
    await run("narrowRight", (await labelOn(shown, "hotel was"))?.id);
    const hotel = await labelOn(shown, "hotel");
    assert.ok(hotel);
    select(shown, "The hotel");
    await run("resizeToSelection", hotel.id);
    assert.ok(await labelOn(shown, "The hotel"));

    await run("remove", (await labelOn(shown, "The hotel"))?.id);
    assert.equal(await labelOn(shown, "The hotel"), undefined);
    const kinds = (await logged(shown)).map(({ kind }) => kind);
    assert.deepEqual(kinds, [
      "relabelled",
      "added",
      "added",
      ...["resized", "resized", "resized", "resized", "resized"],
      "removed",
    ]);
  });

  it("sets a sentence's sentiment", async () => {
    const shown = await showFile(TEXT);
    select(shown, "The food");
    await run("setSentiment", "positive");
    const sentence = TEXT.split("\n")[2] ?? "";
    const label = await labelOn(shown, sentence, "sentiment");
    assert.equal(label?.label, "positive");
    assert.equal(label.status, "accepted");
  });

  it("waits no longer for the rest of a document when labelling is switched off meanwhile, and accepts nothing", async () => {
    const tests = await api();
    const lines = Array.from({ length: 4000 }, (_, i) => `Angela Merkel visited Paris on day ${i}.`);
    const file = Uri.joinPath(folder(), "waited-for.txt");
    await workspace.fs.writeFile(file, new TextEncoder().encode(lines.join("\n")));
    await window.showTextDocument(await workspace.openTextDocument(file));
    await until("the document", () => tests.labels(file) !== undefined);
    const settings = workspace.getConfiguration("glossator");
    const waiting = Promise.resolve(run("acceptAllInDocument"));
    try {
      await until("the wait", () => tests.underWay().length > 0);
      await settings.update("enabled", false, ConfigurationTarget.Global);
      await until("the end of the wait", () => tests.underWay().length === 0);
    } finally {
      await settings.update("enabled", undefined, ConfigurationTarget.Global);
    }
    await waiting;
    await until("the document again", () => tests.labels(file) !== undefined);
    assert.ok((tests.labels(file) ?? []).every(({ status }) => status === "suggested"));
  });

  it("accepts a whole document as one act, and one undo takes it back; redo brings it again", async () => {
    const shown = await showFile(TEXT);
    const suggested = ((await api()).labels(shown.uri) ?? []).length;
    await run("acceptAllInDocument");
    const labels = (await api()).labels(shown.uri) ?? [];
    assert.ok(labels.length > 0 && labels.every(({ status }) => status === "accepted"));
    assert.equal(new Set((await logged(shown)).map(({ act }) => act)).size, 1);
    assert.ok((await logged(shown)).some(({ kind }) => kind === "reviewed"));
    await run("undo");
    const back = (await api()).labels(shown.uri) ?? [];
    assert.ok(back.every(({ status }) => status === "suggested"));
    assert.equal(back.length, suggested);
    await run("redo");
    assert.ok(((await api()).labels(shown.uri) ?? []).every(({ status }) => status === "accepted"));
  });

  it("survive closing the document, and undo still works then", async () => {
    const shown = await showFile(TEXT, "survives.txt");
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    await (await api()).written(shown.uri);
    await closeAll();
    const again = await showFile(TEXT, "survives.txt");
    assert.equal((await labelOn(again, "Paris"))?.status, "accepted");
    await run("undo");
    assert.equal((await labelOn(again, "Paris"))?.status, "suggested");
  });

  it("are kept for untitled documents", async () => {
    const shown = await showUntitled(TEXT);
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    assert.equal((await logged(shown))[0]?.kind, "accepted");
  });

  it("go from suggestion to suggestion, and on after each decision in review mode", async () => {
    const shown = await showFile(TEXT);
    shown.editor.selection = new Selection(0, 0, 0, 0);
    await cursor(shown);
    await run("toggleReviewMode");
    try {
      assert.match((await api()).status()?.text ?? "", /Review/);
      await run("accept");
      const first = await until("the next suggestion", () => {
        const { active } = shown.editor.selection;
        return active.character > 0 ? active : undefined;
      });
      // A sentence and an entity can begin at one place: then it takes two steps to move, and more are as good.
      for (let steps = 0; steps < 3; steps++) await run("nextSuggestion");
      await until("the cursor further on", () => shown.editor.selection.active.isAfter(first));
      for (let steps = 0; steps < 3; steps++) await run("previousSuggestion");
      await until("the cursor where it was", () => shown.editor.selection.active.isEqual(first));
    } finally {
      await run("leaveReviewMode");
    }
    assert.doesNotMatch((await api()).status()?.text ?? "", /Review/);
  });

  const READ = "Angela Merkel visited Paris.\n\nThe meeting starts at nine.\n\nBill Gates went to London.\n";
  /** What the log says was read, in order. */
  const read = async (shown: Awaited<ReturnType<typeof showFile>>): Promise<string[]> => {
    const regions = (await logged(shown)).flatMap((event) => (event.kind === "reviewed" ? event.regions : []));
    return [...new Set(regions.map(({ span }) => READ.slice(span.start, span.end)))];
  };

  it("mark a sentence as reviewed once nothing in it is left to decide, and one undo takes both back", async () => {
    const shown = await showFile(READ);
    select(shown, "Angela Merkel");
    await run("accept");
    assert.deepEqual(await read(shown), [], "Paris is not decided yet");
    select(shown, "Paris");
    await run("reject");
    assert.deepEqual(await read(shown), ["Angela Merkel visited Paris."]);
    const events = await logged(shown);
    const rejected = events.find(({ kind }) => kind === "rejected");
    assert.ok(events.filter(({ kind }) => kind === "reviewed").every(({ act }) => act === rejected?.act));
    await until("a bar in the gutter", async () => (await api()).reviewedLines(shown.uri).whole.includes(0));
    await run("undo");
    assert.equal((await labelOn(shown, "Paris"))?.status, "suggested");
    await until("no bar any more", async () => !(await api()).reviewedLines(shown.uri).whole.includes(0));
    await run("redo");
    await until("the bar again", async () => (await api()).reviewedLines(shown.uri).whole.includes(0));
  });

  it("visit sentences without a suggestion in Review Mode; done, next marks them as read, and rejects what is left", async () => {
    const shown = await showFile(READ);
    shown.editor.selection = new Selection(0, 0, 0, 0);
    await cursor(shown);
    await run("toggleReviewMode");
    const line = (number: number): Promise<boolean> =>
      until(`line ${number + 1}`, () => shown.editor.selection.active.line === number);
    try {
      for (const word of ["Merkel", "Paris"]) {
        assert.equal(shown.editor.selection.active.line, 0, word);
        await run("accept");
      }
      await line(2);
      await run("accept");
      assert.equal(shown.editor.selection.active.line, 2, "there is nothing to accept: it is read, or it is not");
      await run("doneNext");
      assert.deepEqual(await read(shown), ["Angela Merkel visited Paris.", "The meeting starts at nine."]);
      await line(4);
      await run("doneNext");
      assert.equal((await read(shown)).at(-1), "Bill Gates went to London.");
      const left = (await logged(shown)).filter(({ kind }) => kind === "rejected");
      assert.equal(left.length, 2, "what was passed over is wrong");
      await run("undo");
      assert.equal((await labelOn(shown, "Bill Gates"))?.status, "suggested", "one undo takes it back");
    } finally {
      await run("leaveReviewMode");
    }
  });

  it("are taken back where they are, wherever the cursor is", async () => {
    const shown = await showFile(READ);
    select(shown, "Paris");
    await run("accept");
    for (const command of ["undo", "redo"]) {
      select(shown, "Gates");
      await cursor(shown);
      await run(command);
      const start = shown.document.positionAt(READ.indexOf("Paris"));
      await until(`the cursor at what ${command} was about`, () => shown.editor.selection.active.isEqual(start));
    }
  });

  it("label every occurrence of the same words at once, and one undo takes it back", async () => {
    const shown = await showFile("Zorbix met Ada.\n\nZorbix left; Zorbixes stayed.\n\nThen Zorbix won.\n");
    select(shown, "Zorbix");
    await run("addEntity", "ORG");
    await run("labelOccurrences");
    const all = (await api()).labels(shown.uri) ?? [];
    const starts = all
      .filter(({ label, status }) => label === "ORG" && status === "accepted")
      .map(({ span }) => span.start);
    assert.deepEqual(starts, [0, 17, 53]);
    await run("undo");
    assert.equal((await api()).labels(shown.uri)?.filter(({ status }) => status === "accepted").length, 1);
  });

  it("mark no sentence as reviewed by a label that is out of sight while something is suggested there", async () => {
    const sentence = "Zorbix met Angela Merkel.\n\n";
    const shown = await showFile(`${sentence}${"It is late.\n\n".repeat(16_000)}${sentence}`);
    // What was placed is forgotten, and placed again where somebody looks.
    const settings = workspace.getConfiguration("glossator");
    await settings.update("review.visit", "suggestions", ConfigurationTarget.Global);
    try {
      await until("labels in view", async () => ((await api()).drawn(shown.uri)["entities PER suggested"] ?? 0) > 0);
      select(shown, "Zorbix");
      await run("addEntity", "ORG");
      await run("labelOccurrences");
      const events = await logged(shown);
      assert.equal(events.filter(({ kind }) => ["added", "accepted", "relabelled"].includes(kind)).length, 2);
      assert.deepEqual(
        events.filter(({ kind }) => kind === "reviewed"),
        [],
      );
    } finally {
      await settings.update("review.visit", undefined, ConfigurationTarget.Global);
    }
  });

  it("stop at suggestions alone where the user wants it so", async () => {
    const settings = workspace.getConfiguration("glossator");
    await settings.update("review.visit", "suggestions", ConfigurationTarget.Global);
    const shown = await showFile(READ);
    select(shown, "Paris");
    await run("toggleReviewMode");
    try {
      await run("accept");
      await run("accept");
      await until("the last sentence", () => shown.editor.selection.active.line === 4);
    } finally {
      await run("leaveReviewMode");
      await settings.update("review.visit", undefined, ConfigurationTarget.Global);
    }
  });

  it("are offered as code actions", async () => {
    const shown = await showFile(TEXT);
    select(shown, "Angela Merkel");
    const actions = await commands.executeCommand<CodeAction[]>(
      "vscode.executeCodeActionProvider",
      shown.uri,
      shown.editor.selection,
    );
    const titles = actions.map(({ title }) => title);
    for (const title of ["Accept PER: Angela Merkel", "Reject PER: Angela Merkel", "Relabel as ORG", "Label as LOC"]) {
      assert.ok(titles.includes(title), `no "${title}" among ${titles.join(", ")}`);
    }
  });
});
