/** What a label is, apart from where it is kept: values in events, annotations as a user sees them. Offsets are UTF-16 code units. */
import type { Quote, Span } from "../text/span";
import type { Task } from "../documents/tasks";
import type { DecidedAnswers } from "../documents/answers";
import type { Attributes } from "../documents/attributes";
import type { Alternative, ModelRef } from "../documents/labelled";

/** `suggested`: undecided, by the model or as a repeat of a decision. `accepted`: decided by a person. `stale`: decided, but where its text is now is not certain. */
export type Status = "suggested" | "accepted" | "stale";

/** Where a suggestion comes from, if not from the model: `repeat`: a person decided so on the same words elsewhere. */
export type SuggestedBy = "repeat";

/** Where an imported decision comes from, as far as the file said so. The event's own author and time are those of the import. */
export interface Origin {
  /** The exchange format. */
  readonly format: string;
  readonly author?: string;
  /** ISO 8601, UTC. */
  readonly time?: string;
  /** Probability the model gave, 0 to 1. */
  readonly score?: number;
}

/** Who decided, and when (ISO 8601, UTC): of the latest event on it. */
export interface DecidedBy {
  readonly author: string;
  readonly time: string;
  readonly model?: ModelRef;
  /** For imported decisions. */
  readonly origin?: Origin;
}

/** What of something is {@link DecidedBy}. */
export function decidedBy({ author, time, model, origin }: DecidedBy): DecidedBy {
  return { author, time, ...(model && { model }), ...(origin && { origin }) };
}

/** The label of an annotation of the task `answers`; the other tasks take theirs from the label set. */
export const ANSWER_LABEL = "answer";

/** A stretch of text, anchored by position and by quote. `span` is in UTF-16 units of the text as it was when recorded. */
export interface Anchor {
  readonly span: Span;
  readonly quote: Quote;
}

/** What a label may say beyond its name and place. Whatever is done with the label keeps it. */
export interface Beside {
  /** By name: those of a dataset that was imported, or those that the label's layer declares. */
  readonly attributes?: Attributes;
  /** Further stretches of the same label, in order, as of a name with other words in between. Nothing of this version makes or shows them. */
  readonly further?: readonly Anchor[];
}

/** A label on a stretch of text. */
export interface LabelValue extends Anchor, Beside {
  readonly label: string;
}

/** What of something is {@link Beside}. */
export function beside({ attributes, further }: Beside): Beside {
  return {
    ...(attributes && { attributes }),
    // As new objects: positions are kept by object.
    ...(further && { further: further.map(({ span, quote }) => ({ span, quote })) }),
  };
}

/** A label as it was recorded, as a new object. */
export function recorded(value: LabelValue): LabelValue {
  const { label, span, quote } = value;
  return { label, span, quote, ...beside(value) };
}

/** Every stretch of text of a label. */
export function anchorsOf(value: Anchor & Beside): readonly Anchor[] {
  return value.further === undefined ? [value] : [value, ...value.further];
}

/** A {@link LabelValue} that came from the model. */
export interface SuggestedValue extends LabelValue {
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
}

/** A label in a document, decided or suggested, as the editor shows it. `model`: the one that suggested it, or whose suggestion it replaced. */
export interface Annotation extends Partial<DecidedBy>, Beside {
  /** Kept for life: an entity or a sentence that is accepted keeps the id of its suggestion. A decided answer has its question's id and a number. */
  readonly id: string;
  readonly task: Task;
  /** Where it is now. For a stale annotation: where it was last seen, for information only; do not draw it. */
  readonly span: Span;
  /** As recorded; live edits move `span` and leave this as it is. */
  readonly quote: Quote;
  readonly label: string;
  readonly status: Status;
  /** For a stale annotation: where its text may be now, if a person agrees (`DocumentLabelling.agree`). */
  readonly proposal?: Span;
  /** So many labels are stale that no proposal was looked for. */
  readonly unsought?: true;
  /** Calibrated probability, 0 to 1; absent if a person drew it. */
  readonly score?: number;
  /** Of a suggestion: that it is not the model's. No statistics of the model count it. */
  readonly suggestedBy?: SuggestedBy;
  /** Of a suggestion: what it is if not that, as far as the model said so; of a repeat: what the model says of these words, if that is another label. */
  readonly alternative?: Alternative;
  /** Of a suggestion: how far the model is spread over all it could be, 0 to 1. */
  readonly entropy?: number;
  /** Of a suggestion: how much the model leaves open of all words of its sentence, in nats. */
  readonly sentenceEntropy?: number;
  /** Set on a label that settles a disagreement between annotators: the id of the {@link Adjudication}. */
  readonly adjudication?: string;
  /** The question, for the task `answers`. */
  readonly question?: string;
}

/** A relation that a person has decided, between two labels where they are now. */
export interface PlacedRelation extends DecidedBy {
  readonly id: string;
  readonly type: string;
  readonly attributes?: Attributes;
  /** It is stale where one of these is. */
  readonly from: Annotation;
  readonly to: Annotation;
}

/** A question a person has decided: its right answers in this document, or that it has none. */
export interface AnsweredQuestion extends DecidedBy {
  readonly id: string;
  /** Of an imported question: its id in the dataset. */
  readonly sourceId?: string;
  readonly question: string;
  /** The part of the text that it is about, where that is now; `gone`: it is not there any more. Absent: all of the text. */
  readonly context?: Span | "gone";
  /** Those whose text is gone are here as well: they are stale. */
  readonly answers: DecidedAnswers<Annotation>;
  /** What the model had said instead, as far as its text is still there. */
  readonly plausible: readonly Span[];
  /** Set if annotators disagreed on it and this is what counts: the id of the {@link Adjudication}. */
  readonly adjudication?: string;
}

/** What one annotator had said of a disputed text. */
export interface AnnotatorVersion {
  readonly author: string;
  /** Empty: that there is no label, or no answer. */
  readonly values: readonly LabelValue[];
}

/** A label and where it is now. */
export interface PlacedLabel extends Span, Beside {
  readonly label: string;
}

/** A disagreement between annotators that a person has settled. In its text only its labels count, whoever labelled it otherwise. */
export interface Adjudication {
  readonly id: string;
  /** The latest event that changed it; ids of events sort by time. */
  readonly event: string;
  readonly task: Task;
  /** The disputed text as it is now; absent for a question. */
  readonly region?: Span;
  /** For the task `answers`: the disputed question. */
  readonly question?: string;
  /** Empty: there is no label there, or no answer. Those whose text is gone are here as well: they are stale. */
  readonly labels: readonly Annotation[];
  /** What each annotator had said, as far as its text is still there. */
  readonly versions: readonly PlacedVersion[];
  /** Whose version was taken as it is. */
  readonly chosen?: string;
  /** Who settled it. */
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly time: string;
}

/** An {@link AnnotatorVersion} where it is now. */
export interface PlacedVersion {
  readonly author: string;
  readonly labels: readonly PlacedLabel[];
}
