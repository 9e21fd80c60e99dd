/** What callers of the engine may choose: how its process runs, and how a piece of work is done. */
import type { Priority, SegmentLabels } from "./protocol";
import type { Patience } from "./watchdog";

/** How to run the model process. */
export interface EngineOptions {
  /** The bundled `engine.js`. */
  readonly serverPath: string;
  /** Absolute path of the model folder, or of several: each task is served by the first that has it. */
  readonly modelDir: string | readonly string[];
  /** `auto`, or an execution provider of onnxruntime-node. */
  readonly device?: string;
  /** Threads of one operator; all processors but one when absent. */
  readonly threads?: number;
  /** Node executable for the process; the one that runs this when absent. */
  readonly execPath?: string;
  /** Folder that remembers devices that crashed. */
  readonly stateDir?: string;
  /** How long the process may be silent before it counts as hung; the defaults are in {@link Watchdog}. */
  readonly patience?: Partial<Patience>;
  /** Receives what the process prints and what the client does, a line at a time. */
  readonly log?: (line: string) => void;
}

/** Options of {@link EngineClient.label}. */
export interface LabelOptions {
  readonly signal?: AbortSignal;
  /** What goes first between two batches; `normal` when absent. */
  readonly priority?: Priority;
  /** Most tokens in one batch, padding included. */
  readonly batchTokens?: number;
  /** Called as batches finish, with indices into the segments. */
  readonly onResults?: (results: readonly (readonly [number, SegmentLabels])[]) => void;
}

/** Options of all work on the passages of a document. */
export interface PassageOptions {
  readonly signal?: AbortSignal;
  /** Names the document: what was indexed of it is kept and brought up to date. */
  readonly document?: string;
  /** Passages read so far, and to read in all. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Passages that are read by default: what two cores read in about a quarter of a second. */
export const CANDIDATES = 5;

/** Options of {@link EngineClient.ask}. */
export interface AskOptions extends PassageOptions {
  /** Answers to return (default 5). */
  readonly top?: number;
  /** Of each context, the offsets at which another block begins: no answer crosses one. */
  readonly borders?: readonly (readonly number[])[];
  /** Contexts to read; when there are more, the likeliest are chosen; {@link CANDIDATES} when absent. */
  readonly candidates?: number;
}
