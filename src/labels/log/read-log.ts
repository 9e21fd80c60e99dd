/** Reading logs from disk. A damaged line costs that line only, and is reported. */
import path from "node:path";
import { readRegularNow } from "../../files/open";
import { isRefused } from "../../files/refused";
import type { DecisionEvent } from "../events";
import { decodeLine } from "./line";
import { decodeDocumentPath, encodeDocumentPath, safeAround } from "./paths";

/** Something odd in a log. */
export interface LogIssue {
  readonly path: string;
  /** Counted from 1; 0: the whole file. */
  readonly line: number;
  /** `torn`: cut off by a crash. `edited`: changed after it was written; it counts. `refused`: a link, or no file at all, which is not opened. The rest is skipped. */
  readonly kind: "torn" | "corrupt" | "version" | "duplicate" | "edited" | "refused";
  readonly reason: string;
}

/** What a log holds. */
export interface LogContents {
  /** Sorted by id, that is, by time. */
  readonly events: readonly DecisionEvent[];
  readonly issues: readonly LogIssue[];
}

/** Sorts by id. Logs are in order as a rule: then nothing is done. */
function inOrder(events: DecisionEvent[]): DecisionEvent[] {
  const ordered = events.every(({ id }, index) => index === 0 || events[index - 1]!.id < id);
  return ordered ? events : events.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** Reads the text of a log; `file` is only named in issues. */
export function parseLog(contents: string, file: string): LogContents {
  const events = new Map<string, DecisionEvent>();
  const issues: LogIssue[] = [];
  const lines = (contents.startsWith("\uFEFF") ? contents.slice(1) : contents).split("\n");
  const unfinished = lines.length - 1;
  for (let index = 0; index < lines.length; index++) {
    const raw = lines[index]!;
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line === "") continue;
    const report = (kind: LogIssue["kind"], reason: string): void => {
      issues.push({ path: file, line: index + 1, kind, reason });
    };
    const decoded = decodeLine(line);
    if (decoded.event === undefined) {
      if (line.trim() === "") continue;
      const torn = decoded.kind === "corrupt" && decoded.reason === "not JSON" && line.startsWith('{"v":');
      if (torn) report("torn", index === unfinished ? "the last line is cut off" : "the line is cut off or damaged");
      else report(decoded.kind, decoded.reason);
      continue;
    }
    const before = events.get(decoded.event.id);
    if (before !== undefined) {
      const same = JSON.stringify(before) === JSON.stringify(decoded.event);
      report(
        "duplicate",
        same ? "the same event twice; it counts once" : "another event has this id; the first counts",
      );
      continue;
    }
    if (decoded.edited) report("edited", "the checksum does not match; the line counts as it is now");
    events.set(decoded.event.id, decoded.event);
  }
  return { events: inOrder([...events.values()]), issues };
}

/** What a log that could not be read amounts to. @throws the error, unless the log is not there or was refused. */
function unread(error: unknown): LogContents {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return { events: [], issues: [] };
  if (isRefused(error)) return { events: [], issues: [refusedIssue(error)] };
  throw error;
}

/** What is told of a file that was refused. */
export function refusedIssue({ path: file, message }: { path: string; message: string }): LogIssue {
  return { path: file, line: 0, kind: "refused", reason: message };
}

/**
 * Reads one log file below the `.glossator` folder `root`; a file that does not exist holds nothing, nor does one that is refused, which is an
 * issue. @throws the file system's error otherwise.
 */
export async function readLog(root: string, file: string): Promise<LogContents> {
  try {
    return parseLog((await safeAround(root).read(file)).toString("utf8"), file);
  } catch (error) {
    return unread(error);
  }
}

/**
 * The log files of a document, one an annotator, sorted. `root` is the `.glossator` folder. What is no file though it is called like a log is
 * among them, and so is a link on the way to them: reading it gives an issue.
 */
export async function logFiles(root: string, document: string): Promise<string[]> {
  const folder = path.join(root, "log", ...encodeDocumentPath(document));
  try {
    const entries = await safeAround(root).list(folder);
    return entries
      .filter((entry) => !entry.isDirectory() && entry.name.endsWith(".jsonl"))
      .map((entry) => path.join(folder, entry.name))
      .sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    if (isRefused(error)) return [error.path];
    throw error;
  }
}

/** The logs of one document. */
export interface DocumentLogs {
  /** Relative to the workspace, with `/`. */
  readonly document: string;
  /** One a file, in order of file name. */
  readonly logs: readonly LogContents[];
  /** Why a log of the document cannot be read; the other logs are then left out, too: without it they do not say what counts. */
  readonly unreadable?: string;
}

/** What compaction keeps beside a log; it is looked at where it is used. */
const BESIDE = /\.jsonl\.(?:archive|before|draft)$/;

/** Longest time between two turns of the event loop while logs are read, in milliseconds. */
const SLICE_MS = 8;

/**
 * Reads the logs of the documents given, or of every document with one, in order. A log that cannot be read costs its document, which says so.
 * @throws the file system's error if the folder of all logs cannot be read.
 */
export async function* readLogs(root: string, documents?: readonly string[]): AsyncGenerator<DocumentLogs> {
  const found = documents === undefined ? await filesByDocument(root) : undefined;
  let since = performance.now();
  for (const document of documents ?? found!.keys()) {
    yield await logsOf(document, async () => found?.get(document) ?? (await logFiles(root, document)));
    if (performance.now() - since < SLICE_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  }
}

async function logsOf(document: string, list: () => Promise<readonly string[]>): Promise<DocumentLogs> {
  try {
    return { document, logs: (await list()).map(readLogNow) };
  } catch (error) {
    return { document, logs: [], unreadable: (error as Error).message };
  }
}

/** A log whose folders were looked at when it was found. */
function readLogNow(file: string): LogContents {
  try {
    return parseLog(readRegularNow(file).toString("utf8"), file);
  } catch (error) {
    return unread(error);
  }
}

/**
 * The log files of every document with one, both in order. Symbolic links are not followed: one in the place of a log, or of a document's folder,
 * is listed as a log of that document, and reading it gives an issue.
 * @throws {RefusedFileError} if the folder of all logs is, or lies below, a link; the file system's error.
 */
export async function filesByDocument(root: string): Promise<Map<string, string[]>> {
  const top = path.join(root, "log");
  const entries = await safeAround(root)
    .list(top, { recursive: true })
    .catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    });
  const documents = new Map<string, string[]>();
  for (const entry of entries) {
    const log = entry.name.endsWith(".jsonl");
    if (entry.isDirectory() || !(log || entry.isSymbolicLink()) || BESIDE.test(entry.name)) continue;
    const below = path.relative(top, path.join(entry.parentPath, ...(log ? [] : [entry.name])));
    const document = below === "" ? undefined : decodeDocumentPath(below.split(path.sep));
    if (document === undefined) continue;
    const file = path.join(entry.parentPath, entry.name);
    const files = documents.get(document);
    if (files === undefined) documents.set(document, [file]);
    else files.push(file);
  }
  for (const files of documents.values()) files.sort();
  return new Map([...documents].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Every document with a log below the `.glossator` folder, as a path relative to the workspace with `/`, sorted. */
export async function loggedDocuments(root: string): Promise<string[]> {
  return [...(await filesByDocument(root)).keys()];
}
