/** Reading logs from disk. A damaged line costs that line only, and is reported. */
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

/** Reads the text of a log; `file` is only named in issues. */
export function parseLog(contents: string, file: string): LogContents {
  const events = new Map<string, DecisionEvent>();
  const issues: LogIssue[] = [];
  const lines = contents.replace(/^\uFEFF/, "").split("\n");
  const unfinished = lines.length - 1;
  for (const [index, raw] of lines.entries()) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (line.trim() === "") continue;
    const report = (kind: LogIssue["kind"], reason: string): void => {
      issues.push({ path: file, line: index + 1, kind, reason });
    };
    const decoded = decodeLine(line);
    if (decoded.event === undefined) {
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
  const sorted = [...events.values()].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  return { events: sorted, issues };
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

/** Every document with a log below the `.glossator` folder, as a path relative to the workspace with `/`, sorted. Symbolic links are not followed. */
export async function loggedDocuments(root: string): Promise<string[]> {
  const top = path.join(root, "log");
  const entries = await readdir(top, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const documents = new Set<string>();
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".jsonl")) continue;
    const folders = path.relative(top, entry.parentPath).split(path.sep);
    const document = folders[0] === "" ? undefined : decodeDocumentPath(folders);
    if (document !== undefined) documents.add(document);
  }
  return [...documents].sort();
}
