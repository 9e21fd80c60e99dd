/**
 * The gate against poison: simulated jobs on WNUT-17, some of decisions as the corpus has them, some of decisions that are wrong in one way or another, and what the gate
 * makes of them. Whether a job was good is told by the corpus's test set, which no job sees.
 * `npx tsx bench/gate.ts [--seeds 1,2] [--kinds clean,…] [--data FOLDER]`
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { readConll } from "../src/evaluation/corpora";
import { readManifest } from "../src/model/manifest/manifest";
import type { EncoderManifest } from "../src/model/manifest/manifest";
import { EncoderNetwork } from "../src/model/network/network";
import { loadTokenizer } from "../src/model/tokenizer/load";
import { baseTextOf, readBaseText } from "../src/training/base-text";
import { decisionsOf } from "../src/training/examples/example";
import { foldsOf } from "../src/training/folds";
import { settingsFor } from "../src/training/job";
import type { Lesson } from "../src/training/lesson";
import { Measuring } from "../src/training/measure";
import { nearestLabels } from "../src/training/nearest";
import { planOutputs, rowNames } from "../src/training/outputs";
import { randomOf, shuffled } from "../src/training/random";
import { heldRow, readTexts, startLogits, taughtRow } from "../src/training/rows";
import type { ReadText } from "../src/training/rows";
import type { ExampleCounts } from "../src/training/score";
import { givenBy, serving, TaughtDecoder } from "../src/training/taught-decoder";
import { train } from "../src/training/trainer";
import { exampleOf, f1, sentenceOf } from "./annotated";
import type { Sentence } from "./annotated";

const TASK = "entities";
const session = { device: "cpu", threads: 1 } as const;
const root = resolve(__dirname, "..");

/** Points of F1 on the test set by which a job must better the model to count as good: less is within what the choice of sentences brings. */
const GOOD = 1;

type Random = () => number;
type Wrong = (sentence: Sentence, types: readonly string[], random: Random, number: number) => Sentence;

const pick = <T>(list: readonly T[], random: Random): T => list[Math.floor(random() * list.length)]!;
const relabelled = (sentence: Sentence, type: (label: string) => string): Sentence => ({
  ...sentence,
  labels: sentence.labels.map((item) => ({ ...item, label: type(item.label) })),
});

/** What jobs are made of: how many decisions, and what is wrong with them. */
const KINDS: Readonly<Record<string, { readonly decisions: number; readonly wrong?: Wrong }>> = {
  clean: { decisions: 50 },
  ten: { decisions: 10 },
  // Labels on words drawn by chance.
  spans: {
    decisions: 50,
    wrong: ({ words, ...sentence }, _, random) => {
      const labels = sentence.labels.map((item) => {
        const word = pick(words, random);
        return { ...item, start: word.start, end: word.end };
      });
      // Of labels on one word the first stays.
      const first = labels.filter((item, i) => labels.findIndex(({ start }) => start === item.start) === i);
      return { ...sentence, words, labels: first };
    },
  },
  // Labels drawn by chance.
  types: {
    decisions: 50,
    wrong: (sentence, types, random) => relabelled(sentence, () => pick(types, random)),
  },
  // Every other sentence is decided on by somebody who turns the labels round.
  inverts: {
    decisions: 50,
    wrong: (sentence, types, _, number) =>
      number % 2 === 0
        ? sentence
        : relabelled(sentence, (label) => types[types.length - 1 - types.indexOf(label)] ?? label),
  },
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: "1,2,3" },
      kinds: { type: "string", default: Object.keys(KINDS).join(",") },
      data: { type: "string", default: resolve(root, "../shared/data") },
    },
  });
  const folder = resolve(root, "models/glossator-minilm");
  const manifest = (await readManifest(folder)) as EncoderManifest;
  const tokenizer = await loadTokenizer(folder);
  const before = tokenizer.single.before.length;
  const network = await EncoderNetwork.open(manifest, session);
  const read = async (texts: readonly string[]): Promise<ReadText[]> =>
    (await readTexts({ network, tokenizer }, TASK, texts)) as ReadText[];
  const file = async (name: string): Promise<Sentence[]> =>
    (await readConll(resolve(values.data, name))).map(sentenceOf);
  const [pool, test] = [await file("wnut17/wnut17train.conll"), await file("wnut17/emerging.test.annotated")];
  const texts = await read(test.map(({ text }) => text));
  const held = texts.map((text, i) => ({ ...text, words: test[i]!.words }));
  const base = await readBaseText(await baseTextOf(folder, folder));
  const [replayed, probes] = [await read(base.replayed), await read(base.probes)];
  const decoder = manifest.tasks[TASK]!;
  const labels = [...new Set(pool.flatMap((sentence) => sentence.labels.map(({ label }) => label)))].sort();

  /** One job: what the gate says, and by how many points of F1 on the test set the model is better for it. */
  const job = async (kind: string, seed: number): Promise<{ accepted: boolean; gain: number; why: string }> => {
    const { decisions, wrong } = KINDS[kind]!;
    const random = randomOf(seed * 31 + Object.keys(KINDS).indexOf(kind));
    const drawn: Sentence[] = [];
    let so = 0;
    for (const number of shuffled(pool.length, randomOf(seed))) {
      const sentence = pool[number]!;
      if (so >= decisions) break;
      so += decisionsOf(exampleOf(sentence));
      drawn.push(wrong ? wrong(sentence, labels, random, drawn.length) : sentence);
    }
    const own = await read(drawn.map(({ text }) => text));
    const pairs = drawn.map((sentence, i) => ({ example: exampleOf(sentence), read: own[i]! }));
    const seen = new Set(drawn.flatMap((sentence) => sentence.labels.map(({ label }) => label)));
    const near = nearestLabels(TASK, pairs, rowNames(decoder), before);
    const outputs = planOutputs(TASK, decoder, labels, seen, near);
    const rows = pairs.map((pair) => taughtRow(TASK, pair.example, pair.read, outputs, before));
    const examples = pairs.map(({ example }) => example);
    const folds = foldsOf(examples);
    const lesson: Lesson = {
      ...{ task: TASK, tokenizer, before, outputs, pairs, rows, replayed, probes, folds, left: [] },
      labels: labels.filter((label) => seen.has(label)),
    };
    const settings = settingsFor({ task: TASK, labels, examples, decisions: so, left: [] } as never, { seed });
    const heldRows = replayed.map((text) => heldRow(text, outputs));
    const trained = (numbers: readonly number[]): ReturnType<typeof train> =>
      train({
        ...{ manifest, task: TASK, outputs, session, settings, held: heldRows },
        taught: numbers.map((i) => rows[i]!),
      });
    const measuring = new Measuring(lesson, manifest, session);
    const after: ExampleCounts[] = [];
    for (const { learned, measured } of folds)
      after.push(...(await measuring.fold((await trained(learned)).parameters, measured)));
    const { parameters } = await trained([...rows.keys()]);
    const verdict = await measuring.verdict(parameters, measuring.heldOut(after), seed);
    const served = serving(decoder, outputs.all, outputs.served);
    const renamed = held.map((text) => givenBy(TASK, served, text, startLogits(text, outputs), before));
    const asItIs = held.map((text) => givenBy(TASK, decoder, text, text.logits, before));
    const taught = await TaughtDecoder.open(manifest, TASK, parameters, before, session);
    const now = f1(await taught.give(served, held), test);
    await taught.close();
    const then = Math.max(f1(renamed, test), f1(asItIs, test));
    return { accepted: verdict.accepted, gain: now - then, why: verdict.reasons[0] ?? "" };
  };

  for (const kind of values.kinds.split(",")) {
    const count = { jobs: 0, accepted: 0, good: 0, "good, refused": 0, "no good, accepted": 0 };
    for (const seed of values.seeds.split(",").map(Number)) {
      const { accepted, gain, why } = await job(kind, seed);
      const good = gain >= GOOD;
      count.jobs++;
      if (accepted) count.accepted++;
      if (good) count.good++;
      if (good && !accepted) count["good, refused"]++;
      if (gain <= 0 && accepted) count["no good, accepted"]++;
      console.log(
        `${kind} ${seed}: ${accepted ? "accepted" : "refused"}, ${gain.toFixed(1)} points on the test set. ${why}`,
      );
    }
    console.log(`${kind}: ${JSON.stringify(count)}`);
  }
  await network.close();
}

void main();
