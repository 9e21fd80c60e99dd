import { strict as assert } from "node:assert";
import { join } from "node:path";
import type { EngineClient } from "../../src/engine/client";
import { EngineError } from "../../src/engine/errors";
import { client, root } from "./support";

/** A tiny model with both answer decoders and random weights; see training/tests/make_answers_fixture.py. */
const fixture = join(root, "test/fixtures/answers-model");
const QUESTION = "Where lives Anna?";

/** Passages of some 60 tokens, all different. */
const document = (count: number): string[] =>
  Array.from(
    { length: count },
    (_, i) =>
      `Anna ${i} lives in Paris. Bob works at a mill in Rome, and Carla lives in Lima ${i}. It was the story of ${i * 7}, who was from Rome.`,
  );

describe("questions over a file", function () {
  this.timeout(120_000);
  let engine: EngineClient;

  before(async () => {
    engine = client({ modelDir: fixture });
    await engine.start();
  });
  after(() => engine.dispose());

  /** Indexes and returns the progress that was reported. */
  const index = async (on: EngineClient, contexts: readonly string[], name: string): Promise<[number, number][]> => {
    const heard: [number, number][] = [];
    const onProgress = (done: number, total: number) => void heard.push([done, total]);
    const result = await on.index(contexts, { document: name, onProgress });
    assert.deepEqual(result, { passages: contexts.length, setAside: 0 });
    return heard;
  };

  it("answers before the document is indexed and after, and reports its end", async () => {
    const contexts = document(40);
    for (const indexed of [false, true]) {
      if (indexed) await index(engine, contexts, "each");
      const progress: [number, number][] = [];
      const onProgress = (done: number, total: number) => void progress.push([done, total]);
      const answers = await engine.ask(QUESTION, contexts, { candidates: 8, top: 4, document: "each", onProgress });
      assert.ok(answers.length > 0);
      for (const { context, start, end, text } of answers) assert.equal(contexts[context]!.slice(start, end), text);
      assert.ok(answers.every((answer, i) => i === 0 || answer.score <= answers[i - 1]!.score));
      assert.deepEqual(progress.at(-1), [8, 8]);
    }
  });

  it("weighs answers by the place of their passage in the search, where there was one", async () => {
    const contexts = document(40);
    await index(engine, contexts, "weighed");
    const options = { candidates: 4, top: 100, document: "weighed" };
    const [found] = await engine.rank([QUESTION], contexts, 4, { document: "weighed" });
    const answers = await engine.ask(QUESTION, contexts, options);
    assert.deepEqual(new Set(answers.map(({ context }) => context)), new Set(found!.both));
    const alone = await Promise.all(
      found!.both.map(async (context, place) => {
        const [answer] = await engine.ask(QUESTION, [contexts[context]!], { top: 1 });
        return { ...answer!, context, weight: answer!.score / Math.max(answer!.noAnswer, 0.001) / (place + 1) };
      }),
    );
    const best = alone.reduce((a, b) => (b.weight > a.weight ? b : a));
    assert.equal(answers[0]!.context, best.context);
    for (const { context, score, noAnswer, weight } of alone) {
      const weighed = answers.find((answer) => answer.context === context)!;
      assert.ok(Math.abs(weighed.score - (best.score * weight) / best.weight) < 1e-4);
      assert.ok(Math.abs(weighed.noAnswer / weighed.score - noAnswer / score) < 1e-2, "its own odds are kept");
    }
  });

  it("encodes only what an edit changed, whatever moved", async () => {
    const before = document(30);
    assert.deepEqual((await index(engine, before, "edited")).at(-1), [30, 30]);
    assert.deepEqual(await index(engine, before, "edited"), [[30, 30]]);
    const after = ["Carla is new here.", ...before.slice(0, 10), "Bob was edited.", ...before.slice(11)];
    const heard = await index(engine, after, "edited");
    assert.deepEqual(heard[0], [29, 31]);
    assert.deepEqual(heard.at(-1), [31, 31]);
    // By the text, so in another document, too.
    assert.deepEqual(await index(engine, [...after].reverse(), "copy"), [[31, 31]]);
  });

  it("finds passages by words, by meaning and by both, a text's every place", async () => {
    const contexts = [...document(25), "The lamp is green.", "The lamp is green."];
    const [found] = await engine.rank(["Is the lamp green?"], contexts, 5, { document: "ranked" });
    assert.deepEqual(found!.words.slice(0, 2), [25, 26]);
    assert.ok(found!.both.includes(25) && found!.both.includes(26));
    assert.equal(found!.meaning.length, 5);
    const [self] = await engine.rank([contexts[7]!], contexts, 1, { document: "ranked" });
    assert.deepEqual(self!.meaning, [7]);
  });

  it("gives way to a question while it indexes, and stops when cancelled with what it has", async () => {
    const contexts = document(300).map((text) => `${text} Cancelled.`);
    const abort = new AbortController();
    let asked: Promise<unknown> | undefined;
    let last = 0;
    const indexing = engine.index(contexts, {
      document: "cancelled",
      signal: abort.signal,
      onProgress: (done) => {
        last = done;
        if (done > 0) asked ??= engine.ask(QUESTION, contexts, { candidates: 4 }).then(() => abort.abort());
      },
    });
    await assert.rejects(indexing, (error: unknown) => error instanceof EngineError && error.code === "cancelled");
    await asked;
    assert.ok(last < 300, "the question did not wait for the index");
    const heard = await index(engine, contexts, "cancelled");
    assert.ok(heard[0]![0] >= last && heard.at(-1)![0] === 300);
  });

  it("loses nothing when it is killed while it indexes", async () => {
    const contexts = document(200);
    const killed = client({ modelDir: fixture });
    try {
      await killed.start();
      const pids = new Set<number>();
      let last: [number, number] = [0, 0];
      const result = await killed.index(contexts, {
        document: "killed",
        onProgress: (done, total) => {
          const { pid } = killed.info!;
          last = [done, total];
          if (pids.size === 0 && done > 20) process.kill(pid, "SIGKILL");
          if (done > 20) pids.add(pid);
        },
      });
      assert.deepEqual(result, { passages: 200, setAside: 0 });
      assert.equal(pids.size, 2);
      assert.deepEqual(last, [200, 200]);
      assert.deepEqual(await index(killed, contexts, "killed"), [[200, 200]]);
    } finally {
      await killed.dispose();
    }
  });

  it("sets aside the passage that kills it twice, indexes the rest, and asks without it", async () => {
    const contexts = ["word ".repeat(60_000), ...document(10)];
    const killed = client({ modelDir: fixture });
    try {
      await killed.start();
      const pids = new Set<number>();
      const result = await killed.index(contexts, {
        document: "poisoned",
        onProgress: () => {
          const { pid } = killed.info!;
          if (pids.size >= 2 || pids.has(pid)) return;
          pids.add(pid);
          // The longest passage comes first, and it takes seconds.
          setTimeout(() => process.kill(pid, "SIGKILL"), 300);
        },
      });
      assert.deepEqual(result, { passages: 11, setAside: 1 });
      const answers = await killed.ask(QUESTION, contexts, { document: "poisoned", candidates: 20, top: 50 });
      assert.ok(answers.length > 0 && answers.every(({ context }) => context > 0));
      assert.equal(killed.state, "ready");
    } finally {
      await killed.dispose();
    }
  });
});
