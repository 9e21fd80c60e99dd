/** What of annotators' decisions is compared with what: units with a category, and spans. `agreement.ts` says which and why. Offsets are UTF-16 code units. */
import type { LabelLayer } from "../../documents/labelled";
import { isClassTask, isSpanTask } from "../../documents/tasks";
import type { SpanTask, Task } from "../../documents/tasks";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import { answersIn } from "../../documents/answers";
import type { PlacedLabel } from "../annotation";
import type { AnnotatorLabels } from "./annotators";
import { byPlace, commonText, covered, mergeSpans, touched } from "../../text/spans";

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
/** Between the labels of a word, or the classes of a sentence, that has several. */
export const SEPARATOR = "\u0000";
const ANSWERED = "answer";

/** Category of every unit; undefined where the annotator did not rate it. */
export type Ratings = readonly (string | undefined)[];

/** Stretches of labels that overlap one another; labels that only touch stay apart. */
export function clusters(labels: readonly PlacedLabel[]): Span[] {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of [...labels].sort(byPlace)) {
    const last = found.at(-1);
    if (last !== undefined && start < last.end) last.end = Math.max(last.end, end);
    else found.push({ start, end });
  }
  return found;
}

/**
 * The text that an annotator says something of: what they reviewed, and where they labelled, as far as anybody's labels reach that overlap theirs. Measures and
 * the list of disagreements both go by it. Merged, in order.
 */
function spokenOf(task: SpanTask, document: ComparedDocument, { layers }: AnnotatorLabels): readonly Span[] {
  const { labels, reviewed } = layers[task];
  const all = document.annotators.flatMap((annotator) => annotator.layers[task].labels);
  const own = mergeSpans(labels);
  return mergeSpans([...reviewed, ...clusters(all).filter((cluster) => touched(own, cluster))]);
}

function wordCategories(
  words: readonly Span[],
  { labels }: LabelLayer,
  spoken: readonly Span[],
): (string | undefined)[] {
  let first = 0;
  return words.map((word) => {
    if (!covered(spoken, word)) return undefined;
    while (first < labels.length && labels[first]!.end <= word.start) first++;
    const on = new Set<string>();
    for (let i = first; i < labels.length && labels[i]!.start < word.end; i++)
      if (overlaps(labels[i]!, word)) on.add(labels[i]!.label);
    return [...on].sort().join(SEPARATOR);
  });
}

/**
 * The names of each sentence's labels, in order. Of labels on one sentence those count that cover most of it, of these the shortest: a class of all the document says
 * less of the sentence than its own. They are several where it has several classes.
 */
export function sentenceLabels(sentences: readonly Span[], labels: readonly PlacedLabel[]): (readonly string[])[] {
  const best = new Map<number, { names: Set<string>; shared: number; length: number }>();
  let first = 0;
  for (const item of labels) {
    while (first < sentences.length && sentences[first]!.end <= item.start) first++;
    let most: { index: number; shared: number } | undefined;
    for (let i = first; i < sentences.length && sentences[i]!.start < item.end; i++) {
      const shared = Math.min(item.end, sentences[i]!.end) - Math.max(item.start, sentences[i]!.start);
      if (shared > (most?.shared ?? 0)) most = { index: i, shared };
    }
    if (most === undefined) continue;
    const { index, shared } = most;
    const length = item.end - item.start;
    const known = best.get(index);
    if (shared === known?.shared && length === known.length) known.names.add(item.label);
    else if (known === undefined || shared > known.shared || (shared === known.shared && length < known.length))
      best.set(index, { names: new Set([item.label]), shared, length });
  }
  return sentences.map((_, index) => [...(best.get(index)?.names ?? [])].sort());
}

function questionsOf({ annotators }: ComparedDocument): string[] {
  return [...new Set(annotators.flatMap(({ questions }) => questions.map(({ question }) => question)))];
}

/** How the units of a task are rated. */
export function rate(task: Task, document: ComparedDocument, own: AnnotatorLabels): Ratings {
  const { layers, questions } = own;
  if (isSpanTask(task)) return wordCategories(document.words, own.layers[task], spokenOf(task, document, own));
  if (isClassTask(task))
    return sentenceLabels(document.sentences, layers[task].labels).map((names) =>
      names.length === 0 ? undefined : names.join(SEPARATOR),
    );
  const decided = new Map(questions.map(({ question, answers }) => [question, answers]));
  return questionsOf(document).map((question) => {
    const answers = decided.get(question);
    return answers === undefined ? undefined : answers === "none" ? NO_LABEL : ANSWERED;
  });
}

/** The spans of two annotators that can be compared; for answers the label is the question. Undefined where a task chooses no spans. */
export function comparableSpans(
  task: Task,
  document: ComparedDocument,
  a: AnnotatorLabels,
  b: AnnotatorLabels,
): [readonly PlacedLabel[], readonly PlacedLabel[]] | undefined {
  if (isClassTask(task)) return undefined;
  if (isSpanTask(task)) {
    const joint = mergeSpans(commonText(spokenOf(task, document, a), spokenOf(task, document, b)));
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
