/** The ceiling: ONNX Runtime alone, in this process, on batches made beforehand with as little padding as their order allows. */
import * as ort from "onnxruntime-node";
import { join } from "node:path";
import { isSpanTask, LABEL_TASKS } from "../src/documents/tasks";
import type { LabelTask } from "../src/documents/tasks";
import { readManifest } from "../src/model/manifest/manifest";
import { encoderBatch, singleRow } from "../src/model/model";
import type { PaddedRow } from "../src/model/model";
import { cutBatches } from "../src/model/rows";
import { loadTokenizer } from "../src/model/tokenizer/load";
import { modelDir } from "./options";
import { timed } from "./statistics";

type Feeds = Record<string, ort.Tensor>;

/** Encoder and decoders, and texts as tensors. */
export interface Bare {
  /** Runs encoder and decoders over everything. */
  run(tasks: readonly LabelTask[]): Promise<void>;
  /** Tokens in all, special ones included, padding not. */
  readonly tokens: number;
  /** Tokens of one batch that were fastest. */
  readonly budget: number;
  close(): Promise<void>;
}

/** Opens the graphs and packs the texts, at whichever batch size is fastest. */
export async function openBare(texts: readonly string[], threads: number, budgets: readonly number[]): Promise<Bare> {
  const manifest = await readManifest(modelDir);
  const tokenizer = await loadTokenizer(modelDir);
  const open = (name: string): Promise<ort.InferenceSession> =>
    ort.InferenceSession.create(join(modelDir, `${name}.onnx`), {
      executionProviders: ["cpu"],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Pools that spin take the processors from the other sessions of this process, those of the pipelines among them.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
      enableMemPattern: false,
    });
  const encoder = await open("encoder");
  const decoders = new Map<LabelTask, ort.InferenceSession>();
  for (const task of LABEL_TASKS) decoders.set(task, await open(task));
  const limit = manifest.maximumTokens;
  const rows = texts.map((text, item): PaddedRow => {
    const own = tokenizer.encode(text).ids.subarray(0, limit - 2);
    return singleRow(tokenizer, { item, from: 0, count: own.length }, own);
  });
  const pack = (budget: number): Feeds[] =>
    cutBatches(
      rows.map(({ ids }) => ids.length),
      budget,
    ).map((indices) => {
      const batch = encoderBatch(
        indices.map((i) => rows[i]!),
        tokenizer.padId,
      );
      const tensor = (data: BigInt64Array): ort.Tensor => new ort.Tensor("int64", data, [batch.rows, batch.length]);
      return {
        input_ids: tensor(batch.inputIds),
        attention_mask: tensor(batch.attentionMask),
        token_type_ids: tensor(batch.tokenTypeIds),
        shape_ids: tensor(new BigInt64Array(batch.rows * batch.length)),
      };
    });
  const over = async (batches: readonly Feeds[], tasks: readonly LabelTask[]): Promise<void> => {
    for (const { input_ids, attention_mask, token_type_ids, shape_ids } of batches) {
      const encoded = await encoder.run({
        input_ids: input_ids!,
        attention_mask: attention_mask!,
        token_type_ids: token_type_ids!,
      });
      const feeds: Feeds = { hidden_states: encoded["hidden_states"]!, attention_mask: attention_mask! };
      for (const task of tasks)
        await decoders.get(task)!.run(isSpanTask(task) ? { ...feeds, shape_ids: shape_ids! } : feeds);
    }
  };
  let best = { budget: 0, ms: Infinity, batches: [] as Feeds[] };
  for (const budget of budgets) {
    const batches = pack(budget);
    await over(batches.slice(0, 1), LABEL_TASKS);
    const ms = await timed(() => over(batches, LABEL_TASKS));
    if (ms < best.ms) best = { budget, ms, batches };
  }
  return {
    run: (tasks) => over(best.batches, tasks),
    tokens: rows.reduce((sum, { ids }) => sum + ids.length, 0),
    budget: best.budget,
    close: async () => {
      for (const session of [encoder, ...decoders.values()]) await session.release();
    },
  };
}
