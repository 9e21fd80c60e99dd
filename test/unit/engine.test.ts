import { strict as assert } from "node:assert";
import type { EngineClient } from "../../src/engine/client";
import type { LabelOptions } from "../../src/engine/options";
import { EngineError } from "../../src/engine/errors";
import type { EngineInfo, Segment, SegmentLabels } from "../../src/engine/protocol";
import { WorkQueue } from "../../src/engine/queue";
import type { Job } from "../../src/engine/queue";
import { PassageIndex, rankPassages } from "../../src/engine/retrieval";
import { Scheduler } from "../../src/engine/scheduler";
import { CrashBudget } from "../../src/engine/supervision";
import type { Task } from "../../src/documents/tasks";

const turn = () => new Promise((resolve) => setImmediate(resolve));
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 10_000 && !condition(); i++) await turn();
  assert.ok(condition(), "it did not come to pass");
}

describe("work queue", () => {
  let order: string[];
  let failures: [number, string][];
  let queue: WorkQueue;
  let open: number;
  const job = (name: string, count: number, during?: (step: number) => void): Job => {
    open++;
    return {
      steps: Array.from({ length: count }, (_, i) => ({
        begin: () => void order.push(`${name}${i} begins`),
        run: async () => {
          await turn();
          order.push(`${name}${i}`);
          during?.(i);
        },
      })),
      finish: () => {
        open--;
        order.push(`${name} done`);
      },
    };
  };
  const steps = () => order.filter((entry) => !entry.endsWith("begins"));

  beforeEach(() => {
    [order, failures, open] = [[], [], 0];
    queue = new WorkQueue((id, error) => {
      open--;
      failures.push([id, (error as Error).message]);
    });
  });

  it("runs jobs in order, a step at a time, each announced before it runs", async () => {
    queue.add(1, "normal", job("a", 2));
    queue.add(2, "normal", job("b", 1));
    queue.add(3, "normal", job("empty", 0));
    await until(() => open === 0);
    assert.deepEqual(order, [
      "a0 begins",
      "a0",
      "a1 begins",
      "a1",
      "a done",
      "b0 begins",
      "b0",
      "b done",
      "empty done",
    ]);
  });

  it("lets urgent work in between two steps, the latest first", async () => {
    queue.add(
      1,
      "normal",
      job("slow", 3, (step) => {
        if (step !== 0) return;
        queue.add(2, "urgent", job("early", 1));
        queue.add(3, "urgent", job("late", 1));
      }),
    );
    await until(() => open === 0);
    assert.deepEqual(steps(), ["slow0", "late0", "late done", "early0", "early done", "slow1", "slow2", "slow done"]);
  });

  it("drops a cancelled job: its running step ends, it is not finished, the rest goes on", async () => {
    queue.add(
      1,
      "normal",
      job("gone", 3, (step) => {
        if (step === 0) queue.cancel(1);
      }),
    );
    queue.add(2, "normal", job("waiting", 1));
    queue.add(3, "normal", job("next", 1));
    queue.cancel(2);
    queue.cancel(99);
    await until(() => order.includes("next done"));
    assert.deepEqual(steps(), ["gone0", "next0", "next done"]);
  });

  it("reports a job that fails once, and goes on; it starts again after it was empty", async () => {
    queue.add(7, "normal", {
      steps: [{ begin: () => undefined, run: () => Promise.reject(new Error("broken")) }, ...job("never", 1).steps],
      finish: () => assert.fail("it is not finished"),
    });
    queue.add(8, "normal", job("good", 1));
    await until(() => order.includes("good done"));
    assert.deepEqual(failures, [[7, "broken"]]);
    await turn();
    await turn();
    queue.add(9, "normal", job("again", 1));
    await until(() => order.includes("again done"));
    assert.deepEqual(steps(), ["good0", "good done", "again0", "again done"]);
  });
});

describe("crash budget", () => {
  it("gives up at the fifth crash within three minutes, and not when they are spread", () => {
    let now = 0;
    const close = new CrashBudget(5, 180_000, () => now);
    for (let i = 0; i < 4; i++, now += 45_000) assert.equal(close.record(), true);
    assert.equal(now, 180_000);
    assert.equal(close.record(), false);

    now = 0;
    const spread = new CrashBudget(5, 180_000, () => now);
    for (let i = 0; i < 50; i++, now += 45_001) assert.equal(spread.record(), true, `crash ${i}`);
  });

  it("judges by the last five, and starts afresh when asked to", () => {
    let now = 0;
    const budget = new CrashBudget(5, 180_000, () => now);
    assert.equal(budget.record(), true);
    now = 1_000_000;
    for (let i = 0; i < 4; i++) assert.equal(budget.record(), true);
    budget.reset();
    for (let i = 0; i < 4; i++) assert.equal(budget.record(), true);
    assert.equal(budget.record(), false);
  });
});

describe("retrieval", () => {
  const passages = [
    "The weather was mild all week.",
    "Alexander Fleming discovered penicillin in London in 1928.",
    "London has many parks.",
    "Nothing here matters.",
  ];

  it("puts the passage with the question's words first, and fills up in order", () => {
    assert.deepEqual(rankPassages("Who discovered penicillin in London?", passages, 2), [1, 2]);
    const all = rankPassages("penicillin", passages, 4);
    assert.deepEqual(all, [1, 0, 2, 3]);
    assert.deepEqual(rankPassages("zzz", passages, 3), [0, 1, 2]);
  });

  it("looks words up by their stems, with and without marks, and the most common ones not at all", () => {
    const passages = [
      "What is it that was there, and who was it?",
      "Its parks were designed by Beyoncé.",
      "Größe zählt, 東京 auch.",
      `${"x".repeat(100_000)} was discovered.`,
    ];
    assert.deepEqual(rankPassages("Who was it that discovers what there was?", passages, 1), [3]);
    assert.deepEqual(rankPassages("What was Beyonce designing?", passages, 1), [1]);
    assert.deepEqual(rankPassages("größe", passages, 1), [2]);
    assert.deepEqual(rankPassages("x".repeat(100_000), passages, 1), [3]);
    assert.deepEqual(new PassageIndex(passages).search("what is it", 4), [], "nothing to go by");
  });

  it("never gives more than there are, nor one twice, whatever the question", () => {
    const index = new PassageIndex(passages);
    for (const question of ["", "???", "in in in", "London ".repeat(500), "\0", "😀"]) {
      const found = index.rank(question, 10);
      assert.deepEqual([...found].sort(), [0, 1, 2, 3], question.slice(0, 20));
    }
    assert.deepEqual(rankPassages("x", [], 5), []);
    assert.deepEqual(new PassageIndex(passages).rank("London", 0), []);
  });
});

describe("scheduler", () => {
  /** Stands in for the client: keeps what was asked for, and answers a turn later, or when let. */
  class Counting implements Pick<EngineClient, "label" | "info"> {
    info = { modelVersion: "one" } as EngineInfo;
    readonly requests: { texts: string[]; tasks: readonly Task[]; options: LabelOptions }[] = [];
    gate: Promise<void> = Promise.resolve();
    failure: Error | undefined;

    async label(
      segments: readonly Segment[],
      tasks: readonly Task[],
      options: LabelOptions = {},
    ): Promise<SegmentLabels[]> {
      this.requests.push({ texts: segments.map(({ text }) => text), tasks, options });
      await turn();
      await this.gate;
      if (options.signal?.aborted) throw new EngineError("cancelled", "Cancelled.");
      if (this.failure) throw this.failure;
      const results = segments.map(({ text }): SegmentLabels => {
        const sentiment = { label: "neutral", score: 1, scores: { neutral: 1 } };
        return {
          ...(tasks.includes("entities") && { entities: [] }),
          ...(tasks.includes("sentiment") && text.trim() !== "" && { sentiment }),
        };
      });
      options.onResults?.(results.map((labels, i) => [i, labels] as const));
      return results;
    }

    get texts(): string[] {
      return this.requests.flatMap(({ texts }) => texts);
    }
  }
  const both: readonly Task[] = ["entities", "sentiment"];
  const lines = (count: number, of = "line") => Array.from({ length: count }, (_, i) => `${of} ${i}`);
  let client: Counting;
  let scheduler: Scheduler;
  beforeEach(() => {
    client = new Counting();
    scheduler = new Scheduler(client);
  });
  const settle = () => until(() => scheduler.idle);

  it("asks in the order given, the first few alone and urgently, and reports how far it is", async () => {
    const heard: [string, number, number][] = [];
    scheduler.onDidLabel((...event) => heard.push(event));
    const wanted = lines(400);
    scheduler.want("a", wanted, both);
    await settle();
    assert.deepEqual(client.texts, wanted);
    assert.deepEqual(
      client.requests.map(({ texts, options }) => [texts.length, options.priority]),
      [
        [24, "urgent"],
        [128, "normal"],
        [128, "normal"],
        [120, "normal"],
      ],
    );
    assert.deepEqual(heard[0], ["a", 24, 400]);
    assert.deepEqual(heard.at(-1), ["a", 400, 400]);
    assert.ok(scheduler.lookup("line 399")?.sentiment);
  });

  it("runs only the changed sentence after an edit, wherever the others moved, and each text once", async () => {
    const before = lines(200);
    scheduler.want("a", before, both);
    await settle();
    client.requests.length = 0;
    scheduler.want("a", ["new first", ...before.slice(0, 100), "edited", ...before.slice(101), "edited"], both);
    await settle();
    assert.deepEqual(client.texts, ["new first", "edited"]);
    client.requests.length = 0;
    scheduler.want("a", before, both);
    scheduler.want("b", [...before].reverse(), both);
    await settle();
    assert.deepEqual(client.texts, []);
  });

  it("asks again for a task that is missing, and not for blank text", async () => {
    scheduler.want("a", ["x", " "], ["entities"]);
    await settle();
    client.requests.length = 0;
    scheduler.want("a", ["x", " "], both);
    await settle();
    assert.deepEqual(client.texts, ["x"]);
    const { entities, sentiment } = scheduler.lookup("x")!;
    assert.ok(entities && sentiment);
  });

  it("turns to what is visible now: the earlier want is cancelled, several in a row cost one request", async () => {
    let release!: () => void;
    client.gate = new Promise((resolve) => (release = resolve));
    scheduler.want("a", lines(300), both);
    await until(() => client.requests.length === 1);
    scheduler.want("a", lines(10, "passing"), both);
    scheduler.want("a", lines(10, "visible"), both);
    assert.equal(client.requests[0]!.options.signal!.aborted, true);
    release();
    await settle();
    assert.deepEqual(
      client.requests.map(({ texts }) => texts[0]),
      ["line 0", "visible 0"],
    );
    assert.equal(scheduler.lookup("passing 0"), undefined);
  });

  it("forgets a closed document, and wants nothing without a task", async () => {
    scheduler.want("a", lines(300), both);
    scheduler.forget("a");
    scheduler.want("b", lines(3), []);
    assert.equal(scheduler.idle, true);
    await turn();
    await turn();
    assert.deepEqual(client.requests, []);
  });

  it("consumes a lazy list as it goes, over many known sentences too", async () => {
    function* lazy(): Generator<string> {
      for (let i = 0; i < 6000; i++) yield `same ${i % 10}`;
      yield "last";
    }
    const totals: number[] = [];
    scheduler.onDidLabel((_, done, total) => totals.push(done, total));
    scheduler.want("a", lazy(), both);
    await settle();
    assert.deepEqual([...client.texts].sort(), [...lines(10, "same"), "last"].sort());
    assert.deepEqual(totals.slice(-2), [6001, 6001]);
    assert.equal(totals[1], -1);
  });

  it("drops the labels of another model", async () => {
    scheduler.want("a", ["old"], both);
    await settle();
    client.info = { modelVersion: "two" } as EngineInfo;
    scheduler.want("a", ["new"], both);
    await settle();
    assert.equal(scheduler.lookup("old"), undefined);
    assert.ok(scheduler.lookup("new"));
    scheduler.clear();
    assert.equal(scheduler.lookup("new"), undefined);
  });

  it("reports a failure that is no cancellation, once, and works again afterwards", async () => {
    const errors: Error[] = [];
    const stop = scheduler.onError((error) => errors.push(error));
    client.failure = new EngineError("crashed-too-often", "It stopped too often.");
    scheduler.want("a", lines(3), both);
    await settle();
    assert.deepEqual(errors, [client.failure]);
    stop();
    client.failure = undefined;
    scheduler.want("a", lines(3), both);
    await settle();
    assert.ok(scheduler.lookup("line 2"));
    assert.equal(errors.length, 1);
  });
});
