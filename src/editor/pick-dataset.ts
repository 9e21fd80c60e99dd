/** Questions that export and import have in common. */
import { TabInputText, Uri, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import type { DatasetFormat } from "../datasets/reading";
import { LabelsError } from "../labels/contract";
import type { Task } from "../model/task";
import { TASKS } from "../model/task";
import { askFirst } from "./messages";
import { pickSome } from "./picks";

const TITLES: Readonly<Record<Task, string>> = {
  entities: "Entities",
  sentiment: "Sentiment",
  answers: "Answers to questions",
};

/** The workspace folder to work on. @throws {LabelsError} if there is none on disk. */
export async function pickFolder(placeHolder: string): Promise<WorkspaceFolder> {
  const folders = workspace.workspaceFolders ?? [];
  const picked = folders.length > 1 ? await window.showWorkspaceFolderPick({ placeHolder }) : folders[0];
  if (picked === undefined) throw new LabelsError("Open a folder first: decisions are kept folder by folder.");
  if (picked.uri.scheme !== "file")
    throw new LabelsError("This workspace is virtual: its decisions are not on this disk.");
  return picked;
}

/** Which tasks; those no format holds are not offered. Undefined if the user leaves. */
export async function pickTasks(
  title: string,
  formats: readonly DatasetFormat[],
): Promise<readonly Task[] | undefined> {
  const tasks = TASKS.filter((task) => formats.some((format) => format.tasks.includes(task)));
  if (tasks.length < 2) return tasks;
  const items = tasks.map((task) => ({ label: TITLES[task], task, picked: true }));
  const picked = await pickSome(items, { ignoreFocusOut: true, title, placeHolder: "Tasks" });
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
      .flatMap(({ input }) => (input instanceof TabInputText ? [input.uri.toString()] : [])),
  );
  const items = documents.map(({ path, description }) => ({
    label: path,
    path,
    ...(description !== undefined && { description }),
    picked: true,
    group: open.has(Uri.joinPath(folder.uri, path).toString()) ? "open" : "others",
  }));
  const picked = await pickSome(
    [...items.filter(({ group }) => group === "open"), ...items.filter(({ group }) => group === "others")],
    { ignoreFocusOut: true, title, placeHolder: "Type to filter; the box takes all shown" },
  );
  return picked === undefined || picked.length === 0 ? undefined : picked.map(({ path }) => path);
}

/** The documents on disk are what is read: unsaved text would be missed. False if the user leaves. @throws {LabelsError} if one cannot be saved. */
export async function documentsSaved(button: string, why: string): Promise<boolean> {
  const dirty = workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === "file");
  if (dirty.length === 0) return true;
  const question = `${dirty.length === 1 ? "A document has" : `${dirty.length} documents have`} unsaved changes. ${why}`;
  if ((await askFirst(question, button)) !== button) return false;
  for (const document of dirty) {
    if (!(await document.save()))
      throw new LabelsError(`${document.fileName} could not be saved, so nothing was done.`);
  }
  return true;
}
