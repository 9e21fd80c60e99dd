import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planAsk } from "../../src/engine/asking";
import { foundAnswers } from "../../src/engine/found-answers";
import { PassageCache } from "../../src/engine/passage-cache";
import { planAnswers } from "../../src/model/tasks/answering";
import { softmax } from "../../src/model/tasks/bio";
import { readManifest } from "../../src/model/manifest/manifest";
import { encoderBatch, singleRow } from "../../src/model/model";
import type { Model, Step } from "../../src/model/model";
import { EncoderNetwork } from "../../src/model/network/network";
import { embedQuestion, planPassages } from "../../src/model/tasks/passage-embeddings";
import { loadTokenizer } from "../../src/model/tokenizer/load";

/** Made, with what PyTorch computes, by training/tests/make_answers_fixture.py. */
const dir = join(__dirname, "../fixtures/answers-model");

interface Logits {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}
const { question, passages, choices } = JSON.parse(readFileSync(join(dir, "expected.json"), "utf8")) as {
  question: string;
  passages: { text: string; embedding: number[]; pair: Logits }[];
  choices: { noAnswerThreshold: number; given: boolean[] }[];
};

const near = (found: ArrayLike<number>, expected: readonly number[], within: number) => {
  expected.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) <= within, `${i}: ${found[i]} for ${value}`));
};
async function all<T>(steps: readonly Step<T>[]): Promise<T[]> {
  const results: [number, T][] = [];
  for (const step of steps) results.push(...(await step.run()));
  return results.sort(([a], [b]) => a - b).map(([, result]) => result);
}
/** The probability of the best span, from PyTorch's logits. */
function bestScore({ starts, ends }: Logits): number {
  const n = starts.length;
  const [p, q] = [new Float32Array(n), new Float32Array(n)];
  softmax(Float32Array.from(starts), 0, n, 1, p, 0);
  softmax(Float32Array.from(ends), 0, n, 1, q, 0);
  let best = 0;
  for (let s = 1; s < n; s++) for (let e = s; e < n && e - s < 30; e++) best = Math.max(best, p[s]! * q[e]!);
  return best;
}

describe("a model that answers", function () {
  this.timeout(60_000);
  let model: Model;

  before(async () => {
    const manifest = await readManifest(dir);
    const network = await EncoderNetwork.open(
      { ...manifest, encoder: manifest.encoder! },
      { device: "cpu", threads: 1 },
    );
    model = { manifest, network, tokenizer: await loadTokenizer(dir) };
  });
  after(() => model.network.close());

  const embedded = (texts: readonly string[]): Promise<Float32Array[]> => all(planPassages(model, texts, 256));

  it("gives the embeddings that PyTorch does, passages of several lengths in one batch", async () => {
    const { tokenizer, network } = model;
    const ids = passages.map(({ text }) => tokenizer.encode(text).ids);
    const rows = ids.map((own, item) => singleRow(tokenizer, { item, from: 0, count: own.length }, own));
    const pooled = await network.embed!(encoderBatch(rows, tokenizer.padId));
    const width = pooled.length / rows.length;
    const planned = await embedded(passages.map(({ text }) => text));
    passages.forEach(({ embedding }, r) => {
      near(pooled.subarray(r * width), embedding, 1e-4);
      near(planned[r]!, embedding, 1e-4);
    });
  });

  it("reads question and passage together as PyTorch does", async () => {
    const texts = passages.map(({ text }) => text);
    const answers = await all(planAnswers(model, question, texts, 3, 256));
    passages.forEach(({ pair }, i) => {
      assert.ok(Math.abs(answers[i]![0]!.score - bestScore(pair)) < 1e-4);
    });
  });

  it("gives an answer where Python does, at every threshold of a manifest", async () => {
    const { manifest } = model;
    const given = async (noAnswerThreshold: number, text: string): Promise<boolean> => {
      const answers = { ...manifest.tasks.answers!, noAnswerThreshold };
      const parts = {
        model: { ...model, manifest: { ...manifest, tasks: { ...manifest.tasks, answers } } },
        cache: new PassageCache(),
        begin: () => undefined,
      };
      const work = { kind: "ask", question, document: "a", contexts: [text], without: [], apart: [], top: 3 } as const;
      const asking = planAsk(parts, work, () => undefined);
      for (const step of asking.steps) await step.run();
      return !foundAnswers(asking.answers(), 0).noAnswer;
    };
    for (const choice of choices) {
      const found: boolean[] = [];
      for (const { text } of passages) found.push(await given(choice.noAnswerThreshold, text));
      assert.deepEqual(found, choice.given, `at ${choice.noAnswerThreshold}`);
    }
    const counts = choices.map((choice) => choice.given.filter(Boolean).length);
    assert.deepEqual(counts, [3, 2, 1, 0]);
  });

  it("reads all of a passage longer than the encoder takes, and gives it one embedding of length 1", async () => {
    const text = "bob works at a mill in rome , and carla lives in lima . ".repeat(20).trim();
    const [embedding] = await embedded([text]);
    assert.ok(Math.abs(embedding!.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5);
    const [answers] = await all(planAnswers(model, question, [text], 3, 256));
    assert.equal(answers!.length, 3);
  });

  it("takes an empty passage, and refuses a question that leaves no room", async () => {
    const [empty] = await embedded([""]);
    assert.equal(empty!.length, model.manifest.encoder!.hiddenSize);
    await assert.rejects(embedQuestion(model, "where ".repeat(60)), /The question is too long: 60 tokens, at most 45/);
  });
});
