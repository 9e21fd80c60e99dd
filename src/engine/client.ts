/** The extension's side of the model process: starts it, gives it work, and starts it again when it dies or hangs. */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import type { Task } from "../documents/tasks";
import { DeviceMemory } from "./device-memory";
import { EngineError } from "./errors";
import type { AskOptions, EngineOptions, LabelOptions, PassageOptions } from "./options";
import { AskWork, IndexWork, RankWork } from "./passage-work";
import type { IndexResult } from "./passage-work";
import type { Answer, EngineInfo, Outcome, Rankings, Reply, Request, Segment, SegmentLabels, Work } from "./protocol";
import { sameTexts } from "./same-texts";
import { CrashBudget } from "./supervision";
import { Watchdog } from "./watchdog";
import { LabelWork } from "./work";
import type { PendingWork } from "./work";

/** `restarting`: it stopped by itself and is being started again; work in hand is kept. `failed`: it will not start until asked. */
export type EngineState = "stopped" | "starting" | "ready" | "restarting" | "failed";

/** A process that takes longer than this to end by itself is killed. */
const STOP_MS = 2000;

/**
 * Starts the model process, keeps it alive and gives it work. The process holds no state of ours: when it dies, it is started again and
 * what was lost is sent anew; an input that killed it twice is set aside and reported, and the rest goes on.
 */
export class EngineClient {
  #child: ChildProcess | undefined;
  #current: EngineState = "stopped";
  #starting:
    { promise: Promise<EngineInfo>; resolve: (info: EngineInfo) => void; reject: (error: Error) => void } | undefined;
  readonly #pending = new Map<number, PendingWork>();
  readonly #listeners = new Set<(state: EngineState, message?: string) => void>();
  readonly #budget = new CrashBudget();
  readonly #devices: DeviceMemory;
  readonly #watchdog: Watchdog;
  /** Passages that stopped the process twice. */
  readonly #setAside = new Set<string>();
  #nextId = 1;
  /** The contexts that the process was sent last, and has kept. */
  #sentContexts: readonly string[] | undefined;
  #trying: string | undefined;
  #running: { id: number; items: readonly number[] } | undefined;
  #failure: EngineError | undefined;
  #disposed = false;

  /** What runs; absent until the first start succeeded. */
  info: EngineInfo | undefined;

  constructor(private readonly options: EngineOptions) {
    this.#devices = new DeviceMemory(options.stateDir);
    this.#watchdog = new Watchdog((waitedMs) => this.#hung(waitedMs), options.patience);
  }

  /** The process that runs or starts, if one does. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** What the process is doing. */
  get state(): EngineState {
    return this.#current;
  }

  /** Calls `listener` at each change of state, with a message where there is something to say. Returns how to stop. */
  onState(listener: (state: EngineState, message?: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts the process if it does not run.
   * @throws {EngineError} saying what is wrong with the model or the device, or `crashed-too-often`.
   */
  start(): Promise<EngineInfo> {
    if (this.#disposed) return Promise.reject(new EngineError("stopped", "The engine was shut down."));
    if (this.#current === "ready" && this.info) return Promise.resolve(this.info);
    if (this.#current === "failed" && this.#failure) return Promise.reject(this.#failure);
    if (!this.#starting) {
      this.#expectStart();
      this.#spawn("starting");
    }
    return this.#starting!.promise;
  }

  /** Stops the process, forgets past crashes and starts anew, as the user asked for. Work in hand is sent again. */
  async restart(): Promise<EngineInfo> {
    this.#budget.reset();
    this.#watchdog.reset();
    this.#devices.clear();
    this.#setAside.clear();
    await this.#kill();
    this.#failure = undefined;
    this.#setState("stopped");
    return this.start();
  }

  /** Ends the process; work in hand fails with `stopped`. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#failAll(new EngineError("stopped", "The engine was shut down."));
    this.#starting?.reject(new EngineError("stopped", "The engine was shut down."));
    this.#starting = undefined;
    await this.#kill();
    this.#setState("stopped");
    this.#listeners.clear();
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
      this.#send({ type: "cancel", id });
      this.#watch();
      work.fail(new EngineError("cancelled", "Cancelled."));
    };
    if (signal?.aborted || this.#disposed) {
      work.fail(
        signal?.aborted
          ? new EngineError("cancelled", "Cancelled.")
          : new EngineError("stopped", "The engine was shut down."),
      );
      return work.result;
    }
    signal?.addEventListener("abort", cancel, { once: true });
    this.#pending.set(id, work);
    if (this.#current === "ready") this.#sendWork(id, work);
    return work.result.finally(() => signal?.removeEventListener("abort", cancel));
  }

  #sendWork(id: number, work: PendingWork): void {
    const request = work.request();
    if (request) {
      this.#send({ type: "work", id, priority: work.priority, ...this.#withoutKnown(request) });
      this.#watchdog.sent();
    } else {
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

  #expectStart(): void {
    let resolve!: (info: EngineInfo) => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<EngineInfo>((yes, no) => ([resolve, reject] = [yes, no]));
    // Whoever waits gets the error; a restart nobody waits for is told through the state.
    promise.catch(() => undefined);
    this.#starting = { promise, resolve, reject };
  }

  #spawn(state: "starting" | "restarting", message?: string): void {
    this.#setState(state, message);
    this.#sentContexts = undefined;
    const child = fork(this.options.serverPath, [], {
      ...(this.options.execPath === undefined ? {} : { execPath: this.options.execPath }),
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      // VS Code's own executable behaves as Node with the first, and reads archives as plain files with the second.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1", ELECTRON_NO_ASAR: "1" },
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      if (stream)
        createInterface({ input: stream }).on("line", (line) => this.options.log?.(`engine ${child.pid}: ${line}`));
    child.on("message", (reply: Reply) => {
      if (this.#child !== child) return;
      if (reply.type === "running") this.#watchdog.begins(reply.tokens);
      else this.#watchdog.heard();
      this.#receive(reply);
      this.#watch();
    });
    child.on("error", (error) => this.options.log?.(`engine: ${error.message}`));
    // Not "close": after `disconnect()` Node 20 does not emit it.
    child.on("exit", (code, signal) => {
      if (this.#child === child) this.#died(signal ?? `exit code ${code}`);
    });
    this.#send({
      type: "start",
      options: {
        modelDirs: [this.options.modelDir].flat(),
        device: this.options.device ?? "auto",
        threads: this.options.threads ?? Math.max(1, availableParallelism() - 1),
        skipDevices: this.#devices.list(),
      },
    });
    this.#watchdog.starting();
  }

  #receive(reply: Reply): void {
    switch (reply.type) {
      case "trying":
        this.#trying = reply.device;
        this.#watchdog.starting();
        return;
      case "started":
        this.info = reply.info;
        this.options.log?.(
          `engine ${reply.info.pid}: ${[`${reply.info.model} on ${reply.info.device}`, reply.info.deviceReason, ...reply.info.notes].join("\n")}`,
        );
        this.#setState("ready");
        this.#starting?.resolve(reply.info);
        this.#starting = undefined;
        for (const [id, work] of [...this.#pending]) this.#sendWork(id, work);
        return;
      case "running":
        this.#running = reply;
        return;
      case "failed":
        if (reply.id === undefined) {
          void this.#kill();
          this.#fail(new EngineError(reply.code, reply.message));
        } else this.#take(reply.id)?.fail(new EngineError(reply.code, reply.message));
        return;
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

  /** Watches the process only while something is wanted of it. */
  #watch(): void {
    if (this.#pending.size === 0 && this.#current === "ready") this.#watchdog.rest();
  }

  /** A process that is stopped, loops or is stuck does not end by itself, and may not even end when killed: it counts as dead at once. */
  #hung(waitedMs: number): void {
    const child = this.#child;
    if (!child) return;
    const how = `silent for ${Math.round(waitedMs / 1000)} seconds`;
    this.options.log?.(`engine ${child.pid}: ${how}, it is killed`);
    child.kill("SIGKILL");
    this.#died(how);
  }

  #died(how: string): void {
    this.#child = undefined;
    this.#watchdog.rest();
    this.options.log?.(`engine: stopped by ${how}`);
    if (this.#trying !== undefined) {
      this.#devices.add(this.#trying);
      this.#trying = undefined;
    }
    if (this.#running) this.#pending.get(this.#running.id)?.blame(this.#running.items);
    this.#running = undefined;
    if (this.#disposed) return;
    if (!this.#budget.record()) {
      this.#fail(
        new EngineError(
          "crashed-too-often",
          `The model process stopped 5 times within 3 minutes (last by ${how}). Restart it, or choose another device or model.`,
        ),
      );
      return;
    }
    if (!this.#starting) this.#expectStart();
    this.#spawn("restarting", `The model process stopped (${how}) and is being started again.`);
  }

  #fail(error: EngineError): void {
    this.#failure = error;
    this.#setState("failed", error.message);
    this.#starting?.reject(error);
    this.#starting = undefined;
    this.#failAll(error);
  }

  #failAll(error: EngineError): void {
    for (const work of this.#pending.values()) work.fail(error);
    this.#pending.clear();
  }

  #send(request: Request): void {
    if (this.#child?.connected) this.#child.send(request, () => undefined);
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#running = undefined;
    this.#watchdog.rest();
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    if (child.connected) child.disconnect();
    const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  #setState(state: EngineState, message?: string): void {
    if (this.#current === state && message === undefined) return;
    this.#current = state;
    for (const listener of this.#listeners) listener(state, message);
  }
}
