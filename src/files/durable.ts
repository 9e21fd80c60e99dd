/** What a log needs of files so that a crash at any moment loses nothing. */
import { lstat, open } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import process from "node:process";

/** Whether the file's last byte ends a line; a crash may have left half a line behind. True for an empty file. */
export async function endsLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** What file systems say that cannot sync a folder (network shares, FUSE), or of one that may be written to and not read. */
const CANNOT_SYNC = new Set(["EINVAL", "ENOTSUP", "ENOSYS", "EISDIR", "EPERM", "EACCES"]);

/** Makes a folder's names durable, where the platform and the file system can: Windows has no such call. What was written is there all the same. */
export async function syncFolder(
  folder: string,
  openFolder: (folder: string) => Promise<Pick<FileHandle, "sync" | "close">> = (name) => open(name, "r"),
): Promise<void> {
  if (process.platform === "win32") return;
  try {
    const handle = await openFolder(folder);
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

/** Whether a name still stands for an open file. */
export async function isAt(file: FileHandle, name: string): Promise<boolean> {
  try {
    const [own, there] = await Promise.all([file.stat({ bigint: true }), lstat(name, { bigint: true })]);
    return own.ino === there.ino && own.dev === there.dev;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/** Writes all bytes, and knows that they are on disk. @throws the file system's error; ENOSPC also for a write that was cut short. */
export async function writeDurably(file: FileHandle, bytes: Buffer): Promise<void> {
  // One write: a second one could land behind another process's line.
  const { bytesWritten } = await file.write(bytes);
  if (bytesWritten < bytes.length) {
    const problem = `only ${bytesWritten} of ${bytes.length} bytes were written`;
    throw Object.assign(new Error(problem), { code: "ENOSPC" });
  }
  await file.sync();
}
