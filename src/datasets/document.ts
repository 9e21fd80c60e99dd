/** Labelled documents: what every writer of a format is a function of. Offsets are UTF-16 code units of `text`. */
import type { DecidedAnswers } from "../documents/answers";
import type { LabelDefinition, LabelSets } from "../labels/labelset";
import type { ModelRef } from "../documents/labelled";
import type { Task } from "../documents/tasks";
import type { Span } from "../text/span";

/** Who decided, when, and what a model had said. Formats keep what they can of it. */
export interface Provenance {
  readonly author?: string;
  /** ISO 8601, UTC. */
  readonly time?: string;
  /** The model that suggested it, or whose suggestion it replaced. */
  readonly model?: ModelRef;
  /** The model's calibrated probability, 0 to 1. */
  readonly score?: number;
}

/** A span with the text it holds: `exact` is `text.slice(start, end)` of its document. */
export type ExactSpan = Span & { readonly exact: string };

/** A decided label; `exact` is `text.slice(start, end)` of its document. */
export interface LabelledText extends Span, Provenance {
  readonly id: string;
  readonly label: string;
  readonly exact: string;
  readonly author: string;
}

/** A label somebody said is wrong here: partial supervision, which is not the same as text without labels. */
export interface RejectedText extends Span, Provenance {
  readonly task: Task;
  /** For the task `answers`: `answer`. */
  readonly label: string;
  readonly exact: string;
  /** For the task `answers`. */
  readonly question?: string;
}

/** A decided question. */
export interface LabelledQuestion extends Provenance {
  readonly id: string;
  readonly question: string;
  readonly answers: DecidedAnswers<ExactSpan>;
  /** What the model had said instead. */
  readonly plausible: readonly ExactSpan[];
  readonly author: string;
}

/** A decision whose text is gone, or not certain to be where something like it is. */
export interface StaleLabel {
  readonly task: Task;
  readonly label: string;
  readonly exact: string;
  /** Where it was last. */
  readonly span: Span;
  /** Where its text may be, until somebody agrees. */
  readonly proposal?: ExactSpan;
  /** It was said to be wrong here. */
  readonly rejected?: true;
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
  /** Labels that were said to be wrong, of every task, in order of position. */
  readonly rejected: readonly RejectedText[];
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
  /** The format's own options by name ({@link FormatOption}); absent: its defaults. */
  readonly choices?: Readonly<Record<string, string>>;
  /** The executable of a Python the user named, for formats that a Python library writes; never one that a workspace names. */
  readonly python?: string;
}

/** Something a format lets the user choose, such as the tag scheme: a list of values, offered by the editor and the command line alike. */
export interface FormatOption {
  readonly name: string;
  readonly title: string;
  /** The default first. */
  readonly values: readonly string[];
}

/** A format's option as chosen, or its default. @throws {RangeError} for a value it does not have, naming those it has. */
export function chosenOption(option: FormatOption, choices: Readonly<Record<string, string>> = {}): string {
  const value = choices[option.name] ?? option.values[0]!;
  if (option.values.includes(value)) return value;
  throw new RangeError(`"${value}" is no value of ${option.name}; those are ${option.values.join(", ")}.`);
}

/** Ids of classes as the field's formats want them: 0 to n−1, in order of the fixed ids, retired labels included so that numbers stay. */
export function classNames(labels: readonly LabelDefinition[]): readonly string[] {
  return labels.map(({ name }) => name);
}

/** Tag names of the BIO scheme: `O`, then `B-` and `I-` for each label in order of id. */
export function bioNames(labels: readonly LabelDefinition[]): readonly string[] {
  return ["O", ...classNames(labels).flatMap((name) => [`B-${name}`, `I-${name}`])];
}
