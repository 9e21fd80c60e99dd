/** The extension's side of the model process: gives it work, and what is lost when it dies gives to the next. */
import { availableParallelism } from "node:os";
import type { Task } from "../documents/tasks";
import { DeviceMemory } from "./device-memory";
import { EngineError } from "./errors";
import type { AskOptions, EngineOptions, LabelOptions, PassageOptions } from "./options";
import { AskWork, IndexWork, RankWork } from "./passage-work";
import type { IndexResult } from "./passage-work";
import type { Answer, EngineInfo, Outcome, Rankings, Reply, Request, Segment, SegmentLabels, Work } from "./protocol";
import { sameTexts } from "./same-texts";
import { Supervisor } from "./supervisor";
import type { ProcessState, StateListener } from "./supervisor";
import { LabelWork } from "./work";
import type { PendingWork } from "./work";

/**
 * Gives the model process work, and has it kept alive by a {@link Supervisor}. The process holds no state of ours: when it dies, what was lost is sent to
 * the next one; an input that killed it twice is set aside and reported, and the rest goes on.
 */
export class EngineClient {
  readonly #process: Supervisor<Request, Reply, EngineInfo>;
  readonly #pending = new Map<number, PendingWork>();
  readonly #devices: DeviceMemory;
  /** Passages that stopped the process twice. */
  readonly #setAside = new Set<string>();
  #nextId = 1;
  /** The contexts that the process was sent last, and has kept. */
  #sentContexts: readonly string[] | undefined;
  /** The device that the process tries, and the batch that it runs: if it dies now, it was this. */
  #trying: string | undefined;
  #running: { id: number; items: readonly number[] } | undefined;

  constructor(private readonly options: EngineOptions) {
    this.#devices = new DeviceMemory(options.stateDir);
    const advice = "Restart it, or choose another device or model.";
    this.#process = new Supervisor(
      { ...options, name: "engine", title: "The model process", advice },
      {
        greet: () => this.#greet(),
        receive: (reply) => this.#receive(reply),
        waits: () => this.#pending.size > 0,
        died: () => this.#died(),
        gone: (error) => this.#failAll(error),
      },
    );
  }

  /** What runs; absent until the first start succeeded. */
  get info(): EngineInfo | undefined {
    return this.#process.started;
  }

  /** The process that runs or starts, if one does. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What the process is doing. */
  get state(): ProcessState {
    return this.#process.state;
  }

  /** Calls `listener` at each change of state, with a message where there is something to say. Returns how to stop. */
  onState(listener: StateListener): () => void {
    return this.#process.onState(listener);
  }

  /**
   * Starts the process if it does not run.
   * @throws {EngineError} saying what is wrong with the model or the device, or `crashed-too-often`.
   */
  start(): Promise<EngineInfo> {
    return this.#process.start();
  }

  /** Stops the process, forgets past crashes and starts anew, as the user asked for. Work in hand is sent again. */
  restart(): Promise<EngineInfo> {
    this.#devices.clear();
    this.#setAside.clear();
    return this.#process.restart();
  }

  /** Ends the process; work in hand fails with `stopped`. */
  dispose(): Promise<void> {
    return this.#process.dispose();
  }

  /**
   * Labels segments. Resolves with one result per segment, in order; a segment that stopped the process twice has `error` set.
   * @throws {EngineError} `cancelled` when the signal says so; what {@link start} throws.
   */
  async label(
    segments: readonly Segment[],
    tasks: readonly Task[],
    options: LabelOptions = {},
  ): Promise<SegmentLabels[]> {
    if (segments.length === 0) return [];
    await this.start();
    return this.#submit(new LabelWork(segments, tasks, options), options.signal);
  }

  /**
   * Answers a question from contexts, best first. A context that stopped the process twice is left out.
   * @throws {EngineError} `cancelled`, `poisoned-input`; what {@link start} throws.
   */
  async ask(question: string, contexts: readonly string[], options: AskOptions = {}): Promise<Answer[]> {
    if (contexts.length === 0) return [];
    await this.start();
    return this.#submit(new AskWork(question, contexts, this.#setAside, options), options.signal);
  }

  /**
   * Gets the passages of a document ready to be asked, when there is nothing else to do. Those that were read before cost nothing.
   * @throws {EngineError} `cancelled`, `poisoned-input`; what {@link start} throws.
   */
  async index(contexts: readonly string[], options: PassageOptions = {}): Promise<IndexResult> {
    await this.start();
    return this.#submit(new IndexWork(contexts, this.#setAside, options), options.signal);
  }

  /**
   * Ranks passages for each question, to measure how well they are found.
   * @throws {EngineError} `cancelled`, `poisoned-input`; what {@link start} throws.
   */
  async rank(
    questions: readonly string[],
    contexts: readonly string[],
    top: number,
    options: PassageOptions = {},
  ): Promise<Rankings[]> {
    await this.start();
    return this.#submit(new RankWork(questions, contexts, this.#setAside, top, options), options.signal);
  }

  #submit<T>(work: PendingWork & { readonly result: Promise<T> }, signal: AbortSignal | undefined): Promise<T> {
    const id = this.#nextId++;
    const cancel = (): void => {
      this.#pending.delete(id);
      this.#process.tell({ type: "cancel", id });
      work.fail(new EngineError("cancelled", "Cancelled."));
    };
    if (signal?.aborted || this.#process.disposed) {
      work.fail(signal?.aborted ? new EngineError("cancelled", "Cancelled.") : this.#process.shutDown());
      return work.result;
    }
    signal?.addEventListener("abort", cancel, { once: true });
    this.#pending.set(id, work);
    if (this.state === "ready") this.#sendWork(id, work);
    return work.result.finally(() => signal?.removeEventListener("abort", cancel));
  }

  #sendWork(id: number, work: PendingWork): void {
    const request = work.request();
    if (request) this.#process.ask({ type: "work", id, priority: work.priority, ...this.#withoutKnown(request) });
    else {
      this.#pending.delete(id);
      work.done(undefined);
    }
  }

  /** Questions about one file follow each other: its passages are sent once. */
  #withoutKnown(work: Work): { work: Work; sameContexts?: boolean } {
    if (work.kind === "label") return { work };
    if (this.#sentContexts && sameTexts(this.#sentContexts, work.contexts))
      return { work: { ...work, contexts: [] }, sameContexts: true };
    this.#sentContexts = work.contexts;
    return { work };
  }

  #greet(): Request {
    this.#sentContexts = this.#trying = this.#running = undefined;
    const { modelDir, device = "auto", threads = Math.max(1, availableParallelism() - 1) } = this.options;
    const skipDevices = this.#devices.list();
    return { type: "start", options: { modelDirs: [modelDir].flat(), device, threads, skipDevices } };
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case "trying":
        this.#trying = reply.device;
        this.#process.startsOn();
        return;
      case "started":
        this.#started(reply.info);
        return;
      case "running":
        this.#running = reply;
        this.#process.begins(reply.tokens);
        return;
      case "failed": {
        const error = new EngineError(reply.code, reply.message);
        if (reply.id === undefined) this.#process.fail(error);
        else this.#take(reply.id)?.fail(error);
        return;
      }
      case "labels":
        // The batch is over: what the process does next is not its fault.
        this.#running = undefined;
        this.#pending.get(reply.id)?.labels(reply.labels);
        return;
      case "progress":
        this.#pending.get(reply.id)?.progress(reply.done, reply.total);
        return;
      case "done":
        this.#finished(reply.id, reply);
    }
  }

  #started(info: EngineInfo): void {
    const { pid, model, device, deviceReason, notes } = info;
    this.options.log?.(`engine ${pid}: ${[`${model} on ${device}`, deviceReason, ...notes].join("\n")}`);
    this.#process.ready(info);
    for (const [id, work] of [...this.#pending]) this.#sendWork(id, work);
  }

  #finished(id: number, outcome: Outcome): void {
    const work = this.#take(id);
    if (!work?.unfinished) return work?.done(outcome);
    this.#pending.set(id, work);
    this.#sendWork(id, work);
  }

  #take(id: number): PendingWork | undefined {
    const work = this.#pending.get(id);
    this.#pending.delete(id);
    if (this.#running?.id === id) this.#running = undefined;
    return work;
  }

  #died(): void {
    if (this.#trying !== undefined) this.#devices.add(this.#trying);
    if (this.#running) this.#pending.get(this.#running.id)?.blame(this.#running.items);
    this.#trying = this.#running = undefined;
  }

  #failAll(error: EngineError): void {
    for (const work of this.#pending.values()) work.fail(error);
    this.#pending.clear();
  }
}
