/** A workspace's decisions in numbers: per label, task, document and annotator; the share reviewed; lengths of spans. */
import type { DecidedLabel } from "../../documents/labelled";
import { labelsIn, rejectedIn, staleIn } from "../../documents/layers";
import { SPAN_TASKS, TASK_NAMES, isLabelTask, perTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { mergeSpans } from "../../text/spans";
import type { LabelledDocument } from "../document";
import { splitWords } from "../../text/words";

/** How often something occurs. */
export interface Count {
  readonly name: string;
  readonly count: number;
}

/** One document in numbers. */
export interface DocumentSummary {
  readonly path: string;
  readonly counts: Readonly<Record<Task, number>>;
  readonly rejected: number;
  readonly stale: number;
  /** Share of the text that is no white space and was reviewed for entities, 0 to 1. */
  readonly reviewed: number;
}

/** Lengths of a label's spans in words. */
export interface LengthSummary {
  readonly label: string;
  readonly count: number;
  readonly mean: number;
  readonly median: number;
  readonly longest: number;
  /** Spans of 1, 2, … words; the last entry holds all that are longer. */
  readonly bins: readonly number[];
}

/** The whole in numbers. JSON as it is. */
export interface DatasetSummary {
  readonly documents: readonly DocumentSummary[];
  /** By task: labels with their counts, the most frequent first. For answers: `answered` and `no answer`. */
  readonly labels: Readonly<Record<Task, readonly Count[]>>;
  readonly annotators: readonly Count[];
  /** Over all documents, weighted by their text. */
  readonly reviewed: number;
  readonly lengths: readonly LengthSummary[];
}

/** Bins of span lengths; the last one is open. */
export const LENGTH_BINS = 8;

function ink(text: string): number {
  return text.replace(/[\s\u0085]+/g, "").length;
}

function counts(names: Iterable<string>): Count[] {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return [...found]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
}

function spansOf(documents: readonly LabelledDocument[]): DecidedLabel[] {
  return documents.flatMap(({ layers }) => SPAN_TASKS.flatMap((task) => layers[task].labels));
}

function lengthsOf(documents: readonly LabelledDocument[]): LengthSummary[] {
  const lengths = new Map<string, number[]>();
  for (const { label, exact } of spansOf(documents)) {
    const list = lengths.get(label) ?? [];
    lengths.set(label, list);
    list.push(Math.max(1, splitWords(exact).length));
  }
  return [...lengths]
    .map(([label, list]): LengthSummary => {
      list.sort((a, b) => a - b);
      const middle = list.length / 2;
      const median = Number.isInteger(middle) ? (list[middle - 1]! + list[middle]!) / 2 : list[Math.floor(middle)]!;
      const bins = Array.from({ length: LENGTH_BINS }, () => 0);
      for (const length of list) bins[Math.min(length, LENGTH_BINS) - 1]!++;
      const mean = list.reduce((sum, length) => sum + length, 0) / list.length;
      return { label, count: list.length, mean, median, longest: list.at(-1)!, bins };
    })
    .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1));
}

/** Counts documents that were collected. Linear in their text. */
export function summarise(documents: readonly LabelledDocument[]): DatasetSummary {
  let all = 0;
  let seen = 0;
  const rows = documents.map((document): DocumentSummary => {
    const { path, text, layers, questions } = document;
    const total = ink(text);
    const looked = mergeSpans(SPAN_TASKS.flatMap((task) => layers[task].reviewed));
    const reviewed = looked.reduce((sum, { start, end }) => sum + ink(text.slice(start, end)), 0);
    all += total;
    seen += reviewed;
    return {
      path,
      counts: perTask(TASK_NAMES, (task) => (isLabelTask(task) ? layers[task].labels : questions).length),
      rejected: rejectedIn(document).length,
      stale: staleIn(document).length,
      reviewed: total === 0 ? 0 : reviewed / total,
    };
  });
  const names = (task: Task): string[] =>
    documents.flatMap(({ layers, questions }) =>
      isLabelTask(task)
        ? layers[task].labels.map(({ label }) => label)
        : questions.map(({ answers }) => (answers === "none" ? "no answer" : "answered")),
    );
  return {
    documents: rows.sort((a, b) => (a.path < b.path ? -1 : 1)),
    labels: perTask(TASK_NAMES, (task) => counts(names(task))),
    annotators: counts(
      documents.flatMap((document) => [...labelsIn(document), ...document.questions].map(({ author = "" }) => author)),
    ),
    reviewed: all === 0 ? 0 : seen / all,
    lengths: lengthsOf(documents),
  };
}
