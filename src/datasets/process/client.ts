/**
 * Datasets are read and written in a process of their own: parsing, aligning and writing in step would hold up whoever waits, and a process can be ended
 * at any moment, and may run out of memory, at no cost to its parent. (A worker thread cannot: what fails in one large allocation ends the whole process.)
 */
import os from "node:os";
import { NodeProcess } from "../../engine/node-process";
import { newId } from "../../labels/ids";
import type { Progress } from "../workspace/walk";
import { ImportError } from "../import/import-error";
import { receivedError } from "./errors";
import type { CallName, Calls, FromProcess, ImportOutcome, Settled, ToProcess } from "./protocol";

type Child = NodeProcess<ToProcess, FromProcess>;

/** How to run the process. */
export interface DatasetProcessOptions {
  /** The bundled `datasets.js`. */
  readonly serverPath: string;
  /** Memory for JavaScript's objects, in MB. Default: half of the machine's, at most 4,096. */
  readonly memoryMb?: number;
}

/** How to wait for a call. */
export interface CallOptions {
  readonly onProgress?: (progress: Progress) => void;
  /**
   * Ends the process at once, whatever it is doing; while it writes, it takes back what was written first. The call rejects with the signal's reason,
   * unless everything was written already.
   */
  readonly signal?: AbortSignal;
}

/** The process ended in the middle of work. The message says why and what to do. */
export class DatasetProcessError extends Error {
  override readonly name = "DatasetProcessError";

  constructor(
    message: string,
    /** Whether something may have been written. */
    readonly wrote: boolean,
  ) {
    super(message);
  }
}

const MB = 1024 * 1024;
const LEAST_MB = 512;
const MOST_MB = 4096;
const LAST_ERRORS = 4000;

function defaultMemory(): number {
  return Math.max(LEAST_MB, Math.min(MOST_MB, Math.floor(os.totalmem() / 2 / MB)));
}

/** One process, started with the first call. Calls come one after another; what `plan` made is there for those after it, until a call is cancelled. */
export class DatasetProcess {
  #child: Child | undefined;
  #ended: Promise<unknown> = Promise.resolve();
  #errors = "";
  #busy = false;
  #writing = false;

  constructor(private readonly options: DatasetProcessOptions) {}

  /** The process's id; undefined while there is none. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * Has a call done. @throws what it throws there, with its class; the signal's reason when cancelled; {@link DatasetProcessError} if the process ends;
   * Error while another call is under way.
   */
  async call<Name extends CallName>(
    name: Name,
    given: Calls[Name]["takes"],
    { onProgress, signal }: CallOptions = {},
  ): Promise<Calls[Name]["gives"]> {
    signal?.throwIfAborted();
    if (this.#busy) throw new Error("The process has another call to do first.");
    this.#busy = true;
    this.#writing = false;
    const child = (this.#child ??= this.#start());
    const listeners = new AbortController();
    try {
      return await new Promise<Calls[Name]["gives"]>((resolve, reject) => {
        const cancel = (): void => {
          if (this.#writing) child.send({ type: "stop" });
          else {
            this.#kill();
            reject(signal!.reason as Error);
          }
        };
        signal?.addEventListener("abort", cancel, { signal: listeners.signal });
        const stop = child.onMessage((message) => {
          if (message.type === "progress") onProgress?.(message.progress);
          else if (message.type === "writing") {
            this.#writing = true;
            child.send({ type: "go" });
          } else if (message.type === "done") resolve(message.value as Calls[Name]["gives"]);
          else if (signal?.aborted === true) reject(signal.reason as Error);
          else reject(receivedError(message.error));
        });
        listeners.signal.addEventListener("abort", stop);
        void child.ended.then((how) => reject(new DatasetProcessError(this.#whyEnded(how), this.#writing)));
        child.send({ type: "call", name, given });
      });
    } finally {
      listeners.abort();
      this.#busy = this.#writing = false;
    }
  }

  /** Ends the process, and resolves when it is gone. What it is writing is taken back first. */
  async dispose(): Promise<void> {
    if (this.#writing) this.#child?.disconnect();
    else this.#kill();
    await this.#ended;
  }

  #kill(): void {
    this.#child?.kill();
    this.#child = undefined;
  }

  #start(): Child {
    const { serverPath, memoryMb = defaultMemory() } = this.options;
    const child: Child = new NodeProcess({ serverPath, execArgv: [`--max-old-space-size=${memoryMb}`] });
    this.#errors = "";
    child.onLine((line) => (this.#errors = `${this.#errors}${line}\n`.slice(-LAST_ERRORS)));
    this.#ended = child.ended.then(() => {
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  #whyEnded(how: string): string {
    if (/heap out of memory|allocation failed|heap limit/i.test(this.#errors)) {
      const most = this.options.memoryMb ?? defaultMemory();
      return `This is too large for the ${most} MB of memory that reading and writing datasets may take. Cut the files into parts, or choose fewer of them.`;
    }
    return `The process that reads and writes datasets ended (${how}). Try again, with fewer files if memory ran short.`;
  }
}

/** Does work with a process of its own, which ends with it. */
export async function inProcess<T>(
  make: () => DatasetProcess,
  work: (datasets: DatasetProcess) => Promise<T>,
): Promise<T> {
  const datasets = make();
  try {
    return await work(datasets);
  } finally {
    await datasets.dispose();
  }
}

/**
 * Carries out the plan that a process holds. If the process ends while it writes, what it wrote is taken back. @throws as {@link DatasetProcess.call}.
 */
export async function carryOutIn(
  datasets: DatasetProcess,
  { workspace, settled, most }: { readonly workspace: string; readonly settled: Settled; readonly most: number },
  options: CallOptions = {},
): Promise<ImportOutcome> {
  const act = newId();
  try {
    return await datasets.call("carryOut", { act, settled, most }, options);
  } catch (error) {
    if (error instanceof DatasetProcessError && error.wrote) {
      await datasets.call("undoImport", { workspace, act }).catch((problem: unknown) => {
        // It had written nothing yet.
        if (!(problem instanceof ImportError)) throw problem;
      });
    }
    throw error;
  }
}
