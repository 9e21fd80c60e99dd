import assert from "node:assert/strict";
import { ConfigurationTarget, Uri, commands, window, workspace } from "vscode";
import type { InlayHint } from "vscode";
import type { ShownRow } from "../../src/editor/test-api";
import { marginOf } from "../../src/labels/doubt";
import { shortened } from "../../src/text/print";
import { TEXT, api, closeAll, cursor, folder, labelOn, logged, run, select, showFile, until } from "./helpers";
import type { Shown } from "./helpers";

/** Another text with one of the same names. */
const OTHER = "Bill Gates met Angela Merkel in Paris.\nNothing else was said.\n";

/** As {@link showFile}, in a tab that the next document does not take. */
async function keepFile(text: string, name: string): Promise<Shown> {
  const shown = await showFile(text, name);
  await commands.executeCommand("workbench.action.keepEditor");
  return shown;
}

describe("the Review Queue", () => {
  let name: string;
  let count = 0;

  beforeEach(async () => {
    // Last in the order of names, whatever else is still open.
    name = `zz-queue-${Date.now()}-${count++}`;
    await commands.executeCommand("glossator.reviewQueue.focus");
  });
  afterEach(async () => {
    await run("orderQueue", "doubt");
    await closeAll();
  });

  const both = async (): Promise<[Shown, Shown]> => [
    await keepFile(TEXT, `${name}-a.txt`),
    await keepFile(OTHER, `${name}-b.txt`),
  ];
  const rows = async (): Promise<ShownRow[]> =>
    (await api()).queue().rows.filter(({ description }) => description.includes(name));
  const undecided = async ({ uri }: Shown): Promise<string[]> =>
    ((await api()).labels(uri) ?? [])
      .filter(({ status, task }) => status === "suggested" && task !== "answers")
      .map(({ quote }) => shortened(quote.exact, 32));
  /** The rows once they are all that is undecided. */
  const listed = async (...documents: Shown[]): Promise<ShownRow[]> =>
    until("the rows of the queue", async () => {
      const wanted = (await Promise.all(documents.map(undecided))).flat().sort();
      const found = await rows();
      return JSON.stringify(found.map(({ label }) => label).sort()) === JSON.stringify(wanted) ? found : undefined;
    });

  it("lists what is undecided in every open document, what teaches most first, and counts the one in front", async () => {
    const [first, second] = await both();
    const found = await listed(first, second);
    const tests = await api();
    const margins = [...(tests.labels(first.uri) ?? []), ...(tests.labels(second.uri) ?? [])]
      .filter(({ status }) => status === "suggested")
      .map(marginOf)
      .sort((a, b) => a - b);
    const best = (row: ShownRow): number[] =>
      [...row.description.matchAll(/(?<=\s)\d?\.\d\d(?=,| ·)/g)].map(([number]) => Number(number));
    assert.ok(
      found.every((row) => best(row).length === 2),
      "the two best labels",
    );
    for (const [index, row] of found.entries()) {
      const [one, two] = best(row) as [number, number];
      assert.ok(Math.abs(one - two - margins[index]!) < 0.011, `${row.description} is number ${index}`);
      assert.match(row.says, /%, if not, .+ %, line \d+ of /);
    }
    await until("the badge", async () => (await api()).queue().badge === (await undecided(second)).length);
    await window.showTextDocument(first.document);
    await until("the other badge", async () => (await api()).queue().badge === (await undecided(first)).length);
  });

  it("goes to a suggestion, decides on it, and goes on to the next one, in whatever document that is", async () => {
    const documents = await both();
    const [row, next] = await listed(...documents);
    await run("openFromQueue", row!.row);
    await run("acceptFromQueue", row!.row);
    const after = await listed(...documents);
    assert.equal(after[0]!.label, next!.label);
    const editor = window.activeTextEditor;
    assert.ok(editor !== undefined && editor.document.uri.path.includes(name));
    const at = await cursor({ editor, document: editor.document, uri: editor.document.uri });
    assert.ok(next!.description.includes(`:${at.line + 1}`), next!.description);
    await run("rejectFromQueue", after[0]!.row);
    await listed(...documents);
    const kinds = (await Promise.all(documents.map((one) => logged(one).catch(() => []))))
      .flat()
      .map(({ kind }) => kind);
    assert.deepEqual(kinds.filter((kind) => kind !== "reviewed").sort(), ["accepted", "rejected"]);
    // What is no longer listed decides nothing, nor does anything that never was.
    await run("acceptFromQueue", row!.row);
    await run("rejectFromQueue", { key: "nothing", kind: "suggestion" });
    const again = (await Promise.all(documents.map((one) => logged(one).catch(() => [])))).flat();
    assert.equal(again.length, kinds.length);
  });

  it("asks first about words that were decided otherwise elsewhere", async () => {
    const [first, second] = await both();
    await run("relabel", (await labelOn(second, "Paris"))?.id, "MISC");
    await run("reject", (await labelOn(second, "Bill Gates"))?.id);
    const found = await until("the contradictions", async () => {
      const listed = await rows();
      return listed.filter(({ description }) => description.includes("elsewhere")).length === 2 ? listed : undefined;
    });
    const [one, two] = found.slice(0, 2).sort((a, b) => (a.label < b.label ? -1 : 1));
    assert.match(one!.label + one!.description, /Bill Gates.*rejected elsewhere · /);
    assert.match(two!.label + two!.description, /Paris.*MISC elsewhere · /);
    await window.showTextDocument(second.document);
    await run("undo");
    await run("undo");
    await listed(first, second);
    assert.ok((await rows()).every(({ description }) => !description.includes("elsewhere")));
  });

  it("stands by entropy, of sentences or of words, or by how often the same words were decided otherwise", async () => {
    const [first, second] = await both();
    for (const [order, said] of [
      ["sentence", /sentence entropy (\d+\.\d)/],
      ["entropy", /entropy (\d?\.\d\d)/],
    ] as const) {
      await run("orderQueue", order);
      const entropies = await until("the entropies", async () => {
        const found = (await rows()).map(({ description }) => said.exec(description)?.[1]);
        return found.length > 0 && found.every((one) => one !== undefined) ? found.map(Number) : undefined;
      });
      assert.deepEqual(
        entropies,
        [...entropies].sort((a, b) => b - a),
        order,
      );
    }
    await run("orderQueue", "disagreement");
    await run("relabel", (await labelOn(second, "Paris"))?.id, "MISC");
    const [top] = await until("the contradiction", async () => {
      const found = await rows();
      return found[0]?.description.startsWith("MISC elsewhere · ") === true ? found : undefined;
    });
    assert.equal(top!.label, "Paris");
    await run("undo");
    await listed(first, second);
  });

  it("stands by place when it is told to, a branch for each document", async () => {
    const [first, second] = await both();
    await run("orderQueue", "place");
    const branches = await until("two branches", async () => {
      const found = (await api()).queue().rows.filter(({ label }) => label.startsWith(name));
      return found.length === 2 ? found : undefined;
    });
    assert.deepEqual(
      branches.map(({ label }) => label),
      [`${name}-a.txt`, `${name}-b.txt`],
    );
    for (const [index, shown] of [first, second].entries())
      assert.deepEqual(
        branches[index]!.rows.map(({ label }) => label),
        await undecided(shown),
      );
  });

  it("says what to do where there is nothing in it", async () => {
    const shown = await showFile(OTHER, `${name}.txt`);
    await listed(shown);
    await run("acceptAllInDocument");
    await until("an empty queue", async () => (await rows()).length === 0);
    await until("no badge", async () => (await api()).queue().badge === undefined);
    await closeAll();
    await until("the first welcome", async () => (await api()).queue().state === "none");
  });
});

describe("the Review Queue of all text files", function () {
  this.timeout(120_000);
  const name = `zz-files-${Date.now()}`;
  const [first, second] = [`${name}-a.txt`, `${name}-b.md`];
  const at = (file: string): Uri => Uri.joinPath(folder(), file);
  const write = (file: string, text: string): Thenable<void> =>
    workspace.fs.writeFile(at(file), new TextEncoder().encode(text));
  const branches = async (): Promise<ShownRow[]> =>
    (await api()).queue().rows.filter(({ label }) => label.startsWith(name));
  const wordsIn = async (file: string): Promise<string[]> =>
    (await branches()).find(({ label }) => label === file)?.rows.map(({ label }) => label) ?? [];
  const isRead = async (): Promise<boolean> => (await api()).queue().reading.state === "done";

  before(async () => {
    await commands.executeCommand("glossator.reviewQueue.focus");
    await run("orderQueue", "place");
  });
  after(async () => {
    await run("queueOpenDocuments");
    await run("orderQueue", "doubt");
    await run("leaveReviewMode");
    await closeAll();
    for (const file of [first, second]) await workspace.fs.delete(at(file));
  });

  it("has what is undecided in files that nobody opened, and writes nothing for them", async () => {
    await write(first, OTHER);
    await write(second, `# Offices\n\n${TEXT}`);
    await run("queueAllFiles");
    await until("all files", isRead, 60_000);
    const found = await until("both files", async () => {
      const both = await branches();
      return both.length === 2 ? both : undefined;
    });
    assert.deepEqual(
      found.map(({ label }) => label),
      [first, second],
    );
    assert.deepEqual((await wordsIn(first)).slice(0, 3), ["Bill Gates", "Angela Merkel", "Paris"]);
    const paris = found[1]!.rows.find(({ label }) => label === "Paris")!;
    assert.match(paris.says, /^Paris, LOC, .+, line 3 of zz-files/);
    const open = workspace.textDocuments.map(({ uri }) => uri.toString());
    assert.ok(!open.includes(at(first).toString()) && !open.includes(at(second).toString()));
    const logs = await workspace.fs.readDirectory(at(".glossator/log")).then(
      (entries) => entries.map(([entry]) => entry),
      () => [],
    );
    assert.ok(logs.every((entry) => !entry.startsWith(name)));
  });

  it("opens the file that is decided on, and goes on to the next one", async () => {
    const rows = (await branches())[0]!.rows;
    await run("rejectFromQueue", rows.at(-1)!.row);
    // The last of its file: the next one is in the other file.
    await until("the other file", () => window.activeTextEditor?.document.uri.path.endsWith(second));
    const document = await workspace.openTextDocument(at(first));
    const shown = { document, editor: await window.showTextDocument(document), uri: document.uri };
    const kinds = (await logged(shown)).map(({ kind }) => kind);
    assert.deepEqual(
      kinds.filter((kind) => kind !== "reviewed"),
      ["rejected"],
    );
    await closeAll();
    await until("what is left of it", async () => {
      const words = await wordsIn(first);
      return words.length === rows.length - 1 && words.includes(rows[0]!.label) && (await isRead());
    });
  });

  it("takes a file anew that changed on disk, and goes there at the end of another one", async () => {
    await write(first, "Nobody rang. Angela Merkel slept.\n");
    await until("the new text", async () => (await wordsIn(first)).includes("Angela Merkel"));
    await until("nothing of the old one", async () => !(await wordsIn(first)).includes("Bill Gates"));
    const document = await workspace.openTextDocument(at(second));
    const editor = await window.showTextDocument(document);
    await (await api()).idle(document.uri);
    await run("acceptAllInDocument");
    select({ document, editor, uri: document.uri }, "Bill Gates");
    await run("toggleReviewMode");
    await until("another file", async () => {
      await run("nextSuggestion");
      return window.activeTextEditor?.document.uri.path !== document.uri.path;
    });
    assert.ok(!window.activeTextEditor!.document.isClosed);
  });
});

describe("Review Mode at the end of a document", () => {
  afterEach(async () => {
    await run("leaveReviewMode");
    await workspace.getConfiguration("glossator").update("review.visit", undefined);
    await closeAll();
  });

  it("goes on into the next one with something to decide, and back", async () => {
    await workspace.getConfiguration("glossator").update("review.visit", "suggestions");
    const name = `zz-mode-${Date.now()}`;
    const first = await keepFile(TEXT, `${name}-a.txt`);
    const empty = await keepFile("\n", `${name}-b.txt`);
    const last = await keepFile(OTHER, `${name}-c.txt`);
    await window.showTextDocument(first.document);
    select(first, "Bill Gates");
    await run("toggleReviewMode");
    const front = (): string => window.activeTextEditor?.document.uri.path ?? "";
    await until("the end of the first", async () => {
      await run("nextSuggestion");
      return front() !== first.uri.path;
    });
    assert.notEqual(front(), empty.uri.path);
    assert.equal(front(), last.uri.path);
    assert.equal(window.activeTextEditor?.selection.start.line, 0);
    await until("the first again", async () => {
      await run("previousSuggestion");
      return front() === first.uri.path;
    });
    assert.ok((await cursor({ ...first, editor: window.activeTextEditor })).line > 0, "its end");
  });
});

describe("the view of labels", () => {
  afterEach(closeAll);

  it("has what is decided by document and by label, and goes there", async () => {
    const name = `zz-labels-${Date.now()}`;
    const shown = await showFile(TEXT, `${name}.txt`);
    const branch = async (): Promise<ShownRow | undefined> =>
      (await api()).labelsView().find(({ label }) => label === `${name}.txt`);
    assert.equal(await branch(), undefined);
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    await run("accept", (await labelOn(shown, "London"))?.id);
    await run("accept", (await labelOn(shown, "Angela Merkel"))?.id);
    const found = (await branch())!;
    assert.deepEqual(
      found.rows.map(({ label, rows }) => [label, rows.map((row) => row.label)]),
      [
        ["LOC", ["Paris", "London"]],
        ["PER", ["Angela Merkel"]],
      ],
    );
    const london = found.rows[0]!.rows[1]!;
    assert.match(london.says, /London, LOC, decided by .+, line 5/);
    await run("openLabel", london.row);
    assert.equal((await cursor(shown)).line, 4);
    await run("openLabel", { kind: "label", session: {}, annotation: { id: "x" } });
    await run("relate", (await labelOn(shown, "Angela Merkel"))?.id, (await labelOn(shown, "Paris"))?.id, "visited");
    const [, , visited] = (await branch())!.rows;
    assert.deepEqual([visited?.label, visited?.rows.map((row) => row.label)], ["→ visited", ["Angela Merkel → Paris"]]);
    assert.match(visited!.rows[0]!.says, /^Angela Merkel, visited, Paris, line 1$/);
    await run("undo");
    assert.equal((await branch())!.rows.length, 2);
    await run("undo");
    await run("undo");
    await run("undo");
    assert.equal(await branch(), undefined);
  });
});

describe("the density of marks", () => {
  afterEach(async () => {
    await workspace.getConfiguration("glossator").update("density", undefined);
    await workspace
      .getConfiguration("glossator", { languageId: "markdown" })
      .update("density", undefined, ConfigurationTarget.Workspace, true);
    await closeAll();
  });

  it("leaves out names of what is decided, or all of them", async () => {
    const settings = workspace.getConfiguration("glossator");
    const shown = await showFile(TEXT, `density-${Date.now()}.md`);
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    const names = async (): Promise<number> => {
      const range = shown.document.validateRange(shown.editor.visibleRanges[0]!);
      const hints = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", shown.uri, range);
      return hints.length;
    };
    const all = await until("names", names);
    await settings.update("density", "compact");
    await until("names of what is to be decided", async () => (await names()) === all - 1);
    await settings.update("density", "quiet");
    await until("no name", async () => (await names()) === 0);
    const markdown = workspace.getConfiguration("glossator", { languageId: "markdown" });
    await markdown.update("density", "full", ConfigurationTarget.Workspace, true);
    await until("all names in this language", async () => (await names()) === all);
  });
});
