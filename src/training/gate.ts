/** Whether what was trained may take the place of what there was: figures on decisions that it did not see, and on text that nobody decided on. */
import { bootstrap, intervalOf, scoreOf, sumOf } from "./score";
import type { ExampleCounts, Interval, Score } from "./score";
import type { Given } from "./taught-decoder";

/** Fewer decisions than this teach nothing that could be measured. */
export const LEAST_DECISIONS = 10;

/** What a model gives, for people, and how much of what it was sure of on other text may be otherwise, in points of F1. */
export interface Judged {
  readonly said: string;
  readonly mostLost: number;
}

/** Labels are one thing or another. */
export const LABELS: Judged = { said: "labels", mostLost: 0.5 };
/** Answers may begin or end a word later, and mean the same. */
export const ANSWERS: Judged = { said: "answers", mostLost: 2 };

/** A label that the model gives with at least this probability is one that it is sure of. */
const SURE = 0.9;

/** So many draws of the bootstrap must say that the new model is better. */
const CONVINCED = 0.8;

/** A label needs this many decisions for its own figures to count against a job. */
const ENOUGH_OF_A_LABEL = 5;

/** A figure of one label, or of all, on held-out decisions. */
export interface Compared {
  /** Absent: all labels together. */
  readonly label?: string;
  readonly before: Score;
  readonly after: Score;
  /** Of F1 after. */
  readonly interval: Interval;
  /** Of F1 after less F1 before. */
  readonly gain: Interval;
}

/** What the gate found. F1 and shares from 0 to 1. */
export interface Verdict {
  readonly accepted: boolean;
  /** In words, a sentence each: why not, or what is better. */
  readonly reasons: readonly string[];
  readonly all: Compared;
  readonly labels: readonly Compared[];
  /** Share of the bootstrap's draws in which the new model is better. */
  readonly convinced: number;
  /** How far the new model says on other text what the old one was sure of. */
  readonly probes: { readonly agreement: number; readonly sure: number };
}

/** Held-out decisions as both models label them. */
export interface HeldOut {
  readonly before: readonly ExampleCounts[];
  readonly after: readonly ExampleCounts[];
}

const points = (value: number): string => (100 * value).toFixed(1);

/**
 * Agreement on other text: F1 of the new labels against the old ones, where either model is sure. What one of them is not sure of may go either way without
 * being said to differ. Labels that the old model did not know are its business only where they stand in the place of its own.
 * @param like new labels, with the old one that each began like: one is another name of the other.
 */
export function probesOf(
  before: readonly (readonly Given[])[],
  after: readonly (readonly Given[])[],
  like: ReadonlyMap<string, string> = new Map(),
): Verdict["probes"] {
  const key = ({ start, end, label }: Given): string => `${start} ${end} ${like.get(label) ?? label}`;
  let agreed = 0;
  let counted = 0;
  let sure = 0;
  before.forEach((old, i) => {
    const fresh = after[i]!;
    const [had, has] = [new Set(old.map(key)), new Set(fresh.map(key))];
    for (const item of old.filter(({ score }) => score >= SURE)) {
      sure++;
      counted++;
      if (has.has(key(item))) agreed++;
    }
    for (const item of fresh.filter(({ score, label }) => score >= SURE && !like.has(label))) {
      counted++;
      if (had.has(key(item))) agreed++;
    }
  });
  return { agreement: counted === 0 ? 1 : agreed / counted, sure };
}

/** Judges a job. @param labels that the workspace uses. @param seed of the bootstrap. @param what the model gives */
export function judge(
  labels: readonly string[],
  { before, after }: HeldOut,
  probes: Verdict["probes"],
  seed: number,
  { said, mostLost }: Judged = LABELS,
): Verdict {
  const compare = (label?: string): { readonly compared: Compared; readonly better: number } => {
    const f1 = (counts: readonly ExampleCounts[], drawn: readonly number[]): number =>
      scoreOf(
        sumOf(
          drawn.map((i) => counts[i]!),
          label,
        ),
      ).f1;
    const [gains = [], values = []] = bootstrap(after.length, seed, (drawn) => {
      const now = f1(after, drawn);
      return [now - f1(before, drawn), now];
    });
    return {
      compared: {
        ...(label !== undefined && { label }),
        before: scoreOf(sumOf(before, label)),
        after: scoreOf(sumOf(after, label)),
        interval: intervalOf(values),
        gain: intervalOf(gains),
      },
      better: gains.filter((gain) => gain > 0).length / gains.length,
    };
  };
  const { better: convinced, compared: all } = compare();
  const each = labels
    .map((label) => compare(label).compared)
    .filter(({ before: b, after: a }) => seen(b) + seen(a) > 0);
  const against: string[] = [];
  if (all.after.f1 <= all.before.f1)
    against.push(
      `On decisions that were held out it is not better: F1 ${points(all.before.f1)} before, ${points(all.after.f1)} after.`,
    );
  else if (convinced < CONVINCED)
    against.push(
      `On decisions that were held out it is better by ${points(all.after.f1 - all.before.f1)} points of F1, which may be chance: in ${Math.round(100 * (1 - convinced))} of 100 draws it is not.`,
    );
  for (const { label, before: b, after: a, gain } of each)
    if (gain.high < 0 && b.right + b.missed >= ENOUGH_OF_A_LABEL)
      against.push(`${label} got worse: F1 ${points(b.f1)} before, ${points(a.f1)} after.`);
  if (100 * (1 - probes.agreement) > mostLost)
    against.push(
      `On other text it changes ${points(1 - probes.agreement)} % of the ${said} that the model was sure of; at most ${mostLost} % may change.`,
    );
  const gained = `F1 on decisions that were held out rose from ${points(all.before.f1)} to ${points(all.after.f1)}.`;
  const kept = `On other text ${points(probes.agreement)} % of the ${said} that it was sure of are as before.`;
  return {
    ...{ accepted: against.length === 0, reasons: against.length === 0 ? [gained, kept] : against },
    all,
    labels: each,
    ...{ convinced, probes },
  };
}

const seen = ({ right, wrong, missed }: Score): number => right + wrong + missed;
