/** The folder, or the file, that an export goes to: whole or not at all. */
import { randomBytes } from "node:crypto";
import { lstat, mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { patiently } from "../../files/patiently";
import { lossesJson, lossesMarkdown } from "../losses";
import type { Loss } from "../losses";
import { eachTime } from "../../text/grouped";
import { LongText } from "../writing/contents";
import type { Contents } from "../writing/contents";

/** An export that cannot be; the message says what to do. Nothing was written. */
export class ExportError extends Error {
  override readonly name: string = "ExportError";
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

/** What is in the folder that an export goes to; undefined if it is not there. @throws {ExportError} if nothing may be written there */
export async function checkTarget(target: string, overwrite: boolean): Promise<string[] | undefined> {
  const entries = await entriesOf(target);
  if (entries === undefined || entries.length === 0) return entries;
  if (!overwrite)
    throw new ExportError(
      `${target} is not empty: choose another folder, or replace the export in it (--force on the command line).`,
    );
  // To overwrite means to delete what is there: only what an export made.
  if (!entries.includes(REPORT)) {
    throw new ExportError(`${target} holds no earlier export (no ${REPORT}): choose another folder.`);
  }
  return entries;
}

/** A long text whose writing ends, with the signal's reason, between two pieces. */
function stoppable(contents: Contents, signal: AbortSignal | undefined): Contents | Iterable<string> {
  if (!(contents instanceof LongText)) return contents;
  return eachTime(contents, (piece) => {
    signal?.throwIfAborted();
    return piece;
  });
}

/** Puts a folder in place in one step. @throws {ExportError}, or the signal's reason; then what was there is unchanged */
export async function writeFolder(
  target: string,
  files: ReadonlyMap<string, Contents>,
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
      await writeFile(file, stoppable(contents, signal), { flag: "wx", flush: true });
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

/** Files with the report of what they could not hold, by which a later export knows that it may replace them. */
export function withReport(files: ReadonlyMap<string, Contents>, losses: readonly Loss[]): Map<string, Contents> {
  return new Map<string, Contents>(files).set(REPORT, lossesJson(losses)).set("LOSSES.md", lossesMarkdown(losses));
}

/** Puts one file in place in one step. @throws {ExportError} if there is one already that may not be replaced, or it cannot be written */
export async function writeOne(target: string, contents: Contents, overwrite: boolean): Promise<void> {
  const there = await lstat(target).catch(() => undefined);
  if (there?.isFile() === false) throw new ExportError(`${target} is no file: choose another name.`);
  if (there !== undefined && !overwrite)
    throw new ExportError(`${target} is there already: choose another name, or replace it (--force).`);
  const partial = `${target}.${randomBytes(6).toString("hex")}.partial`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(partial, contents, { flag: "wx", flush: true });
    await patiently(() => rename(partial, target));
  } catch (error) {
    throw new ExportError(`${target} cannot be written: ${(error as Error).message}`, { cause: error });
  } finally {
    await rm(partial, { force: true });
  }
}
