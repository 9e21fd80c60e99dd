/**
 * The contract between the engine client (any Node process: extension host, command line, tests) and the engine process
 * that holds the model. Nothing here imports `vscode` or `onnxruntime-node`. Offsets are UTF-16 code units into the text sent.
 */
import type { Span } from "../text/span";
import type { Task } from "../model/task";

/** A labelled span: an entity, or a sentence with its sentiment. */
export interface LabelledSpan extends Span {
  readonly label: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
}

/** A piece of text to label, one sentence as a rule. Offsets in the answer count from the start of `text`. */
export interface Segment {
  readonly text: string;
}

/** What the model says of one {@link Segment}. A task that was not asked for is absent. */
export interface SegmentLabels {
  /** Non-overlapping, in order. */
  readonly entities?: readonly LabelledSpan[];
  /** The most probable label for the whole segment, with the probability of every label by name. Absent for blank text. */
  readonly sentiment?: {
    readonly label: string;
    readonly score: number;
    readonly scores: Readonly<Record<string, number>>;
  };
}

/** One answer in a context. `span` counts from the start of the context's text. */
export interface Answer extends Span {
  /** Index of the context in the request. */
  readonly context: number;
  /** `contexts[context].slice(start, end)`. */
  readonly text: string;
  /** Calibrated probability that this is the answer, 0 to 1, comparable across contexts of one request. */
  readonly score: number;
}

/** What the engine is and what it runs on, for status and `--version`. */
export interface EngineInfo {
  readonly model: string;
  /** Content hash of the manifest and weights, recorded with every decision. */
  readonly modelVersion: string;
  readonly tasks: readonly Task[];
  readonly labels: Readonly<Partial<Record<Task, readonly string[]>>>;
  readonly device: string;
  /** Why this device: the probe's result in words, one line a device. */
  readonly deviceReason: string;
  readonly pid: number;
}
