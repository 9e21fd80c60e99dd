/** The decisions a person makes, as they are written to the log. Offsets are UTF-16 code units. */
import type { Span } from "../text/span";
import type { Task } from "../documents/tasks";
import type { Attributes } from "../documents/attributes";
import type { ModelRef } from "../documents/labelled";
import { anchorsOf } from "./annotation";
import type { Anchor, AnnotatorVersion, Beside, LabelValue, Origin, SuggestedBy, SuggestedValue } from "./annotation";

/** Version of the line format. A reader reports and skips a version it does not know. */
export const EVENT_VERSION = 1;
/** Version of a line with a {@link DecisionEvent.layer}, which an older reader must not take for a decision about the task. */
export const LAYER_VERSION = 2;
/** Version of a line with {@link AnnotationEvent.several}: an older reader would take it for a decision in place of the other classes of the text. */
export const SEVERAL_VERSION = 3;
/** Every version that is read. */
export const EVENT_VERSIONS: readonly unknown[] = [EVENT_VERSION, LAYER_VERSION, SEVERAL_VERSION];

/** Every kind of event, in the order a document usually sees them. */
export const EVENT_KINDS = [
  "accepted",
  "rejected",
  "relabelled",
  "resized",
  "added",
  "removed",
  "answered",
  "reviewed",
  "undone",
  "adjudicated",
  "tokenized",
  "related",
] as const;

/** A stretch of text that was looked at in full. Anchored by its two ends and a digest, so that changed text is never taken for reviewed. */
export interface RegionAnchor {
  readonly span: Span;
  /** The first and last up to 32 UTF-16 units of the region. */
  readonly head: string;
  readonly tail: string;
  /** First 16 hex digits of the SHA-256 of the region's text in UTF-8. */
  readonly digest: string;
}

interface EventBase {
  readonly v: typeof EVENT_VERSION | typeof LAYER_VERSION | typeof SEVERAL_VERSION;
  /** Unique; sorts by time (`newId`). */
  readonly id: string;
  /** Events of one act share this and are undone together. For an act of one event: its id. */
  readonly act: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly author: string;
  readonly task: Task;
  /** For a decision about a layer that `labels.json` declares: its name; `task` is then the task of its kind. Kept and written; it changes nothing that is shown yet. */
  readonly layer?: string;
  /** The unit of every offset in the line. */
  readonly unit: "utf16";
  /** The model whose suggestions were on screen. */
  readonly model?: ModelRef;
  /** For imported decisions. */
  readonly origin?: Origin;
}

interface AnnotationEvent extends EventBase {
  /** The annotation decided on. */
  readonly annotation: string;
  /** For the task `answers`. */
  readonly question?: string;
  /** Suggestions of the model that this takes the place of: the one decided on, or every one drawn over. */
  readonly replaces?: readonly SuggestedValue[];
  /**
   * The suggestion decided on was not the model's; then it is not among {@link replaces}. Versions up to 0.1.0 do not know this: they read the decision as one
   * on which no model had spoken, and lose nothing of the line.
   */
  readonly suggestedBy?: SuggestedBy;
  /** Of a class: a text may have several, and it takes the place of none but the same one. */
  readonly several?: true;
}

/** The suggestion is right as it is. */
export interface AcceptedEvent extends AnnotationEvent {
  readonly kind: "accepted";
  readonly new: LabelValue;
}

/** The model's suggestion is wrong; nothing takes its place. */
export interface RejectedEvent extends AnnotationEvent {
  readonly kind: "rejected";
  readonly old: LabelValue;
}

/** Same span, another label; of a suggestion or of an earlier decision. */
export interface RelabelledEvent extends AnnotationEvent {
  readonly kind: "relabelled";
  readonly old: LabelValue;
  readonly new: LabelValue;
}

/** Same label, another span. */
export interface ResizedEvent extends AnnotationEvent {
  readonly kind: "resized";
  readonly old: LabelValue;
  readonly new: LabelValue;
  /** `edit`: the annotated text itself was edited and the annotation went along. Not a correction of the model, and not on the undo stack. */
  readonly cause?: "edit";
}

/** A label the model did not suggest. */
export interface AddedEvent extends AnnotationEvent {
  readonly kind: "added";
  readonly new: LabelValue;
}

/** An earlier decision is taken away. */
export interface RemovedEvent extends AnnotationEvent {
  readonly kind: "removed";
  /** For a question: its first answer; absent if it had none, and for a relation. */
  readonly old?: LabelValue;
}

/** The right answers to a question in this document; empty means that it has none. Replaces an earlier decision on the same question. */
export interface AnsweredEvent extends EventBase {
  readonly kind: "answered";
  readonly annotation: string;
  readonly question: string;
  /** The part of the text that an imported question is about. Absent: as an earlier event on the question says, else all of the text. */
  readonly context?: RegionAnchor;
  /** Of an imported question: its id in the dataset. Absent: as an earlier event says. */
  readonly sourceId?: string;
  readonly old?: readonly LabelValue[];
  readonly new: readonly LabelValue[];
  /** As for {@link ResizedEvent}. */
  readonly cause?: "edit";
  readonly replaces?: readonly SuggestedValue[];
}

/** All of these regions were looked at for the task: what carries no label there is outside. */
export interface ReviewedEvent extends EventBase {
  readonly kind: "reviewed";
  readonly regions: readonly RegionAnchor[];
}

/**
 * A disagreement between annotators is settled: in the disputed text (for answers: of the disputed question) only `new` counts. Nobody's
 * own decisions are changed by it. Version 0.1 does not know this kind: it reports the line and skips it.
 */
export interface AdjudicatedEvent extends EventBase {
  readonly kind: "adjudicated";
  /** Of the adjudication; a later event with the same one takes its place. */
  readonly annotation: string;
  /** The disputed text; absent exactly for answers. */
  readonly region?: Anchor;
  /** The disputed question; present exactly for answers. */
  readonly question?: string;
  /** What each annotator had said. */
  readonly versions: readonly AnnotatorVersion[];
  /** The annotator whose version was taken as it is; absent for another one. */
  readonly chosen?: string;
  /** What an earlier event of this adjudication said. */
  readonly old?: readonly LabelValue[];
  /** Empty: there is no label there, or no answer. */
  readonly new: readonly LabelValue[];
  /** As for {@link ResizedEvent}. */
  readonly cause?: "edit";
}

/** A sentence of a dataset. Changed text has none of its words. */
export interface TokenizedRegion extends RegionAnchor {
  /** Start and end of every word in turn, in UTF-16 units from the region's start. */
  readonly words: readonly number[];
}

/** Where a dataset that was imported says that sentences and their words are. No decision: it says nothing of what they mean. Earlier versions report the line and skip it. */
export interface TokenizedEvent extends EventBase {
  readonly kind: "tokenized";
  readonly sentences: readonly TokenizedRegion[];
}

/**
 * A relation between two labels; a later event with the same `annotation` takes its place, and `removed` takes it away. It counts as long as both labels do: it
 * says nothing of where they are. Earlier versions report the line and skip it, and compact no log that has one.
 */
export interface RelatedEvent extends EventBase {
  readonly kind: "related";
  /** Of the relation. */
  readonly annotation: string;
  readonly type: string;
  /** The annotation that it goes from. */
  readonly from: string;
  /** The annotation that it goes to. */
  readonly to: string;
  readonly attributes?: Attributes;
}

/** Takes back a whole act. The undone act may itself consist of an `undone` event: that is redo. */
export interface UndoneEvent extends EventBase {
  readonly kind: "undone";
  /** The act taken back. */
  readonly undoes: string;
}

/** One line of the log. */
export type DecisionEvent =
  | AcceptedEvent
  | RejectedEvent
  | RelabelledEvent
  | ResizedEvent
  | AddedEvent
  | RemovedEvent
  | AnsweredEvent
  | ReviewedEvent
  | UndoneEvent
  | AdjudicatedEvent
  | TokenizedEvent
  | RelatedEvent;

/** The events that are about tasks, not about layers that are declared beside them. */
export function aboutTasks(events: readonly DecisionEvent[]): readonly DecisionEvent[] {
  return events.some(({ layer }) => layer !== undefined) ? events.filter(({ layer }) => layer === undefined) : events;
}

/** Every stretch of text in an event that is anchored by its ends and a digest. */
export function regionsOf(event: DecisionEvent): readonly RegionAnchor[] {
  if (event.kind === "reviewed") return event.regions;
  if (event.kind === "tokenized") return event.sentences;
  return event.kind === "answered" && event.context !== undefined ? [event.context] : [];
}

/** Every anchored value in an event, so that a caller can find or move them all. */
export function valuesOf(event: DecisionEvent): Anchor[] {
  return labelsIn(event).flatMap(anchorsOf);
}

function labelsIn(event: DecisionEvent): (Anchor & Beside)[] {
  switch (event.kind) {
    case "accepted":
    case "added":
      return [event.new, ...(event.replaces ?? [])];
    case "rejected":
      return [event.old, ...(event.replaces ?? [])];
    case "relabelled":
    case "resized":
      return [event.old, event.new, ...(event.replaces ?? [])];
    case "removed":
      return [...(event.old === undefined ? [] : [event.old]), ...(event.replaces ?? [])];
    case "answered":
      return [...(event.old ?? []), ...event.new, ...(event.replaces ?? [])];
    case "adjudicated": {
      const said = event.versions.flatMap(({ values }) => values);
      return [...(event.region === undefined ? [] : [event.region]), ...said, ...(event.old ?? []), ...event.new];
    }
    case "reviewed":
    case "tokenized":
    case "related":
    case "undone":
      return [];
  }
}
