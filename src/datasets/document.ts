/** Labelled documents: what every writer of a format is a function of. Offsets are UTF-16 code units of `text`. */
import type { LabelDefinition, LabelSets } from "../labels/labelset";
import type { ModelRef } from "../labels/annotation";
import type { Span } from "../text/span";

/** A decided label; `exact` is `text.slice(start, end)` of its document. */
export interface LabelledText extends Span {
  readonly id: string;
  readonly label: string;
  readonly exact: string;
  readonly author: string;
  readonly model?: ModelRef;
}

/** A decided question. No answers means that the document has none. */
export interface LabelledQuestion {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly (Span & { readonly exact: string })[];
  /** What the model had said instead. */
  readonly plausible: readonly (Span & { readonly exact: string })[];
  readonly author: string;
}

/** A decision whose text is gone. */
export interface StaleLabel {
  readonly task: "entities" | "sentiment" | "answers";
  readonly label: string;
  readonly exact: string;
  /** Where it was last. */
  readonly span: Span;
}

/** One document with everything decided on it. */
export interface LabelledDocument {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** As in the file, line endings included, without a byte order mark. */
  readonly text: string;
  /** In order; trimmed; not overlapping. Markup in them (`masked`) is no word of theirs. */
  readonly sentences: readonly (Span & { readonly masked?: readonly Span[] })[];
  readonly entities: readonly LabelledText[];
  readonly sentiment: readonly LabelledText[];
  readonly questions: readonly LabelledQuestion[];
  /** Stretches looked at in full for entities, in order, not overlapping. */
  readonly reviewed: readonly Span[];
  /** Where anything was decided about entities, rejections included. */
  readonly decided: readonly Span[];
  readonly stale: readonly StaleLabel[];
}

/** What writers need to know. */
export interface WriterOptions {
  readonly labels: LabelSets;
  /** Which documents are held out is drawn with this. */
  readonly seed: number;
  /** Share of documents in `validation`, 0 to below 1. */
  readonly validation: number;
  /** Share of documents in `test`, 0 to below 1. */
  readonly test: number;
}

/** Ids of classes as the field's formats want them: 0 to n−1, in order of the fixed ids, retired labels included so that numbers stay. */
export function classNames(labels: readonly LabelDefinition[]): readonly string[] {
  return labels.map(({ name }) => name);
}

/** Tag names of the BIO scheme: `O`, then `B-` and `I-` for each label in order of id. */
export function bioNames(labels: readonly LabelDefinition[]): readonly string[] {
  return ["O", ...classNames(labels).flatMap((name) => [`B-${name}`, `I-${name}`])];
}
