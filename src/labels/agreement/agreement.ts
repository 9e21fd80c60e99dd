/**
 * How far annotators agree on the documents that several of them worked on. Which units are compared:
 *
 * - **entities**: the words of text that both annotators of a pair (for measures over all annotators: at least two) reviewed or labelled. Who
 *   labelled some of a stretch of overlapping labels speaks of all of it, as in the list of disagreements. A word's category is the label of the
 *   entity it lies in, or that it lies in none; where boundaries fall inside a word, the word is cut there. A word under several labels has their
 *   combination as its category. Text of which one says nothing is not compared: no label there is not "outside".
 * - **sentiment**: the sentences to which both gave a label. A label belongs to the sentence it shares most text with. A sentence with several classes
 *   has their combination as its category, and each class is compared by itself, too.
 * - **answers**: the questions that both decided on the same document. The category is only whether there is an answer.
 *
 * Beside it, where spans are chosen (entities, answers), F1 of spans says whether the same text was marked: of entities in text both
 * reviewed or labelled, of answers to questions both decided. Adjudications change none of this: they are not what an annotator said.
 */
import { isClassTask, isLabelTask, isQuestionTask, perTask, TASK_NAMES, TASKS } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { comparableSpans, NO_LABEL, rate, SEPARATOR } from "./agreement-units";
import type { ComparedDocument } from "./agreement-units";
import { annotated } from "./annotators";
import type { PlacedLabel } from "../annotation";
import {
  RatingTable,
  cohensKappa,
  fleissKappa,
  krippendorffsAlpha,
  observedAgreement,
  pairOf,
  recoded,
  unitCount,
} from "./coefficients";
import type { RatedUnits } from "./coefficients";
import { addMatches, exactMatches, matchF1, overlapMatches } from "./span-matching";
import type { SpanMatches } from "./span-matching";

/** F1 of spans between two annotators, with the counts behind it. `f1` is absent where neither has a span. */
export interface SpanAgreement extends SpanMatches {
  readonly f1?: number;
}

/** What two annotators have in common, over one label or all. Coefficients are absent where they are not defined: nothing compared, or one category in use. */
export interface PairFigures {
  /** From 0 to 1: the share of units with the same category. */
  readonly observed?: number;
  readonly cohensKappa?: number;
  /** Same start, end and label. For entities and answers. */
  readonly exact?: SpanAgreement;
  /** Same label, and text in common. For entities and answers. */
  readonly overlap?: SpanAgreement;
}

/** Two annotators. */
export interface PairAgreement extends PairFigures {
  readonly annotators: readonly [string, string];
  /** Units both rated. */
  readonly units: number;
  /** One label against all else. */
  readonly labels: Readonly<Record<string, PairFigures>>;
}

/** All annotators together, over one label or all; absent as in {@link PairFigures}. */
export interface GroupFigures {
  /** Over the units that every annotator of the task rated. */
  readonly fleissKappa?: number;
  /** Over the units that at least two rated. */
  readonly krippendorffsAlpha?: number;
}

/** Agreement in one task. */
export interface TaskAgreement extends GroupFigures {
  readonly unit: (typeof TASKS)[Task]["unit"];
  /** Those who share at least one unit with another, in order of name. */
  readonly annotators: readonly string[];
  /** Units that at least two rated. */
  readonly units: number;
  /** Units that all of {@link annotators} rated. */
  readonly completeUnits: number;
  readonly labels: Readonly<Record<string, GroupFigures>>;
  readonly pairs: readonly PairAgreement[];
}

/** The result. */
export interface Agreement {
  /** Everybody with decisions of their own, in order of name. */
  readonly annotators: readonly string[];
  /** Documents on which at least two of them worked. */
  readonly documents: number;
  readonly tasks: Readonly<Record<Task, TaskAgreement>>;
}

function spanAgreement(matches: SpanMatches): SpanAgreement {
  const f1 = matchF1(matches);
  return { ...matches, ...(f1 !== undefined && { f1 }) };
}

/** Counts of span matches, over all labels and by label. */
class SpanCounts {
  readonly #counts = new Map<string, { exact: SpanMatches; overlap: SpanMatches }>();

  add(first: readonly PlacedLabel[], second: readonly PlacedLabel[], byLabel: boolean): void {
    this.#add("", first, second);
    if (!byLabel) return;
    for (const label of new Set([...first, ...second].map((item) => item.label))) {
      const of = (list: readonly PlacedLabel[]): PlacedLabel[] => list.filter((item) => item.label === label);
      this.#add(label, of(first), of(second));
    }
  }

  /** Of a label; "" for all. */
  get(label = ""): Pick<PairFigures, "exact" | "overlap"> {
    const none = { matched: 0, first: 0, second: 0 };
    const { exact, overlap } = this.#counts.get(label) ?? { exact: none, overlap: none };
    return { exact: spanAgreement(exact), overlap: spanAgreement(overlap) };
  }

  #add(label: string, first: readonly PlacedLabel[], second: readonly PlacedLabel[]): void {
    const found = { exact: exactMatches(first, second), overlap: overlapMatches(first, second) };
    const before = this.#counts.get(label);
    this.#counts.set(label, {
      exact: before === undefined ? found.exact : addMatches(before.exact, found.exact),
      overlap: before === undefined ? found.overlap : addMatches(before.overlap, found.overlap),
    });
  }
}

/** Rows in which one label stands against all else. */
function against(rows: readonly RatedUnits[], label: string): RatedUnits[] {
  return recoded(rows, (value) => (value.split(SEPARATOR).includes(label) ? label : NO_LABEL));
}

function labelsOf(rows: readonly RatedUnits[]): string[] {
  const all = rows.flatMap(({ values }) => values.flatMap((value) => value?.split(SEPARATOR) ?? []));
  return [...new Set(all)].filter((label) => label !== NO_LABEL).sort();
}

function defined<T extends object>(figures: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) as never;
}

function group(rows: readonly RatedUnits[]): GroupFigures {
  return defined({ fleissKappa: fleissKappa(rows), krippendorffsAlpha: krippendorffsAlpha(rows) });
}

function taskAgreement(task: Task, documents: readonly ComparedDocument[], authors: readonly string[]): TaskAgreement {
  const table = new RatingTable();
  for (const document of documents) {
    const columns = authors.map((author) => {
      const annotator = document.annotators.find((item) => item.author === author);
      return annotator && rate(task, document, annotator);
    });
    const units = columns.reduce((most, column) => Math.max(most, column?.length ?? 0), 0);
    for (let i = 0; i < units; i++) {
      const values = columns.map((column) => column?.[i]);
      if (values.filter((value) => value !== undefined).length > 1) table.add(values);
    }
  }
  const taking = authors.map((_, index) => table.rows.some(({ values }) => values[index] !== undefined));
  const annotators = authors.filter((_, index) => taking[index]);
  const rows = table.rows.map(({ values, count }) => ({ values: values.filter((_, index) => taking[index]), count }));
  // Of answers only their presence is a category, so there is nothing to tell by label.
  const labels = isQuestionTask(task) ? [] : labelsOf(rows);
  const pairs = annotators.flatMap((first, i) =>
    annotators.slice(i + 1).flatMap((second, j): PairAgreement[] => {
      const both = pairOf(rows, i, i + 1 + j);
      if (both.length === 0) return [];
      const spans = spanCounts(task, documents, first, second);
      const figures = (of: readonly RatedUnits[], label?: string): PairFigures =>
        defined({ observed: observedAgreement(of), cohensKappa: cohensKappa(of), ...spans?.get(label) });
      const byLabel = labelsOf(both).filter((label) => labels.includes(label));
      return [
        {
          annotators: [first, second],
          units: unitCount(both),
          ...figures(both),
          labels: Object.fromEntries(byLabel.map((label) => [label, figures(against(both, label), label)])),
        },
      ];
    }),
  );
  return {
    unit: TASKS[task].unit,
    annotators,
    units: unitCount(rows),
    completeUnits: unitCount(rows.filter(({ values }) => !values.includes(undefined))),
    ...group(rows),
    labels: Object.fromEntries(labels.map((label) => [label, group(against(rows, label))])),
    pairs,
  };
}

function spanCounts(
  task: Task,
  documents: readonly ComparedDocument[],
  first: string,
  second: string,
): SpanCounts | undefined {
  if (isClassTask(task)) return undefined;
  const counts = new SpanCounts();
  for (const document of documents) {
    const { annotators } = document;
    const [a, b] = [first, second].map((author) => annotators.find((item) => item.author === author));
    const spans = a && b && comparableSpans(task, document, a, b);
    if (spans !== undefined) counts.add(...spans, isLabelTask(task));
  }
  return counts;
}

/** Agreement over documents. Every coefficient is given for all labels together and for each label against all else. */
export function agreementOf(documents: readonly ComparedDocument[]): Agreement {
  const shared = documents
    .map((document) => ({ ...document, annotators: document.annotators.filter(annotated) }))
    .filter(({ annotators }) => annotators.length > 0);
  const authors = [...new Set(shared.flatMap(({ annotators }) => annotators.map(({ author }) => author)))].sort();
  return {
    annotators: authors,
    documents: shared.filter(({ annotators }) => annotators.length > 1).length,
    tasks: perTask(TASK_NAMES, (task) => taskAgreement(task, shared, authors)),
  };
}
