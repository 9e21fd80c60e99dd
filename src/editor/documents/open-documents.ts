/** Which documents a user has open, and the order of documents in lists. */
import { l10n, TabInputNotebook, TabInputText, TabInputTextDiff, window, workspace } from "vscode";
import type { Uri } from "vscode";
import { cellAt } from "../base/cells";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** A document's name as lists show it: its path in its folder, with the folder's name where there are several; of a cell its notebook's and its number. */
export function documentName(uri: Uri): string {
  const cell = cellAt(uri)?.cell;
  if (cell === undefined) return workspace.asRelativePath(uri);
  return l10n.t("{0}, cell {1}", workspace.asRelativePath(cell.notebook.uri), cell.index + 1);
}

/** Documents in the order of their names. */
export function sortedByName<T extends { readonly id: string; readonly uri: Uri }>(documents: readonly T[]): T[] {
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return documents
    .map((document) => ({ document, name: documentName(document.uri) }))
    .sort((a, b) => compare(a.name, b.name) || (a.document.id < b.document.id ? -1 : 1))
    .map(({ document }) => document);
}

/** Addresses of the documents that have a tab, or are on the screen without one. A notebook's tab is one of all its cells. */
export function inTabs(): Set<string> {
  const tabs = window.tabGroups.all.flatMap(({ tabs }) => tabs).map(({ input }) => input);
  const uris = tabs.flatMap((input) => {
    if (input instanceof TabInputText) return [input.uri];
    if (input instanceof TabInputNotebook) return cellsIn(input.uri);
    return input instanceof TabInputTextDiff ? [input.original, input.modified] : [];
  });
  return new Set([...uris, ...window.visibleTextEditors.map(({ document }) => document.uri)].map(String));
}

function cellsIn(uri: Uri): Uri[] {
  const notebook = workspace.notebookDocuments.find((one) => one.uri.toString() === uri.toString());
  return notebook?.getCells().map(({ document }) => document.uri) ?? [];
}

/**
 * The documents that are labelled and that the user has open, in the order of their names. VS Code keeps a document for some minutes after its tab was closed,
 * if an extension once opened it.
 */
export function openInOrder(sessions: Pick<Sessions, "all">): DocumentSession[] {
  const open = inTabs();
  return sortedByName(sessions.all.filter(({ id }) => open.has(id)));
}
