/** A workspace's decisions in numbers: per label, task, document and annotator; the share reviewed; lengths of spans. */
import { labelsIn, rejectedIn, staleIn } from "../../documents/layers";
import { isLabelTask, LABEL_TASKS, perTask, QUESTIONS, SPAN_TASKS, TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { addTo } from "../../text/grouped";
import { quantile } from "../../text/quantiles";
import type { Span } from "../../text/span";
import { commonText, mergeSpans } from "../../text/spans";
import { splitWords } from "../../text/words";
import type { LabelledDocument } from "../document";

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
  /** Share of the text of its sentences, white space left out, that was reviewed for a task with labels, 0 to 1. */
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

class Counts {
  readonly #found = new Map<string, number>();

  add(name: string): void {
    this.#found.set(name, (this.#found.get(name) ?? 0) + 1);
  }

  /** The most frequent first. */
  result(): Count[] {
    return [...this.#found]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1));
  }
}

function lengthOf(label: string, list: number[]): LengthSummary {
  list.sort((a, b) => a - b);
  const bins = Array.from({ length: LENGTH_BINS }, () => 0);
  for (const length of list) bins[Math.min(length, LENGTH_BINS) - 1]!++;
  const mean = list.reduce((sum, length) => sum + length, 0) / list.length;
  return { label, count: list.length, mean, median: quantile(list, 0.5), longest: list.at(-1)!, bins };
}

/** What of a document's sentences was reviewed, and all of them, in units that are no white space. What is in no sentence, such as a code block, is for nobody to read. */
export function reviewedOf({ text, sentences, layers }: LabelledDocument): {
  readonly seen: number;
  readonly all: number;
} {
  const readable = mergeSpans(sentences);
  const looked = commonText(readable, mergeSpans(LABEL_TASKS.flatMap((task) => layers[task].reviewed)));
  const inkIn = (spans: readonly Span[]): number =>
    spans.reduce((sum, { start, end }) => sum + ink(text.slice(start, end)), 0);
  return { seen: inkIn(looked), all: inkIn(readable) };
}

/** Counts documents one after another, and keeps none of them. */
export class DatasetCounter {
  readonly #documents: DocumentSummary[] = [];
  readonly #labels = perTask(TASK_NAMES, () => new Counts());
  readonly #annotators = new Counts();
  readonly #lengths = new Map<string, number[]>();
  #all = 0;
  #seen = 0;

  /** Linear in the document's text. */
  add(document: LabelledDocument): void {
    const { path, layers, questions } = document;
    const { seen, all } = reviewedOf(document);
    this.#all += all;
    this.#seen += seen;
    for (const task of LABEL_TASKS) for (const { label } of layers[task].labels) this.#labels[task].add(label);
    for (const { answers } of questions) this.#labels[QUESTIONS].add(answers === "none" ? "no answer" : "answered");
    for (const { author = "" } of [...labelsIn(document), ...questions]) this.#annotators.add(author);
    for (const { label, exact } of SPAN_TASKS.flatMap((task) => layers[task].labels))
      addTo(this.#lengths, label, [Math.max(1, splitWords(exact).length)]);
    this.#documents.push({
      path,
      counts: perTask(TASK_NAMES, (task) => (isLabelTask(task) ? layers[task].labels : questions).length),
      rejected: rejectedIn(document).length,
      stale: staleIn(document).length,
      reviewed: all === 0 ? 1 : seen / all,
    });
  }

  /** What all of them come to. */
  summary(): DatasetSummary {
    return {
      documents: [...this.#documents].sort((a, b) => (a.path < b.path ? -1 : 1)),
      labels: perTask(TASK_NAMES, (task) => this.#labels[task].result()),
      annotators: this.#annotators.result(),
      reviewed: this.#all === 0 ? 0 : this.#seen / this.#all,
      lengths: [...this.#lengths]
        .map(([label, list]) => lengthOf(label, list))
        .sort((a, b) => b.count - a.count || (a.label < b.label ? -1 : 1)),
    };
  }
}

/** Counts documents that were collected. Linear in their text. */
export function summarise(documents: readonly LabelledDocument[]): DatasetSummary {
  const counter = new DatasetCounter();
  for (const document of documents) counter.add(document);
  return counter.summary();
}
