/** Export: a workspace's decisions into a folder of the chosen format, whole or not at all. */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { patiently } from "../../files/patiently";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { LogIssue } from "../../labels/log/read-log";
import { SpanCheckError } from "../../text/checked-offsets";
import { collectDocuments } from "../workspace/collect";
import type { CollectOptions } from "../workspace/collect";
import type { LabelledDocument, WriterOptions } from "../document";
import { formatOf, holds } from "../formats";
import type { FormatName } from "../formats";
import { lossesJson, lossesMarkdown, UNKNOWN_LABEL } from "../losses";
import type { Loss } from "../losses";
import { PythonError } from "../reading/python";
import type { DatasetFormat } from "../format";
import { writeDataset } from "../writing/drive";
import type { Written } from "../writing/drive";
import { onlyTasks } from "../../documents/select";

/** What to export, and where to. */
export interface ExportOptions extends CollectOptions, Partial<Omit<WriterOptions, "labels">> {
  readonly format: FormatName;
  /** Absent: all. */
  readonly tasks?: readonly Task[];
  /** The folder to make. */
  readonly target: string;
  /** Go on though decisions are left out since `labels.json` lacks their labels; absent: {@link UnknownLabelsError}. */
  readonly leaveOutUnknownLabels?: boolean;
  /** Replace an earlier export there. */
  readonly overwrite?: boolean;
  /** Called when all is computed, and waited for before anything is written. */
  readonly beforeWriting?: () => Promise<void>;
}

/** What was exported. */
export interface ExportReport {
  readonly target: string;
  /** Relative to the target, with `/`, sorted. */
  readonly files: readonly string[];
  /** Examples by file. */
  readonly counts: Readonly<Record<string, number>>;
  /** Documents with decisions. */
  readonly documents: number;
  readonly losses: readonly Loss[];
  readonly issues: readonly LogIssue[];
}

/** An export that cannot be; the message says what to do. Nothing was written. */
export class ExportError extends Error {
  override readonly name: string = "ExportError";
}

/** `labels.json` lacks labels of decisions, which the format would leave out. Nothing was written: the label set is to be mended first, or the loss agreed to. */
export class UnknownLabelsError extends ExportError {
  override readonly name: string = "UnknownLabelsError";

  constructor(
    /** How many would be left out. */
    readonly decisions: number,
    /** Their labels, with how many decisions each: `PER (2), LOC (1)`. */
    readonly labels: string,
  ) {
    const many = decisions === 1 ? "1 decision has a label" : `${decisions} decisions have labels`;
    super(`${many} that labels.json lacks, and would be left out: ${labels}. Nothing was exported.`);
  }
}

/** @throws {UnknownLabelsError} if decisions are among the losses whose label is not in the set */
function stopAtUnknownLabels(losses: readonly Loss[]): void {
  const unknown = losses.filter(({ kind, reason }) => kind === "dropped" && reason === UNKNOWN_LABEL);
  if (unknown.length === 0) return;
  const counts = new Map<string, number>();
  for (const { label = "" } of unknown) counts.set(label, (counts.get(label) ?? 0) + 1);
  const listed = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  throw new UnknownLabelsError(unknown.length, listed.map(([label, count]) => `${label} (${count})`).join(", "));
}

const REPORT = "losses.json";

async function entriesOf(target: string): Promise<string[] | undefined> {
  try {
    // What a link leads to would be moved away and made anew somewhere else.
    if ((await lstat(target)).isSymbolicLink())
      throw new ExportError(`${target} is a symbolic link: choose the folder that it leads to.`);
    return await readdir(target);
  } catch (error) {
    if (error instanceof ExportError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code === "ENOTDIR") throw new ExportError(`${target} is a file: choose a folder.`, { cause: error });
    throw new ExportError(`${target} cannot be read: ${message}`, { cause: error });
  }
}

async function checkTarget(target: string, overwrite: boolean): Promise<string[] | undefined> {
  const entries = await entriesOf(target);
  if (entries === undefined || entries.length === 0) return entries;
  if (!overwrite)
    throw new ExportError(`${target} is not empty: choose another folder, or overwrite the export in it.`);
  // To overwrite means to delete what is there: only what an export made.
  if (!entries.includes(REPORT)) {
    throw new ExportError(`${target} holds no earlier export (no ${REPORT}): choose another folder.`);
  }
  return entries;
}

async function writeFolder(
  target: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  entries: string[] | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const mark = randomBytes(6).toString("hex");
  const [partial, old] = [`${target}.${mark}.partial`, `${target}.${mark}.old`];
  try {
    for (const [name, contents] of files) {
      signal?.throwIfAborted();
      const file = path.join(partial, ...name.split("/"));
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, contents, { flag: "wx", flush: true });
    }
    if (entries !== undefined && entries.length > 0) await patiently(() => rename(target, old));
    else if (entries !== undefined) await rmdir(target);
    try {
      await patiently(() => rename(partial, target));
    } catch (error) {
      if (entries !== undefined && entries.length > 0) await patiently(() => rename(old, target));
      throw error;
    }
  } catch (error) {
    if (signal?.aborted === true && error === signal.reason) throw error;
    const { code = "", message } = error as NodeJS.ErrnoException;
    const meanwhile =
      ["ENOTEMPTY", "EEXIST", "ENOENT"].includes(code) && (await entriesOf(target).catch(() => undefined));
    const problem = Array.isArray(meanwhile) ? "another export was written to it meanwhile" : message;
    throw new ExportError(
      `The export could not be written to ${target}: ${problem}. What was there is unchanged. Export again, or to another folder.`,
      { cause: error },
    );
  } finally {
    for (const folder of [partial, old]) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function write(
  format: DatasetFormat,
  documents: readonly LabelledDocument[],
  options: WriterOptions,
): Promise<Written> {
  try {
    return await writeDataset(format, documents, options);
  } catch (error) {
    if (error instanceof PythonError) throw new ExportError(error.message, { cause: error });
    if (error instanceof SpanCheckError)
      throw new SpanCheckError(`${error.message}. Nothing was exported; please report this.`, { cause: error });
    throw error;
  }
}

/**
 * Collects, writes and puts the folder in place in one step.
 * @throws {UnknownLabelsError} before it leaves out decisions whose label the label set lacks; {ExportError} if the target will not do or there is nothing to export; as `collectDocuments` does; the signal's reason when aborted.
 */
export async function exportDataset(options: ExportOptions): Promise<ExportReport> {
  const { format, overwrite = false, seed = 0, validation = 0.2, test = 0, signal } = options;
  const target = path.resolve(options.target);
  await checkTarget(target, overwrite);
  const { documents, labels, issues, losses: unread } = await collectDocuments(options);
  signal?.throwIfAborted();
  const chosen = formatOf(format);
  const { tasks = TASK_NAMES } = options;
  // Several formats may be exported with one set of choices: each takes its own.
  const own = Object.entries(options.choices ?? {}).filter(([name, value]) =>
    (chosen.options ?? []).some((option) => option.name === name && option.values.includes(value)),
  );
  const choices = Object.fromEntries(own);
  // What the user left out is no loss.
  const kept = documents.map((document) => onlyTasks(document, tasks));
  const python = options.python === undefined ? {} : { python: options.python };
  const written = await write(chosen, kept, { labels, seed, validation, test, choices, ...python });
  if (options.leaveOutUnknownLabels !== true) stopAtUnknownLabels(written.losses);
  const losses = [...unread, ...written.losses];
  if (written.files.size === 0) {
    const why = losses[0] === undefined ? "" : ` First reason: ${losses[0].document ?? ""} ${losses[0].reason}.`;
    throw new ExportError(
      `There is nothing to export: no decisions that ${chosen.title} can hold (${holds(chosen)}).${why}`,
    );
  }
  const files = new Map(written.files).set(REPORT, lossesJson(losses)).set("LOSSES.md", lossesMarkdown(losses));
  signal?.throwIfAborted();
  const entries = await checkTarget(target, overwrite);
  await options.beforeWriting?.();
  await writeFolder(target, files, entries, signal);
  return {
    target,
    files: [...files.keys()].sort(),
    counts: written.counts,
    documents: documents.length,
    losses,
    issues,
  };
}
