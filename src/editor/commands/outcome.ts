/** What every decision ends with: it is said, the sentence may be read by it, and in Review Mode it leads on. */
import type { Act } from "../../labels/contract";
import { getContext } from "../base/context-keys";
import { sayInStatus } from "../base/messages";
import { markRead } from "../documents/read";
import type { Front, Opened } from "../documents/targets";
import type { Parts } from "./parts";
import { step } from "./walk";

/** Says what was done, and marks a sentence as reviewed in which nothing is left to decide; writing goes on behind, and its failure has a message of its own. */
export function done(at: Opened, act: Act, what: string): void {
  act.saved.catch(() => undefined);
  markRead(at, act);
  sayInStatus(what, 4000);
}

/** In Review Mode a decision leads on to the next thing to decide; not one on a label that was named, as by a link. */
export async function onward(parts: Parts, at: Front, id: unknown): Promise<void> {
  if (getContext("reviewMode") === true && typeof id !== "string") await step(parts, at, 1, { quiet: true });
}
