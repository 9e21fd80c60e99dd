/** What is refused where a file is to be opened, in words. */
import type { Stats } from "node:fs";

/** A file or folder that is not opened, since it is not what it must be. The message names it and says what to do; nothing was read or written. */
export class RefusedFileError extends Error {
  override readonly name = "RefusedFileError";

  constructor(
    readonly path: string,
    /** ELOOP: a symbolic link. EISDIR: a folder. EINVAL: neither file nor folder. EFBIG: too large. EXDEV: outside. */
    readonly code: "ELOOP" | "EISDIR" | "EINVAL" | "EFBIG" | "EXDEV",
    problem: string,
  ) {
    super(`${path} ${problem}`);
  }
}

type Kind = Pick<
  Stats,
  "isFile" | "isDirectory" | "isSymbolicLink" | "isFIFO" | "isSocket" | "isBlockDevice" | "isCharacterDevice"
>;

/** The refusal of a symbolic link. */
export function refusedLink(path: string): RefusedFileError {
  const problem = "is a symbolic link, and links are not followed. Remove it, or put in its place what it leads to.";
  return new RefusedFileError(path, "ELOOP", problem);
}

/** The refusal of whatever is no regular file; undefined for one. */
export function refusalOf(path: string, about: Kind): RefusedFileError | undefined {
  if (about.isFile()) return undefined;
  if (about.isSymbolicLink()) return refusedLink(path);
  if (about.isDirectory())
    return new RefusedFileError(path, "EISDIR", "is a folder where a file should be. Move it away.");
  const kind = about.isFIFO() ? "a named pipe" : about.isSocket() ? "a socket" : "a device";
  return new RefusedFileError(path, "EINVAL", `is ${kind} where a file should be. Remove it.`);
}

/** The refusal of a file that is larger than `most` bytes; undefined for any other. */
export function refusalOfSize(path: string, size: number, most: number): RefusedFileError | undefined {
  if (size <= most) return undefined;
  const problem = `has ${Math.ceil(size / 1e6)} MB; at most ${Math.floor(most / 1e6)} MB are read. Cut it into parts.`;
  return new RefusedFileError(path, "EFBIG", problem);
}

/** Whether an error is a {@link RefusedFileError}. */
export function isRefused(error: unknown): error is RefusedFileError {
  return error instanceof RefusedFileError;
}
