/** Where annotators of a document disagree, and what settles it. Offsets are UTF-16 code units. */
import { CLASS_TASKS, isClassTask, QUESTION_TASKS, SPAN_TASKS } from "../../documents/tasks";
import type { ClassTask, QuestionTask, SpanTask, Task } from "../../documents/tasks";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import { ANSWER_LABEL } from "../annotation";
import { answersIn } from "../../documents/answers";
import type { Adjudication, PlacedLabel, PlacedVersion } from "../annotation";
import { clusters, sentenceLabels } from "./agreement-units";
import type { ComparedDocument } from "./agreement-units";
import type { AnnotatorLabels } from "./annotators";
import { inForce } from "../settled";
import { byPlace, covered } from "../../text/spans";

/**
 * Annotators say different things. Of entities: a stretch of text, as wide as all their labels that overlap one another; who reviewed it
 * without labelling it says that there is nothing, who did not review it says nothing. Of sentiment: a sentence that several labelled.
 * Of answers: a question that several decided.
 */
export interface Disagreement {
  readonly document: string;
  readonly task: Task;
  /** The disputed text; of a question: its first answer's place, or the start of the document. */
  readonly region: Span;
  readonly question?: string;
  /** At least two, in order of name; not all the same. */
  readonly versions: readonly PlacedVersion[];
  /** The adjudication that counts, if the versions are still those it knew of. */
  readonly settled?: Adjudication;
  /** An adjudication that counts though somebody changed a version since: to be looked at again. */
  readonly outdated?: Adjudication;
}

function sameLabels(a: readonly PlacedLabel[], b: readonly PlacedLabel[]): boolean {
  const key = ({ start, end, label }: PlacedLabel): string => `${start}:${end}:${label}`;
  const [first, second] = [new Set(a.map(key)), new Set(b.map(key))];
  return first.size === second.size && [...first].every((item) => second.has(item));
}

function sameNames(a: readonly PlacedLabel[], b: readonly PlacedLabel[]): boolean {
  const names = (list: readonly PlacedLabel[]): string =>
    JSON.stringify([...new Set(list.map(({ label }) => label))].sort());
  return names(a) === names(b);
}

function disputed(versions: readonly PlacedVersion[]): boolean {
  return versions.slice(1).some(({ labels }) => !sameLabels(labels, versions[0]!.labels));
}

/** A disagreement before it is known whether it is settled. */
type Open = Omit<Disagreement, "document" | "settled" | "outdated">;

/** A label without what else is known of it. */
function placed({ start, end, label }: PlacedLabel): PlacedLabel {
  return { start, end, label };
}

function ofSpans(task: SpanTask, annotators: readonly AnnotatorLabels[]): Open[] {
  const next = annotators.map(() => 0);
  return clusters(annotators.flatMap(({ layers }) => layers[task].labels)).flatMap((region): Open[] => {
    const versions = annotators.flatMap(({ author, layers }, index): PlacedVersion[] => {
      const { labels: all, reviewed } = layers[task];
      let at = next[index]!;
      while (at < all.length && all[at]!.end <= region.start) at++;
      next[index] = at;
      const labels: PlacedLabel[] = [];
      for (; at < all.length && all[at]!.start < region.end; at++) labels.push(placed(all[at]!));
      return labels.length > 0 || covered(reviewed, region) ? [{ author, labels }] : [];
    });
    return disputed(versions) ? [{ task, region, versions }] : [];
  });
}

function ofClasses(task: ClassTask, { annotators, sentences }: ComparedDocument): Open[] {
  const labels = annotators.map(({ layers }) => sentenceLabels(sentences, layers[task].labels));
  return sentences.flatMap(({ start, end }, index): Open[] => {
    const versions = annotators.flatMap(({ author }, i): PlacedVersion[] => {
      const names = labels[i]?.[index] ?? [];
      // The sentence as it is cut today: two labels on it differ by what they say, not by how it was cut then.
      return names.length === 0 ? [] : [{ author, labels: names.map((label) => ({ start, end, label })) }];
    });
    return disputed(versions) ? [{ task, region: { start, end }, versions }] : [];
  });
}

function ofQuestions(task: QuestionTask, annotators: readonly AnnotatorLabels[]): Open[] {
  const questions = [...new Set(annotators.flatMap((item) => item.questions.map(({ question }) => question)))];
  return questions.flatMap((question): Open[] => {
    const versions = annotators.flatMap(({ author, questions: decided }): PlacedVersion[] => {
      const found = decided.find((item) => item.question === question);
      if (found === undefined) return [];
      const labels = answersIn(found.answers)
        .map(({ start, end }) => ({ start, end, label: ANSWER_LABEL }))
        .sort(byPlace);
      return [{ author, labels }];
    });
    const [first] = versions.flatMap(({ labels }) => labels).sort(byPlace);
    const region = first === undefined ? { start: 0, end: 0 } : { start: first.start, end: first.end };
    return disputed(versions) ? [{ task, region, question, versions }] : [];
  });
}

/** Whether an adjudication decides on what is in dispute. */
function concerns(adjudication: Adjudication, { task, region, question }: Open): boolean {
  if (adjudication.task !== task) return false;
  if (adjudication.question !== undefined) return adjudication.question === question;
  return adjudication.region !== undefined && overlaps(adjudication.region, region);
}

function knew({ task, versions }: Adjudication, now: readonly PlacedVersion[]): boolean {
  return now.every(({ author, labels }) => {
    const then = versions.find((version) => version.author === author);
    if (then === undefined) return false;
    // A sentence can be cut otherwise after an edit; what was said of it stays.
    if (isClassTask(task)) return sameNames(then.labels, labels);
    return sameLabels(then.labels, labels);
  });
}

/** All disagreements of a document, settled ones too, in order of position; questions come last. */
export function disagreementsOf(document: ComparedDocument): Disagreement[] {
  const { annotators, path } = document;
  const adjudications = inForce(annotators.flatMap((annotator) => annotator.adjudications));
  const text = [
    ...SPAN_TASKS.flatMap((task) => ofSpans(task, annotators)),
    ...CLASS_TASKS.flatMap((task) => ofClasses(task, document)),
  ].sort((a, b) => byPlace(a.region, b.region));
  const questions = QUESTION_TASKS.flatMap((task) => ofQuestions(task, annotators));
  return [...text, ...questions].map((open): Disagreement => {
    const adjudication = adjudications.findLast((item) => concerns(item, open));
    const state =
      adjudication === undefined
        ? {}
        : knew(adjudication, open.versions)
          ? { settled: adjudication }
          : { outdated: adjudication };
    return { document: path, ...open, ...state };
  });
}
