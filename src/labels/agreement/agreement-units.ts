/** What of annotators' decisions is compared with what: units with a category, and spans. `agreement.ts` says which and why. Offsets are UTF-16 code units. */
import type { LabelLayer } from "../../documents/labelled";
import { isClassTask, isSpanTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import { answersIn } from "../../documents/answers";
import type { PlacedLabel } from "../annotation";
import type { AnnotatorLabels } from "./annotators";
import { covered, mergeSpans, touched } from "../../text/spans";

/** A document with the decisions of everybody who worked on it. */
export interface ComparedDocument {
  readonly path: string;
  readonly annotators: readonly AnnotatorLabels[];
  /** In order, not overlapping, cut wherever an annotator's entity begins or ends inside a word. */
  readonly words: readonly Span[];
  /** In order, not overlapping. */
  readonly sentences: readonly Span[];
}

/** The category of a unit without a label. */
export const NO_LABEL = "";
/** Between the labels of a word under several. */
export const SEPARATOR = "\u0000";
const ANSWERED = "answer";

/** Category of every unit; undefined where the annotator did not rate it. */
export type Ratings = readonly (string | undefined)[];

function wordCategories(words: readonly Span[], { labels, reviewed }: LabelLayer): (string | undefined)[] {
  let first = 0;
  return words.map((word) => {
    if (!covered(reviewed, word)) return undefined;
    while (first < labels.length && labels[first]!.end <= word.start) first++;
    const on = new Set<string>();
    for (let i = first; i < labels.length && labels[i]!.start < word.end; i++)
      if (overlaps(labels[i]!, word)) on.add(labels[i]!.label);
    return [...on].sort().join(SEPARATOR);
  });
}

/** The label of each sentence; of two on one sentence, the one that covers more of it. */
export function sentenceLabels(
  sentences: readonly Span[],
  labels: readonly PlacedLabel[],
): (PlacedLabel | undefined)[] {
  const best = new Map<number, { item: PlacedLabel; shared: number }>();
  let first = 0;
  for (const item of labels) {
    while (first < sentences.length && sentences[first]!.end <= item.start) first++;
    let most: { index: number; shared: number } | undefined;
    for (let i = first; i < sentences.length && sentences[i]!.start < item.end; i++) {
      const shared = Math.min(item.end, sentences[i]!.end) - Math.max(item.start, sentences[i]!.start);
      if (shared > (most?.shared ?? 0)) most = { index: i, shared };
    }
    if (most !== undefined && most.shared > (best.get(most.index)?.shared ?? 0))
      best.set(most.index, { item, shared: most.shared });
  }
  return sentences.map((_, index) => best.get(index)?.item);
}

function questionsOf({ annotators }: ComparedDocument): string[] {
  return [...new Set(annotators.flatMap(({ questions }) => questions.map(({ question }) => question)))];
}

/** How the units of a task are rated. */
export function rate(task: Task, document: ComparedDocument, { layers, questions }: AnnotatorLabels): Ratings {
  if (isSpanTask(task)) return wordCategories(document.words, layers[task]);
  if (isClassTask(task)) return sentenceLabels(document.sentences, layers[task].labels).map((item) => item?.label);
  const decided = new Map(questions.map(({ question, answers }) => [question, answers]));
  return questionsOf(document).map((question) => {
    const answers = decided.get(question);
    return answers === undefined ? undefined : answers === "none" ? NO_LABEL : ANSWERED;
  });
}

/** The spans of two annotators that can be compared; for answers the label is the question. Undefined where a task chooses no spans. */
export function comparableSpans(
  task: Task,
  a: AnnotatorLabels,
  b: AnnotatorLabels,
): [readonly PlacedLabel[], readonly PlacedLabel[]] | undefined {
  if (isClassTask(task)) return undefined;
  if (isSpanTask(task)) {
    const joint = mergeSpans(commonText(a.layers[task].reviewed, b.layers[task].reviewed));
    const inside = ({ layers }: AnnotatorLabels): PlacedLabel[] =>
      layers[task].labels.filter((item) => touched(joint, item));
    return [inside(a), inside(b)];
  }
  const both = new Set(a.questions.map(({ question }) => question));
  const shared = new Set(b.questions.map(({ question }) => question).filter((question) => both.has(question)));
  const spans = ({ questions }: AnnotatorLabels): PlacedLabel[] =>
    questions
      .filter(({ question }) => shared.has(question))
      .flatMap(({ question, answers }) =>
        answersIn(answers).map(({ start, end }) => ({ start, end, label: question })),
      );
  return [spans(a), spans(b)];
}

/** Text in both of two lists of merged spans. */
export function commonText(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]!.start, b[j]!.start);
    const end = Math.min(a[i]!.end, b[j]!.end);
    if (start < end) common.push({ start, end });
    if (a[i]!.end < b[j]!.end) i++;
    else j++;
  }
  return common;
}
