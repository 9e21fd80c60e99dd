/**
 * A simulated annotator of answers: the model is taught by some questions of stories that it never saw, as the corpus answers them, and measured on questions of other stories, and on SQuAD, which must not be lost.
 * `nice npx tsx bench/answerer.ts [--sizes 50,100] [--seeds 1,2] [--kinds corpus,sentences] [--test 300] [--squad 300] [--settings JSON] [--data FOLDER]`
 */
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { LabelledDocument } from "../src/datasets/document";
import { layersOf } from "../src/documents/layers";
import { sample } from "../src/evaluation/corpora";
import { answerF1 } from "../src/evaluation/metrics";
import { readManifest } from "../src/model/manifest/manifest";
import type { EncoderManifest } from "../src/model/manifest/manifest";
import { EncoderNetwork } from "../src/model/network/network";
import { loadTokenizer } from "../src/model/tokenizer/load";
import { segmentDocument } from "../src/text/document";
import { finish } from "../src/text/slices";
import { quoted } from "../src/text/span";
import { replayedPairs } from "../src/training/answers/course";
import { answerGiven, trainedLogits } from "../src/training/answers/given";
import type { GivenAnswer, SpanLogits } from "../src/training/answers/given";
import { answerProbes } from "../src/training/answers/probes";
import { answerBatch, heldWindow, readWindows, taughtRows } from "../src/training/answers/windows";
import type { AnswerRow, AskedPassage, ReadWindow } from "../src/training/answers/windows";
import { baseTextOf, readBaseText } from "../src/training/base-text";
import { batchesOf } from "../src/training/batches";
import { answerExamples } from "../src/training/examples/answers";
import type { AnswerExample } from "../src/training/examples/answers";
import { settingsFor } from "../src/training/job";
import { trainOn } from "../src/training/trainer";
import type { TrainingSettings } from "../src/training/trainer";

const TASK = "answers";
const session = { device: "cpu", threads: 2 } as const;
const root = resolve(__dirname, "..");

interface Asked {
  readonly title: string;
  readonly context: string;
  readonly question: string;
  readonly answers: readonly { readonly text: string; readonly answer_start: number }[];
}

async function readAsked(file: string): Promise<Asked[]> {
  const { data } = JSON.parse(await readFile(file, "utf8")) as {
    data: { title?: string; paragraphs: { context: string; qas: Omit<Asked, "title" | "context">[] }[] }[];
  };
  return data.flatMap(({ title = "", paragraphs }) =>
    paragraphs.flatMap(({ context, qas }) => qas.map((qa) => ({ ...qa, title, context }))),
  );
}

/** The sentence that holds an answer: what an annotator marks whose custom differs from that of the model's data. */
function inSentences(asked: Asked): Asked {
  const { sentences } = segmentDocument(asked.context, "plaintext");
  const answers = asked.answers.map((answer) => {
    const { answer_start: start, text } = answer;
    const held = sentences.filter((sentence) => sentence.start < start + text.length && sentence.end > start);
    const [from, to] = [held[0]?.start ?? start, held.at(-1)?.end ?? start + text.length];
    return { answer_start: from, text: asked.context.slice(from, to) };
  });
  return { ...asked, answers };
}

/** A story with some questions decided on, as a workspace would have it. */
function exampleOf(all: readonly Asked[], chosen: readonly Asked[]): AnswerExample[] {
  const contexts = [...new Set(all.map(({ context }) => context))];
  const text = contexts.join("\n\n");
  const at = new Map(contexts.map((context) => [context, text.indexOf(context)]));
  const { sentences } = segmentDocument(text, "plaintext");
  const questions = chosen.map(({ question, context, answers }, i) => ({
    ...{ id: String(i).padStart(6, "0"), question, plausible: [] },
    answers: answers.slice(0, 1).map(({ answer_start: start, text: exact }) => {
      const from = at.get(context)! + start;
      return quoted(text, { start: from, end: from + exact.length });
    }) as unknown as LabelledDocument["questions"][number]["answers"],
  }));
  const document = { text, layers: layersOf(() => ({})), questions, path: `${all[0]!.title}.txt`, sentences };
  return [...finish(answerExamples(document as LabelledDocument, TASK)).examples];
}

const asPassage = ({ question, context: text, answers }: Asked): AskedPassage => ({
  ...{ question, text, borders: [] },
  answers: answers.slice(0, 1).map((a) => ({ start: a.answer_start, end: a.answer_start + a.text.length })),
});

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: "50,100" },
      seeds: { type: "string", default: "1,2" },
      kinds: { type: "string", default: "corpus" },
      test: { type: "string", default: "300" },
      squad: { type: "string", default: "300" },
      probes: { type: "string", default: "1000" },
      settings: { type: "string", default: "[{}]" },
      data: { type: "string", default: resolve(root, "../shared/data") },
    },
  });
  const folder = resolve(root, "models/glossator-minilm");
  const manifest = (await readManifest(folder)) as EncoderManifest;
  const model = { tokenizer: await loadTokenizer(folder), network: await EncoderNetwork.open(manifest, session) };
  const read = async (pairs: readonly AskedPassage[]): Promise<ReadWindow[]> =>
    (await readWindows(model, TASK, pairs)).filter((one) => one !== undefined);
  const decoder = manifest.tasks[TASK]!;
  /** F1 of the best answer, then of what is shown, where the model may say that there is none. */
  const f1 = (asked: readonly Asked[], windows: readonly ReadWindow[], logits: readonly SpanLogits[]): string => {
    let [best, shown] = [0, 0];
    asked.forEach(({ answers }, i) => {
      const given = answerGiven(TASK, decoder, [windows[i]!], [logits[i]!]);
      const worth = (said: string): number => Math.max(...answers.map(({ text }) => answerF1(said, text)));
      best += worth(given.closest);
      shown += worth(given.text);
    });
    return [best, shown].map((sum) => ((100 * sum) / asked.length).toFixed(1)).join(" / ");
  };
  const began = performance.now();
  const clock = (): string => `${((performance.now() - began) / 1000).toFixed(0)} s`;
  const all = await readAsked(resolve(values.data, "fairytaleqa/val.json"));
  const titles = [...new Set(all.map(({ title }) => title))].sort();
  const squad = sample(await readAsked(resolve(values.data, "squad/dev-v1.1.json")), Number(values.squad), 0);
  const squadWindows = await read(squad.map(asPassage));
  console.log(`${clock()}: SQuAD ${f1(squad, squadWindows, squadWindows)}`);
  const { questions } = await readBaseText(await baseTextOf(folder, folder));
  const [held, probes] = [
    await read(replayedPairs(questions.replayed)),
    await read(replayedPairs(questions.probes).slice(0, Number(values.probes))),
  ];
  for (const kind of values.kinds.split(","))
    for (const seed of values.seeds.split(",").map(Number)) {
      const said = kind === "sentences" ? all.map(inSentences) : all;
      const own = new Set(sample(titles, Math.ceil(titles.length / 2), seed));
      const pool = said.filter(({ title }) => own.has(title));
      const test = sample(
        said.filter(({ title }) => !own.has(title)),
        Number(values.test),
        seed,
      );
      const testWindows = await read(test.map(asPassage));
      const before = f1(test, testWindows, testWindows);
      for (const size of values.sizes.split(",").map(Number)) {
        const drawn = sample(pool, size, seed);
        const examples = [...own].flatMap((title) => {
          const chosen = drawn.filter((one) => one.title === title);
          return chosen.length === 0
            ? []
            : exampleOf(
                pool.filter((one) => one.title === title),
                chosen,
              );
        });
        const rows: AnswerRow[] = [];
        for (const { text: question, passages } of examples) {
          const windows = await readWindows(
            model,
            TASK,
            passages.map((passage) => ({ ...passage, question })),
          );
          windows.forEach((window, i) => window && rows.push(...taughtRows(window, passages[i]!.weight)));
        }
        for (const given of JSON.parse(values.settings) as Partial<TrainingSettings>[]) {
          const taught = { task: TASK, examples, left: [], decisions: examples.length } as const;
          const settings = settingsFor(taught, { ...given, seed });
          const since = performance.now();
          const { parameters, losses } = await trainOn({
            ...{ manifest, task: TASK, settings, session },
            ...{ taught: batchesOf(rows, answerBatch), held: batchesOf(held.map(heldWindow), answerBatch) },
          });
          const seconds = (performance.now() - since) / 1000;
          const after = async (asked: readonly Asked[], of: readonly ReadWindow[]): Promise<string> =>
            f1(asked, of, await trainedLogits(manifest, TASK, parameters, of, session));
          const now = await trainedLogits(manifest, TASK, parameters, probes, session);
          const [had, has] = [probes, now].map((logits) =>
            probes.map((window, i) => answerGiven(TASK, decoder, [window], [logits[i]!])),
          ) as [GivenAnswer[], GivenAnswer[]];
          const agreed = [0, 0.3, 0.5, 0.7].map((least) => {
            const { agreement, sure } = answerProbes(had, has, least);
            return `${(100 * agreement).toFixed(1)} % of ${sure} (${least})`;
          });
          console.log(
            `${clock()}: ${kind} ${size} seed ${seed} ${JSON.stringify(given)}: ${test.length} questions ${before} → ${await after(test, testWindows)}; ` +
              `SQuAD ${await after(squad, squadWindows)}; probes ${agreed.join(", ")}; ` +
              `${rows.length} rows, ${losses.length} steps, loss ${losses[0]!.toFixed(2)} → ${losses
                .slice(-5)
                .reduce((x, y) => x + y / 5, 0)
                .toFixed(2)}, ${seconds.toFixed(0)} s`,
          );
        }
      }
    }
  await model.network.close();
}

void main();
