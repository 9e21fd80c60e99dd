import assert from "node:assert/strict";
import { ConfigurationTarget, Position, Range, Uri, commands, workspace } from "vscode";
import type { Hover, InlayHint, MarkdownString } from "vscode";
import {
  TEXT,
  acceptList,
  api,
  checkInList,
  closeAll,
  folder,
  labelOn,
  logged,
  run,
  select,
  showFile,
  until,
} from "./helpers";
import type { Shown } from "./helpers";

const [, HOTEL = "", FOOD = ""] = TEXT.split("\n");

/** The classes that are decided of a text. */
async function classesOf(shown: Shown, exact: string): Promise<string[]> {
  const all = (await api()).labels(shown.uri) ?? [];
  return all
    .filter(
      ({ task, status, span }) =>
        task === "sentiment" && status === "accepted" && exact.length === span.end - span.start,
    )
    .map(({ label }) => label)
    .sort();
}

/** Waits until the label set is read: the model's suggestion has the name that the set gives it. */
async function suggested(name: string): Promise<void> {
  const shown = await showFile(TEXT);
  await until(`the label ${name}`, async () => (await labelOn(shown, HOTEL, "sentiment"))?.label === name);
}

describe("several classes of a text", () => {
  const file = (): Uri => Uri.joinPath(folder(), ".glossator/labels.json");
  const names = ["negative", "good", "neutral", "food", "service"];
  let old: Uint8Array | undefined;

  before(async () => {
    old = await workspace.fs.readFile(file()).then(
      (bytes) => bytes,
      () => undefined,
    );
    const sentiment = names.map((name, id) => ({ id, name, ...(name === "good" && { aliases: ["positive"] }) }));
    const json = JSON.stringify({ sentiment, multiple: ["sentiment"] });
    await workspace.fs.writeFile(file(), new TextEncoder().encode(json));
    await suggested("good");
  });
  after(async () => {
    await (old === undefined ? workspace.fs.delete(file()) : workspace.fs.writeFile(file(), old));
    await suggested("positive");
    await closeAll();
  });
  afterEach(closeAll);

  it("are given by single keys, drawn with all their names, said on hover, and undone one by one", async () => {
    const shown = await showFile(TEXT);
    select(shown, "The food");
    await run("setSentiment", "service");
    await run("setSentiment", "food");
    assert.deepEqual(await classesOf(shown, FOOD), ["food", "service"]);
    const tests = await api();
    const settings = workspace.getConfiguration("glossator");
    await settings.update("labelNames", "decorations", ConfigurationTarget.Global);
    // The window draws anew when it is told of the setting, and here by a command.
    await run("toggleLabels");
    await run("toggleLabels");
    await until("both names in one mark, since the editor draws one text before a place", () =>
      Object.keys(tests.drawn(shown.uri)).includes("sentiment food accepted ◆ service"),
    );
    await settings.update("labelNames", "inlayHints", ConfigurationTarget.Global);
    const all = new Range(0, 0, shown.document.lineCount, 0);
    const named = await until("a hint for each", async () => {
      const hints = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", shown.uri, all);
      const names = hints
        .map(({ label }) => (typeof label === "string" ? label : label.map(({ value }) => value).join("")))
        .filter((name) => name.startsWith("◆"));
      return names.length > 1 && names.sort();
    });
    assert.deepEqual(named, ["◆ food", "◆ service"]);
    await settings.update("labelNames", undefined, ConfigurationTarget.Global);
    const line = shown.document.positionAt(TEXT.indexOf(FOOD)).line;
    const hovers = await commands.executeCommand<Hover[]>(
      "vscode.executeHoverProvider",
      shown.uri,
      new Position(line, 12),
    );
    const said = hovers.flatMap(({ contents }) => (contents as MarkdownString[]).map(({ value }) => value)).join("\n");
    assert.match(said, /food[^]*service/);
    await run("setSentiment", "food");
    assert.deepEqual(await classesOf(shown, FOOD), ["service"], "the same key takes it away");
    await run("undo");
    await run("undo");
    assert.deepEqual(await classesOf(shown, FOOD), ["service"]);
    await run("redo");
    assert.deepEqual(await classesOf(shown, FOOD), ["food", "service"]);
    assert.ok((await logged(shown)).some((event) => "several" in event && event.v === 3));
  });

  it("are chosen from a list in which those that are there are checked", async () => {
    const shown = await showFile(TEXT);
    select(shown, "The food");
    await run("setSentiment", "service");
    const choosing = run("setSentiment");
    await checkInList("food");
    await acceptList();
    await choosing;
    const chosen = await classesOf(shown, FOOD);
    assert.equal(chosen.length, 2, "one more");
    assert.ok(chosen.includes("service"), "what was there stays");
  });

  it("are given to the whole document, apart from those of its sentences", async () => {
    const shown = await showFile(TEXT);
    select(shown, "The food");
    await run("setDocumentClass", "service");
    await run("setDocumentClass", "good");
    await run("setSentiment", "food");
    assert.deepEqual(await classesOf(shown, TEXT.trim()), ["good", "service"]);
    assert.deepEqual(await classesOf(shown, FOOD), ["food"]);
    await run("setDocumentClass", "good");
    assert.deepEqual(await classesOf(shown, TEXT.trim()), ["service"]);
    await run("undo");
    assert.deepEqual(await classesOf(shown, TEXT.trim()), ["good", "service"]);
    assert.equal((await labelOn(shown, FOOD, "sentiment"))?.status, "accepted");
  });
});

describe("labels in an order of their own", () => {
  const file = (): Uri => Uri.joinPath(folder(), ".glossator/labels.json");
  const nameOf = async (): Promise<string | undefined> => (await labelOn(await showFile(TEXT), "Angela Merkel"))?.label;
  let old: Uint8Array | undefined;

  before(async () => {
    old = await workspace.fs.readFile(file()).then(
      (bytes) => bytes,
      () => undefined,
    );
    const entities = [
      { id: 0, name: "Person", aliases: ["PER"] },
      { id: 1, name: "ORG" },
      { id: 2, name: "LOC", order: -1 },
    ];
    await workspace.fs.writeFile(file(), new TextEncoder().encode(JSON.stringify({ entities })));
    await until("the label set", async () => (await nameOf()) === "Person");
  });
  after(async () => {
    await (old === undefined ? workspace.fs.delete(file()) : workspace.fs.writeFile(file(), old));
    await until("the label set of before", async () => (await nameOf()) === "PER");
    await closeAll();
  });

  it("are chosen by the digits of that order", async () => {
    const shown = await showFile(TEXT);
    for (const [digit, label] of [
      [1, "LOC"],
      [2, "Person"],
      [3, "ORG"],
    ] as const) {
      select(shown, "Angela Merkel");
      await run("relabelByNumber", digit);
      assert.equal((await labelOn(shown, "Angela Merkel"))?.label, label);
    }
  });
});
