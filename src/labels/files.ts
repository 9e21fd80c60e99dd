/** What reading and writing logs need of files. */
import { mkdir, open, stat } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

/** Whether the file's last byte ends a line; a crash may have left half a line behind. True for an empty file. */
export async function endsLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

/** Makes a folder's names durable, where the platform can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether a name still leads to an open file. */
export async function isAt(file: FileHandle, name: string): Promise<boolean> {
  try {
    const [own, there] = await Promise.all([file.stat({ bigint: true }), stat(name, { bigint: true })]);
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

/**
 * Makes a folder and those above it; gives back the first one made, undefined if all were there. Unlike `mkdir` with `recursive` it says what is
 * in the way: that reports a read-only file system as a folder that does not exist. @throws the file system's error.
 */
export async function makeFolders(folder: string): Promise<string | undefined> {
  const make = async (): Promise<boolean> => {
    try {
      await mkdir(folder);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
      throw error;
    }
  };
  try {
    return (await make()) ? folder : undefined;
  } catch (error) {
    const parent = path.dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === folder) throw error;
    const first = await makeFolders(parent);
    return (await make()) ? (first ?? folder) : first;
  }
}
