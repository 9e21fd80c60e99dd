/** Work in hand, and what becomes of it when the process dies. */
import type { Task } from "../documents/tasks";
import type { LabelOptions } from "./options";
import type { Outcome, Priority, Segment, SegmentLabels, Work } from "./protocol";
import { placedLabels, unfilledSegment } from "./unfilled";

/** Work in hand: what is left to send, and what came back so far. */
export interface PendingWork {
  readonly priority: Priority;
  /** Whether there is more to send after the last request is done. */
  readonly unfinished: boolean;
  /** What is left; undefined when nothing is. */
  request(): Work | undefined;
  labels(results: readonly (readonly [number, SegmentLabels])[]): void;
  progress(done: number, total: number): void;
  /** The process died while it ran these items of the last request. */
  blame(items: readonly number[]): void;
  done(outcome: Outcome | undefined): void;
  fail(error: Error): void;
}

/** How often an input may stop the process before it is set aside. */
export const LIVES = 2;
const SET_ASIDE = "This text stopped the model process twice and was set aside.";
/** Tokens of one batch: beyond about 512 a CPU gains nothing more, and urgent work waits longer. */
const BATCH_TOKENS = 512;

/** A promise and what settles it. */
export function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => ([resolve, reject] = [yes, no]));
  return { promise, resolve, reject };
}

/** Segments to label: results are kept as they come, so that after a crash only the rest is sent again. */
export class LabelWork implements PendingWork {
  readonly priority: Priority;
  readonly result: Promise<SegmentLabels[]>;
  readonly #segments: readonly ReturnType<typeof unfilledSegment>[];
  readonly #results: (SegmentLabels | undefined)[];
  readonly #deaths = new Map<number, number>();
  readonly #settle: ReturnType<typeof deferred<SegmentLabels[]>>;
  /** Index in the last request → index in the segments. */
  #sent: number[] = [];

  constructor(
    segments: readonly Segment[],
    private readonly tasks: readonly Task[],
    private readonly options: LabelOptions,
  ) {
    this.priority = options.priority ?? "normal";
    this.#segments = segments.map(unfilledSegment);
    this.#results = segments.map(() => undefined);
    this.#settle = deferred();
    this.result = this.#settle.promise;
  }

  request(): Work | undefined {
    this.#sent = [...this.#results.keys()].filter((i) => this.#results[i] === undefined);
    if (this.#sent.length === 0) return undefined;
    // What killed the process once is sent alone, so that a batch's innocent part does not share its fate.
    const suspects = this.#sent.filter((i) => this.#deaths.has(i));
    if (suspects.length > 0) this.#sent = [suspects[0]!];
    const segments = this.#sent.map((i) => this.#segments[i]!.segment);
    return { kind: "label", segments, tasks: this.tasks, batchTokens: this.options.batchTokens ?? BATCH_TOKENS };
  }

  labels(results: readonly (readonly [number, SegmentLabels])[]): void {
    const mapped = results.map(([sent, labels]) => {
      const i = this.#sent[sent]!;
      return [i, placedLabels(labels, this.#segments[i]!.read)] as const;
    });
    for (const [i, labels] of mapped) {
      this.#results[i] = labels;
      this.#deaths.delete(i);
    }
    if (mapped.length > 0) this.options.onResults?.(mapped);
  }

  progress(): void {
    // Results are their own progress.
  }

  blame(items: readonly number[]): void {
    for (const item of items) {
      const i = this.#sent[item]!;
      const deaths = (this.#deaths.get(i) ?? 0) + 1;
      this.#deaths.set(i, deaths);
      if (deaths < LIVES) continue;
      this.#deaths.delete(i);
      this.#results[i] = { error: SET_ASIDE };
      this.options.onResults?.([[i, this.#results[i]]]);
    }
  }

  get unfinished(): boolean {
    return this.#results.includes(undefined);
  }

  done(): void {
    this.#settle.resolve(this.#results.map((r) => r ?? {}));
  }

  fail(error: Error): void {
    this.#settle.reject(error);
  }
}
