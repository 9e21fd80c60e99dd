/** Which of a model's suggestions are worth a mark: the one rule of editor, command line and evaluation. */
import type { Classification, LabelsByTask, SegmentLabels } from "../engine/protocol";
import type { SegmentKind } from "../text/segment-kind";
import { CLASS_TASKS, describeTask, perTask, SPAN_TASKS, TASK_NAMES } from "../documents/tasks";
import type { ClassTask, LabelTask, SpanTask, Task } from "../documents/tasks";

/** Calibrated probabilities from 0 to 1: what is less probable is not shown. The defaults of the settings `glossator.*.minimumConfidence`. */
export const MINIMUM_CONFIDENCE = perTask(TASK_NAMES, (task) => describeTask(task).minimumConfidence);

/**
 * How sure of a sentence's class, such as an opinion, the model must be on text that seldom has one, whatever the setting allows. Opinions were learned from
 * whole sentences: in headings, cells, instructions, comments of code and fragments a model takes a friendly or a harsh word for one. `evaluate --corpus marks` shows what each
 * costs.
 */
const SURE = {
  ...{ heading: 0.99, cell: 0.99, links: 0.99, speaker: 0.99, comment: 0.99 },
  ...{ code: 0.95, item: 0.9, prose: 0 },
} as const satisfies Readonly<Record<SegmentKind, number>>;
/** The same for a text of fewer than {@link SENTENCE_WORDS} words, and for one that leads in to what follows ("Here are the options:"). */
const SURE_OF_PART = 0.97;
/** Shorter texts are fragments. */
const SENTENCE_WORDS = 4;
/** Words; of scripts that put no spaces between them, characters. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]|[\p{L}\p{N}\p{M}]+(?:['’.-][\p{L}\p{N}\p{M}]+)*/gu;

/** A sentence, as far as it matters to what is shown. */
export interface ShownSegment {
  /** As the model reads it. */
  readonly text: string;
  /** Absent for text that comes as sentences, without a document around it: nothing is known against it. */
  readonly kind?: SegmentKind;
}

/** What a user wants to see. */
export interface Showing {
  /** {@link MINIMUM_CONFIDENCE} where it says nothing of a task. */
  readonly minimumConfidence: Readonly<Partial<Record<Task, number>>>;
  /** The least probability of a label, by the model's name for it, where the user has one of its own. */
  readonly ownLeast?: ((task: LabelTask, label: string) => number | undefined) | undefined;
  /** The class of a task that carries no mark, if the model has one. */
  readonly unmarked?: Readonly<Partial<Record<ClassTask, string>>> | undefined;
}

/** What of a segment's labels is shown: spans of every task, though there may be none, and the classes that are. */
export type ShownLabels = Pick<LabelsByTask, SpanTask> & Partial<Pick<LabelsByTask, ClassTask>>;

/** The spans, and the classes if there are some, that are shown of what a model said of a segment. */
export function shownLabels(segment: ShownSegment, labels: SegmentLabels, showing: Showing): ShownLabels {
  // A nickname alone says nothing of what it names.
  const silent = segment.kind === "speaker";
  const spans = perTask(SPAN_TASKS, (task) =>
    silent ? [] : (labels[task] ?? []).filter(({ label, score }) => score >= leastOf(task, label, showing)),
  );
  const classes: Partial<Record<ClassTask, Classification>> = {};
  for (const task of CLASS_TASKS) {
    const found = labels[task];
    if (found !== undefined && isMarked(task, segment, found, showing)) classes[task] = found;
  }
  return { ...spans, ...classes };
}

function leastOf(task: LabelTask, label: string, { minimumConfidence, ownLeast }: Showing): number {
  return ownLeast?.(task, label) ?? minimumConfidence[task] ?? MINIMUM_CONFIDENCE[task];
}

function isMarked(task: ClassTask, segment: ShownSegment, { label, score }: Classification, showing: Showing): boolean {
  if (label === showing.unmarked?.[task] || score < leastOf(task, label, showing)) return false;
  // What a document is about does not hang on the kind of its sentences.
  return describeTask(task).unit !== "sentence" || score >= sureness(segment);
}

/** The least probability with which the class of a text of this kind is believed. */
function sureness({ kind, text }: ShownSegment): number {
  if (kind === undefined) return 0;
  return Math.max(SURE[kind], /[:：]\s*$/.test(text.slice(-8)) || isFragment(text) ? SURE_OF_PART : 0);
}

function isFragment(text: string): boolean {
  let words = 0;
  for (const { 0: word } of text.matchAll(WORD)) if (word !== "" && ++words >= SENTENCE_WORDS) return false;
  return true;
}
