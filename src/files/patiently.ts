/** Windows refuses to move or replace what somebody has open, often a virus scanner or an indexer for a moment. */
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

/** What Windows says of a file that is open elsewhere. Anywhere else these have other reasons, which waiting does not mend. */
const IN_USE = new Set(["EPERM", "EACCES", "EBUSY"]);
/** Pauses before new tries, in milliseconds: two seconds together. */
const PAUSES = [20, 50, 100, 200, 400, 1230];

/** Does work on names of files, on Windows again where something has one of them open. @throws the last try's error. */
export async function patiently<T>(work: () => Promise<T>, platform = process.platform, pauses = PAUSES): Promise<T> {
  for (const pause of platform === "win32" ? pauses : []) {
    try {
      return await work();
    } catch (error) {
      if (!IN_USE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
      await sleep(pause);
    }
  }
  return work();
}
