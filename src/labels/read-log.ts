/** Reading logs from disk. A damaged line costs that line only, and is reported. */
import { readFileSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import type { DecisionEvent } from "./events";
import { decodeLine } from "./line";
import { decodeDocumentPath, encodeDocumentPath } from "./paths";

/** Something odd in a log. */
export interface LogIssue {
  readonly path: string;
  /** Counted from 1. */
  readonly line: number;
  /** `torn`: cut off by a crash. `edited`: changed after it was written; it counts. The rest is skipped. */
  readonly kind: "torn" | "corrupt" | "version" | "duplicate" | "edited";
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

/** Reads one log file; a file that does not exist holds nothing. @throws the file system's error otherwise. */
export async function readLog(file: string): Promise<LogContents> {
  try {
    return parseLog(await readFile(file, "utf8"), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { events: [], issues: [] };
    throw error;
  }
}

/** The log files of a document, one an annotator, sorted. `root` is the `.glossator` folder. */
export async function logFiles(root: string, document: string): Promise<string[]> {
  const folder = path.join(root, "log", ...encodeDocumentPath(document));
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".jsonl"))
    .map((entry) => path.join(folder, entry.name))
    .sort();
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

/** For many small files, handing each to another thread and back takes longer than reading it. */
function readLogNow(file: string): LogContents {
  try {
    return parseLog(readFileSync(file, "utf8"), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return { events: [], issues: [] };
    throw error;
  }
}

/** The log files of every document with one, both in order. Symbolic links are not followed. */
export async function filesByDocument(root: string): Promise<Map<string, string[]>> {
  const top = path.join(root, "log");
  const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const documents = new Map<string, string[]>();
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".jsonl")) continue;
    const folders = path.relative(top, entry.parentPath).split(path.sep);
    const document = folders[0] === "" ? undefined : decodeDocumentPath(folders);
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
