/** Keeps a process alive: starts it, notices when it dies or hangs, and starts it again, so often and no oftener. What is said to it is its owner's. */
import { EngineError } from "./errors";
import { NodeProcess } from "./node-process";
import type { ProcessOptions } from "./node-process";
import { CrashBudget } from "./supervision";
import { Watchdog } from "./watchdog";
import type { Patience } from "./watchdog";

/** `restarting`: it stopped by itself and is being started again; work in hand is kept. `failed`: it will not start until asked. */
export type ProcessState = "stopped" | "starting" | "ready" | "restarting" | "failed";

/** Called at each change of state, with a message where there is something to say. */
export type StateListener = (state: ProcessState, message?: string) => void;

/** How to run and how to call the process. */
export interface SupervisorOptions extends ProcessOptions {
  /** Its short name, for the log and within a sentence. */
  readonly name: string;
  /** Its name at the beginning of a message to people. */
  readonly title: string;
  /** What people can do when it stopped too often, a sentence. */
  readonly advice: string;
  /** How often it may crash; the defaults are in {@link CrashBudget}. */
  readonly budget?: CrashBudget;
  /** How long the process may be silent before it counts as hung; the defaults are in {@link Watchdog}. */
  readonly patience?: Partial<Patience>;
  /** Receives what the process prints and what is done about it, a line at a time. */
  readonly log?: (line: string) => void;
}

/** What the process's owner knows and does. */
export interface Owner<Sent, Received> {
  /** A new process runs, which knows nothing: what it is told first, to which it answers sooner or later. */
  readonly greet: () => Sent;
  /** A message of the process that runs now. */
  readonly receive: (message: Received) => void;
  /** Whether something is wanted of a process that is ready. If not, it may be silent as long as it likes. */
  readonly waits: () => boolean;
  /** The process crashed or hung; called before another is started. */
  readonly died: () => void;
  /** The process will not come back by itself: whatever waits for it waits in vain. */
  readonly gone: (error: EngineError) => void;
}

/** A process that takes longer than this to end by itself is killed. */
const STOP_MS = 2000;

/** What waits for a start. */
interface Starting<Started> {
  readonly promise: Promise<Started>;
  readonly resolve: (started: Started) => void;
  readonly reject: (error: Error) => void;
}

/** One process after another: each is started when the one before it died. `Started` is what a process says of itself when it is ready. */
export class Supervisor<Sent extends object, Received, Started> {
  readonly #options: SupervisorOptions;
  readonly #owner: Owner<Sent, Received>;
  readonly #budget: CrashBudget;
  readonly #watchdog: Watchdog;
  readonly #listeners = new Set<StateListener>();
  #process: NodeProcess<Sent, Received> | undefined;
  #state: ProcessState = "stopped";
  #starting: Starting<Started> | undefined;
  #started: Started | undefined;
  #failure: EngineError | undefined;
  #disposed = false;

  constructor(options: SupervisorOptions, owner: Owner<Sent, Received>) {
    this.#options = options;
    this.#owner = owner;
    this.#budget = options.budget ?? new CrashBudget();
    this.#watchdog = new Watchdog((waitedMs) => this.#hung(waitedMs), options.patience);
  }

  /** The process that runs or starts, if one does. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** What the process is doing. */
  get state(): ProcessState {
    return this.#state;
  }

  /** What the latest process that was ready said of itself. */
  get started(): Started | undefined {
    return this.#started;
  }

  /** Calls `listener` at each change of state. Returns how to stop. */
  onState(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Starts the process if it does not run.
   * @throws {EngineError} what was handed to {@link fail}; `crashed-too-often`; `stopped` once it was disposed of.
   */
  start(): Promise<Started> {
    if (this.#disposed) return Promise.reject(this.shutDown());
    if (this.#state === "ready" && this.#started !== undefined) return Promise.resolve(this.#started);
    if (this.#state === "failed" && this.#failure) return Promise.reject(this.#failure);
    const { promise } = this.#expectStart();
    if (this.#process === undefined) this.#spawn("starting");
    return promise;
  }

  /** Stops the process, forgets past crashes and starts anew, as the user asked for. */
  async restart(): Promise<Started> {
    this.#budget.reset();
    this.#watchdog.reset();
    await this.#end();
    this.#failure = undefined;
    // Another call may have started one in the meantime.
    if (this.#process === undefined) this.#setState("stopped");
    return this.start();
  }

  /** Ends the process for good, and resolves when it is gone. The owner is told with `stopped`. */
  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#giveUp(this.shutDown());
    await this.#end();
    this.#setState("stopped");
    this.#listeners.clear();
  }

  /** The error of all that is asked for after {@link dispose}. */
  shutDown(): EngineError {
    return new EngineError("stopped", `The ${this.#options.name} was shut down.`);
  }

  /** Whether {@link dispose} was called. */
  get disposed(): boolean {
    return this.#disposed;
  }

  /** Tells the process something that it does not answer. */
  tell(message: Sent): void {
    this.#process?.send(message);
    this.#restIfIdle();
  }

  /** Gives the process work: from now on it must not be silent for too long. */
  ask(message: Sent): void {
    this.#process?.send(message);
    this.#watchdog.sent();
  }

  /** The owner has heard that the process is ready. */
  ready(started: Started): void {
    this.#started = started;
    this.#setState("ready");
    this.#starting?.resolve(started);
    this.#starting = undefined;
  }

  /** The owner has heard that the process cannot do what it is for: it is ended, and not started again until asked. */
  fail(error: EngineError): void {
    void this.#end();
    this.#failed(error);
  }

  /** The owner has heard that a batch of at most `tokens` tokens begins, and may take its time. */
  begins(tokens: number): void {
    this.#watchdog.begins(tokens);
  }

  /** The owner has heard that the start takes another step, which may take as long as a start. */
  startsOn(): void {
    this.#watchdog.starting();
  }

  #expectStart(): Starting<Started> {
    if (this.#starting) return this.#starting;
    let resolve!: (started: Started) => void;
    let reject!: (error: Error) => void;
    const promise = new Promise<Started>((yes, no) => ([resolve, reject] = [yes, no]));
    // Whoever waits gets the error; a restart nobody waits for is told through the state.
    promise.catch(() => undefined);
    return (this.#starting = { promise, resolve, reject });
  }

  #spawn(state: "starting" | "restarting", message?: string): void {
    this.#setState(state, message);
    const child = new NodeProcess<Sent, Received>(this.#options);
    this.#process = child;
    child.onLine((line) => this.#log(line, child.pid));
    child.onMessage((received) => {
      if (this.#process !== child) return;
      this.#watchdog.heard();
      this.#owner.receive(received);
      this.#restIfIdle();
    });
    void child.ended.then((how) => {
      if (this.#process === child) this.#died(how);
    });
    child.send(this.#owner.greet());
    this.#watchdog.starting();
  }

  /** Watches the process only while something is wanted of it. */
  #restIfIdle(): void {
    if (this.#state === "ready" && !this.#owner.waits()) this.#watchdog.rest();
  }

  /** A process that is stopped, loops or is stuck does not end by itself, and may not even end when killed: it counts as dead at once. */
  #hung(waitedMs: number): void {
    const child = this.#process;
    if (!child) return;
    const how = `silent for ${Math.round(waitedMs / 1000)} seconds`;
    this.#log(`${how}, it is killed`, child.pid);
    child.kill();
    this.#died(how);
  }

  #died(how: string): void {
    this.#process = undefined;
    this.#watchdog.rest();
    this.#log(`stopped by ${how}`);
    this.#owner.died();
    if (this.#disposed) return;
    const { title, advice } = this.#options;
    if (!this.#budget.record()) {
      const { limit, minutes } = this.#budget;
      const often = `stopped ${limit} times within ${minutes} minutes (last by ${how})`;
      this.#failed(
        new EngineError("crashed-too-often", `${title} ${limit === 1 ? `stopped (${how})` : often}. ${advice}`),
      );
      return;
    }
    this.#expectStart();
    this.#spawn("restarting", `${title} stopped (${how}) and is being started again.`);
  }

  #failed(error: EngineError): void {
    this.#failure = error;
    this.#setState("failed", error.message);
    this.#giveUp(error);
  }

  #giveUp(error: EngineError): void {
    this.#starting?.reject(error);
    this.#starting = undefined;
    this.#owner.gone(error);
  }

  async #end(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    this.#watchdog.rest();
    await child?.end(STOP_MS);
  }

  #setState(state: ProcessState, message?: string): void {
    if (this.#state === state && message === undefined) return;
    this.#state = state;
    for (const listener of this.#listeners) listener(state, message);
  }

  #log(line: string, pid?: number): void {
    this.#options.log?.(`${this.#options.name}${pid === undefined ? "" : ` ${pid}`}: ${line}`);
  }
}
