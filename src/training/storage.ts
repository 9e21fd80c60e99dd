/** What keeps versions from being written, in words: a full disk, a folder that may not be written to. */
import { isBelow } from "../files/safe-folder";

/** Versions cannot be written; the message says why and what to do. What is used stays as it was. */
export class StorageError extends Error {
  override readonly name = "StorageError";
}

const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);
const REFUSED = new Set(["EACCES", "EPERM", "EROFS", "ENOTDIR"]);

/** Does work that writes below a folder of versions. @throws {StorageError} where the disk is why it fails; else what the work throws. */
export async function inStorage<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw inWords(folder, error);
  }
}

function inWords(folder: string, error: unknown): unknown {
  const { code = "", path, dest, syscall } = error as NodeJS.ErrnoException & { readonly dest?: string };
  if (FULL.has(code))
    return new StorageError(
      `There is no room left on the disk of ${folder}, where versions are kept. Free 100 MB there, or delete versions that are not used. The model in use is as it was.`,
      { cause: error },
    );
  // What is refused elsewhere, such as a model that may not be read, has words of its own.
  const paths = [path, dest].filter((one) => one !== undefined);
  const here = paths.length === 0 || paths.some((one) => isBelow(folder, one) || isBelow(one, folder));
  // Node says of a read-only file system that the folder is not there.
  const unmade = syscall === "mkdir" && ["ENOENT", "EEXIST"].includes(code);
  if (here && (REFUSED.has(code) || unmade))
    return new StorageError(
      `${folder}, where versions are kept, cannot be written to (${code}). See to it that you may write there. The model in use is as it was.`,
      { cause: error },
    );
  return error;
}
