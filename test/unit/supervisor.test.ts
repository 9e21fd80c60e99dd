/** The supervisor alone, with a small process of its own that does as it is told: works, crashes, hangs, cannot start, does not want to end. */
import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EngineError } from "../../src/engine/errors";
import { CrashBudget } from "../../src/engine/supervision";
import { Supervisor } from "../../src/engine/supervisor";
import type { Owner, ProcessState, SupervisorOptions } from "../../src/engine/supervisor";

/** `as`: how the process behaves from its start. */
type Sent =
  | { readonly as: "willing" | "mute" | "crashing" | "unable" | "stubborn" }
  | { readonly square: number; readonly how?: "crash" | "loop" | "long batch" };
type Received = { readonly ready: number } | { readonly unable: string } | Batch | { readonly squared: number };
interface Batch {
  readonly tokens: number;
}

/** Squares numbers. A loop of `BUSY_MS` says before that it will take long; the other one never ends. */
const BUSY_MS = 3000;
const SCRIPT = `
process.on("disconnect", () => stubborn || process.exit(0));
let stubborn = false;
process.on("message", ({ as, square, how }) => {
  if (as === "crashing" || how === "crash") process.exit(3);
  if (as === "unable") process.send({ unable: "There is nothing to square." });
  if (as === "stubborn") setInterval(() => {}, 1000);
  stubborn ||= as === "stubborn";
  if (as === "willing" || as === "stubborn") process.send({ ready: process.pid });
  if (how === "loop") for (;;);
  if (how === "long batch")
    return process.send({ tokens: 1000 }, () => {
      for (const until = Date.now() + ${BUSY_MS}; Date.now() < until;);
      process.send({ squared: square * square });
    });
  if (square !== undefined) process.send({ squared: square * square });
});
console.log("it runs");
`;

/** Has numbers squared, whatever becomes of a process. What a number does to the process it does once. */
class Squares implements Owner<Sent, Received> {
  readonly #waiting = new Map<number, { how?: "crash" | "loop" | "long batch"; done: (square: number) => void }>();
  readonly states: string[] = [];
  readonly lines: string[] = [];
  readonly supervisor: Supervisor<Sent, Received, number>;
  readonly errors: EngineError[] = [];
  deaths = 0;
  as: "willing" | "mute" | "crashing" | "unable" | "stubborn" = "willing";

  constructor(options: Partial<SupervisorOptions> & { readonly serverPath: string }) {
    this.supervisor = new Supervisor(
      {
        ...{ name: "squares", title: "The squaring process", advice: "Ask for less." },
        ...{ log: (line) => this.lines.push(line), ...options },
      },
      this,
    );
    this.supervisor.onState((state, message) =>
      this.states.push(message === undefined ? state : `${state}: ${message}`),
    );
  }

  readonly greet = (): Sent => ({ as: this.as });
  readonly waits = (): boolean => this.#waiting.size > 0;
  readonly gone = (error: EngineError): void => void this.errors.push(error);

  readonly died = (): void => {
    this.deaths++;
    for (const work of this.#waiting.values()) delete work.how;
  };

  readonly receive = (received: Received): void => {
    if ("ready" in received) {
      this.supervisor.ready(received.ready);
      for (const square of this.#waiting.keys()) this.#ask(square);
    } else if ("unable" in received) this.supervisor.fail(new EngineError("model-missing", received.unable));
    else if ("tokens" in received) this.supervisor.begins(received.tokens);
    else
      for (const [square, { done }] of this.#waiting)
        if (square * square === received.squared) {
          this.#waiting.delete(square);
          done(received.squared);
        }
  };

  async square(square: number, how?: "crash" | "loop" | "long batch"): Promise<number> {
    await this.supervisor.start();
    return new Promise((done) => {
      this.#waiting.set(square, { done, ...(how !== undefined && { how }) });
      this.#ask(square);
    });
  }

  #ask(square: number): void {
    const { how } = this.#waiting.get(square)!;
    this.supervisor.ask({ square, ...(how !== undefined && { how }) });
  }
}

/** Resolves when a process is gone. */
async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(20);
  }
}

describe("a supervised process", function () {
  this.timeout(60_000);
  let folder: string;
  let squares: Squares;
  const patience = { answerMs: 2000 };
  const supervised = (options: Partial<SupervisorOptions> = {}): Squares =>
    (squares = new Squares({ serverPath: join(folder, "squares.cjs"), ...options }));
  const reached = (state: ProcessState): Promise<void> =>
    new Promise((done) => {
      if (squares.supervisor.state === state) done();
      else squares.supervisor.onState((now) => now === state && done());
    });
  const code = (expected: string, message: RegExp) => (error: unknown) =>
    error instanceof EngineError && error.code === expected && message.test(error.message);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "glossator-supervisor-"));
    writeFileSync(join(folder, "squares.cjs"), SCRIPT);
  });
  afterEach(() => squares.supervisor.dispose());
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is started once, works, and ends with its supervisor", async () => {
    const { supervisor } = supervised();
    const [pid, again] = await Promise.all([supervisor.start(), supervisor.start()]);
    assert.equal(pid, again);
    assert.deepEqual([supervisor.pid, supervisor.started], [pid, pid]);
    assert.equal(await squares.square(7), 49);
    await supervisor.dispose();
    await gone(pid);
    assert.deepEqual(squares.states, ["starting", "ready", "stopped"]);
    assert.ok(squares.lines.includes(`squares ${pid}: it runs`), squares.lines.join("\n"));
    await assert.rejects(supervisor.start(), code("stopped", /^The squares was shut down\.$/));
    assert.deepEqual([squares.deaths, squares.errors.map((error) => error.code)], [0, ["stopped"]]);
  });

  it("is started again when it crashes, and its owner asks anew", async () => {
    const { supervisor } = supervised();
    const first = await supervisor.start();
    assert.equal(await squares.square(3, "crash"), 9);
    assert.notEqual(supervisor.pid, first);
    assert.equal(squares.deaths, 1);
    assert.deepEqual(squares.states.slice(2), [
      "restarting: The squaring process stopped (exit code 3) and is being started again.",
      "ready",
    ]);
  });

  it("stays down after too many crashes, until asked", async () => {
    supervised({ budget: new CrashBudget(3) });
    squares.as = "crashing";
    const { supervisor } = squares;
    const often = code(
      "crashed-too-often",
      /^The squaring process stopped 3 times within 3 minutes \(last by exit code 3\)\. Ask for less\.$/,
    );
    await assert.rejects(supervisor.start(), often);
    assert.deepEqual([supervisor.state, supervisor.pid, squares.deaths], ["failed", undefined, 3]);
    await assert.rejects(squares.square(2), often);
    assert.equal(squares.deaths, 3);
    squares.as = "willing";
    await supervisor.restart();
    assert.equal(await squares.square(2), 4);
  });

  it("may be one that is not started again at all", async () => {
    const { supervisor } = supervised({ budget: new CrashBudget(1) });
    await supervisor.start();
    void squares.square(3, "crash");
    await reached("failed");
    assert.equal(squares.states.at(-1), "failed: The squaring process stopped (exit code 3). Ask for less.");
    assert.deepEqual(
      squares.errors.map((error) => error.code),
      ["crashed-too-often"],
    );
  });

  it("is killed and started again when it hangs in its work", async () => {
    const { supervisor } = supervised({ patience });
    const first = await supervisor.start();
    assert.equal(await squares.square(4, "loop"), 16);
    assert.notEqual(supervisor.pid, first);
    assert.match(squares.states[2]!, /^restarting: The squaring process stopped \(silent for \d+ seconds\)/);
    await gone(first);
  });

  it("may take its time when it says so", async () => {
    const { supervisor } = supervised({ patience });
    const first = await supervisor.start();
    assert.equal(await squares.square(5, "long batch"), 25);
    assert.deepEqual([supervisor.pid, squares.deaths], [first, 0]);
  });

  it("is noticed to be stopped when it is wanted, not before", async function () {
    if (process.platform === "win32") return this.skip();
    const { supervisor } = supervised({ patience: { answerMs: 1000 } });
    const first = await supervisor.start();
    assert.equal(await squares.square(6), 36);
    process.kill(first, "SIGSTOP");
    await sleep(2500);
    assert.deepEqual([supervisor.pid, squares.deaths], [first, 0]);
    assert.equal(await squares.square(7), 49);
    assert.ok(squares.deaths > 0);
    await gone(first);
  });

  it("is killed when it hangs while it starts", async () => {
    supervised({ patience: { startMs: 4000 } });
    squares.as = "mute";
    const { supervisor } = squares;
    const started = supervisor.start();
    const first = supervisor.pid!;
    supervisor.onState(() => (squares.as = "willing"));
    await started;
    assert.notEqual(supervisor.pid, first);
    await gone(first);
  });

  it("is started anew when that is asked for while it starts", async () => {
    supervised();
    squares.as = "mute";
    const { supervisor } = squares;
    const started = supervisor.start();
    const first = supervisor.pid!;
    squares.as = "willing";
    const pid = await supervisor.restart();
    assert.notEqual(pid, first);
    assert.equal(await started, pid);
    await gone(first);
    assert.equal(squares.deaths, 0);
  });

  it("is not started again when it says that it cannot do its work", async () => {
    supervised();
    squares.as = "unable";
    const { supervisor } = squares;
    const started = supervisor.start();
    const first = supervisor.pid!;
    await assert.rejects(started, code("model-missing", /nothing to square/));
    assert.deepEqual([supervisor.state, supervisor.pid, squares.deaths], ["failed", undefined, 0]);
    await gone(first);
  });

  it("says so when it cannot be started at all", async () => {
    const { supervisor } = supervised({ execPath: join(folder, "no-node") });
    await assert.rejects(supervisor.start(), code("crashed-too-often", /ENOENT/));
  });

  it("is killed when it does not want to end", async () => {
    supervised();
    squares.as = "stubborn";
    const pid = await squares.supervisor.start();
    await squares.supervisor.dispose();
    assert.throws(() => process.kill(pid, 0));
  });
});
