/** One writer at a time for a file that is written whole. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { SafeFolder } from "../../files/safe-folder";
import { safeAround } from "./paths";

/** Work under a lock takes milliseconds: one this old was left behind by a crash. */
const STALE_MS = 10_000;
const RETRY_MS = 20;

/** The lock of a file stayed taken; the message says by what and what to do. */
export class LockError extends Error {
  override readonly name = "LockError";
}

/**
 * Does short work while no other process that asks for the lock of the same file does. The lock is a file beside it (`NAME.lock`); one left behind by a crash
 * is taken over after ten seconds. @throws {LockError} if it does not come free; what the work throws.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, patience = 2 * STALE_MS): Promise<T> {
  const lock = `${file}.lock`;
  const folder = safeAround(path.dirname(file));
  await folder.makeFolders(path.dirname(lock));
  const until = Date.now() + patience;
  while (!(await taken(folder, lock))) {
    if (Date.now() > until)
      throw new LockError(
        `${file} is being written by another program. Try again, or remove ${lock} if nothing is running.`,
      );
    await clearStale(folder, lock);
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await folder.remove(lock);
  }
}

async function taken(folder: SafeFolder, lock: string): Promise<boolean> {
  try {
    await (await folder.openNew(lock)).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function clearStale(folder: SafeFolder, lock: string): Promise<void> {
  const age = await folder.modified(lock).then(
    (modified) => Date.now() - modified,
    () => 0,
  );
  if (age < STALE_MS) return;
  // Of several that find it stale, one moves it away; a lock taken meanwhile is younger and stays.
  const aside = `${lock}.${randomBytes(6).toString("hex")}`;
  await folder.rename(lock, aside).catch(() => undefined);
  await folder.remove(aside);
}
