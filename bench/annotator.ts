/**
 * A simulated annotator on WNUT-17: sentences drawn by chance or chosen by entropy, labelled as the corpus has them, taught as the editor teaches, measured on its test set, and on
 * CoNLL-2003's, which the model must not forget. `npx tsx bench/annotator.ts [--sizes 50,100] [--seeds 1,2] [--choices chance,entropy] [--part dev] [--settings JSON] [--conll N] [--data FOLDER]`
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

/** How sentences are chosen: by chance, or those of whose tags the model is least sure, summed over their tokens. */
const CHOICES = ["chance", "entropy"] as const;

/** Entropy of the tags' probabilities, in nats, summed over a text's tokens. @param logits [tokens × tags] */
function summedEntropy(logits: Float32Array, tags: number): number {
  let sum = 0;
  for (let from = 0; from < logits.length; from += tags) {
    const row = logits.subarray(from, from + tags);
    const top = Math.max(...row);
    const powers = Array.from(row, (logit) => Math.exp(logit - top));
    const total = powers.reduce((all, power) => all + power, 0);
    for (const power of powers) if (power > 0) sum -= (power / total) * Math.log(power / total);
  }
  return sum;
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
  const entropies = (await read(pool.map(({ text }) => text))).map((text) => summedEntropy(text.logits, tags));
  const byEntropy = [...pool.keys()].sort((a, b) => entropies[b]! - entropies[a]!).map((i) => pool[i]!);
  console.log(`untouched: CoNLL ${show(f1(old(conll.texts), conll.sentences))} on ${conll.sentences.length} sentences`);
  const runs = numbers(values.sizes).flatMap((size) =>
    values.choices.split(",").flatMap((choice) => numbers(values.seeds).map((seed) => ({ size, choice, seed }))),
  );
  for (const { size, choice, seed } of runs) {
    // By entropy the sentences are the same for each seed, and the run's chance alone differs.
    const drawn = choice === "entropy" ? byEntropy.slice(0, size) : sample(pool, size, seed);
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
