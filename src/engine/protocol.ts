/**
 * The contract between the engine client (any Node process: extension host, command line, tests) and the engine process
 * that holds the model. Nothing here imports `vscode` or `onnxruntime-node`. Offsets are UTF-16 code units into the text sent.
 */
import type { EngineErrorCode } from "./errors";
import type { Span } from "../text/span";
import type { Alternative } from "../documents/labelled";
import type { ClassTask, SpanTask, Task } from "../documents/tasks";
import type { WordReadings } from "../model/tasks/spans";

/** A labelled span, such as an entity. */
export interface LabelledSpan extends Span {
  readonly label: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
  /** What it is if not that. */
  readonly alternative?: Alternative;
  /** How far the model is spread over all it could be, 0 to 1. */
  readonly entropy?: number;
}

/** A piece of text to label, one sentence as a rule. Offsets in the answer count from the start of `text`. */
export interface Segment {
  readonly text: string;
  /** For text that is already split into words: labelled spans begin and end only at these. */
  readonly words?: readonly Span[];
}

/** The class of a whole segment, such as its sentiment. */
export interface Classification {
  /** The most probable one. */
  readonly label: string;
  readonly score: number;
  /** The probability of every label by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** How far the model is spread over all of them, 0 to 1. */
  readonly entropy?: number;
}

/** Labels by task: spans, without overlap and in order, and classes. */
export type LabelsByTask = Readonly<Record<SpanTask, readonly LabelledSpan[]> & Record<ClassTask, Classification>>;

/** What the model says of one {@link Segment}. A task that was not asked for is absent; of blank text the classes are, too. */
export interface SegmentLabels extends Partial<LabelsByTask> {
  /** Why there are no labels: this text stopped the process twice and was set aside. */
  readonly error?: string;
  /** Of each task of spans, what it takes to read the segment together with those around it; absent where nothing may be part of a span. */
  readonly words?: Readonly<Partial<Record<SpanTask, WordReadings>>>;
}

/** One answer in a context. */
export interface Answer extends Span {
  /** Index of the context in the request. */
  readonly context: number;
  /** `contexts[context].slice(start, end)`. */
  readonly text: string;
  /**
   * Calibrated probability that this is the answer, 0 to 1, in what was read with it. Of several contexts the best answer's is that, and those of the others are
   * what they count beside it (`comparable.ts`).
   */
  readonly score: number;
  /**
   * As `score`, on the same scale: that what was read with it holds no answer. Where it is the larger, the model says that there is none (the null score of
   * Devlin et al. 2019, beyond the model's own threshold).
   */
  readonly noAnswer: number;
}

/** Indices of passages by how likely they are to answer a question, best first: by their words, by their meaning, by both. */
export interface Rankings {
  readonly words: readonly number[];
  readonly meaning: readonly number[];
  readonly both: readonly number[];
}

/** What the engine is and what it runs on, for status and `--version`. */
export interface EngineInfo {
  /** Its name; of several models, theirs with " + " between them. */
  readonly model: string;
  /** Content hash of the manifest and weights, recorded with every decision; of several models, one over theirs. */
  readonly modelVersion: string;
  readonly tasks: readonly Task[];
  /** Names of the labels per task; those of spans without their B- and I-. */
  readonly labels: Readonly<Partial<Record<Task, readonly string[]>>>;
  /** The class that carries no mark, per task; tasks whose model has none are absent. */
  readonly unmarked?: Readonly<Partial<Record<ClassTask, string>>>;
  /** The languages that the model of a task reads, ISO 639-1; tasks whose model does not say are absent. */
  readonly languages?: Readonly<Partial<Record<Task, readonly string[]>>>;
  /** What had to be assumed about a model, a sentence each; empty for models of ours. */
  readonly notes: readonly string[];
  readonly device: string;
  /** Why this device: each trial's result in words, one line a device. */
  readonly deviceReason: string;
  readonly threads: number;
  readonly pid: number;
}

/** What the process is told when it starts. */
export interface StartOptions {
  /** Absolute paths of the model folders; each task is served by the first that has it. */
  readonly modelDirs: readonly string[];
  readonly device: string;
  readonly threads: number;
  /** Devices that stopped the process when they were tried. */
  readonly skipDevices: readonly string[];
}

/** `urgent` work goes first, between two batches; `background` work when there is no other. */
export type Priority = "urgent" | "normal" | "background";

/** The passages of a document. What the process knows of them is kept by their text, so that after an edit only changed ones are read again. */
export interface DocumentPassages {
  /** Names the document, so that its index of words is kept up to date rather than made anew. */
  readonly document: string;
  readonly contexts: readonly string[];
  /** Indices of contexts that stopped the process once: each is run alone. */
  readonly apart: readonly number[];
  /** Indices of contexts that are set aside. */
  readonly without: readonly number[];
}

/** Work for the process. */
export type Work =
  | {
      readonly kind: "label";
      readonly segments: readonly Segment[];
      readonly tasks: readonly Task[];
      /** Most tokens in one batch, padding included: the longest time urgent work waits. */
      readonly batchTokens: number;
    }
  | (DocumentPassages & {
      readonly kind: "ask";
      readonly question: string;
      /** Of each context, the offsets at which another block begins: no answer crosses one. */
      readonly borders?: readonly (readonly number[])[];
      /** Contexts to read; when there are more, the likeliest are chosen by their words and, once indexed, their meaning. */
      readonly candidates?: number;
      /** Answers to return. */
      readonly top: number;
    })
  /** Gets passages ready to be asked: nothing is returned. */
  | (DocumentPassages & { readonly kind: "index" })
  /** Ranks passages for questions, `top` of them. */
  | (DocumentPassages & { readonly kind: "rank"; readonly questions: readonly string[]; readonly top: number });

/** Client → process. */
export type Request =
  | { readonly type: "start"; readonly options: StartOptions }
  /** `sameContexts`: the work's contexts are left out, since they are those of the last work that had any. */
  | {
      readonly type: "work";
      readonly id: number;
      readonly priority: Priority;
      readonly work: Work;
      readonly sameContexts?: boolean;
    }
  | { readonly type: "cancel"; readonly id: number };

/** Process → client. */
export type Reply =
  | { readonly type: "started"; readonly info: EngineInfo }
  | { readonly type: "trying"; readonly device: string | undefined }
  | {
      readonly type: "failed";
      readonly id: number | undefined;
      readonly code: EngineErrorCode;
      readonly message: string;
    }
  /**
   * A batch begins: if the process dies now, or is silent for too long, it was this. `items` are indices into the work's segments or contexts; `tokens` is
   * an upper bound of the batch's, which says how long it may take.
   */
  | { readonly type: "running"; readonly id: number; readonly items: readonly number[]; readonly tokens: number }
  | { readonly type: "labels"; readonly id: number; readonly labels: readonly (readonly [number, SegmentLabels])[] }
  | { readonly type: "progress"; readonly id: number; readonly done: number; readonly total: number }
  | ({ readonly type: "done"; readonly id: number } & Outcome);

/** What finished work returns: an ask its answers, a ranking one for each question. */
export interface Outcome {
  readonly answers?: readonly Answer[];
  readonly rankings?: readonly Rankings[];
}
