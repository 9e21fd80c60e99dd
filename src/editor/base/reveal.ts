/** Bringing text into view. Offsets are UTF-16 code units. */
import {
  commands,
  l10n,
  NotebookEditorRevealType,
  NotebookRange,
  Range,
  Selection,
  TextEditorRevealType,
  window,
  workspace,
} from "vscode";
import type { NotebookCell, TextDocument, TextDocumentShowOptions, TextEditor, Uri } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { Span } from "../../text/span";
import { cellAt, cellOf, notebookOf } from "./cells";
import { sayInStatus } from "./messages";

/** So long it may take until the editor of a cell is there, in ms. */
const PATIENCE_MS = 10_000;

/**
 * A document by its address, or by that of its text; a cell's notebook is opened for it.
 * @throws {LabelsError} if there is no such cell; Error if the file cannot be opened.
 */
export async function openDocument(address: Uri): Promise<TextDocument> {
  const notebook = notebookOf(address);
  if (notebook === undefined) return workspace.openTextDocument(address);
  await workspace.openNotebookDocument(notebook);
  const found = cellAt(address);
  if (found === undefined) throw new LabelsError(l10n.t("The notebook {0} no longer has this cell.", notebook.path));
  return found.cell.document;
}

/** The editor of a document, in front. @throws {LabelsError} if a cell of a notebook does not come. */
export async function show(document: TextDocument): Promise<TextEditor> {
  const cell = cellOf(document)?.cell;
  return cell === undefined ? showText(document) : editCell(cell);
}

/**
 * As {@link show}, and the keyboard stays where it is. Undefined for a cell that is rendered: it is brought into view, but to edit it would take the keyboard.
 * @param options how an editor is opened for all else
 */
export async function glance(
  document: TextDocument,
  options: Pick<TextDocumentShowOptions, "preview"> = {},
): Promise<TextEditor | undefined> {
  const cell = cellOf(document)?.cell;
  if (cell === undefined) return showText(document, { ...options, preserveFocus: true });
  await showCell(cell, true);
  const editor = editorOf(document);
  if (editor === undefined) sayInStatus(l10n.t("Edit this cell to see its labels (Enter in the cell)."), 6000);
  return editor;
}

function showText(document: TextDocument, options: TextDocumentShowOptions = {}): Thenable<TextEditor> {
  const open = editorOf(document);
  return window.showTextDocument(document, {
    ...options,
    ...(open?.viewColumn !== undefined && { viewColumn: open.viewColumn }),
  });
}

function editorOf(document: TextDocument): TextEditor | undefined {
  return window.visibleTextEditors.find((editor) => editor.document === document);
}

/** Brings a cell into view and makes it the current one of its notebook. */
async function showCell({ notebook, index }: NotebookCell, preserveFocus: boolean): Promise<void> {
  const range = new NotebookRange(index, index + 1);
  const open = window.visibleNotebookEditors.find((editor) => editor.notebook === notebook);
  const editor = await window.showNotebookDocument(notebook, {
    preserveFocus,
    selections: [range],
    ...(open?.viewColumn !== undefined && { viewColumn: open.viewColumn }),
  });
  editor.revealRange(range, NotebookEditorRevealType.InCenterIfOutsideViewport);
}

/** A Markdown cell is rendered, without an editor, until somebody edits it. */
async function editCell(cell: NotebookCell): Promise<TextEditor> {
  await showCell(cell, false);
  await commands.executeCommand("notebook.cell.edit");
  const { document } = cell;
  const here = (): TextEditor | undefined =>
    window.activeTextEditor?.document === document ? window.activeTextEditor : undefined;
  return (
    here() ??
    (await new Promise<TextEditor>((resolve, reject) => {
      const late = setTimeout(() => {
        listener.dispose();
        reject(new LabelsError(l10n.t("The editor of the cell did not open: edit the cell, then try again.")));
      }, PATIENCE_MS);
      const listener = window.onDidChangeActiveTextEditor(() => {
        const editor = here();
        if (editor === undefined) return;
        clearTimeout(late);
        listener.dispose();
        resolve(editor);
      });
    }))
  );
}

/** Puts the cursor at a span, or selects it, and scrolls there if need be. */
export function reveal(editor: TextEditor, span: Span, select = false): void {
  const start = editor.document.positionAt(span.start);
  const end = editor.document.positionAt(span.end);
  editor.selection = new Selection(start, select ? end : start);
  editor.revealRange(new Range(start, end), TextEditorRevealType.InCenterIfOutsideViewport);
}
