/** The other side: Transformers.js, installed here alone, reading the same weights as single graphs. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { LABEL_TASKS, perTask, TASKS } from "../src/documents/tasks";
import type { LabelTask } from "../src/documents/tasks";
import { ensurePython } from "../scripts/setup.mjs";
import { fromBench } from "./install";
import { cache, modelDir, root } from "./options";
import { timed } from "./statistics";

/** A pipeline: texts in, one result a text. */
export interface Pipeline {
  (texts: string[], options?: Record<string, unknown>): Promise<unknown[]>;
  dispose(): Promise<void>;
}

interface Library {
  readonly env: { allowRemoteModels: boolean; allowLocalModels: boolean; localModelPath: string };
  readonly pipeline: (task: string, model: string, options: Record<string, unknown>) => Promise<Pipeline>;
}

/** What the library calls a kind of task. */
const PIPELINES = { spans: "token-classification", classes: "text-classification" } as const;

/** Makes the single graphs of this model unless they are there, with the Python of the tests. @throws Error naming what is missing. */
async function models(): Promise<string> {
  const manifest = readFileSync(join(modelDir, "manifest.json"));
  const folder = join(cache, createHash("sha256").update(manifest).digest("hex").slice(0, 16));
  if (existsSync(join(folder, "sentiment/tokenizer_config.json"))) return folder;
  const python = await ensurePython();
  console.error("bench: merging encoder and decoders into single graphs …");
  execFileSync(python, [resolve(root, "bench/make_models.py"), modelDir, folder], { stdio: ["ignore", 2, 2] });
  return folder;
}

/** Opens pipelines with the same weights and threads as ours. */
export async function openPipelines(threads: number): Promise<Record<LabelTask, Pipeline>> {
  const { env, pipeline } = fromBench("@huggingface/transformers") as Library;
  env.allowRemoteModels = false;
  env.allowLocalModels = true;
  env.localModelPath = await models();
  const open = (task: LabelTask): Promise<Pipeline> =>
    pipeline(PIPELINES[TASKS[task].kind], task, {
      device: "cpu",
      dtype: "fp32",
      session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
    });
  const pipelines = new Map<LabelTask, Pipeline>();
  for (const task of LABEL_TASKS) pipelines.set(task, await open(task));
  return perTask(LABEL_TASKS, (task) => pipelines.get(task)!);
}

/** Runs a pipeline over texts in their order, `size` at a time. */
export async function inBatches(pipe: Pipeline, texts: readonly string[], size: number): Promise<unknown[]> {
  const results: unknown[] = [];
  for (let from = 0; from < texts.length; from += size) results.push(...(await pipe(texts.slice(from, from + size))));
  return results;
}

/** The batch size at which a pipeline is fastest on a sample; each is tried twice, the first pass warms up. */
export async function bestBatch(pipe: Pipeline, sample: readonly string[], sizes: readonly number[]): Promise<number> {
  let best = { size: sizes[0] ?? 1, ms: Infinity };
  for (const size of sizes) {
    await inBatches(pipe, sample.slice(0, size), size);
    const ms = await timed(() => inBatches(pipe, sample, size));
    if (ms < best.ms) best = { size, ms };
  }
  return best.size;
}
