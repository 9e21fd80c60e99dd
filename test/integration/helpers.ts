/** What every integration suite needs: the extension's test interface, documents to label, and logs to read back. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { Selection, Uri, commands, extensions, window, workspace } from "vscode";
import type { Position, TextDocument, TextEditor } from "vscode";
import type { TestApi } from "../../src/editor/test-api";
import type { Annotation } from "../../src/labels/annotation";
import type { DecisionEvent } from "../../src/labels/events";

/** Text with entities that no usable model misses, and two clear opinions. */
export const TEXT = [
  "Angela Merkel visited Paris on Tuesday.",
  "The hotel was wonderful and we loved every minute of it.",
  "The food was terrible and the service was awful.",
  "",
  "Microsoft opened a new office in London, said Bill Gates.",
  "",
].join("\n");

/** Waits until a condition holds. @throws AssertionError naming what did not come. */
export async function until<T>(what: string, get: () => T | Promise<T>, patience = 30_000): Promise<NonNullable<T>> {
  const end = Date.now() + patience;
  for (;;) {
    const value = await get();
    if (value !== undefined && value !== null && value !== false) return value;
    assert.ok(Date.now() < end, `${what} did not come within ${patience} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Activates the extension. */
export async function api(): Promise<TestApi> {
  const extension = extensions.getExtension<TestApi | undefined>("glossator.glossator");
  const found = await extension?.activate();
  assert.ok(found, "activate() returned no test interface");
  return found;
}

/** The workspace's folder. */
export function folder(): Uri {
  const first = workspace.workspaceFolders?.[0];
  assert.ok(first, "no folder is open");
  return first.uri;
}

/** A document on show. */
export interface Shown {
  readonly document: TextDocument;
  readonly editor: TextEditor;
  readonly uri: Uri;
}

let counter = 0;

/** Writes a new file into the workspace, shows it, and waits until it is labelled. */
export async function showFile(text: string, name = `test-${Date.now()}-${counter++}.txt`): Promise<Shown> {
  const uri = Uri.joinPath(folder(), name);
  await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
  const document = await workspace.openTextDocument(uri);
  const editor = await window.showTextDocument(document);
  await (await api()).idle(uri);
  return { document, editor, uri };
}

/** Shows an untitled document and waits until it is labelled. */
export async function showUntitled(content: string, language = "plaintext"): Promise<Shown> {
  const document = await workspace.openTextDocument({ content, language });
  const editor = await window.showTextDocument(document);
  await (await api()).idle(document.uri);
  return { document, editor, uri: document.uri };
}

/** Closes every editor, unsaved text included. */
export async function closeAll(): Promise<void> {
  for (const { notebook } of [...window.visibleNotebookEditors]) {
    await window.showNotebookDocument(notebook);
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
  for (const editor of [...window.visibleTextEditors]) {
    // It went with its notebook.
    if (editor.document.uri.scheme === "vscode-notebook-cell") continue;
    await window.showTextDocument(editor.document);
    await commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  }
  await commands.executeCommand("workbench.action.closeAllEditors");
}

/** The label on exactly this text; undefined if there is none. */
export async function labelOn(shown: Shown, exact: string, task = "entities"): Promise<Annotation | undefined> {
  const found = (await api()).labels(shown.uri) ?? [];
  return found.find(
    (item) =>
      item.task === task &&
      item.status !== "stale" &&
      shown.document.getText().slice(item.span.start, item.span.end) === exact,
  );
}

/** Selects the first occurrence of a text. */
export function select({ document, editor }: Shown, exact: string): void {
  const start = document.getText().indexOf(exact);
  assert.ok(start >= 0, `"${exact}" is not in the document`);
  editor.selection = new Selection(document.positionAt(start), document.positionAt(start + exact.length));
}

/** The cursor once it has come to rest: the window reports moves a moment after they are asked for. */
export async function cursor({ editor }: Shown): Promise<Position> {
  for (;;) {
    const before = editor.selection.active;
    await new Promise((resolve) => setTimeout(resolve, 300));
    if (editor.selection.active.isEqual(before)) return before;
  }
}

/** Runs one of our commands. */
export function run(name: string, ...args: unknown[]): Thenable<unknown> {
  return commands.executeCommand(`glossator.${name}`, ...args);
}

/** Presses the down key in the list that is open, or that is about to open, until an item that holds these words is in focus. */
export async function focusInList(item: string): Promise<void> {
  const tests = await api();
  const focused = (): string | undefined => tests.openList()?.focused;
  const reached = (): boolean => focused()?.includes(item) ?? false;
  await until(`"${item}" in focus`, async () => {
    if (reached()) return true;
    const before = focused();
    if (tests.openList() === undefined) return false;
    await commands.executeCommand("workbench.action.quickOpenSelectNext");
    for (const end = Date.now() + 1000; focused() === before && Date.now() < end;)
      await new Promise((resolve) => setTimeout(resolve, 20));
    return reached();
  });
}

/** Checks the item in focus, or takes its check away. */
export async function checkInList(item: string): Promise<void> {
  await focusInList(item);
  await commands.executeCommand("workbench.action.quickPickManyToggle");
}

/** Presses Enter in the list that is open, and waits until it is not. */
export async function acceptList(): Promise<void> {
  const tests = await api();
  const list = await until("a list", () => tests.openList());
  await commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
  await until("the list's end", () => tests.openList() !== list);
}

/** The events in a document's log, as they are on disk. */
export async function logged(shown: Shown): Promise<DecisionEvent[]> {
  const tests = await api();
  await tests.written(shown.uri);
  const file = tests.logFile(shown.uri);
  assert.ok(file, "the document has no log");
  const lines = (await readFile(file, "utf8")).split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as DecisionEvent);
}
