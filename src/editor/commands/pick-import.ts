/** What to import, and how: the questions before the plan. */
import path from "node:path";
import { l10n, ProgressLocation, window } from "vscode";
import type { WorkspaceFolder } from "vscode";
import type { FormatSummary } from "../../datasets/formats";
import { ImportError } from "../../datasets/import/import-error";
import type { ImportOptions } from "../../datasets/import/plan";
import type { DetectedSource } from "../../datasets/import/source";
import { safePath } from "../../datasets/import/paths";
import { DatasetProcessError } from "../../datasets/process/client";
import type { DatasetProcess } from "../../datasets/process/client";
import { holds, ReadError } from "../../datasets/format";
import { isSpanTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Split } from "../../datasets/splits";
import { LabelsError } from "../../labels/contract";
import { pathInFolder } from "../../labels/log/paths";
import { pickTasks } from "./pick-dataset";
import { pickOne, pickSome } from "../base/picks";
import { withCancel } from "../base/with-cancel";

/** What the user chose. */
export type Asked = Pick<
  ImportOptions,
  "source" | "format" | "tasks" | "splits" | "into" | "annotators" | "reviewed" | "rows" | "reader"
>;

/** Over every question of an import. */
export const IMPORT_TITLE = l10n.t("Import Dataset");
/** Where its progress is shown. */
export const IMPORTING = { location: ProgressLocation.Notification, title: l10n.t("Importing") };

/** Files that cannot be read are the user's to change: nothing of ours broke. */
export async function plainly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ReadError || error instanceof ImportError || error instanceof DatasetProcessError)
      throw new LabelsError(error.message, { cause: error });
    throw error;
  }
}

async function pickSource(folder: WorkspaceFolder): Promise<string | undefined> {
  const kinds = [
    { icon: "file", label: l10n.t("File…"), files: true },
    { icon: "folder", label: l10n.t("Folder…"), files: false },
  ];
  const kind = await pickOne(kinds, {
    ignoreFocusOut: true,
    title: IMPORT_TITLE,
    placeHolder: l10n.t("A dataset is a file, or a folder of files"),
  });
  if (kind === undefined) return undefined;
  const [picked] =
    (await window.showOpenDialog({
      title: IMPORT_TITLE,
      openLabel: l10n.t("Import"),
      canSelectFiles: kind.files,
      canSelectFolders: !kind.files,
      defaultUri: folder.uri,
    })) ?? [];
  return picked?.fsPath;
}

async function pickFormat(
  detected: DetectedSource["formats"],
  formats: readonly FormatSummary[],
): Promise<FormatSummary | undefined> {
  const found = new Map(detected.map((one) => [one.name, one]));
  const byName = new Map(formats.map((format) => [format.name, format]));
  const rest = formats.filter(({ name, readable }) => readable && !found.has(name));
  const items = [...[...found.keys()].map((name) => byName.get(name)!), ...rest].map((format, index) => ({
    ...(index === 0 && found.size > 0 && { icon: "check" }),
    label: format.title,
    description: holds(format),
    detail: found.get(format.name)?.reason ?? l10n.t("does not look like it"),
    format,
  }));
  return (
    await pickOne(items, {
      ignoreFocusOut: true,
      title: l10n.t("Import Dataset: format"),
      placeHolder: l10n.t("The likeliest comes first"),
    })
  )?.format;
}

/** Which splits of a dataset that has several; all to begin with. Undefined if the user leaves. */
async function pickSplits(splits: readonly Split[]): Promise<{ readonly splits?: readonly Split[] } | undefined> {
  if (splits.length < 2) return {};
  const picked = await pickSome(
    splits.map((split) => ({ label: split, split, picked: true })),
    {
      ignoreFocusOut: true,
      title: l10n.t("Import Dataset: splits"),
      placeHolder: l10n.t("Splits, as the names of files tell them"),
    },
  );
  if (picked === undefined || picked.length === 0) return undefined;
  return picked.length === splits.length ? {} : { splits: picked.map(({ split }) => split) };
}

async function pickInto(folder: WorkspaceFolder): Promise<{ readonly into?: string } | undefined> {
  const items = [
    { label: l10n.t("Only documents that are in the workspace"), way: "none" },
    { label: l10n.t("Make missing documents in the workspace folder"), description: folder.name, way: "root" },
    { label: l10n.t("Make missing documents in a folder…"), way: "ask" },
  ];
  const way = (await pickOne(items, { ignoreFocusOut: true, title: l10n.t("Import Dataset: documents") }))?.way;
  if (way === undefined) return undefined;
  if (way !== "ask") return way === "root" ? { into: "" } : {};
  const [picked] =
    (await window.showOpenDialog({
      title: l10n.t("Import Dataset: documents"),
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: folder.uri,
    })) ?? [];
  if (picked === undefined) return undefined;
  const relative = pathInFolder(folder.uri.fsPath, picked.fsPath);
  const into = relative === "" ? "" : safePath(relative);
  if (into === undefined) throw new LabelsError(l10n.t("Documents can be made in folders of the workspace only."));
  return { into };
}

/** Whether what has no label in the source has none. What the format says comes first. Undefined if the user leaves. */
async function pickReviewed(
  { holds: { reviewed }, title }: FormatSummary,
  tasks: readonly Task[],
): Promise<{ readonly reviewed?: boolean } | undefined> {
  if (!tasks.some(isSpanTask)) return {};
  const said =
    reviewed === "none"
      ? l10n.t("{0} has no mark for it: nothing counts as looked at", title)
      : l10n.t("by its nature, or by a mark in it");
  const items = [
    { label: l10n.t("As the format says"), detail: said, choice: {} },
    {
      label: l10n.t("The source is complete"),
      detail: l10n.t("what has no label in it has none; exports then give whole documents"),
      choice: { reviewed: true },
    },
    {
      label: l10n.t("The source is not complete"),
      detail: l10n.t("only what has a label in it says something"),
      choice: { reviewed: false },
    },
  ];
  // Gold as a rule: a format whose tools mark nothing is asked about with that first.
  const [format, ...others] = items;
  const offered = reviewed === "none" ? [...others, format!] : items;
  return (await pickOne(offered, { ignoreFocusOut: true, title: l10n.t("Import Dataset: was all of it looked at?") }))
    ?.choice;
}

/** Asks all of it; undefined if the user leaves. */
export async function pickImport(folder: WorkspaceFolder, datasets: DatasetProcess): Promise<Asked | undefined> {
  const source = await pickSource(folder);
  if (source === undefined) return undefined;
  const detected = await plainly(
    withCancel(IMPORTING, (progress, signal) => {
      progress.report({ message: l10n.t("looking at {0}", path.basename(source)) });
      return datasets.call("detect", source, { signal });
    }),
  );
  const format = await pickFormat(detected.formats, await datasets.call("formats", undefined));
  const tasks = format && (await pickTasks(l10n.t("Import Dataset: tasks"), [format]));
  const splits = tasks && (await pickSplits(detected.splits));
  const into = splits && (await pickInto(folder));
  const reviewed = into && (await pickReviewed(format, tasks));
  if (format === undefined || reviewed === undefined) return undefined;
  const choices = [
    {
      label: l10n.t("Move spans that do not fit to the nearest fit"),
      description: l10n.t("else they are left out; either is listed"),
      name: "snap",
    },
    {
      label: l10n.t("Keep annotators apart"),
      description: l10n.t("what others decided goes to logs of their names"),
      name: "keep",
    },
    {
      label: l10n.t("A document for each row"),
      description: l10n.t("else rows of a file with very many short ones are put together"),
      name: "apart",
    },
  ];
  const picked = await pickSome(choices, {
    ignoreFocusOut: true,
    title: l10n.t("Import Dataset: options"),
  });
  if (picked === undefined) return undefined;
  const names = picked.map(({ name }) => name);
  return {
    ...{ source, format: format.name, ...(tasks && { tasks }), ...splits, ...into, ...reviewed },
    annotators: names.includes("keep") ? "keep" : "mine",
    rows: names.includes("apart") ? "apart" : "auto",
    reader: { misaligned: names.includes("snap") ? "snap" : "refuse" },
  };
}
