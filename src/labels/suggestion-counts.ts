/** What became of the model's suggestions, in numbers: by task and label, and by how sure the model was. */
import { LABEL_TASKS, perTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { OUTCOMES } from "./verdicts";
import type { Outcome, Verdicts } from "./verdicts";

/** Suggestions of a label, or of all, by what they became. */
export interface OutcomeCounts extends Readonly<Record<Outcome, number>> {
  /** Of the model's labels; empty: all of them. */
  readonly label: string;
  /** Suggestions that were decided on: the sum of all outcomes. */
  readonly decided: number;
  /** Labels of this name that people gave where nothing was suggested. They are not among the decided. */
  readonly missed: number;
}

/** Suggestions of about the same confidence. */
export interface ConfidenceBin {
  readonly right: number;
  readonly wrong: number;
}

/** What became of the suggestions of a task. */
export interface TaskOutcomes {
  readonly all: OutcomeCounts;
  /** The label with most first. */
  readonly labels: readonly OutcomeCounts[];
  /** Ten of equal width, from 0 to 1; a bin has its lower limit, the last one both. */
  readonly confidence: readonly ConfidenceBin[];
  /** Suggestions that were decided on and whose confidence the log does not say; with those in bins they are all that were decided. */
  readonly unknown: number;
}

/** By task. */
export type SuggestionCounts = Readonly<Record<LabelTask, TaskOutcomes>>;

/** How many bins of confidence there are. */
export const CONFIDENCE_BINS = 10;

type Counts = Record<Outcome | "missed", number>;

const none = (): Counts => ({ accepted: 0, boundary: 0, type: 0, both: 0, spurious: 0, missed: 0 });

function counted(label: string, counts: Counts): OutcomeCounts {
  return { label, ...counts, decided: OUTCOMES.reduce((sum, outcome) => sum + counts[outcome], 0) };
}

class TaskCounter {
  readonly #all = none();
  readonly #labels = new Map<string, Counts>();
  readonly #bins = Array.from({ length: CONFIDENCE_BINS }, () => ({ right: 0, wrong: 0 }));
  #unknown = 0;

  add(label: string, outcome: Outcome | "missed"): void {
    const of = this.#labels.get(label) ?? none();
    this.#labels.set(label, of);
    of[outcome]++;
    this.#all[outcome]++;
  }

  sure(score: number | undefined, right: boolean): void {
    if (score === undefined) this.#unknown++;
    else this.#bins[Math.min(CONFIDENCE_BINS - 1, Math.floor(score * CONFIDENCE_BINS))]![right ? "right" : "wrong"]++;
  }

  result(): TaskOutcomes {
    const labels = [...this.#labels].map(([label, counts]) => counted(label, counts));
    const size = ({ decided, missed }: OutcomeCounts): number => decided + missed;
    labels.sort((a, b) => size(b) - size(a) || (a.label < b.label ? -1 : 1));
    return { all: counted("", this.#all), labels, confidence: this.#bins, unknown: this.#unknown };
  }
}

/** Adds up what logs say. */
export class SuggestionCounter {
  readonly #tasks = perTask(LABEL_TASKS, () => new TaskCounter());

  /** What one log says. */
  add({ verdicts, missed }: Verdicts): void {
    for (const { task, label, outcome, right, score } of verdicts) {
      this.#tasks[task].add(label, outcome);
      this.#tasks[task].sure(score, right);
    }
    for (const { task, label } of missed) this.#tasks[task].add(label, "missed");
  }

  /** What all of them say together. */
  counts(): SuggestionCounts {
    return perTask(LABEL_TASKS, (task) => this.#tasks[task].result());
  }
}
