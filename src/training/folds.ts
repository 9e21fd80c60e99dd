/** Which examples a model is measured on that did not learn from them. Drawn by hash, so that the same example is held out today and tomorrow. */
import { createHash } from "node:crypto";

/** Examples above this number are cut once, below it each is held out in its turn. */
const FEW = 200;
/** Parts that few examples are cut into: each part costs a run. */
const PARTS = 3;
/** Of many examples, one in so many is held out. */
const ONE_IN = 5;
/** Whole documents are held out where there are this many, and none of them has half of the examples. */
const DOCUMENTS = 2 * PARTS;

/** Numbers of examples that one run learns from, and of those that it is measured on. */
export interface Fold {
  readonly learned: readonly number[];
  readonly measured: readonly number[];
}

/** Cuts examples into folds: several that hold out all examples in turn, or one. Every fold has both sides, or there is none. */
export function foldsOf(examples: readonly { readonly document: string; readonly text: string }[]): Fold[] {
  const few = examples.length <= FEW;
  const parts = few ? PARTS : ONE_IN;
  const counts = new Map<string, number>();
  for (const { document } of examples) counts.set(document, (counts.get(document) ?? 0) + 1);
  const byDocument = counts.size >= DOCUMENTS && Math.max(...counts.values()) * 2 < examples.length;
  // The same sentence twice in a document is one thing to know: it must not be on both sides.
  const part = examples.map(({ document, text }) => partOf(byDocument ? document : text, parts));
  return Array.from({ length: few ? parts : 1 }, (_, fold) => ({
    learned: part.flatMap((of, i) => (of === fold ? [] : [i])),
    measured: part.flatMap((of, i) => (of === fold ? [i] : [])),
  })).filter(({ learned, measured }) => learned.length > 0 && measured.length > 0);
}

/** A part from 0 by a text alone. */
export function partOf(text: string, parts: number): number {
  return createHash("sha256").update(text).digest().readUInt32BE(0) % parts;
}
