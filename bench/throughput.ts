/** Rows 1 to 3: documents in, labels out; ours in fp32 and int8, Transformers.js and bare ONNX Runtime, turn by turn. */
import { labelDocuments, sentenceSegments } from "../src/commands/labelling";
import type { LabelledInput } from "../src/commands/labelling";
import { CLASS_TASKS, LABEL_TASKS, perTask } from "../src/documents/tasks";
import type { LabelTask } from "../src/documents/tasks";
import { EngineClient } from "../src/engine/client";
import { openBare } from "./bare";
import { documents, source } from "./documents";
import { modelDir, serverPath } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { median, timed } from "./statistics";
import { bestBatch, inBatches, openPipelines } from "./transformers";

type Tasks = readonly LabelTask[];
type Texts = readonly { path: string; text: string }[];

const BOTH: Tasks = LABEL_TASKS;
const ONE: Tasks = CLASS_TASKS;

/** As the command line labels: sentences cut here, labelled in the model process. */
async function ours(engine: EngineClient, texts: Texts, tasks: Tasks): Promise<LabelledInput[]> {
  const stream = async function* (): AsyncGenerator<Texts[number]> {
    for (const text of texts) yield await Promise.resolve(text);
  };
  const segments = (document: Texts[number]): ReturnType<typeof sentenceSegments> =>
    sentenceSegments(document, "plaintext");
  const labelled: LabelledInput[] = [];
  for await (const document of labelDocuments(stream(), engine, { tasks, segments })) labelled.push(document);
  return labelled;
}

const cut = (texts: Texts): string[] =>
  texts.flatMap((document) => [...sentenceSegments(document, "plaintext")].map(({ text }) => text));

/** Measures rows 1 to 3. @throws Error when the other side's labels are not ours, since then it does other work. */
export async function throughput(options: BenchOptions): Promise<Finding[]> {
  const { quick, threads, rows } = options;
  const texts = documents(quick ? 40 : 500);
  const sentences = cut(texts);
  const repetitions = quick ? 1 : 3;
  const sample = sentences.slice(0, quick ? 16 : 96);
  const engine = new EngineClient({ serverPath, modelDir, device: "cpu", threads });
  const int8 = new EngineClient({ serverPath, modelDir, device: "cpu-int8", threads });
  const compared = rows.has(1) || rows.has(2) ? await openPipelines(threads) : undefined;
  const bare = rows.has(3) ? await openBare(sentences, threads, quick ? [512] : [256, 512, 1024, 2048]) : undefined;
  try {
    await engine.start();
    const labelled = await ours(engine, texts, ONE);
    if (rows.has(1) || rows.has(2)) await ours(int8, texts, ONE);
    const sizes = perTask(LABEL_TASKS, () => 1);
    let agreement = "";
    if (compared) {
      for (const task of BOTH)
        if (rows.has(1) || ONE.includes(task))
          sizes[task] = await bestBatch(compared[task], sample, quick ? [1, 8] : [1, 8, 16, 32]);
      const theirs = (await inBatches(compared.sentiment, sample, sizes.sentiment)) as { label: string }[];
      const own = labelled.flatMap((document) => document.sentences.map(({ labels }) => labels.sentiment?.label));
      const same = theirs.filter(({ label }, i) => label === own[i]).length;
      agreement = `; same sentiment in ${same} of ${theirs.length} sentences`;
      if (same < 0.97 * theirs.length)
        throw new Error(`Transformers.js and Glossator agree in ${same} of ${theirs.length} sentences only.`);
    }

    const sides: Record<string, () => Promise<unknown>> = {};
    if (rows.has(1) || rows.has(3)) sides["ours, two tasks"] = () => ours(engine, texts, BOTH);
    if (compared && rows.has(1))
      sides["two pipelines"] = async () => {
        const pieces = cut(texts);
        await inBatches(compared.entities, pieces, sizes.entities);
        await inBatches(compared.sentiment, pieces, sizes.sentiment);
      };
    if (rows.has(1)) sides["int8, two tasks"] = () => ours(int8, texts, BOTH);
    if (bare) sides["bare, two tasks"] = () => bare.run(BOTH);
    if (rows.has(2) || rows.has(3)) sides["ours, one task"] = () => ours(engine, texts, ONE);
    if (rows.has(2)) sides["int8, one task"] = () => ours(int8, texts, ONE);
    if (compared && rows.has(2))
      sides["one pipeline"] = () => inBatches(compared.sentiment, cut(texts), sizes.sentiment);
    if (bare) sides["bare, one task"] = () => bare.run(ONE);

    const times = new Map<string, number[]>();
    for (let i = 0; i < repetitions; i++)
      for (const [name, run] of Object.entries(sides)) {
        console.error(`bench: ${name}, ${i + 1} of ${repetitions} …`);
        times.set(name, [...(times.get(name) ?? []), await timed(run)]);
      }
    const ms = (name: string): number => median(times.get(name) ?? []);
    const seconds = (name: string): string => `${name} ${(ms(name) / 1000).toFixed(2)} s`;
    const amount = `${sentences.length} sentences of ${source}`;

    const findings: Finding[] = [];
    if (rows.has(1))
      findings.push({
        row: 1,
        what: "sentiment and entities, end to end, against two Transformers.js pipelines",
        figure: ms("two pipelines") / ms("ours, two tasks"),
        unit: "×",
        target: { atLeast: 2 },
        note: `${amount}: ${seconds("ours, two tasks")}, ${seconds("two pipelines")} in batches of ${sizes.entities} and ${sizes.sentiment}`,
      });
    if (rows.has(2))
      findings.push({
        row: 2,
        what: "sentiment alone, end to end, against one pipeline with the same weights",
        figure: ms("one pipeline") / ms("ours, one task"),
        unit: "×",
        target: { atLeast: 1.3 },
        note: `${seconds("ours, one task")}, ${seconds("one pipeline")} in batches of ${sizes.sentiment}${agreement}`,
      });
    for (const [row, name] of [
      [1, "two tasks"],
      [2, "one task"],
    ] as const)
      if (rows.has(row))
        findings.push({
          row,
          what: `${name}: int8 against fp32`,
          figure: ms(`ours, ${name}`) / ms(`int8, ${name}`),
          unit: "×",
          target: { atLeast: 1.7 },
          note: `${seconds(`int8, ${name}`)}; ${int8.info?.device ?? "not started"}`,
        });
    if (bare)
      for (const name of ["two tasks", "one task"])
        findings.push({
          row: 3,
          what: `${name}, end to end, against bare ONNX Runtime on packed batches`,
          figure: (100 * ms(`bare, ${name}`)) / ms(`ours, ${name}`),
          unit: "%",
          target: { atLeast: 90 },
          note: `${seconds(`ours, ${name}`)}, ${seconds(`bare, ${name}`)}; ${Math.round((1000 * bare.tokens) / ms(`bare, ${name}`))} tokens/s bare, batches of ${bare.budget}`,
        });
    return findings;
  } finally {
    await engine.dispose();
    await int8.dispose();
    await bare?.close();
    await compared?.entities.dispose();
    await compared?.sentiment.dispose();
  }
}
