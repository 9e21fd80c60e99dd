/**
 * A simulated annotator on WNUT-17: sentences drawn by chance or chosen by entropy or novelty, labelled as the corpus has them, taught as the editor teaches, measured on its test set, and on
 * CoNLL-2003's, which the model must not forget. `npx tsx bench/annotator.ts [--sizes 50,100] [--seeds 1,2] [--choices chance,entropy,queue,novelty,queue-novelty] [--part dev] [--settings JSON] [--conll N] [--data FOLDER]`
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readConll, sample } from "../src/evaluation/corpora";
import { readManifest } from "../src/model/manifest/manifest";
import type { EncoderManifest } from "../src/model/manifest/manifest";
import { EncoderNetwork } from "../src/model/network/network";
import { loadTokenizer } from "../src/model/tokenizer/load";
import { baseTextOf, readBaseText } from "../src/training/base-text";
import { probesOf } from "../src/training/gate";
import { nearestLabels } from "../src/training/nearest";
import { planOutputs, rowNames } from "../src/training/outputs";
import { heldRow, readTexts, startLogits, taughtRow } from "../src/training/rows";
import type { ReadText } from "../src/training/rows";
import { givenBy, serving, TaughtDecoder } from "../src/training/taught-decoder";
import type { Given } from "../src/training/taught-decoder";
import { DEFAULT_SETTINGS, train } from "../src/training/trainer";
import type { TrainingSettings } from "../src/training/trainer";
import { exampleOf, f1, sentenceOf } from "./annotated";
import type { Sentence } from "./annotated";

const TASK = "entities";
const session = { device: "cpu", threads: 1 } as const;
const root = resolve(__dirname, "..");

/**
 * How sentences are chosen: by chance; those of whose tags the model is least sure, summed over their tokens; the same of sentences in which it suggests something alone, and by the
 * words that may be part of a span, as the Review Queue does. Of sentences in which it suggests something, each the least like those chosen before (k-center, Sener and Savarese
 * 2018): of all, or of the four times as many that come first in the queue.
 */
const CHOICES = ["chance", "entropy", "queue", "novelty", "queue-novelty"] as const;

/** Probabilities of tags. @param logits [tokens × tags] */
function probabilitiesOf(logits: Float32Array, tags: number): Float64Array[] {
  return Array.from({ length: logits.length / tags }, (_, token) => {
    const row = logits.subarray(token * tags, (token + 1) * tags);
    const top = Math.max(...row);
    const powers = Float64Array.from(row, (logit) => Math.exp(logit - top));
    const total = powers.reduce((all, power) => all + power, 0);
    return powers.map((power) => power / total);
  });
}

/** Entropy of the tags' probabilities, in nats, summed over tokens. */
function summedEntropy(tokens: readonly Float64Array[]): number {
  let sum = 0;
  for (const row of tokens) for (const p of row) if (p > 0) sum -= p * Math.log(p);
  return sum;
}

/** What the Review Queue goes by; below 0 where nothing is suggested. @param outside the tag of what is in no span */
function queuedEntropy(tokens: readonly Float64Array[], outside: number): number {
  if (tokens.every((row) => row[outside]! >= 0.5)) return -1;
  return summedEntropy(tokens.filter((row) => row[outside]! < 0.99));
}

/** The mean of a text's hidden states, of length 1. @param states [tokens × size] */
function embeddingOf(states: Float32Array, tokens: number): Float64Array {
  const size = states.length / tokens;
  const sum = new Float64Array(size);
  for (const [i, value] of states.entries()) sum[i % size]! += value;
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

/** Of some items `count`, each the least like those before it; the first is the first. */
function novel<T>(items: readonly T[], embedding: (item: T) => Float64Array, count: number): T[] {
  const chosen: T[] = [];
  const likeness = new Map(items.map((item) => [item, -1]));
  for (let next = items[0]; next !== undefined && chosen.length < count;) {
    chosen.push(next);
    likeness.delete(next);
    const own = embedding(next);
    next = undefined;
    let least = Infinity;
    for (const [item, before] of likeness) {
      const cosine = embedding(item).reduce((sum, value, i) => sum + value * own[i]!, 0);
      const most = Math.max(before, cosine);
      likeness.set(item, most);
      if (most < least) [least, next] = [most, item];
    }
  }
  return chosen;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "50,100" },
      seeds: { type: "string", default: "1,2" },
      choices: { type: "string", default: CHOICES.join(",") },
      part: { type: "string", default: "test" },
      settings: { type: "string", default: "{}" },
      conll: { type: "string" },
      data: { type: "string", default: resolve(root, "../shared/data") },
    },
  });
  const numbers = (list: string): number[] => list.split(",").map(Number);
  const folder = resolve(root, "models/glossator-minilm");
  const manifest = (await readManifest(folder)) as EncoderManifest;
  const tokenizer = await loadTokenizer(folder);
  const before = tokenizer.single.before.length;
  const network = await EncoderNetwork.open(manifest, session);
  const read = async (texts: readonly string[]): Promise<ReadText[]> =>
    (await readTexts({ network, tokenizer }, TASK, texts)) as ReadText[];
  const corpus = async (file: string, limit?: number): Promise<{ sentences: Sentence[]; texts: ReadText[] }> => {
    const sentences = sample(await readConll(resolve(values.data, file)), limit, 0).map(sentenceOf);
    const texts = await read(sentences.map(({ text }) => text));
    return { sentences, texts: texts.map((text, i) => ({ ...text, words: sentences[i]!.words })) };
  };
  const pool = (await readConll(resolve(values.data, "wnut17/wnut17train.conll"))).map(sentenceOf);
  const wnut = await corpus(values.part === "dev" ? "wnut17/emerging.dev.conll" : "wnut17/emerging.test.annotated");
  const conll = await corpus("conll2003/eng.testb", values.conll === undefined ? undefined : Number(values.conll));
  const base = await readBaseText(await baseTextOf(folder, folder));
  const [replayed, probes] = [await read(base.replayed), await read(base.probes)];
  const decoder = manifest.tasks[TASK]!;
  const labels = [...new Set(pool.flatMap((sentence) => sentence.labels.map(({ label }) => label)))];
  const old = (texts: readonly ReadText[]): (readonly Given[])[] =>
    texts.map((text) => givenBy(TASK, decoder, text, text.logits, before));
  const settings = JSON.parse(values.settings) as Partial<TrainingSettings>;
  const show = (points: number): string => points.toFixed(1);
  const tags = decoder.labels.length;
  const outside = decoder.labels.indexOf("O");
  const pooled = await read(pool.map(({ text }) => text));
  const readings = pooled.map((text) => probabilitiesOf(text.logits, tags));
  const embeddings = new Map(pool.map((sentence, i) => [sentence, embeddingOf(pooled[i]!.states, pooled[i]!.length)]));
  const queued = new Map(pool.map((sentence, i) => [sentence, queuedEntropy(readings[i]!, outside)]));
  const entropies = new Map(pool.map((sentence, i) => [sentence, summedEntropy(readings[i]!)]));
  const highest = (weights: ReadonlyMap<Sentence, number>): Sentence[] =>
    [...pool].sort((a, b) => weights.get(b)! - weights.get(a)!);
  const byEntropy = highest(entropies);
  const byQueue = highest(queued).filter((sentence) => queued.get(sentence)! >= 0);
  const embedding = (sentence: Sentence): Float64Array => embeddings.get(sentence)!;
  const choose: Readonly<Record<(typeof CHOICES)[number], (size: number, seed: number) => readonly Sentence[]>> = {
    chance: (size, seed) => sample(pool, size, seed),
    // The sentences are the same for each seed, and the run's chance alone differs.
    entropy: (size) => byEntropy.slice(0, size),
    queue: (size) => byQueue.slice(0, size),
    novelty: (size, seed) => novel(sample(byQueue, byQueue.length, seed), embedding, size),
    "queue-novelty": (size) => novel(byQueue.slice(0, 4 * size), embedding, size),
  };
  console.log(`untouched: CoNLL ${show(f1(old(conll.texts), conll.sentences))} on ${conll.sentences.length} sentences`);
  const choices = values.choices.split(",").map((name) => {
    const known = CHOICES.find((choice) => choice === name);
    if (known === undefined) throw new Error(`--choices: ${name} is none of ${CHOICES.join(", ")}.`);
    return known;
  });
  const runs = numbers(values.sizes).flatMap((size) =>
    choices.flatMap((choice) => numbers(values.seeds).map((seed) => ({ size, choice, seed }))),
  );
  for (const { size, choice, seed } of runs) {
    const drawn = choose[choice](size, seed);
    const texts = await read(drawn.map(({ text }) => text));
    const pairs = drawn.map((sentence, i) => ({ example: exampleOf(sentence), read: texts[i]! }));
    const seen = new Set(drawn.flatMap((sentence) => sentence.labels.map(({ label }) => label)));
    const near = nearestLabels(TASK, pairs, rowNames(decoder), before);
    const outputs = planOutputs(TASK, decoder, labels, seen, near);
    const served = serving(decoder, outputs.all, outputs.served);
    const kept = serving(decoder, outputs.all, outputs.held);
    const began = performance.now();
    const { parameters, losses } = await train({
      ...{ manifest, task: TASK, outputs, session, settings: { ...DEFAULT_SETTINGS, ...settings, seed } },
      taught: pairs.map((pair) => taughtRow(TASK, pair.example, pair.read, outputs, before)),
      held: replayed.map((text) => heldRow(text, outputs)),
    });
    const seconds = (performance.now() - began) / 1000;
    const renamed = wnut.texts.map((text) => givenBy(TASK, served, text, startLogits(text, outputs), before));
    const taught = await TaughtDecoder.open(manifest, TASK, parameters, before, session);
    const wnutF1 = f1(await taught.give(served, wnut.texts), wnut.sentences);
    const conllF1 = f1(await taught.give(kept, conll.texts), conll.sentences);
    const { agreement } = probesOf(old(probes), await taught.give(kept, probes));
    await taught.close();
    console.log(
      `${size} sentences by ${choice}, seed ${seed}: WNUT ${show(f1(renamed, wnut.sentences))} renamed → ${show(wnutF1)}; CoNLL ${show(conllF1)}; ` +
        `probes ${(100 * agreement).toFixed(2)} %; ${losses.length} steps, ${seconds.toFixed(0)} s`,
    );
  }
  await network.close();
}

void main();
