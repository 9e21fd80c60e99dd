/** Taking back what an import made beside decisions: its documents, as long as they are as it made them, and its labels, where nothing else uses them. */
import path from "node:path";
import { CLASS_TASKS, LABEL_TASKS, perTask } from "../../documents/tasks";
import type { ClassTask, LabelTask } from "../../documents/tasks";
import type { SafeFolder } from "../../files/safe-folder";
import { labelsFile, removeLabels } from "../../labels/labelset-file";
import { loggedDocuments, logFiles, readLogs } from "../../labels/log/read-log";
import { safeAround } from "../../labels/log/paths";
import type { DecisionEvent } from "../../labels/events";
import { reduce } from "../../labels/state";
import { UsedLabels } from "../workspace/used-labels";
import { WorkspaceTexts } from "../workspace/workspace-texts";
import { each } from "./lanes";
import type { NewLabels } from "./labels";
import { digestOf } from "./record";
import type { CreatedDocument, ImportRecord } from "./record";
import { textsWithSeveral } from "./several";

/** Something that stays although an import made it. */
export interface Kept {
  /** A document, relative to the workspace with `/`, or a label. */
  readonly what: string;
  readonly reason: string;
}

/** What came of it. */
export interface TakenBack {
  /** Documents that are gone, relative to the workspace, with `/`. */
  readonly removed: readonly string[];
  readonly labels: NewLabels;
  readonly kept: readonly Kept[];
}

function isOf(act: string, event: DecisionEvent): boolean {
  return event.act === act || (event.kind === "undone" && event.undoes === act);
}

/** Why a document stays; undefined if it is as the import made it, or gone. */
async function whyKept(
  workspace: string,
  root: string,
  act: string,
  { path: document, digest }: CreatedDocument,
): Promise<string | undefined> {
  try {
    const text = await new WorkspaceTexts(workspace).find(document);
    if (text !== undefined && digestOf(text) !== digest) return "it was changed since";
  } catch (error) {
    return `it cannot be read: ${(error as Error).message}`;
  }
  for await (const { logs, unreadable } of readLogs(root, [document])) {
    if (unreadable !== undefined || logs.some(({ issues }) => issues.length > 0))
      return "its log cannot be read as a whole";
    if (logs.some(({ events }) => events.some((event) => !isOf(act, event)))) return "somebody decided on it since";
  }
  return undefined;
}

async function removeDocument(around: SafeFolder, root: string, document: string): Promise<void> {
  // The document first: a log without its document is found again, a document without its log is somebody's.
  await around.remove(document);
  for (const log of await logFiles(root, document)) {
    await around.remove(log);
    const top = path.join(root, "log");
    for (let folder = path.dirname(log); folder !== top && folder.startsWith(top); folder = path.dirname(folder))
      await around.removeEmpty(folder);
  }
}

/** Names of labels that are in use in a workspace, and tasks of which somebody gave a text several classes. */
async function inUse(root: string): Promise<{ readonly used: UsedLabels; readonly several: ReadonlySet<ClassTask> }> {
  const used = new UsedLabels(true);
  const several = new Set<ClassTask>();
  for await (const { logs } of readLogs(root, await loggedDocuments(root)))
    for (const { events } of logs) {
      used.addEvents(events);
      const labels = [...reduce(events).annotations.values()];
      for (const task of CLASS_TASKS) {
        const classes = labels
          .filter((one) => one.task === task)
          .map(({ value, origin }) => ({
            ...value.span,
            label: value.label,
            ...(origin?.author && { author: origin.author }),
          }));
        if (textsWithSeveral(classes) > 0) several.add(task);
      }
    }
  return { used, several };
}

/** Takes back what the record says, once the decisions are. May be called again where it was interrupted. */
export async function takeBackMade(workspace: string, record: ImportRecord): Promise<TakenBack> {
  const root = path.join(workspace, ".glossator");
  const around = safeAround(root);
  const removed: string[] = [];
  const kept: Kept[] = [];
  await each(record.created, async (created) => {
    const reason = await whyKept(workspace, root, record.act, created);
    if (reason !== undefined) {
      kept.push({ what: created.path, reason });
      return;
    }
    await removeDocument(around, root, created.path);
    removed.push(created.path);
  });
  await removeFolders(around, record);
  const labels = await takeBackLabels(root, record, kept);
  const byName = (a: Kept, b: Kept): number => (a.what < b.what ? -1 : 1);
  return { removed: removed.sort(), labels, kept: kept.sort(byName) };
}

/** Folders that the import made, from the inside out, those that are empty. */
async function removeFolders(around: SafeFolder, { folders, created }: ImportRecord): Promise<void> {
  const made = new Set<string>();
  for (const { path: document } of created) {
    for (let folder = path.posix.dirname(document); folder !== "."; folder = path.posix.dirname(folder)) {
      if (folders.some((one) => folder === one || folder.startsWith(`${one}/`))) made.add(folder);
    }
  }
  for (const folder of [...made].sort((a, b) => b.length - a.length)) await around.removeEmpty(folder);
}

async function takeBackLabels(
  root: string,
  { labels, several = [], labelsFile: written }: ImportRecord,
  kept: Kept[],
): Promise<NewLabels> {
  if (several.length === 0 && LABEL_TASKS.every((task) => labels[task].length === 0)) return labels;
  const { used, several: needed } = await inUse(root);
  const single = several.filter((task) => !needed.has(task));
  for (const task of several)
    if (needed.has(task)) kept.push({ what: `several classes of ${task}`, reason: "decisions use it" });
  const free = perTask(LABEL_TASKS, (task) => labels[task].filter((name) => !used.has(task, name)));
  const note = (task: LabelTask, name: string, reason: string): void =>
    void kept.push({ what: `${task} ${name}`, reason });
  for (const task of LABEL_TASKS)
    for (const name of labels[task]) if (used.has(task, name)) note(task, name, "decisions use it");
  const around = safeAround(root);
  const text = await around.read(labelsFile(root)).then(
    (bytes) => bytes.toString("utf8"),
    () => undefined,
  );
  if (text === undefined) return free;
  const whole =
    single.length === several.length && LABEL_TASKS.every((task) => free[task].length === labels[task].length);
  if (whole && written !== undefined && digestOf(text) === written) {
    await around.remove(labelsFile(root));
    return free;
  }
  const changed = await removeLabels(root, free, single);
  for (const task of LABEL_TASKS)
    for (const name of changed[task]) note(task, name, "it was given a colour, a key or a guideline since");
  return perTask(LABEL_TASKS, (task) => free[task].filter((name) => !changed[task].includes(name)));
}
