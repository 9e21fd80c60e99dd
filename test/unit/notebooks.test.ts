/** Cells of notebooks as documents: their paths, their logs, and their texts, from notebooks that anybody may have made. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { exportDataset } from "../../src/datasets/export/export";
import { carryOut } from "../../src/datasets/import/carry-out";
import { documentName } from "../../src/datasets/import/paths";
import { planImport } from "../../src/datasets/import/plan";
import { undoImport } from "../../src/datasets/import/undo";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { compareDocuments } from "../../src/datasets/workspace/compare";
import { summarise } from "../../src/datasets/workspace/summary";
import { isTextFile } from "../../src/datasets/workspace/text-files";
import { WorkspaceTexts } from "../../src/datasets/workspace/workspace-texts";
import { Journal } from "../../src/labels/log/journal";
import { decodeDocumentPath, encodeDocumentPath } from "../../src/labels/log/paths";
import { DocumentLabels } from "../../src/labels/store";
import { languageOf } from "../../src/text/document";
import { NotebookTexts } from "../../src/text/notebook-texts";
import { cellOfPath, cellPath, cellsHaveIds, isCellId } from "../../src/text/notebooks";

const TEXT = "Angela Merkel visited *Paris* on Tuesday.\n\nShe liked it.";

interface Cell {
  readonly cell_type: string;
  readonly id?: unknown;
  readonly source?: unknown;
}

const markdown = (id: unknown, source: unknown): Cell => ({ cell_type: "markdown", id, source });

const notebook = (cells: readonly unknown[], minor: unknown = 5, nbformat: unknown = 4): string =>
  JSON.stringify({ cells, metadata: {}, nbformat, nbformat_minor: minor });

describe("paths of cells", () => {
  it("name a notebook and an id, and nothing else", () => {
    const place = { notebook: "notes/analysis.ipynb", id: "5fCE_D-1" };
    assert.deepEqual(cellOfPath(cellPath(place)), place);
    for (const other of [
      "notes/analysis.ipynb",
      "notes/analysis.ipynb/5fCE",
      "notes/analysis.ipynb#cell-id=",
      `a.ipynb#cell-id=${"x".repeat(65)}`,
      "a.ipynb#cell-id=../../etc/passwd",
      "a.ipynb#cell-id=a b",
      "a.ipynb#cell-id=é",
      "a.ipynb#cell-id=x/notes.md",
      "a.ipynb#cell-id=x\n",
      "a.md#cell-id=x",
      "notes/.ipynb#cell-id=x",
    ])
      assert.equal(cellOfPath(other), undefined, other);
  });

  it("stay what they are in the log's folders, on every platform", () => {
    for (const document of ["a.ipynb#cell-id=x", "notes/ä b.ipynb#cell-id=Aa-_9", "CON.ipynb#cell-id=NUL"])
      for (const windows of [false, true]) {
        const folders = encodeDocumentPath(document, windows);
        assert.equal(decodeDocumentPath(folders), document);
      }
    const long = `${"n".repeat(180)}.ipynb#cell-id=${"Z".repeat(64)}`;
    const folders = encodeDocumentPath(long);
    assert.equal(decodeDocumentPath(folders), long);
    assert.ok(folders.every((folder) => Buffer.byteLength(folder) <= 201));
  });

  it("give two cells two folders where a disk tells no case apart, and none to a file or folder of the notebook's name", () => {
    const folderOf = (document: string): string => encodeDocumentPath(document).join("/").toLowerCase();
    const documents = [
      "a.ipynb#cell-id=Intro",
      "a.ipynb#cell-id=intro",
      "a.ipynb",
      "a.ipynb/intro",
      "a.ipynb/cell-id=intro",
    ];
    assert.equal(new Set(documents.map(folderOf)).size, documents.length);
  });

  it("are Markdown, and no file is labelled or made under one", () => {
    assert.equal(languageOf("a.ipynb#cell-id=x"), "markdown");
    assert.equal(isTextFile("a.ipynb#cell-id=x", ["markdown", "plaintext"]), false);
    assert.equal(documentName("a.ipynb#cell-id=x"), "a.ipynb#cell-id=x.md");
    assert.equal(cellOfPath(documentName("a.ipynb#cell-id=x")), undefined);
  });
});

describe("texts of cells", () => {
  it("are found by id, as text or as a list of lines", () => {
    const read = new NotebookTexts(
      notebook([
        markdown("one", "first\nsecond"),
        { cell_type: "code", id: "code", source: "x = 1" },
        { cell_type: "raw", id: "raw", source: "raw" },
        markdown("two", ["# Two\n", "\n", "text"]),
        markdown("three", ["no break", "at its end", ""]),
        markdown("empty", []),
      ]),
    );
    assert.equal(read.get("one"), "first\nsecond");
    assert.equal(read.get("two"), "# Two\n\ntext");
    // As VS Code shows it.
    assert.equal(read.get("three"), "no break\nat its end\n");
    assert.equal(read.get("empty"), "");
    assert.throws(() => read.get("code"), /no Markdown cell/);
    assert.throws(() => read.get("raw"), /no Markdown cell/);
    assert.throws(() => read.get("gone"), /no such cell/);
    assert.throws(() => read.get("__proto__"), /no such cell/);
  });

  it("belong to the first of several cells with one id, and to none where the id is not allowed", () => {
    const read = new NotebookTexts(
      notebook([
        { cell_type: "unheard-of", id: "a", source: "not shown by any editor" },
        markdown("a", "first"),
        markdown("a", "second"),
        { cell_type: "code", id: "b", source: "" },
        markdown("b", "below the code"),
        markdown("../../x", "hostile"),
        markdown(7, "a number"),
        markdown(undefined, "none"),
        markdown("numbers", ["a", 1]),
        markdown("object", { text: "a" }),
        null,
        "cell",
      ]),
    );
    assert.equal(read.get("a"), "first");
    assert.throws(() => read.get("b"), /no Markdown cell/);
    for (const id of ["../../x", "7", "undefined"]) assert.throws(() => read.get(id), /no such cell/);
    for (const id of ["numbers", "object"]) assert.throws(() => read.get(id), /holds no text/);
  });

  it("are refused where cells have no ids, or the file is no notebook", () => {
    for (const [minor, nbformat] of [
      [4, 4],
      [null, 4],
      ["5", 4],
      [9, 3],
      [5, "4"],
      [5, null],
    ]) {
      assert.equal(cellsHaveIds(nbformat, minor), false);
      assert.throws(() => new NotebookTexts(notebook([markdown("a", "text")], minor, nbformat)), /ids from 4\.5 on/);
    }
    for (const minor of [5, 6, 10]) assert.equal(cellsHaveIds(4, minor), true);
    assert.equal(cellsHaveIds(5, 0), true);
    const cut = notebook([markdown("a", "text")]).slice(0, -5);
    for (const json of ["", cut, "\u0000", "[".repeat(100_000)])
      assert.throws(() => new NotebookTexts(json), /damaged: it is not JSON/, json.slice(0, 20));
    for (const json of ["null", "[]", "7", '{"nbformat":4,"nbformat_minor":5}', '{"cells":{}}'])
      assert.throws(() => new NotebookTexts(json), /no list of cells/, json);
  });

  it("allow the ids of nbformat", () => {
    for (const id of ["a", "A-_9", "x".repeat(64)]) assert.ok(isCellId(id));
    for (const id of ["", "x".repeat(65), "a b", "a/b", "..", "ä", "a\n", 7, undefined, null, {}])
      assert.ok(!isCellId(id));
  });
});

describe("cells in a workspace", () => {
  let workspace: string;
  let root: string;

  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-cells-"));
    root = path.join(workspace, ".glossator");
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  const write = async (name: string, content: string): Promise<void> => {
    await mkdir(path.dirname(path.join(workspace, name)), { recursive: true });
    await writeFile(path.join(workspace, name), content);
  };
  const decide = async (
    document: string,
    text: string,
    exact: string,
    label: string,
    author = "ada",
  ): Promise<void> => {
    const labels = new DocumentLabels({ text, author, sink: new Journal(root, document, author) });
    const start = text.indexOf(exact);
    await labels.add("entities", { start, end: start + exact.length }, label).saved;
  };

  it("are collected, compared, counted and exported from their notebook, wherever they stand in it", async () => {
    await write(
      "notes/a.ipynb",
      notebook([markdown("new", "Above."), markdown("b", "Bonn."), markdown("A", TEXT.split(/(?<=\n)/))]),
    );
    await decide("notes/a.ipynb#cell-id=A", TEXT, "Paris", "LOC");
    await decide("notes/a.ipynb#cell-id=A", TEXT, "Paris", "ORG", "bob");
    await decide("notes/a.ipynb#cell-id=b", "Bonn.", "Bonn", "LOC");
    const { documents, losses } = await collectDocuments({ workspace, annotator: "ada" });
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents.map(({ path: name, text, layers }) => [name, text, layers.entities.labels.map(({ exact }) => exact)]),
      [
        ["notes/a.ipynb#cell-id=A", TEXT, ["Paris"]],
        ["notes/a.ipynb#cell-id=b", "Bonn.", ["Bonn"]],
      ],
    );
    // As Markdown: what stands between the stars is no sentence of its own, and the stars are none of its words.
    assert.equal(documents[0]?.sentences.length, 2);
    assert.equal(summarise(documents).documents[0]?.counts.entities, 1);
    const compared = await compareDocuments({ workspace });
    assert.deepEqual(compared.unreadable, []);
    assert.equal(compared.documents[0]?.annotators.length, 2);
    const target = path.join(workspace, "out");
    for (const format of ["huggingface", "conll2003", "brat", "webanno", "xmi", "webannotation", "csv"] as const) {
      const report = await exportDataset({
        workspace,
        format,
        target: path.join(target, format),
        annotator: "ada",
        validation: 0,
      });
      assert.equal(report.documents, 2, format);
    }
  });

  it("are lost from an export with the reason, and their logs stay", async () => {
    const names = [
      "gone.ipynb",
      "old.ipynb",
      "damaged.ipynb",
      "without.ipynb",
      "folder.ipynb",
      "large.ipynb",
      ".git/x.ipynb",
    ];
    for (const name of names) await decide(`${name}#cell-id=a`, TEXT, "Paris", "LOC");
    await write("old.ipynb", notebook([markdown("a", TEXT)], 4));
    await write("damaged.ipynb", notebook([markdown("a", TEXT)]).slice(0, -9));
    await write("without.ipynb", notebook([markdown("b", TEXT)]));
    await write("folder.ipynb/a", TEXT);
    await write(".git/x.ipynb", notebook([markdown("a", TEXT)]));
    await write("large.ipynb", "");
    await truncate(path.join(workspace, "large.ipynb"), 50_000_001);
    const { documents, losses } = await collectDocuments({ workspace });
    assert.deepEqual(documents, []);
    const reasons = new Map(losses.map(({ document, reason }) => [document, reason]));
    const expected: Readonly<Record<string, RegExp>> = {
      "gone.ipynb": /its notebook does not exist/,
      "old.ipynb": /nbformat 4\.4/,
      "damaged.ipynb": /not JSON/,
      "without.ipynb": /no such cell/,
      "folder.ipynb": /its notebook does not exist/,
      "large.ipynb": /at most 50 MB are read/,
      ".git/x.ipynb": /folder of git's/,
    };
    for (const [name, reason] of Object.entries(expected))
      assert.match(reasons.get(`${name}#cell-id=a`) ?? "", reason, name);
    assert.equal(losses.length, names.length);
    const { unreadable } = await compareDocuments({ workspace });
    assert.equal(unreadable.length, names.length);
  });

  it("are not read from a notebook that is a link", async function () {
    if (process.platform === "win32") this.skip();
    const outside = await mkdtemp(path.join(os.tmpdir(), "glossator-outside-"));
    try {
      await writeFile(path.join(outside, "secret.ipynb"), notebook([markdown("a", TEXT)]));
      await symlink(path.join(outside, "secret.ipynb"), path.join(workspace, "link.ipynb"));
      await assert.rejects(new WorkspaceTexts(workspace).read("link.ipynb#cell-id=a"), /symbolic link/);
    } finally {
      await rm(outside, { recursive: true, force: true });
    }
  });

  it("stand apart from files in a folder of the notebook's name, and from a file of the cell's", async () => {
    await write("a.ipynb/intro", "A file says Rome.");
    await write("b.ipynb#cell-id=x", "A file says Bern.");
    await decide("a.ipynb/intro", "A file says Rome.", "Rome", "LOC");
    await decide("b.ipynb#cell-id=x", "A file says Bern.", "Bern", "LOC");
    const { documents, losses } = await collectDocuments({ workspace });
    assert.deepEqual(
      documents.map(({ path: name }) => name),
      ["a.ipynb/intro"],
    );
    assert.match(losses[0]?.reason ?? "", /its notebook does not exist/);
  });

  it("take what an import says of them, and no file is made in their place", async () => {
    await write("a.ipynb", notebook([markdown("x", TEXT), markdown("y", "Bonn.")]));
    await decide("a.ipynb#cell-id=x", TEXT, "Paris", "LOC");
    await decide("a.ipynb#cell-id=y", "Bonn.", "Bonn", "LOC");
    const source = path.join(workspace, "out");
    await exportDataset({ workspace, format: "csv", target: source, validation: 0 });
    await rm(root, { recursive: true });
    // The notebook's other cell is gone meanwhile.
    await write("a.ipynb", notebook([markdown("new", "Above."), markdown("x", TEXT)]));
    const plan = await planImport({ source, workspace, author: "ada", into: "made" });
    assert.deepEqual(
      plan.targets.map(({ path: name, isNew }) => [name, isNew]),
      [
        ["a.ipynb#cell-id=x", false],
        ["made/a.ipynb#cell-id=y.md", true],
      ],
    );
    const { act } = await carryOut(plan);
    assert.ok(act);
    const { documents, losses } = await collectDocuments({ workspace });
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents.map(({ path: name, layers }) => [name, layers.entities.labels.map(({ exact }) => exact)]),
      [
        ["a.ipynb#cell-id=x", ["Paris"]],
        ["made/a.ipynb#cell-id=y.md", ["Bonn"]],
      ],
    );
    await undoImport(workspace, act);
    const left = (await collectDocuments({ workspace })).documents;
    assert.deepEqual(
      left.flatMap(({ layers }) => layers.entities.labels),
      [],
    );
    assert.equal(await new WorkspaceTexts(workspace).read("a.ipynb#cell-id=x"), TEXT);
    assert.equal(await new WorkspaceTexts(workspace).find("made/a.ipynb#cell-id=y.md"), undefined);
  });
});
