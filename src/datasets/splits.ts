/** Which document is for training and which is held out. A document never straddles splits, so no sentence is trained on and tested with its neighbours. */
import { createHash } from "node:crypto";
import type { WriterOptions } from "./document";
import type { Loss } from "./losses";

/** The names Hugging Face's libraries know. */
export const SPLITS = ["train", "validation", "test"] as const;

/** One of {@link SPLITS}. */
export type Split = (typeof SPLITS)[number];

/** Draws a split for every path; the same paths and seed give the same draw on every machine. What is too little to hold out is reported. */
export function drawSplits(
  paths: readonly string[],
  { seed, validation, test }: Pick<WriterOptions, "seed" | "validation" | "test">,
): { readonly of: ReadonlyMap<string, Split>; readonly losses: readonly Loss[] } {
  for (const share of [validation, test]) {
    if (!(share >= 0 && share < 1)) throw new RangeError(`A held-out share must be from 0 to below 1; it is ${share}.`);
  }
  if (validation + test >= 1) throw new RangeError("The held-out shares leave nothing to train on.");
  const rank = (path: string): string => createHash("sha256").update(`${seed}\n${path}`).digest("hex");
  const drawn = [...new Set(paths)]
    .map((path) => ({ path, rank: rank(path) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1));
  const heldOut = Math.floor(drawn.length * validation + 1e-9);
  const tested = Math.floor(drawn.length * test + 1e-9);
  const of = new Map<string, Split>();
  for (const [index, { path }] of drawn.entries()) {
    of.set(path, index < heldOut ? "validation" : index < heldOut + tested ? "test" : "train");
  }
  const losses: Loss[] = [];
  for (const [split, share, count] of [
    ["validation", validation, heldOut],
    ["test", test, tested],
  ] as const) {
    if (share === 0 || count > 0 || drawn.length === 0) continue;
    const reason = `${drawn.length} document(s) are too few for a share of ${share} in "${split}": all of that is in "train"`;
    losses.push({ kind: "merged", reason });
  }
  return { of, losses };
}
