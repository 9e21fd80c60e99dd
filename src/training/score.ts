/** What a model's labels are worth against decisions: counts by label, and how sure one can be of a figure from few of them. */
import { answersIn } from "../documents/answers";
import { isSpanTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { answerF1 } from "../evaluation/metrics";
import { overlaps, sameSpan } from "../text/span";
import type { AnswerExample } from "./examples/answers";
import type { TeachExample } from "./examples/example";
import type { Given } from "./taught-decoder";
import { randomOf } from "./random";

/** Labels that are right, given though wrong, and missed; of answers, shares of questions. */
export interface Counts {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

/** Counts by label of one example. */
export type ExampleCounts = Readonly<Record<string, Counts>>;

/** From 0 to 1; F1 is 0 where there is nothing to count. */
export interface Score extends Counts {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** An interval that holds a figure in 95 of 100 draws of the examples. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

const NONE: Counts = { right: 0, wrong: 0, missed: 0 };

/**
 * Compares what a model gives with what people said, where they said something: a label counts as right if place and name are exact (CoNLL-2003's measure), as
 * wrong if it stands in reviewed text, touches a label that is right, or is one that was rejected. What stands elsewhere was not looked at.
 */
export function countsOf(task: LabelTask, example: TeachExample, given: readonly Given[]): ExampleCounts {
  const counts: Record<string, { right: number; wrong: number; missed: number }> = {};
  const of = (label: string): { right: number; wrong: number; missed: number } => (counts[label] ??= { ...NONE });
  const same = (a: Given | TeachExample["labels"][number], b: Given | TeachExample["labels"][number]): boolean =>
    a.label === b.label && (!isSpanTask(task) || sameSpan(a, b));
  const { labels, rejected, reviewed, unknown } = example;
  for (const item of given) {
    if (labels.some((label) => same(label, item))) of(item.label).right++;
    else if (unknown.some((span) => overlaps(span, item))) continue;
    else if (
      labels.some((label) => overlaps(label, item)) ||
      rejected.some((label) => same(label, item)) ||
      reviewed.some(({ start, end }) => start <= item.start && item.end <= end)
    )
      of(item.label).wrong++;
  }
  for (const label of labels) if (!given.some((item) => same(item, label))) of(label.label).missed++;
  return counts;
}

/** What the counts of questions are under: those that have an answer, and those that have none. */
export const ANSWERED = "answer";
export const UNANSWERED = "no answer";

/**
 * Compares what a model answers with what people said, as SQuAD's evaluation does: the answer is right as far as its words are those of a right answer (the best
 * of them), and the rest is wrong and missed alike, so that F1 over questions is the mean of theirs. That there is none is right or wrong as a whole.
 * @param given the answer; empty: that there is none
 */
export function answerCounts({ answers }: Pick<AnswerExample, "answers">, given: string): ExampleCounts {
  const right = answersIn(answers).reduce((most, answer) => Math.max(most, answerF1(given, answer)), 0);
  const share = answers === "none" ? Number(given === "") : right;
  return { [answers === "none" ? UNANSWERED : ANSWERED]: { right: share, wrong: 1 - share, missed: 1 - share } };
}

/** Precision, recall and F1 of counts. */
export function scoreOf({ right, wrong, missed }: Counts): Score {
  const ratio = (count: number, all: number): number => (all === 0 ? 0 : count / all);
  return {
    ...{ right, wrong, missed },
    precision: ratio(right, right + wrong),
    recall: ratio(right, right + missed),
    f1: ratio(2 * right, 2 * right + wrong + missed),
  };
}

/** Counts added up: of all labels, or of one. */
export function sumOf(all: readonly ExampleCounts[], label?: string): Counts {
  const sum = { ...NONE } as { right: number; wrong: number; missed: number };
  for (const counts of all)
    for (const [name, { right, wrong, missed }] of Object.entries(counts)) {
      if (label !== undefined && name !== label) continue;
      sum.right += right;
      sum.wrong += wrong;
      sum.missed += missed;
    }
  return sum;
}

/** Draws of a bootstrap: the intervals move by less than half a point from one seed to another. */
const DRAWS = 1000;

/**
 * Draws as many examples as there are, with replacement, and computes figures from each draw (Efron's bootstrap).
 * @param figures of a draw, given the numbers of its examples
 * @returns the values of each figure over all draws, sorted
 */
export function bootstrap(count: number, seed: number, figures: (drawn: readonly number[]) => number[]): number[][] {
  const random = randomOf(seed);
  const values: number[][] = [];
  for (let draw = 0; draw < DRAWS; draw++) {
    const drawn = Array.from({ length: count }, () => Math.floor(random() * count));
    figures(drawn).forEach((value, i) => (values[i] ??= []).push(value));
  }
  return values.map((list) => list.sort((a, b) => a - b));
}

/** The middle 95 % of sorted values. */
export function intervalOf(sorted: readonly number[]): Interval {
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { low: at(0.025), high: at(0.975) };
}
