/** A text with everything that is said of it: the one shape of it, wherever it comes from and wherever it goes. Offsets are UTF-16 code units of `text`. */
import type { Span } from "../text/span";
import type { DecidedAnswers } from "./answers";
import type { Attributes } from "./attributes";
import type { LabelTask, QuestionTask } from "./tasks";

/** The second best of what a model says of a text, where its label is the best. */
export interface Alternative {
  /** Absent: that there is no label. */
  readonly label?: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
}

/** Which model said something. `version` is a content hash (`EngineInfo.modelVersion`), so that a name can be reused. */
export interface ModelRef {
  readonly name: string;
  readonly version: string;
}

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

/** What is known of a label beside its name and place. */
export interface Details extends Provenance {
  /** What it says besides; absent: nothing. */
  readonly attributes?: Attributes;
}

/** A label on a stretch of text. */
export interface Label extends ExactSpan, Details {
  /** By which relations name it. Of a label that was read: unique in its text, and absent where nothing names it. */
  readonly id?: string;
  readonly label: string;
  /** Where it is in the file it was read from, counted from 1. */
  readonly line?: number;
}

/** A directed relation between two labels of one text. */
export interface Relation extends Details {
  /** Which relation it is, as a label's name says which label. */
  readonly type: string;
  /** The label that it goes from, by its id. */
  readonly from: string;
  /** The label that it goes to. */
  readonly to: string;
  /** As in {@link Label}. */
  readonly line?: number;
}

/** A relation one of whose labels does not count any more: its words are gone, or not certain to be where something like them is. */
export interface StaleRelation {
  readonly type: string;
  /** What its labels were on. */
  readonly exact: readonly [from: string, to: string];
  /** Where the label that it goes from was last. */
  readonly span: Span;
  /** The label is there, and gave way to what settled a disagreement between annotators. */
  readonly settled?: true;
}

/** A label somebody said is wrong here: partial supervision, which is not the same as text without labels. */
export interface Rejection extends Label {
  /** For an answer, whose label is `answer`: the question. */
  readonly question?: string;
}

/** A question and its right answers in the text, or that it has none. One whose answers are lost is none, and left out. */
export interface Question extends Provenance {
  readonly id?: string;
  /** Its id in the dataset it came from, which an export writes back. */
  readonly sourceId?: string;
  readonly question: string;
  /** The part of the text that it is about, a paragraph as a rule, where whoever asked said so; absent: all of the text. */
  readonly context?: Span;
  readonly answers: DecidedAnswers<ExactSpan>;
  /** What a model had said instead. */
  readonly plausible: readonly ExactSpan[];
  /** As in {@link Label}. */
  readonly line?: number;
}

/** A decision whose text is gone, or not certain to be where something like it is. */
export interface StaleLabel {
  readonly label: string;
  readonly exact: string;
  /** Where it was last. */
  readonly span: Span;
  /** Where its text may be, until somebody agrees. */
  readonly proposal?: ExactSpan;
  /** It was said to be wrong here. */
  readonly rejected?: true;
}

/** What is said of a text for one task, apart from the labels that are right. */
export interface Layer {
  readonly rejected: readonly Rejection[];
  /** Stretches looked at in full, in order, not overlapping: what has no label in them has none. */
  readonly reviewed: readonly Span[];
  /** Where anything was decided: what has a label, what was said not to have one, and what was settled either way. */
  readonly decided: readonly Span[];
  readonly stale: readonly StaleLabel[];
}

/** A {@link Layer} of a task that has labels. `Of`: what is known of each besides. */
export interface LabelLayer<Of = unknown> extends Layer {
  readonly labels: readonly (Label & Of)[];
}

/** A layer a task. */
export type Layers<Of = unknown> = Readonly<Record<LabelTask, LabelLayer<Of>> & Record<QuestionTask, Layer>>;

/** A sentence as a dataset has it, with its words in order. */
export interface TokenizedSentence extends Span {
  readonly words: readonly Span[];
}

/** A text with what is said of it. `Of`: what is known of every label and question besides, such as an id. */
export interface Labelled<Of = unknown> {
  /** As in the file, line endings included, without a byte order mark. */
  readonly text: string;
  readonly layers: Layers<Of>;
  readonly questions: readonly (Question & Of)[];
  /** Both labels of each are in the layers; absent: none. */
  readonly relations?: readonly (Relation & Of)[];
  /** Relations that lack a label; absent: none. */
  readonly staleRelations?: readonly StaleRelation[];
  /** Sentences and words of the dataset that the text came from, in order, not overlapping; absent where there are none. */
  readonly tokenized?: readonly TokenizedSentence[];
}

/** What every decision of a log has; one of a dataset alone has nobody's name where the dataset names none. */
export interface Decided {
  readonly id: string;
  readonly author?: string;
}

/** A {@link Label} of a log. */
export type DecidedLabel = Label & Decided;
/** A {@link Relation} of a log. */
export type DecidedRelation = Relation & Decided;
/** A {@link Question} of a log. */
export type DecidedQuestion = Question & Decided;
