/** What the editor and the command line see of a document's labels; `DocumentLabels` in `store.ts` implements it. Offsets are UTF-16 code units. */
import type { TextChange } from "../text/anchors";
import type { Span } from "../text/span";
import type { Attributes } from "../documents/attributes";
import type { ClassTask, LabelTask, SpanTask, Task } from "../documents/tasks";
import type {
  Adjudication,
  AnsweredQuestion,
  Annotation,
  PlacedLabel,
  PlacedRelation,
  PlacedVersion,
  Status,
} from "./annotation";
import type { Alternative, ModelRef } from "../documents/labelled";
import type { DecisionEvent } from "./events";
import type { Overruled } from "./overruled";
import type { RejectedSuggestion } from "./state";

export type { TextChange };

/** Where decisions are written. `append` resolves once they are on disk (`Journal`). */
export interface EventSink {
  append(events: readonly DecisionEvent[]): Promise<void>;
}

/** What a method of the store did. The state has already changed when it is returned. */
export interface Act {
  /** Undo takes acts back, whole. */
  readonly id: string;
  readonly events: readonly DecisionEvent[];
  /** Resolves when the act is on disk; rejects with `JournalWriteError`, and then the sink keeps the events for another try. Safe to ignore: a failure also fires `onWriteError`. */
  readonly saved: Promise<void>;
}

/** What the model said of a span of the document. */
export interface Suggestion extends Span {
  readonly label: string;
  readonly score: number;
  /** What it is if not that. */
  readonly alternative?: Alternative;
  /** How far the model is spread over all it could be, 0 to 1. */
  readonly entropy?: number;
  /** How much the model leaves open of all words of its sentence, in nats. */
  readonly sentenceEntropy?: number;
}

/** What was decided on the same words elsewhere, suggested here. */
export interface RepeatSuggestion extends Span {
  readonly label: string;
}

/** Which classes a text has. */
export interface Classification {
  readonly task: ClassTask;
  /** The text: a sentence, or all of the document. */
  readonly span: Span;
  /** All there are; none: it has no class any more. */
  readonly names: readonly string[];
  /** The classes that these take the place of, by id; absent: those on exactly this text. */
  readonly instead?: readonly string[];
}

/** A disagreement between annotators and how it is settled. Spans are on the text of now. */
export interface AdjudicationRequest {
  readonly task: Task;
  /** The disputed text; for answers ignored. */
  readonly region: Span;
  /** The disputed question, for answers. */
  readonly question?: string;
  /** What each annotator says. */
  readonly versions: readonly PlacedVersion[];
  /** The annotator whose version is taken as it is. */
  readonly chosen?: string;
  /** What counts from now on; empty: no label there, or no answer. */
  readonly labels: readonly PlacedLabel[];
}

/** Which annotations to return; everything absent matches. */
export interface AnnotationFilter {
  readonly task?: Task;
  /** Those that share at least one code unit with it. Stale ones never match a region. */
  readonly region?: Span;
  readonly status?: Status;
}

/** What changed: suggestions, the decisions, where they are with the text, or, since a search in slices is done, what is known of where they are. */
export interface LabelsChange {
  readonly what: "suggestions" | "decisions" | "text" | "places";
  /** Absent: any task. */
  readonly task?: Task;
}

/**
 * How an act stands in a document: it has no part in it, or none that counts; undo or redo would take its part back next; its part counts, and something was
 * decided later.
 */
export type Standing = "none" | "next" | "earlier";

/** Stops a listener. */
export interface Subscription {
  dispose(): void;
}

/** The labels of one document: suggestions of the model merged with the decisions of one person. */
export interface DocumentLabelling {
  readonly author: string;
  /** Suggestions that overlap a decision of their task, and those rejected before, are left out. In order of position. */
  annotations(filter?: AnnotationFilter): readonly Annotation[];
  /** By id, also stale; undefined if hidden or gone. */
  get(id: string): Annotation | undefined;
  /** Every question decided. */
  questions(): readonly AnsweredQuestion[];
  /** Every relation between decided labels; one of a stale label is there, too. */
  relations(): readonly PlacedRelation[];
  /** Disagreements this person settled and whose text is still there. Their labels stand among {@link annotations} and {@link questions}, in place of the person's own. */
  adjudications(): readonly Adjudication[];
  /** Suggestions that this person said to be wrong, as they were then. */
  rejected(): readonly RejectedSuggestion[];
  /** Reviewed stretches of a task, where they are now, merged and in order. */
  reviewed(task: Task): readonly Span[];

  /** Replaces the suggestions of a task that touch `region`. A suggestion that was there before with the same span and label keeps its id. */
  setSuggestions(task: LabelTask, region: Span, list: readonly Suggestion[], model: ModelRef): void;
  /**
   * As {@link setSuggestions}, for what repeats decisions on the same words. A repeat takes the place of what the model says of just these words, or of a part of
   * them; where the model says the same, or labels more than these words, the model's suggestion stays. One whose words are edited is left out.
   */
  setRepeats(task: SpanTask, region: Span, list: readonly RepeatSuggestion[]): void;
  /** Replaces all suggested answers by those to this question. */
  setAnswers(question: string, answers: readonly (Span & { readonly score: number })[], model: ModelRef): void;

  /** Decide that suggestions are right; several make one act. @throws {LabelsError} if an id is not a visible suggestion. */
  accept(...ids: string[]): Act;
  /** Decide that suggestions are wrong. @throws {LabelsError} as {@link accept}. */
  reject(...ids: string[]): Act;
  /** Give a suggestion or a decided annotation another label. @throws {LabelsError} for an unknown id, or an answer. */
  relabel(id: string, label: string): Act;
  /**
   * Give several the same label, as one act; a suggestion is decided by it. Those that have it already are left as they are.
   * @param act the id of an act in another document that this is a part of: {@link undo} of both goes by it
   * @throws {LabelsError} as {@link relabel}, or if nothing is left to change.
   */
  relabelAll(ids: readonly string[], label: string, act?: string): Act;
  /** Give a suggestion or a decided annotation another span. @throws {LabelsError} for an unknown id, or a span that is empty or outside the text. */
  resize(id: string, span: Span): Act;
  /**
   * Give a label attributes, all that it is to have; a suggestion is accepted by it. @throws {LabelsError} for an unknown or stale id, an answer, a label that settles a
   * disagreement, or one that says just this already.
   */
  say(id: string, attributes: Attributes | undefined): Act;
  /** Cut a label on words in two at an offset within it; both parts have what it says. @throws {LabelsError} where it cannot be cut there. */
  split(id: string, at: number): Act;
  /** Make one label of several of a task, from the first's start to the last's end. @throws {LabelsError} where one cannot be made of them. */
  merge(...ids: string[]): Act;
  /** Label a span the model did not. On the exact span of a visible annotation this accepts or relabels it. For answers use {@link answer}. @throws {LabelsError} as {@link resize}. */
  add(task: LabelTask, span: Span, label: string): Act;
  /**
   * Label several spans alike, as one act; those that have the label already are left as they are.
   * @param act as for {@link relabelAll}
   * @throws {LabelsError} as {@link add}, or if nothing is left to label.
   */
  addAll(task: LabelTask, spans: readonly Span[], label: string, act?: string): Act;
  /**
   * Say which classes a text has, as one act; undefined if it has just these. Suggestions of other classes stay where several are allowed.
   * @throws {LabelsError} as {@link add}, or for several where the label set does not allow them.
   */
  classify(request: Classification): Act | undefined;
  /** Agree that stale labels are where they are proposed to be. @throws {LabelsError} for an id that is not stale or has no proposal. */
  agree(...ids: string[]): Act;
  /** Take decided annotations, an answer, or a question away. @throws {LabelsError} if an id is not decided. */
  remove(...ids: string[]): Act;
  /**
   * Decide that one label is related to another; a suggestion among them is accepted by it. @throws {LabelsError} for an unknown or stale label, an answer, a label that
   * settles a disagreement, one label twice, a blank type, or where they are related so already.
   */
  relate(from: string, to: string, type: string): Act;
  /** Take relations away. @throws {LabelsError} if an id is not that of one. */
  unrelate(...ids: string[]): Act;
  /** Record the right answers to a question in this document; none means that it has no answer. @throws {LabelsError} as {@link resize}, or for a blank question. */
  answer(question: string, spans: readonly Span[]): Act;
  /** Everything in the region was looked at for these tasks: what is not labelled there is outside. */
  markReviewed(region: Span, ...tasks: Task[]): Act;
  /** The same of several regions, as a part of an act that was just made: one undo takes all of it back. */
  alsoReviewed(act: Act, regions: readonly Span[], ...tasks: Task[]): Act;
  /** Accept every visible suggestion of these tasks that lies in the region, and mark it reviewed: one act. */
  acceptAll(region: Span, ...tasks: Task[]): Act;
  /**
   * Settle a disagreement. What this person settled on the same text or question before is replaced. Relabelling, resizing, adding or removing
   * a label in settled text changes the adjudication, not the person's own decisions. @throws {LabelsError} as {@link add}.
   */
  adjudicate(request: AdjudicationRequest): Act;
  /** Take the latest act back; undefined if there is none. Works on acts of earlier sessions. */
  undo(): Act | undefined;
  /**
   * Take back here what an act took back in another document, as a part of that act: only what {@link undo} or {@link redo} would take back next. Undefined if that
   * is something else.
   */
  takeBackWith(act: Act): Act | undefined;
  /** How an act stands here. */
  standing(act: string): Standing;
  /** Where an act decided something, on the text of now: of one that takes another back, where that did. Undefined if its text is gone, or it was about no text. */
  placeOf(act: string): Span | undefined;
  /** Bring back what the latest undo took away; undefined if there is none, or if something was decided since. */
  redo(): Act | undefined;

  /** Shift everything by edits, one after another in the order given, so that it fits `text`, the text after them. Suggestions are dropped where edits are many. */
  applyEdits(changes: readonly TextChange[], text: string): void;
  /**
   * Record annotations that edits in or around them would make hard to find again in a later session. Call when the document is saved. Undefined if there are none. It is about the text as it is
   * now; a long search gives way to other work, edits too. @throws the signal's reason
   */
  recordEdits(): Promise<Act | undefined>;
  /** Resolves when all labels are where they are found to be; until then, after a change from outside, where they were as far as that is known. */
  whenPlaced(): Promise<void>;
  /** Resolves when it is known, too, where the stale ones are proposed to be. */
  whenSought(): Promise<void>;
  /** Take over what the same person decided in another window, as its log says. Of two decisions on the same text the later one counts. */
  adopt(events: readonly DecisionEvent[]): Overruled;
  /** Find everything again after a change from outside; what is not found for certain is stale, with a proposal where there is one. Suggestions are dropped. */
  reanchor(text: string): void;

  onDidChange(listener: (change: LabelsChange) => void): Subscription;
  /** A decision could not be written; the sink keeps it. */
  onWriteError(listener: (error: unknown) => void): Subscription;
}

/** A request that does not fit the document's labels; the message says why. */
export class LabelsError extends Error {
  override readonly name = "LabelsError";
}
