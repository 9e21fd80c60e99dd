/** Which of many needles stand in a text exactly once, found in one pass over it (Rabin and Karp 1987). Offsets are UTF-16 code units. */
import { onlyPlace } from "./letters";
import type { Steps } from "./slices";

/** Units that are hashed: every needle has as many. */
export const SHORTEST_NEEDLE = 12;
/** Few needles are looked for one by one: that is one fast search each. */
const FEW = 4;
/** Places of the text hashed in a step. */
const STEP = 50_000;
/** Comparisons of needles with places in a step. */
const STEP_CHECKS = 2000;
/**
 * Comparisons for needles that begin alike, where the text is full of their beginning. Beyond them it is not known where those needles stand, and they count
 * as none that stand there once.
 */
const MOST_CHECKS = 200_000;

const BASE = 0x01000193;
/** What the unit that leaves the window was multiplied by. */
const LEAVES = Array.from({ length: SHORTEST_NEEDLE - 1 }).reduce<number>((power) => Math.imul(power, BASE), 1);

interface Needle {
  readonly text: string;
  first?: number;
}

/** Needles of one hash. */
interface Bucket {
  left: Needle[];
  /** What it costs to compare them all with one place. */
  cost: number;
  checks: number;
}

/** Comparisons that one needle counts for: long ones cost more. */
const costOf = (needle: string): number => 1 + needle.length / 100;

function hashOf(text: string): number {
  let hash = 0;
  for (let i = 0; i < SHORTEST_NEEDLE; i++) hash = (Math.imul(hash, BASE) + text.charCodeAt(i)) | 0;
  return hash;
}

/**
 * Where needles stand that stand in the text once; all others are absent.
 * @throws {RangeError} for a needle shorter than {@link SHORTEST_NEEDLE}.
 */
export function* onlyPlaces(text: string, needles: Iterable<string>): Steps<ReadonlyMap<string, number>> {
  const all = [...new Set(needles)];
  if (all.some(({ length }) => length < SHORTEST_NEEDLE)) throw new RangeError("a needle is too short to be hashed");
  if (all.length > FEW) return yield* together(text, all);
  const found = new Map<string, number>();
  for (const needle of all) {
    const place = onlyPlace(text, needle);
    if (place !== undefined) found.set(needle, place);
    yield;
  }
  return found;
}

function* together(text: string, all: readonly string[]): Steps<ReadonlyMap<string, number>> {
  const buckets = new Map<number, Bucket>();
  const bits = Math.min(22, Math.max(16, Math.ceil(Math.log2(all.length * 16))));
  // Most places fit no needle, which one look here tells.
  const filter = new Uint8Array(1 << bits);
  const slot = (hash: number): number => Math.imul(hash, 0x9e3779b1) >>> (32 - bits);
  for (const needle of all) {
    const hash = hashOf(needle);
    filter[slot(hash)] = 1;
    const bucket = buckets.get(hash);
    if (bucket === undefined) buckets.set(hash, { left: [{ text: needle }], cost: costOf(needle), checks: 0 });
    else {
      bucket.left.push({ text: needle });
      bucket.cost += costOf(needle);
    }
  }
  yield;
  let checks = 0;
  let hash = text.length < SHORTEST_NEEDLE ? 0 : hashOf(text);
  for (let at = 0; at + SHORTEST_NEEDLE <= text.length; at++) {
    if (at > 0) {
      const without = (hash - Math.imul(text.charCodeAt(at - 1), LEAVES)) | 0;
      hash = (Math.imul(without, BASE) + text.charCodeAt(at + SHORTEST_NEEDLE - 1)) | 0;
    }
    if (filter[slot(hash)] === 1) {
      const bucket = buckets.get(hash);
      if (bucket !== undefined) {
        checks += bucket.cost;
        bucket.checks += bucket.cost;
        look(text, at, bucket);
        if (bucket.left.length === 0 || bucket.checks > MOST_CHECKS) buckets.delete(hash);
      }
    }
    if (checks < STEP_CHECKS && (at + 1) % STEP !== 0) continue;
    checks = 0;
    yield;
  }
  const once = [...buckets.values()].flatMap(({ left }) => left);
  return new Map(once.flatMap(({ text: needle, first }) => (first === undefined ? [] : [[needle, first] as const])));
}

/** Takes out of a bucket what now stands in the text twice. */
function look(text: string, at: number, bucket: Bucket): void {
  let twice = false;
  for (const needle of bucket.left) {
    if (!text.startsWith(needle.text, at)) continue;
    if (needle.first === undefined) needle.first = at;
    else {
      needle.first = -1;
      twice = true;
    }
  }
  if (!twice) return;
  bucket.left = bucket.left.filter(({ first }) => first !== -1);
  bucket.cost = bucket.left.reduce((sum, { text: needle }) => sum + costOf(needle), 0);
}
