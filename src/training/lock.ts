/** One job at a time for the versions of one model: two would each be measured against what the other replaces. */
import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";

/** A lock that nobody touched for so long was left behind, even if another process has the number of its owner by now. */
const STALE_MS = 10 * 60_000;

/** Somebody else teaches the same model; the message says so. */
export class JobRunningError extends Error {
  override readonly name = "JobRunningError";
}

/** A lock that is held. */
export interface JobLock {
  /** Says that its owner is at work. */
  touch(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes the lock.
 * @throws {JobRunningError} while another living process holds it.
 */
export async function lockJobs(folder: string): Promise<JobLock> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "job.lock");
  for (let tries = 0; ; tries++) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      return {
        touch: () => utimes(file, new Date(), new Date()).catch(() => undefined),
        release: () => rm(file, { force: true }),
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      if (tries > 0 || !(await leftBehind(file)))
        throw new JobRunningError(
          "The model is being taught already, in another window or terminal. Wait until that is done, or cancel it there.",
        );
      await rm(file, { force: true });
    }
  }
}

async function leftBehind(file: string): Promise<boolean> {
  const age = await stat(file).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  );
  if (age > STALE_MS) return true;
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  // Between making and writing it is empty for a moment.
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
