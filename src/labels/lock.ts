/** One writer at a time for a file that is written whole. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

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
  await mkdir(path.dirname(lock), { recursive: true });
  const until = Date.now() + patience;
  while (!(await taken(lock))) {
    if (Date.now() > until)
      throw new LockError(
        `${file} is being written by another program. Try again, or remove ${lock} if nothing is running.`,
      );
    await clearStale(lock);
    await sleep(RETRY_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function taken(lock: string): Promise<boolean> {
  try {
    await (await open(lock, "wx")).close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function clearStale(lock: string): Promise<void> {
  const age = await stat(lock).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age < STALE_MS) return;
  // Of several that find it stale, one moves it away; a lock taken meanwhile is younger and stays.
  const aside = `${lock}.${randomBytes(6).toString("hex")}`;
  await rename(lock, aside).catch(() => undefined);
  await rm(aside, { force: true });
}
