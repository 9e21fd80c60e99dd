/** What the model is taught, before there are tokens: a stretch of text with what people said of it. Offsets are UTF-16 code units. */
import type { LabelTask } from "../../documents/tasks";
import { unfilled } from "../../text/filled";
import type { Span } from "../../text/span";

/**
 * How a person came to say something. `accepted`: as the model suggested it. `corrected`: instead of something else it suggested. `added`: where it suggested
 * nothing. `rejected`: that it is not this. `reviewed`: that there is nothing here.
 */
export type Correction = "accepted" | "corrected" | "added" | "rejected" | "reviewed";

/**
 * How much a stretch counts in the loss; of several kinds in one stretch the largest. What the model got wrong says more than what it got right and would
 * have gone on getting right.
 */
export const WEIGHTS: Readonly<Record<Correction, number>> = {
  accepted: 1,
  corrected: 2,
  added: 2,
  rejected: 1,
  reviewed: 1,
};

/** A label that is right, or was said to be wrong. The place is in the example's text. */
export interface TaughtLabel extends Span {
  readonly label: string;
  readonly how: Correction;
}

/** One stretch of text that is learned from: what the model reads in one go, a sentence as a rule. */
export interface TeachExample {
  readonly task: LabelTask;
  /** The document's path, relative to the workspace, with `/`. */
  readonly document: string;
  /** In the document. */
  readonly span: Span;
  /** As the model reads it: markup is blanks, so that places hold. */
  readonly text: string;
  /** Those that are right, in order, without overlap. */
  readonly labels: readonly TaughtLabel[];
  /** Those that are wrong; what is right there is not said. */
  readonly rejected: readonly TaughtLabel[];
  /** Text looked at in full, merged: what has no label in it has none. */
  readonly reviewed: readonly Span[];
  /** Text of which nothing is learned although it lies in reviewed text, since what it holds cannot be taught. */
  readonly unknown: readonly Span[];
  /** In the loss. */
  readonly weight: number;
}

/** An example as the model reads it: escapes are the characters they stand for, and nothing more. */
export function withoutFills(example: TeachExample): TeachExample {
  const read = unfilled(example.text);
  if (read === undefined) return example;
  const place = <T extends Span>(span: T): T => ({ ...span, start: read.of(span.start), end: read.of(span.end) });
  const { labels, rejected, reviewed, unknown } = example;
  return {
    ...{ ...example, text: read.text, labels: labels.map(place), rejected: rejected.map(place) },
    ...{ reviewed: reviewed.map(place), unknown: unknown.map(place) },
  };
}

/** Something decided that is not learned from, and why, in words. */
export interface LeftOut {
  readonly document: string;
  readonly task: string;
  readonly span: Span;
  readonly exact: string;
  readonly reason: string;
}

/** Examples of a document, and what they leave out. */
export interface Examples {
  readonly examples: readonly TeachExample[];
  readonly left: readonly LeftOut[];
}

/** How many decisions an example holds: one a label, one a rejection; text that was only looked at is one. */
export function decisionsOf({ labels, rejected }: Pick<TeachExample, "labels" | "rejected">): number {
  return Math.max(1, labels.length + rejected.length);
}

/** The weight of a stretch in which these things were said. */
export function weightOf(said: readonly { readonly how: Correction }[]): number {
  return Math.max(WEIGHTS.reviewed, ...said.map(({ how }) => WEIGHTS[how]));
}
