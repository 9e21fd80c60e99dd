import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineClient } from "../../src/engine/client";
import { EngineError } from "../../src/engine/errors";
import { READERS } from "../../src/model/readers";
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

  it("says which readers the model has, its own way first", () => {
    assert.deepEqual(engine.info!.readers, ["cascade", "pair", "cached"]);
  });

  it("answers with each reader, before the document is indexed and after", async () => {
    const contexts = document(40);
    for (const indexed of [false, true]) {
      if (indexed) await index(engine, contexts, "each");
      for (const reader of READERS) {
        const progress: [number, number][] = [];
        const onProgress = (done: number, total: number) => void progress.push([done, total]);
        const options = { reader, candidates: 8, reread: 2, top: 4, document: "each", onProgress };
        const answers = await engine.ask(QUESTION, contexts, options);
        assert.ok(answers.length > 0, reader);
        for (const { context, start, end, text } of answers) assert.equal(contexts[context]!.slice(start, end), text);
        assert.ok(answers.every((answer, i) => i === 0 || answer.score <= answers[i - 1]!.score));
        const [done, total] = progress.at(-1)!;
        assert.equal(done, total, `${reader} reports its end`);
        if (indexed) assert.equal(total, { pair: 8, cached: 8, cascade: 10 }[reader]);
        if (reader === "cascade") assert.ok(new Set(answers.map(({ context }) => context)).size <= 2);
      }
    }
  });

  it("gives a cascade's answers the pair reader's scores, so that they compare", async () => {
    const contexts = document(12);
    const cascade = await engine.ask(QUESTION, contexts, { reader: "cascade", candidates: 12, reread: 3, top: 3 });
    const pair = await engine.ask(QUESTION, contexts, { reader: "pair", candidates: 12, top: 100 });
    for (const { context, start, end, score } of cascade) {
      const same = pair.find((other) => other.context === context && other.start === start && other.end === end);
      assert.ok(same && Math.abs(same.score - score) < 1e-4);
    }
  });

  it("weighs answers by the place of their passage in the search, where there was one", async () => {
    const contexts = document(40);
    await index(engine, contexts, "weighed");
    const options = { reader: "pair", candidates: 4, top: 100, document: "weighed" } as const;
    const [found] = await engine.rank([QUESTION], contexts, 4, { document: "weighed" });
    const answers = await engine.ask(QUESTION, contexts, options);
    assert.deepEqual(new Set(answers.map(({ context }) => context)), new Set(found!.both));
    for (const [place, context] of found!.both.entries()) {
      const alone = await engine.ask(QUESTION, [contexts[context]!], { reader: "pair", top: 1 });
      const weighed = answers.find((answer) => answer.context === context);
      assert.ok(Math.abs(weighed!.score * (place + 1) - alone[0]!.score) < 1e-4);
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

  it("answers the same when hidden states are dropped and encoded again", async () => {
    const contexts = document(40);
    const options = { reader: "cached", candidates: 10, document: "small" } as const;
    await index(engine, contexts, "small");
    const expected = await engine.ask(QUESTION, contexts, options);
    for (const passageBytes of [0, 4000]) {
      const small = client({ modelDir: fixture, passageBytes });
      try {
        await index(small, contexts, "small");
        const found = await small.ask(QUESTION, contexts, options);
        assert.deepEqual(
          found.map(({ context, text }) => [context, text]),
          expected.map(({ context, text }) => [context, text]),
        );
        found.forEach(({ score }, i) => assert.ok(Math.abs(score - expected[i]!.score) < 5e-3));
      } finally {
        await small.dispose();
      }
    }
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

describe("a manifest's readers", function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "glossator-readers-"));
    cpSync(fixture, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const change = (edit: (answers: Record<string, unknown>) => void): void => {
    const file = join(dir, "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { tasks: { answers: Record<string, unknown> } };
    edit(manifest.tasks.answers);
    writeFileSync(file, JSON.stringify(manifest));
  };
  const started = async <T>(work: (engine: EngineClient) => Promise<T>): Promise<T> => {
    const engine = client({ modelDir: dir });
    try {
      await engine.start();
      return await work(engine);
    } finally {
      await engine.dispose();
    }
  };

  it("says the model's own way; without the cached decoder there is the pair reader alone, and indexing still helps to find", async () => {
    change((answers) => (answers["read"] = "cached"));
    assert.deepEqual(await started((engine) => Promise.resolve(engine.info!.readers)), ["cached", "pair", "cascade"]);
    change((answers) => {
      delete answers["cached"];
      delete answers["read"];
    });
    await started(async (engine) => {
      assert.deepEqual(engine.info!.readers, ["pair"]);
      const contexts = document(30);
      await engine.index(contexts, { document: "pair" });
      assert.ok((await engine.ask(QUESTION, contexts, { document: "pair", candidates: 5 })).length > 0);
      await assert.rejects(engine.ask(QUESTION, contexts, { reader: "cascade" }), /Choose the reader "pair"/);
    });
  });

  it("names what is wrong", async () => {
    const refused = (message: RegExp) =>
      assert.rejects(
        started(() => Promise.resolve()),
        message,
      );
    change((answers) => (answers["read"] = "fast"));
    await refused(/"tasks\.answers\.read" must be one of pair, cached, cascade/);
    change((answers) => {
      answers["read"] = "cascade";
      delete answers["cached"];
    });
    await refused(/needs "tasks\.answers\.cached"/);
    change((answers) => {
      delete answers["read"];
      answers["cached"] = { file: "absent.onnx" };
    });
    await refused(/absent\.onnx is missing/);
    change((answers) => (answers["cached"] = { file: "cached.onnx", sha256: "0".repeat(64) }));
    await refused(/cached\.onnx is damaged/);
  });
});
