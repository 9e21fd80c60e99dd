/** Questions that export and import have in common. */
import { l10n, TabInputNotebook, TabInputText, Uri, window, workspace } from "vscode";
import type { NotebookDocument, TextDocument, WorkspaceFolder } from "vscode";
import type { DatasetFormat } from "../../datasets/format";
import { LabelsError } from "../../labels/contract";
import type { Task } from "../../documents/tasks";
import { TASK_NAMES } from "../../documents/tasks";
import { plural } from "../../text/counted";
import { cellOfPath } from "../../text/notebooks";
import { askFirst } from "../base/messages";
import { pickSome } from "../base/picks";

const TITLES: Readonly<Record<Task, string>> = {
  entities: l10n.t("Entities"),
  sentiment: l10n.t("Sentiment"),
  answers: l10n.t("Answers to questions"),
};

/** The workspace folder to work on. @throws {LabelsError} if there is none on disk. */
export async function pickFolder(placeHolder: string): Promise<WorkspaceFolder> {
  const folders = workspace.workspaceFolders ?? [];
  const picked = folders.length > 1 ? await window.showWorkspaceFolderPick({ placeHolder }) : folders[0];
  if (picked === undefined) throw new LabelsError(l10n.t("Open a folder first: decisions are kept folder by folder."));
  if (picked.uri.scheme !== "file")
    throw new LabelsError(l10n.t("This workspace is virtual: its decisions are not on this disk."));
  return picked;
}

/** Which tasks; those no format holds are not offered. Undefined if the user leaves. */
export async function pickTasks(
  title: string,
  formats: readonly Pick<DatasetFormat, "holds">[],
): Promise<readonly Task[] | undefined> {
  const tasks = TASK_NAMES.filter((task) => formats.some((format) => format.holds.tasks.includes(task)));
  if (tasks.length < 2) return tasks;
  const items = tasks.map((task) => ({ label: TITLES[task], task, picked: true }));
  const picked = await pickSome(items, { ignoreFocusOut: true, title, placeHolder: l10n.t("Tasks") });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ task }) => task);
}

/** A document to choose, and what there is to know of it. */
interface DocumentChoice {
  readonly path: string;
  readonly description?: string;
}

/**
 * Which documents, all of them to begin with; those open in an editor come first. A single one is not asked about.
 * Undefined if the user leaves, or chooses none.
 */
export async function pickDocuments(
  title: string,
  folder: WorkspaceFolder,
  documents: readonly DocumentChoice[],
): Promise<readonly string[] | undefined> {
  if (documents.length < 2) return documents.map(({ path }) => path);
  const open = new Set(
    window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .flatMap(({ input }) =>
        input instanceof TabInputText || input instanceof TabInputNotebook ? [input.uri.toString()] : [],
      ),
  );
  const items = documents.map(({ path, description }) => ({
    label: path,
    path,
    ...(description !== undefined && { description }),
    picked: true,
    isOpen: open.has(Uri.joinPath(folder.uri, cellOfPath(path)?.notebook ?? path).toString()),
  }));
  const grouped = [
    ...items.filter(({ isOpen }) => isOpen).map((item) => ({ ...item, group: l10n.t("open") })),
    ...items.filter(({ isOpen }) => !isOpen).map((item) => ({ ...item, group: l10n.t("others") })),
  ];
  const picked = await pickSome(grouped, {
    ignoreFocusOut: true,
    title,
    placeHolder: l10n.t("Type to filter; the box takes all shown"),
  });
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ path }) => path);
}

/** The documents on disk are what is read: unsaved text would be missed. False if the user leaves. @throws {LabelsError} if one cannot be saved. */
export async function documentsSaved(button: string, why: string): Promise<boolean> {
  const all: readonly (TextDocument | NotebookDocument)[] = [
    ...workspace.textDocuments,
    ...workspace.notebookDocuments,
  ];
  const dirty = all.filter(({ isDirty, uri }) => isDirty && uri.scheme === "file");
  if (dirty.length === 0) return true;
  const question = plural(
    dirty.length,
    l10n.t("A document has unsaved changes."),
    l10n.t("{0} documents have unsaved changes.", dirty.length),
  );
  if ((await askFirst([question, why].join(" "), button)) !== button) return false;
  for (const document of dirty) {
    if (!(await document.save()))
      throw new LabelsError(l10n.t("{0} could not be saved, so nothing was done.", document.uri.fsPath));
  }
  return true;
}
