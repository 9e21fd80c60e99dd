/** Markdown cells of notebooks: labelled, decided on, kept by the cell's id, exported, and found again. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  NotebookCellData,
  NotebookCellKind,
  NotebookData,
  NotebookEdit,
  NotebookRange,
  Position,
  Range,
  Uri,
  WorkspaceEdit,
  commands,
  window,
  workspace,
} from "vscode";
import type { Hover, InlayHint, MarkdownString, NotebookDocument } from "vscode";
import type { ExportOutcome } from "../../src/datasets/process/protocol";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { api, closeAll, folder, labelOn, logged, run, showFile, until } from "./helpers";
import type { Shown } from "./helpers";

const MERKEL = "Angela Merkel visited Paris on Tuesday.";
const GATES = "Microsoft opened a new office in London, said Bill Gates.";

interface Cell {
  readonly cell_type: string;
  readonly id?: string;
  readonly source: string | readonly string[];
}

const markdown = (id: string, source: string): Cell => ({ cell_type: "markdown", id, source: [source] });

/** A notebook file. */
function notebookJson(cells: readonly Cell[], minor = 5): string {
  const whole = cells.map((cell) => ({
    ...cell,
    metadata: {},
    ...(cell.cell_type === "code" && { outputs: [], execution_count: null }),
  }));
  return JSON.stringify({ cells: whole, metadata: {}, nbformat: 4, nbformat_minor: minor });
}

let counter = 0;

async function writeNotebook(json: string): Promise<Uri> {
  const uri = Uri.joinPath(folder(), "notes", `n-${Date.now()}-${counter++}.ipynb`);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(json));
  return uri;
}

/** As a user opens it: what an extension opens stays open for minutes after its tab was closed. */
async function open(uri: Uri): Promise<NotebookDocument> {
  await commands.executeCommand("vscode.open", uri);
  const editor = await until("the notebook", () => {
    const front = window.activeNotebookEditor;
    return front?.notebook.uri.toString() === uri.toString() ? front : undefined;
  });
  return editor.notebook;
}

/** Opens a cell for editing, as Enter does. */
async function edit(notebook: NotebookDocument, index: number): Promise<Shown> {
  const { document } = notebook.cellAt(index);
  await window.showNotebookDocument(notebook, { selections: [new NotebookRange(index, index + 1)] });
  await commands.executeCommand("notebook.cell.edit");
  const editor = await until("the cell's editor", () =>
    window.activeTextEditor?.document === document ? window.activeTextEditor : undefined,
  );
  return { document, editor, uri: document.uri };
}

async function editLabelled(notebook: NotebookDocument, index: number): Promise<Shown> {
  const shown = await edit(notebook, index);
  await (await api()).idle(shown.uri);
  return shown;
}

const logFolder = (notebook: Uri, id: string): string =>
  path.join(folder().fsPath, ".glossator", "log", "notes", `${path.basename(notebook.fsPath)}%23cell-id=${id}`);

describe("Markdown cells of a notebook", () => {
  afterEach(closeAll);

  it("are documents of their own, exported by name, and found again when cells are inserted above", async () => {
    const uri = await writeNotebook(
      notebookJson([
        markdown("intro", MERKEL),
        { cell_type: "code", id: "code", source: "x = 1" },
        markdown("Second", GATES),
      ]),
    );
    let notebook = await open(uri);
    const first = await editLabelled(notebook, 0);
    const paris = await labelOn(first, "Paris");
    assert.equal(paris?.label, "LOC");
    await until("the marks", async () => Object.keys((await api()).drawn(first.uri)).length > 0);
    const at = first.document.positionAt(paris.span.start + 1);
    const hovers = await commands.executeCommand<Hover[]>("vscode.executeHoverProvider", first.uri, at);
    const said = hovers.flatMap(({ contents }) => contents.map((one) => (one as MarkdownString).value));
    assert.match(said.join("\n"), /suggested/);
    const end = first.document.positionAt(MERKEL.length);
    const all = new Range(new Position(0, 0), end);
    const hints = await commands.executeCommand<InlayHint[]>("vscode.executeInlayHintProvider", first.uri, all);
    assert.ok(
      hints.some(({ label }) => label === "LOC?"),
      JSON.stringify(hints),
    );
    await run("accept", paris.id);
    assert.deepEqual(
      (await logged(first)).map(({ kind }) => kind),
      ["accepted"],
    );
    assert.equal(path.dirname((await api()).logFile(first.uri) ?? ""), logFolder(uri, "intro"));
    assert.ok(!existsSync(logFolder(uri, "%53econd")), "a cell that nobody decided on has a log");

    const second = await editLabelled(notebook, 2);
    await run("reject", (await labelOn(second, "London"))?.id);
    await logged(second);
    assert.equal((await readdir(logFolder(uri, "%53econd"))).length, 1);
    assert.equal((await logged(first)).length, 1, "one cell's decision is in the other's log");

    const edits = new WorkspaceEdit();
    edits.set(uri, [
      NotebookEdit.insertCells(0, [new NotebookCellData(NotebookCellKind.Markup, "Bonn is old.", "markdown")]),
    ]);
    assert.ok(await workspace.applyEdit(edits));
    await until("the new cell's id", () => notebook.cellAt(0).metadata["id"] !== undefined);
    assert.equal((await labelOn(first, "Paris"))?.status, "accepted");
    const words = new WorkspaceEdit();
    words.insert(first.uri, first.document.positionAt(paris.span.start + 1), "-");
    assert.ok(await workspace.applyEdit(words));
    // False also says that there is nothing to save: the editor may have done it by itself meanwhile.
    assert.ok((await notebook.save()) || !notebook.isDirty);
    await until("where the label went, in the log", async () => (await logged(first)).length > 1);
    await closeAll();
    await until("the notebook's end", () => notebook.isClosed);

    notebook = await open(uri);
    assert.equal(notebook.cellAt(1).document.getText(), MERKEL.replace("Paris", "P-aris"));
    const again = await editLabelled(notebook, 1);
    const found = await labelOn(again, "P-aris");
    assert.equal(found?.status, "accepted");
    assert.notEqual((await labelOn(again, "Angela Merkel"))?.status, "accepted");

    const target = await mkdtemp(path.join(tmpdir(), "glossator-cells-"));
    try {
      const name = `notes/${path.basename(uri.fsPath)}#cell-id=intro`;
      const [report] = (await run("exportDataset", {
        ...{ formats: ["csv"], target, documents: [name], validation: 0 },
      })) as ExportOutcome[];
      assert.equal(report?.documents, 1);
      const csv = report.files.find((file) => file.endsWith(".csv"));
      const rows = (await readFile(path.join(report.target, csv ?? ""), "utf8")).trim().split("\n").slice(1);
      assert.ok(
        rows.some((row) => row.startsWith(`${name},`) && row.includes("P-aris")),
        rows.join("\n"),
      );
    } finally {
      await rm(target, { recursive: true, force: true });
    }
  });

  it("are in the Review Queue while they are rendered, in the order of the notebook", async () => {
    const uri = await writeNotebook(notebookJson([markdown("b", MERKEL), markdown("a", GATES)]));
    const notebook = await open(uri);
    for (const cell of notebook.getCells()) await (await api()).idle(cell.document.uri);
    assert.ok(!window.visibleTextEditors.some(({ document }) => document.uri.scheme === "vscode-notebook-cell"));
    await run("orderQueue", "place");
    await commands.executeCommand("glossator.reviewQueue.focus");
    const names = [`${path.basename(uri.fsPath)}, cell 1`, `${path.basename(uri.fsPath)}, cell 2`];
    await until("both cells in the queue", async () => {
      const labels = (await api()).queue().rows.map(({ label }) => label);
      return names.every((name) => labels.includes(name)) && labels.indexOf(names[0]!) < labels.indexOf(names[1]!);
    });
    const branch = (await api()).queue().rows.find(({ label }) => label === names[1]);
    assert.ok(branch);
    const london = branch.rows.find(({ label }) => label === "London");
    assert.ok(london, JSON.stringify(branch.rows.map(({ label }) => label)));
    // Nobody edits the cell, so that no key that was meant for the list comes into its text.
    await run("acceptFromQueue", london.row);
    assert.ok(!window.visibleTextEditors.some(({ document }) => document.uri.scheme === "vscode-notebook-cell"));
    const { document } = notebook.cellAt(1);
    const events = await logged({ document, uri: document.uri } as Shown);
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ["accepted"],
    );
    await run("orderQueue", "doubt");
  });

  it("of a long notebook are documents once they are in sight", async () => {
    const cells = Array.from({ length: 130 }, (_, index) => markdown(`c${index}`, "Angela Merkel."));
    const notebook = await open(await writeNotebook(notebookJson(cells)));
    const labels = async (index: number): Promise<unknown> => (await api()).labels(notebook.cellAt(index).document.uri);
    await until("the first hundred", () => labels(99));
    assert.equal(await labels(120), undefined);
    window.activeNotebookEditor?.revealRange(new NotebookRange(120, 121));
    await until("a cell that is far down", () => labels(120));
  });

  it("are gone to where annotators disagree, and opened for editing", async () => {
    const uri = await writeNotebook(notebookJson([markdown("calm", "Nobody disagrees."), markdown("apart", MERKEL)]));
    const notebook = await open(uri);
    const shown = await editLabelled(notebook, 1);
    await run("accept", (await labelOn(shown, "Paris"))?.id);
    await logged(shown);
    const root = path.join(folder().fsPath, ".glossator");
    const name = `notes/${path.basename(uri.fsPath)}#cell-id=apart`;
    const other = new DocumentLabels({ text: MERKEL, author: "zoe", sink: new Journal(root, name, "zoe") });
    const start = MERKEL.indexOf("Paris");
    await other.add("entities", { start, end: start + "Paris".length }, "PER").saved;
    // The notebook is closed: to go to its cell opens it anew.
    await closeAll();
    await run("showAgreement");
    const inCell = (): boolean =>
      window.activeTextEditor?.document.uri.path.endsWith(`/${path.basename(uri.fsPath)}`) === true;
    for (let i = 0; i < 20 && !inCell(); i++) await run("nextDisagreement");
    const editor = window.activeTextEditor;
    assert.ok(editor);
    assert.equal(editor.document.getText(), MERKEL);
    assert.equal(editor.document.getText(editor.selection), "Paris");
    await run("takeTheirs");
    const events = await logged({ editor, document: editor.document, uri: editor.document.uri });
    assert.ok(events.some(({ kind }) => kind === "adjudicated"));
  });

  it("are read-only in Review Mode, which goes on into the next cell, and can be edited after it", async () => {
    const uri = await writeNotebook(notebookJson([markdown("one", "Angela Merkel."), markdown("two", GATES)]));
    const notebook = await open(uri);
    await (await api()).idle(notebook.cellAt(1).document.uri);
    const first = await editLabelled(notebook, 0);
    await run("toggleReviewMode");
    await commands.executeCommand("type", { text: "q" });
    assert.equal(first.document.getText(), "Angela Merkel.");
    for (let i = 0; i < 4 && window.activeTextEditor?.document === first.document; i++) await run("nextSuggestion");
    assert.equal(window.activeTextEditor?.document, notebook.cellAt(1).document);
    await commands.executeCommand("type", { text: "q" });
    assert.equal(notebook.cellAt(1).document.getText(), GATES);
    await run("leaveReviewMode");
    const again = await edit(notebook, 0);
    await until("the cell to take keys", async () => {
      await commands.executeCommand("type", { text: "q" });
      return again.document.getText() !== "Angela Merkel.";
    });
    await commands.executeCommand("workbench.action.files.revert");
  });

  it("without an id of their own are refused, and it is said why", async () => {
    const cases: [Uri, number, RegExp][] = [
      [
        await writeNotebook(notebookJson([{ cell_type: "markdown", source: MERKEL }], 4)),
        0,
        /older than nbformat 4\.5/,
      ],
      [await writeNotebook(notebookJson([markdown("../../x", MERKEL)])), 0, /none that nbformat allows/],
      [
        await writeNotebook(notebookJson([markdown("same", MERKEL), markdown("same", GATES)])),
        1,
        /a cell above has the same/,
      ],
    ];
    for (const [uri, index, why] of cases) {
      const notebook = await open(uri);
      const { uri: address } = await edit(notebook, index);
      await until("the reason", async () => why.test((await api()).status()?.says ?? ""));
      assert.equal((await api()).labels(address), undefined);
      await closeAll();
    }
  });

  it("of an untitled notebook are refused until it is saved", async () => {
    const data = new NotebookData([new NotebookCellData(NotebookCellKind.Markup, MERKEL, "markdown")]);
    data.metadata = { nbformat: 4, nbformat_minor: 5 };
    const notebook = await workspace.openNotebookDocument("jupyter-notebook", data);
    await window.showNotebookDocument(notebook);
    const { uri } = await edit(notebook, 0);
    await until("the reason", async () => /Save the notebook first/.test((await api()).status()?.says ?? ""));
    assert.equal((await api()).labels(uri), undefined);
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  });

  it("are not taken for files of such a name", async () => {
    const name = "analysis.ipynb#cell-id=intro";
    await workspace.fs.writeFile(Uri.joinPath(folder(), name), new TextEncoder().encode(MERKEL));
    const document = await workspace.openTextDocument(Uri.joinPath(folder(), name));
    await window.showTextDocument(document);
    await until("the reason", async () => /stands for a cell/.test((await api()).status()?.says ?? ""));
    // What comes after it is labelled by now, so it would be, too.
    await showFile(MERKEL);
    assert.equal((await api()).labels(document.uri), undefined);
    await workspace.fs.delete(document.uri);
  });
});
