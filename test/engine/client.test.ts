import { strict as assert } from "node:assert";
import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineClient } from "../../src/engine/client";
import { EngineError } from "../../src/engine/errors";
import { client, modelDir, reached, sentences } from "./support";

const code = (expected: string) => (error: unknown) => error instanceof EngineError && error.code === expected;

describe("engine process", function () {
  this.timeout(120_000);
  let engine: EngineClient;

  before(async () => {
    engine = client();
    await engine.start();
  });
  after(() => engine.dispose());

  it("says what it runs", () => {
    const { info } = engine;
    assert.ok(info);
    assert.deepEqual([...info.tasks].sort(), ["answers", "entities", "sentiment"]);
    assert.deepEqual(info.labels.entities, ["PER", "ORG", "LOC", "MISC"]);
    assert.equal(info.device, "cpu");
    assert.match(info.modelVersion, /^[0-9a-f]{12}$/);
  });

  it("labels entities and sentiment in one go, and each alone gives the same", async () => {
    const segments = [{ text: "Angela Merkel visited Paris." }, { text: "What a wonderful, moving film!" }];
    const both = await engine.label(segments, ["entities", "sentiment"]);
    assert.equal(both[0]!.entities!.length, 2);
    for (const { start, end } of both[0]!.entities!)
      assert.ok(["Angela Merkel", "Paris"].includes(segments[0]!.text.slice(start, end)));
    assert.equal(both[1]!.sentiment!.label, "positive");
    const entities = await engine.label(segments, ["entities"]);
    const sentiment = await engine.label(segments, ["sentiment"]);
    for (const i of [0, 1]) {
      assert.deepEqual(entities[i]!.entities, both[i]!.entities);
      assert.equal(entities[i]!.sentiment, undefined);
      assert.deepEqual(sentiment[i]!.sentiment, both[i]!.sentiment);
      assert.equal(sentiment[i]!.entities, undefined);
    }
  });

  it("gives a sentence the same labels alone and among others", async () => {
    const many = sentences(40);
    const together = await engine.label(many, ["entities", "sentiment"]);
    const alone = await engine.label([many[17]!], ["entities", "sentiment"]);
    assert.deepEqual(
      together[17]!.entities!.map(({ start, end, label }) => [start, end, label]),
      alone[0]!.entities!.map(({ start, end, label }) => [start, end, label]),
    );
    assert.equal(together[17]!.sentiment!.label, alone[0]!.sentiment!.label);
    assert.ok(Math.abs(together[17]!.sentiment!.score - alone[0]!.sentiment!.score) < 1e-3);
  });

  it("reads all of a text longer than the encoder takes", async () => {
    const filler = "the weather was mild and the road was long and ".repeat(120);
    const text = `Angela Merkel visited Paris. ${filler} Then Barack Obama flew to London.`;
    const [labels] = await engine.label([{ text }], ["entities", "sentiment"]);
    const found = labels!.entities!.map((e) => text.slice(e.start, e.end));
    assert.ok(found.includes("Paris") && found.includes("London"), found.join());
    assert.ok(labels!.sentiment);
  });

  it("keeps entities to the words of text that is already split", async () => {
    const text = "U.S. troops left Baghdad .";
    const words = [...text.matchAll(/\S+/g)].map((m) => ({ start: m.index, end: m.index + m[0].length }));
    const [labels] = await engine.label([{ text, words }], ["entities"]);
    for (const { start, end } of labels!.entities!) {
      assert.ok(words.some((w) => w.start === start));
      assert.ok(words.some((w) => w.end === end));
    }
  });

  it("takes empty text, NULs and lone surrogates", async () => {
    const labels = await engine.label(
      [{ text: "" }, { text: "\0\0" }, { text: "\ud83d Paris \udc00" }, { text: " \n " }],
      ["entities", "sentiment"],
    );
    assert.equal(labels.length, 4);
    assert.deepEqual(labels[0], { entities: [] });
  });

  it("answers a question from the passage that holds the answer", async () => {
    const contexts = ["The bakery opens at seven.", "Marie Curie was born in Warsaw in 1867.", "It rained all day."];
    const answers = await engine.ask("Where was Marie Curie born?", contexts, { top: 3 });
    assert.equal(answers[0]!.context, 1);
    for (const { context, start, end, text } of answers) assert.equal(contexts[context]!.slice(start, end), text);
    assert.ok(answers.every((a, i) => i === 0 || a.score <= answers[i - 1]!.score));
  });

  it("stops between batches when cancelled, and works on", async () => {
    const abort = new AbortController();
    let seen = 0;
    const work = engine.label(sentences(300), ["entities", "sentiment"], {
      signal: abort.signal,
      batchTokens: 128,
      onResults: (results) => {
        seen += results.length;
        abort.abort();
      },
    });
    await assert.rejects(work, code("cancelled"));
    assert.ok(seen > 0 && seen < 100, `${seen} results before the end`);
    assert.equal((await engine.label([{ text: "Oslo" }], ["entities"])).length, 1);
  });

  it("lets urgent work go first", async () => {
    const order: string[] = [];
    const slow = engine.label(sentences(200), ["entities"], { batchTokens: 128 }).then(() => order.push("slow"));
    const urgent = engine
      .label([{ text: "Paris" }], ["entities"], { priority: "urgent" })
      .then(() => order.push("urgent"));
    await Promise.all([slow, urgent]);
    assert.deepEqual(order, ["urgent", "slow"]);
  });

  it("loses nothing when it is killed in the middle", async () => {
    const segments = sentences(160);
    const expected = await engine.label(segments, ["entities"]);
    const given = new Map<number, number>();
    let killed = false;
    const labels = await engine.label(segments, ["entities"], {
      batchTokens: 256,
      onResults: (results) => {
        for (const [i] of results) given.set(i, (given.get(i) ?? 0) + 1);
        if (!killed && given.size > 20) {
          killed = true;
          process.kill(engine.info!.pid, "SIGKILL");
        }
      },
    });
    assert.ok(killed);
    assert.equal(given.size, segments.length);
    const plain = (all: typeof labels) =>
      all.map((l) => l.entities!.map(({ start, end, label }) => `${start}-${end} ${label}`));
    assert.deepEqual(plain(labels), plain(expected));
  });

  it("sets aside the text that kills it twice, and does the rest", async () => {
    const segments = [{ text: "word ".repeat(20_000) }, { text: "Angela Merkel visited Paris." }];
    let kills = 0;
    // Half a second after it is ready the process is busy with the long text, and is for seconds.
    const killSoon = (): void => {
      setTimeout(() => {
        if (kills++ < 2) process.kill(engine.info!.pid, "SIGKILL");
      }, 600);
    };
    killSoon();
    const stop = engine.onState((state) => {
      if (state === "ready" && kills < 2) killSoon();
    });
    try {
      const labels = await engine.label(segments, ["entities"], { batchTokens: 4096 });
      assert.ok(kills >= 2);
      assert.match(labels[0]!.error!, /stopped the model process twice/);
      assert.equal(labels[1]!.entities!.length, 2);
    } finally {
      stop();
    }
  });
});

describe("supervision", function () {
  this.timeout(120_000);

  it("gives up after five crashes in three minutes, says so, and starts again when asked", async () => {
    const engine = client();
    const messages: string[] = [];
    engine.onState((state, message) => {
      if (message) messages.push(message);
      if (state === "ready") setTimeout(() => process.kill(engine.info!.pid, "SIGKILL"), 20);
    });
    await engine.start();
    await reached(engine, "failed");
    assert.match(messages.at(-1)!, /stopped 5 times within 3 minutes/);
    await assert.rejects(engine.label([{ text: "x" }], ["entities"]), code("crashed-too-often"));
    engine.dispose().catch(() => undefined);
  });

  it("notices a process that was stopped, kills it, starts another and loses nothing", async function () {
    if (process.platform === "win32") return this.skip();
    const states: string[] = [];
    const engine = client({ patience: { answerMs: 4000, batchMs: 4000, tokenMs: 2 } });
    engine.onState((state, message) => states.push(message === undefined ? state : `${state}: ${message}`));
    try {
      const { pid } = await engine.start();
      const segments = sentences(60);
      const expected = await engine.label(segments, ["entities"]);
      let stoppedAt = 0;
      let noticedAt = 0;
      const given = new Map<number, number>();
      engine.onState((state) => {
        if (state === "restarting") noticedAt = performance.now();
      });
      const labels = await engine.label(segments, ["entities"], {
        batchTokens: 256,
        onResults: (results) => {
          for (const [i] of results) given.set(i, (given.get(i) ?? 0) + 1);
          if (stoppedAt > 0) return;
          stoppedAt = performance.now();
          process.kill(pid, "SIGSTOP");
        },
      });
      const backAt = performance.now();
      console.log(
        `      noticed after ${(noticedAt - stoppedAt).toFixed(0)} ms, labels ${(backAt - noticedAt).toFixed(0)} ms later`,
      );
      assert.ok(
        states.some((state) => /^restarting: .*silent for \d+ seconds/.test(state)),
        states.join("; "),
      );
      assert.notEqual(engine.info!.pid, pid);
      assert.throws(() => process.kill(pid, 0), "the stopped process is gone");
      assert.equal(given.size, segments.length);
      assert.deepEqual(
        labels.map((l) => l.entities!.map(({ start, end, label }) => `${start}-${end} ${label}`)),
        expected.map((l) => l.entities!.map(({ start, end, label }) => `${start}-${end} ${label}`)),
      );
    } finally {
      await engine.dispose();
    }
  });

  it("notices a process that was stopped while it had nothing to do, with the next work", async function () {
    if (process.platform === "win32") return this.skip();
    const engine = client({ patience: { answerMs: 3000 } });
    try {
      const { pid } = await engine.start();
      process.kill(pid, "SIGSTOP");
      const answers = await engine.ask("Where was Marie Curie born?", ["Marie Curie was born in Warsaw in 1867."]);
      assert.equal(answers[0]!.context, 0);
      assert.notEqual(engine.info!.pid, pid);
    } finally {
      await engine.dispose();
    }
  });

  it("notices a process that stops while it starts", async function () {
    if (process.platform === "win32") return this.skip();
    const pids: number[] = [];
    const engine = client({
      // Longer than the next one takes on a busy machine.
      patience: { startMs: 6000 },
      log: (line) => {
        const pid = Number(/^engine (\d+): silent/.exec(line)?.[1]);
        if (pid > 0) pids.push(pid);
      },
    });
    try {
      const started = engine.start();
      const pid = engine.pid!;
      process.kill(pid, "SIGSTOP");
      await started;
      assert.deepEqual(pids, [pid]);
    } finally {
      await engine.dispose();
    }
  });

  it("sets aside a text that makes it hang twice, and does the rest", async function () {
    if (process.platform === "win32") return this.skip();
    const engine = client({ patience: { answerMs: 2000, batchMs: 1000, tokenMs: 2, slack: 10 } });
    const segments = [{ text: "word ".repeat(10_000) }, { text: "Angela Merkel visited Paris." }];
    let stops = 0;
    const stopSoon = (): void => {
      // Half a second after it is ready the process is busy with the long text, and is for seconds.
      setTimeout(() => {
        if (stops++ < 2) process.kill(engine.info!.pid, "SIGSTOP");
      }, 600);
    };
    await engine.start();
    engine.onState((state) => {
      if (state === "ready" && stops < 2) stopSoon();
    });
    stopSoon();
    try {
      const labels = await engine.label(segments, ["entities"], { batchTokens: 1024 });
      assert.match(labels[0]!.error!, /stopped the model process twice/);
      assert.equal(labels[1]!.entities!.length, 2);
    } finally {
      await engine.dispose();
    }
  });

  it("ends with its parent's interest: dispose stops the process and fails what waits", async () => {
    const engine = client();
    const { pid } = await engine.start();
    const work = engine.label(sentences(300), ["entities"]);
    const rejected = assert.rejects(work, code("stopped"));
    await engine.dispose();
    await rejected;
    assert.throws(() => process.kill(pid, 0));
  });
});

describe("bad models", function () {
  this.timeout(60_000);
  let dir: string;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "glossator-model-"));
    cpSync(modelDir, dir, { recursive: true });
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const refused = async (expected: string, message: RegExp): Promise<void> => {
    const engine = client({ modelDir: dir });
    try {
      await assert.rejects(
        engine.start(),
        (error: unknown) => code(expected)(error) && message.test((error as Error).message),
      );
      assert.equal(engine.state, "failed");
    } finally {
      await engine.dispose();
    }
  };

  it("names a folder without a model", async () => {
    rmSync(join(dir, "manifest.json"));
    await refused("model-missing", /neither a manifest\.json .* nor a config\.json/);
  });

  it("names a missing graph", async () => {
    rmSync(join(dir, "entities.onnx"));
    await refused("model-missing", /entities\.onnx is missing/);
  });

  it("notices a damaged graph", async () => {
    truncateSync(join(dir, "encoder.onnx"), 1_000_000);
    await refused("model-corrupt", /encoder\.onnx/);
  });

  it("notices a damaged graph without a digest in the manifest", async () => {
    const file = join(dir, "manifest.json");
    const manifest = JSON.parse(readFileSync(file, "utf8")) as { encoder: { sha256?: string } };
    delete manifest.encoder.sha256;
    writeFileSync(file, JSON.stringify(manifest));
    truncateSync(join(dir, "encoder.onnx"), 1_000_000);
    await refused("model-corrupt", /encoder\.onnx/);
  });

  it("names a missing tokenizer", async () => {
    rmSync(join(dir, "tokenizer.json"));
    await refused("tokenizer-missing", /tokenizer\.json/);
  });

  it("names what is wrong in a manifest", async () => {
    writeFileSync(join(dir, "manifest.json"), "{");
    await refused("manifest-invalid", /not JSON/);
    writeFileSync(
      join(dir, "manifest.json"),
      JSON.stringify({ format: "glossator-model/1", encoder: { file: "../encoder.onnx" }, tasks: {} }),
    );
    await refused("manifest-invalid", /name of a file in the model's folder|"tasks" is empty/);
  });

  it("falls back to the CPU from a device that is not there, and says why", async () => {
    const engine = client({ device: "cuda" });
    try {
      const info = await engine.start();
      assert.equal(info.device, "cpu");
      assert.match(info.deviceReason, /cuda: /);
    } finally {
      await engine.dispose();
    }
  });
});
