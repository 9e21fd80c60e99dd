import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { planCachedAnswers } from "../../src/model/cached-answering";
import { planAnswers } from "../../src/model/answering";
import type { PassageAnswer } from "../../src/model/answer-spans";
import { softmax } from "../../src/model/bio";
import { readManifest } from "../../src/model/manifest";
import { encoderBatch, singleRow, type Model, type Step } from "../../src/model/model";
import { EncoderNetwork } from "../../src/model/network";
import { encodeQuestion, planPassages, type EncodedPassage } from "../../src/model/passage-states";
import { loadTokenizer } from "../../src/model/tokenizer/load";

/** Made, with what PyTorch computes, by training/tests/make_answers_fixture.py. */
const dir = join(__dirname, "../fixtures/answers-model");

interface Logits {
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}
const { question, passages } = JSON.parse(readFileSync(join(dir, "expected.json"), "utf8")) as {
  question: string;
  passages: { text: string; embedding: number[]; cached: Logits; pair: Logits }[];
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

describe("a model with both answer decoders", function () {
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

  const encoded = (texts: readonly string[]): Promise<EncodedPassage[]> => all(planPassages(model, texts, 256));
  const read = async (texts: readonly string[], of: readonly EncodedPassage[]): Promise<PassageAnswer[][]> => {
    const asked = await encodeQuestion(model, question);
    const list = texts.map((text, i) => ({ text, windows: of[i]!.windows! }));
    return all(planCachedAnswers(model, asked, list, 3, 256));
  };

  it("is read as a cascade unless its manifest says otherwise", () => {
    assert.equal(model.manifest.tasks.answers!.read, "cascade");
    assert.equal(model.network.passages!.reads, true);
  });

  it("computes what PyTorch does, passages of several lengths in one batch", async () => {
    const { tokenizer, network } = model;
    const ids = passages.map(({ text }) => tokenizer.encode(text).ids);
    const rows = ids.map((own, item) => singleRow(tokenizer, { item, from: 0, count: own.length }, own));
    const input = encoderBatch(rows, tokenizer.padId);
    const { hidden, pooled } = await network.passages!.states(input);
    const asked = await encodeQuestion(model, question);
    const { starts, ends } = await network.passages!.read({
      rows: rows.length,
      length: input.length,
      hidden,
      mask: input.attentionMask,
      question: asked.states,
      questionLength: asked.length,
    });
    const { width } = network.passages!;
    passages.forEach(({ embedding, cached }, r) => {
      near(pooled.subarray(r * width), embedding, 1e-4);
      near(starts.subarray(r * input.length), cached.starts, 1e-4);
      near(ends.subarray(r * input.length), cached.ends, 1e-4);
    });
  });

  it("gives embeddings of length 1, and answers from kept states that differ from PyTorch's by rounding alone", async () => {
    const texts = passages.map(({ text }) => text);
    const kept = await encoded(texts);
    passages.forEach(({ embedding }, i) => near(kept[i]!.embedding, embedding, 1e-4));
    const answers = await read(texts, kept);
    passages.forEach(({ text, cached }, i) => {
      const [best] = answers[i]!;
      assert.ok(Math.abs(best!.score - bestScore(cached)) < 0.02, `${best!.score} for ${bestScore(cached)}`);
      assert.ok(text.slice(best!.start, best!.end).trim() !== "");
    });
  });

  it("reads question and passage together as PyTorch does", async () => {
    const texts = passages.map(({ text }) => text);
    const answers = await all(planAnswers(model, question, texts, 3, 256));
    passages.forEach(({ pair }, i) => {
      assert.ok(Math.abs(answers[i]![0]!.score - bestScore(pair)) < 1e-4);
    });
  });

  it("keeps a passage longer than the encoder takes in windows, and reads all of it", async () => {
    const text = "bob works at a mill in rome , and carla lives in lima . ".repeat(20).trim();
    const [passage] = await encoded([text]);
    const windows = passage!.windows!;
    assert.ok(windows.length > 2);
    let covered = 0;
    for (const { from, count, states } of windows) {
      assert.ok(from <= covered);
      assert.equal(states.scales.length, count + 2);
      covered = from + count;
    }
    assert.equal(covered, model.tokenizer.encode(text).ids.length);
    assert.ok(Math.abs(passage!.embedding.reduce((sum, x) => sum + x * x, 0) - 1) < 1e-5);
    const [answers] = await read([text], [passage!]);
    assert.equal(answers!.length, 3);
  });

  it("takes an empty passage, and refuses a question that leaves no room", async () => {
    const [empty] = await encoded([""]);
    assert.deepEqual(await read([""], [empty!]), [[]]);
    await assert.rejects(encodeQuestion(model, "where ".repeat(60)), /The question is too long: 60 tokens, at most 45/);
  });
});
