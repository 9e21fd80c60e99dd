/** How much there is to learn from a sentence as a whole: what the model leaves open of all its words. */
import type { WordReadings } from "./spans";

/** Readings stay as they are, and their sentence is placed again and again. */
const known = new WeakMap<WordReadings, number>();

/**
 * The entropy of a sentence's tags in nats, summed over its words (total token entropy, Settles and Craven 2008). Words that surely are in no span are not among the readings, and count nothing.
 */
export function sentenceEntropy(readings: WordReadings): number {
  let sum = known.get(readings);
  if (sum !== undefined) return sum;
  sum = 0;
  for (const p of readings.probabilities) if (p > 0) sum -= p * Math.log(p);
  known.set(readings, sum);
  return sum;
}
