/** Opening one file without following a link, without waiting, and without reading more than was expected. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";
import type { Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { refusalOf, refusalOfSize, refusedLink } from "./refused";

/** Most that is read of a log or a document, in bytes: more does not fit into one string of this program together with what is made of it. */
export const MOST_BYTES = 256 * 1024 * 1024;

const known: Partial<Record<"O_NOFOLLOW" | "O_NONBLOCK", number>> = constants;
/** Windows has neither: there a file is looked at before it is opened and after. */
const GUARD = (known.O_NOFOLLOW ?? 0) | (known.O_NONBLOCK ?? 0);
const BLIND = known.O_NOFOLLOW === undefined;

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** ELOOP (EMLINK on some systems): the name is a link, and it was not to be followed. */
function orRefusal(file: string, error: unknown): unknown {
  return codeOf(error) === "ELOOP" || codeOf(error) === "EMLINK" ? refusedLink(file) : error;
}

function checkSame(file: string, before: Stats | undefined, after: Stats): void {
  const refusal = refusalOf(file, after);
  if (refusal !== undefined) throw refusal;
  // Put in its place in between: what was looked at is not what was opened.
  if (BLIND && before !== undefined && (before.ino !== after.ino || before.dev !== after.dev)) throw refusedLink(file);
}

/**
 * Opens a regular file by `flags` of `node:fs`. The folders above it are not looked at: see `SafeFolder`.
 * @throws {RefusedFileError} for anything else under this name; the file system's error.
 */
export async function openRegular(file: string, flags: number, mode = 0o666): Promise<FileHandle> {
  const before = await lstat(file).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT" && (flags & constants.O_CREAT) !== 0) return undefined;
    throw error;
  });
  const refusal = before && refusalOf(file, before);
  if (refusal !== undefined) throw refusal;
  const handle = await open(file, flags | GUARD, mode).catch((error: unknown) => {
    throw orRefusal(file, error);
  });
  try {
    checkSame(file, before, await handle.stat());
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** All bytes of an open file, also of one that grows or says that it is empty. @throws {RefusedFileError} beyond `most` bytes. */
export async function readAll(handle: FileHandle, file: string, most = MOST_BYTES): Promise<Buffer> {
  const { size } = await handle.stat();
  const check = (bytes: number): void => {
    const refusal = refusalOfSize(file, bytes, most);
    if (refusal !== undefined) throw refusal;
  };
  check(size);
  // One byte more shows at once that the end was reached.
  let bytes = Buffer.allocUnsafe(size + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
    if (bytesRead === 0) return bytes.subarray(0, length);
    length += bytesRead;
    check(length);
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(Math.max(2 * length, 1 << 16), most + 1));
  }
}

/** All bytes of a regular file. @throws {RefusedFileError} for anything else, and beyond `most` bytes; the file system's error. */
export async function readRegular(file: string, most = MOST_BYTES): Promise<Buffer> {
  const handle = await openRegular(file, constants.O_RDONLY);
  try {
    return await readAll(handle, file, most);
  } finally {
    await handle.close();
  }
}

/** {@link readRegular} in one go: for many small files, handing each to another thread and back takes longer than reading it. @throws as that. */
export function readRegularNow(file: string, most = MOST_BYTES): Buffer {
  const before = BLIND ? lstatSync(file) : undefined;
  const refusal = before && refusalOf(file, before);
  if (refusal !== undefined) throw refusal;
  let descriptor: number;
  try {
    descriptor = openSync(file, constants.O_RDONLY | GUARD);
  } catch (error) {
    throw orRefusal(file, error);
  }
  try {
    const about = fstatSync(descriptor);
    checkSame(file, before, about);
    const tooLarge = refusalOfSize(file, about.size, most);
    if (tooLarge !== undefined) throw tooLarge;
    const bytes = Buffer.allocUnsafe(about.size);
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, length);
      if (read === 0) break;
      length += read;
    }
    return bytes.subarray(0, length);
  } finally {
    closeSync(descriptor);
  }
}
