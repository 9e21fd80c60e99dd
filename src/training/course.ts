/** What a job teaches, whatever it is: rows to train on, and the figures that the gate goes by. */
import type { Task } from "../documents/tasks";
import type { Parameters } from "../model/training/step-parameters";
import type { LeftOut } from "./examples/example";
import type { Fold } from "./folds";
import type { Verdict } from "./gate";
import type { ExampleCounts } from "./score";
import type { BatchRun } from "./trainer";
import type { TaughtRecord } from "./versions";
import type { TrainedModel } from "./write-model";

/** All that a job does with what is taught. Examples are known by their numbers. */
export interface Course {
  readonly task: Task;
  /** How many examples there are. */
  readonly examples: number;
  readonly folds: readonly Fold[];
  /** What could not be learned from besides what the examples left out. */
  readonly left: readonly LeftOut[];
  /** What a version says of what it learned from. */
  readonly record: Pick<TaughtRecord, "decisions" | "examples" | "examplesHash" | "newLabels">;
  /** The output layer that is written, where it changes. */
  readonly served?: NonNullable<TrainedModel["labels"]>;
  /** What a run over some examples draws from. */
  batches(examples: readonly number[]): Pick<BatchRun, "labels" | "taught" | "held">;
  /** Counts of examples by a decoder that did not learn from them. */
  measure(parameters: Parameters, examples: readonly number[]): Promise<ExampleCounts[]>;
  /** The verdict on what learned from all. @param after counts of all folds, fold after fold. @param seed of the bootstrap */
  verdict(parameters: Parameters, after: readonly ExampleCounts[], seed: number): Promise<Verdict>;
}
