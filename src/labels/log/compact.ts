/**
 * Compaction: what no longer matters moves from a log to an archive beside it, byte for byte, so that a log stays short however long the work
 * goes on. Nothing is rewritten and nothing is lost: log and archive together hold every line there ever was.
 */
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import { endsLine, isAt, syncFolder, writeDurably } from "../../files/durable";
import { readAll } from "../../files/open";
import type { SafeFolder } from "../../files/safe-folder";
import type { DecisionEvent } from "../events";
import { decodeLine } from "./line";
import { safeAround } from "./paths";
import { supersededEvents } from "./superseded";

/** What a compaction did. */
export interface CompactReport {
  readonly path: string;
  readonly archive: string;
  /** Lines in the log now. */
  readonly kept: number;
  /** Lines moved; 0: the log is as it was. */
  readonly moved: number;
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** A log that cannot be compacted; the message says why. It is as it was. */
export class CompactError extends Error {
  override readonly name = "CompactError";
}

/** A compaction that began longer ago than this was killed. */
const STALE_MS = 60_000;

/** The archive of a log file: same folder, same name, another ending, so that it is not read with the logs. */
export function archiveOf(file: string): string {
  return `${file}.archive`;
}

/** The log as it was, while a shorter one takes its place. */
function beforeOf(file: string): string {
  return `${file}.before`;
}

/** The shorter log being written; who has made it is the one who compacts. */
function draftOf(file: string): string {
  return `${file}.draft`;
}

/** The lines of a log as bytes, each with its line ending; the last one may lack it. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(0x0a, from);
    const to = end < 0 ? bytes.length : end + 1;
    lines.push(bytes.subarray(from, to));
    from = to;
  }
  return lines;
}

interface Plan {
  readonly kept: Buffer;
  readonly moved: Buffer;
  readonly counts: readonly [kept: number, moved: number];
}

function plan(bytes: Buffer, file: string): Plan {
  const lines = linesOf(bytes);
  const events = new Map<string, DecisionEvent>();
  const ids = lines.map((raw, index) => {
    const line = raw
      .toString("utf8")
      .replace(/\r?\n$/, "")
      .replace(/^\uFEFF/, "");
    if (line.trim() === "") return undefined;
    const decoded = decodeLine(line);
    if (decoded.event === undefined) {
      // What a later version wrote may build on any earlier line.
      if (decoded.kind === "version" || decoded.reason.startsWith("unknown kind"))
        throw new CompactError(
          `${file}, line ${index + 1}: ${decoded.reason}. Compact it with the version that wrote it.`,
        );
      return undefined;
    }
    // Of an event that is there twice the first counts. The second goes where the first goes: alone, it would count again.
    if (!events.has(decoded.event.id)) events.set(decoded.event.id, decoded.event);
    return decoded.event.id;
  });
  const sorted = [...events.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone = supersededEvents(sorted);
  const moves = (index: number): boolean => ids[index] !== undefined && gone.has(ids[index]);
  const kept = lines.filter((_, index) => !moves(index));
  const moved = lines.filter((_, index) => moves(index));
  return { kept: Buffer.concat(kept), moved: Buffer.concat(moved), counts: [kept.length, moved.length] };
}

/** Appends whole lines, on a fresh line of their own. Lines that the file ends with already are not written twice. */
async function appendLines(around: SafeFolder, file: string, lines: Buffer): Promise<void> {
  const handle = await around.openToAppend(file);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(size, lines.length));
    await handle.read(tail, 0, tail.length, size - tail.length);
    if (tail.equals(lines)) return;
    await writeDurably(handle, (await endsLine(handle)) ? lines : Buffer.concat([Buffer.from("\n"), lines]));
  } finally {
    await handle.close();
  }
}

async function claim(around: SafeFolder, draft: string): Promise<FileHandle> {
  for (;;) {
    try {
      return await around.openNew(draft);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (Date.now() - (await around.modified(draft)) < STALE_MS)
        throw new CompactError(`${draft} was made a moment ago: the log is being compacted by another program.`);
      await around.remove(draft);
    }
  }
}

/**
 * Compacts one log file. Every step leaves all lines in files that are read or recovered: the archive is on disk before the shorter log takes
 * the log's place in one step, and the log as it was is kept under a name of its own until what others appended meanwhile is taken over.
 * @param root the `.glossator` folder that the log is in.
 * @throws {CompactError} if it cannot be; {@link RefusedFileError} for a link in the place of any file or folder it needs; the file system's error.
 */
export async function compactLog(root: string, file: string): Promise<CompactReport> {
  const around = safeAround(root);
  const archive = archiveOf(file);
  const draft = await claim(around, draftOf(file));
  try {
    await takeOver(around, file);
    const log = await around.openToRead(file);
    try {
      const bytes = await readAll(log, file);
      const { kept, moved, counts } = plan(bytes, file);
      const report = { path: file, archive, kept: counts[0], moved: counts[1] };
      if (moved.length === 0) return { ...report, bytesBefore: bytes.length, bytesAfter: bytes.length };
      await appendLines(around, archive, moved);
      if (kept.length > 0) await writeDurably(draft, kept);
      await around.link(file, beforeOf(file));
      await syncFolder(path.dirname(file));
      if (!(await isAt(log, file))) throw new CompactError(`${file} was replaced by another program: try again.`);
      // Windows does not replace a file that is open.
      await Promise.all([log.close(), draft.close()]);
      await around.rename(draftOf(file), file);
      await syncFolder(path.dirname(file));
      await takeOver(around, file);
      return { ...report, bytesBefore: bytes.length, bytesAfter: kept.length };
    } finally {
      await log.close();
    }
  } finally {
    await draft.close();
    await around.remove(draftOf(file));
  }
}

/**
 * Ends a compaction that was interrupted: what was appended to the log while it was being replaced goes to the end of the log. Does nothing where
 * none was interrupted, or where one is under way. @param root the `.glossator` folder that the log is in.
 * @throws {RefusedFileError} for a link in the place of any file or folder it needs; the file system's error.
 */
export async function recoverLog(root: string, file: string): Promise<void> {
  const around = safeAround(root);
  if (!(await exists(around, beforeOf(file)))) return;
  const draft = await claim(around, draftOf(file)).catch((error: unknown) => {
    if (error instanceof CompactError) return undefined;
    throw error;
  });
  if (draft === undefined) return;
  try {
    await takeOver(around, file);
  } finally {
    await draft.close();
    await around.remove(draftOf(file));
  }
}

async function exists(around: SafeFolder, file: string): Promise<boolean> {
  return around.modified(file).then(
    () => true,
    (error: unknown) => {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
      throw error;
    },
  );
}

/** Appends to the log what the log as it was holds and neither log nor archive does. */
async function takeOver(around: SafeFolder, file: string): Promise<void> {
  const before = beforeOf(file);
  const read = async (name: string): Promise<Buffer> =>
    around.read(name).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return Buffer.alloc(0);
      throw error;
    });
  const then = await read(before);
  if (then.length > 0) {
    const key = (line: Buffer): string => line.toString("latin1").replace(/\r?\n$/, "");
    const known = new Set([...linesOf(await read(file)), ...linesOf(await read(archiveOf(file)))].map(key));
    const missing = linesOf(then).filter((line) => !known.has(key(line)));
    if (missing.length > 0) await appendLines(around, file, Buffer.concat(missing));
  }
  await around.remove(before);
}
