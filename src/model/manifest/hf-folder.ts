/** A Hugging Face export (`config.json`, `tokenizer.json`, `model.onnx`) read as a model of ours with one task and no encoder. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, readFile, stat } from "node:fs/promises";
import { totalmem } from "node:os";
import { basename, dirname, join } from "node:path";
import { ModelError } from "../errors";
import { entityLayer, sentimentLayer } from "./hf-labels";
import type { OutputLayer } from "./hf-labels";
import type { Manifest } from "./manifest";
import type { Task } from "../../documents/tasks";

/** Where exporters put the graph (Optimum, Transformers.js, torch.onnx), best first. */
const GRAPHS = ["", "onnx/"].flatMap((folder) =>
  ["model", "model_optimized", "model_quantized", "model_int8", "model_fp16"].map((name) => `${folder}${name}.onnx`),
);
/** What the architecture's name ends in → the task it serves. */
const KINDS: Readonly<Record<string, Task>> = {
  ForTokenClassification: "entities",
  ForSequenceClassification: "sentiment",
  ForQuestionAnswering: "answers",
};
const KNOWN = "token-classification, sequence-classification and question-answering models";
/** Position embeddings of these begin after the padding token's (fairseq's custom), so that many rows less are of use. */
const PADDED_POSITIONS =
  /^(roberta|xlm-roberta|camembert|xmod|roberta-prelayernorm|xlm-roberta-xl|longformer|mpnet|ibert|data2vec-text|phobert|esm|layoutlmv3)$/;
/** Rows are no longer than this, whatever a model can take: attention costs the square, and sentences are short. */
const LONGEST_ROW = 512;
/** A protobuf message cannot be larger; bigger models keep their weights in files beside it. */
const PROTOBUF_LIMIT = 2 ** 31 - 1;
/** Share of the machine's memory a model's files may take: running it takes about as much again. */
const MEMORY_SHARE = 0.4;

type Json = Record<string, unknown>;

/** Whether a folder looks like a Hugging Face export rather than a model of ours. */
export async function isHuggingFaceFolder(dir: string): Promise<boolean> {
  return !(await isFile(join(dir, "manifest.json"))) && (await isFile(join(dir, "config.json")));
}

/**
 * Reads what the folder says of itself; the graph is checked against it when it is opened.
 * @param memory of the machine, in bytes.
 * @throws {ModelError} `model-missing` (no graph), `manifest-invalid` (config.json), `model-unsupported` (another kind of model, labels
 * that mean nothing here), `model-too-large`.
 */
export async function readHuggingFaceFolder(dir: string, memory = totalmem()): Promise<Manifest> {
  const file = join(dir, "config.json");
  const config = await readConfig(file);
  const task = taskOf(config, file);
  const layer = outputLayer(task, config, file);
  const graph = await findGraph(dir);
  const weights = await weightFiles(graph);
  await checkSize(graph, weights, memory);
  return {
    dir,
    name: basename(dir),
    version: "",
    digest: await digest([file, join(dir, "tokenizer.json"), join(dir, "tokenizer_config.json"), graph, ...weights]),
    maximumTokens: await maximumTokens(dir, config),
    ...(count(config["vocab_size"]) === undefined ? {} : { vocabulary: count(config["vocab_size"])! }),
    tasks: {
      [task]: {
        path: graph,
        labels: layer.labels,
        ...(layer.classes && { classes: layer.classes }),
        ...(layer.unmarked !== undefined && { unmarked: layer.unmarked }),
        ...(layer.insideBegins && { insideBegins: true }),
        ...(config["problem_type"] === "multi_label_classification" && { independent: true }),
        temperature: 1,
      },
    },
    notes: layer.notes,
  };
}

async function readConfig(file: string): Promise<Json> {
  const source = await readFile(file, "utf8");
  try {
    const value: unknown = JSON.parse(source.replace(/^\uFEFF/, ""));
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("it holds no object");
    return value as Json;
  } catch (error) {
    throw new ModelError("manifest-invalid", `${file} is not JSON: ${(error as Error).message}. Copy it again.`, {
      cause: error,
    });
  }
}

function taskOf(config: Json, file: string): Task {
  const names = Array.isArray(config["architectures"])
    ? config["architectures"].filter((a) => typeof a === "string")
    : [];
  if (names.length === 0)
    throw new ModelError(
      "model-unsupported",
      `${file} names no "architectures", so the kind of model is unknown; ${KNOWN} can be used. Copy config.json from the model's source.`,
    );
  for (const name of names) for (const [ending, task] of Object.entries(KINDS)) if (name.endsWith(ending)) return task;
  const why =
    config["is_encoder_decoder"] === true || /ForCausalLM|LMHeadModel|ConditionalGeneration/.test(names[0]!)
      ? "it writes text"
      : /MaskedLM|PreTraining/.test(names[0]!)
        ? "it guesses hidden words and was not trained for a task yet"
        : /Model$/.test(names[0]!)
          ? "it gives hidden states and has no output layer"
          : "it does something else";
  throw new ModelError(
    "model-unsupported",
    `${file}: a ${names[0]!} cannot label text: ${why}. Choose one of the ${KNOWN} (${Object.keys(KINDS)
      .map((ending) => `…${ending}`)
      .join(", ")}).`,
  );
}

function outputLayer(task: Task, config: Json, file: string): OutputLayer {
  if (task === "answers") return { labels: [], notes: [] };
  const names = labelNames(config, file);
  if (task === "entities") return entityLayer(names, file);
  if (config["problem_type"] === "regression" || names.length < 2) return sentimentLayer(names.slice(0, 1), file);
  return sentimentLayer(names, file);
}

function labelNames(config: Json, file: string): string[] {
  const map = config["id2label"];
  const refuse = (why: string): ModelError =>
    new ModelError("manifest-invalid", `${file}: ${why}. Copy config.json again from the model's source.`);
  if (typeof map !== "object" || map === null)
    throw refuse('"id2label" is missing, which names the classes of the output layer');
  const names: string[] = [];
  for (const [key, name] of Object.entries(map as Json)) {
    if (!/^\d+$/.test(key) || typeof name !== "string")
      throw refuse(`"id2label" has a bad entry at ${JSON.stringify(key)}`);
    names[Number(key)] = name;
  }
  if (names.length === 0) throw refuse('"id2label" is empty');
  if (names.length !== Object.keys(map).length) throw refuse('"id2label" leaves a class out');
  if (new Set(names).size !== names.length) throw refuse('"id2label" gives one name to two classes');
  return names;
}

async function findGraph(dir: string): Promise<string> {
  for (const name of GRAPHS) {
    const path = join(dir, name);
    if (await isFile(path)) return path;
  }
  const found = (await readdir(dir)).filter((name) => /\.(safetensors|bin|h5|msgpack|gguf|onnx)$/.test(name));
  throw new ModelError(
    "model-missing",
    `${dir} holds no model.onnx (or onnx/model.onnx, model_quantized.onnx)${
      found.length > 0 ? `, only ${found.slice(0, 3).join(", ")}` : ""
    }. Export the model to ONNX, for instance with \`optimum-cli export onnx --model … ${basename(dir)}\`.`,
  );
}

/** Files beside the graph that hold its weights: `model.onnx_data`, `model.onnx.data`, and parts of them. */
async function weightFiles(graph: string): Promise<string[]> {
  const name = basename(graph);
  const names = await readdir(dirname(graph));
  return names
    .filter((other) => other !== name && (other.startsWith(`${name}_data`) || other.startsWith(`${name}.data`)))
    .sort()
    .map((other) => join(dirname(graph), other));
}

async function checkSize(graph: string, weights: readonly string[], memory: number): Promise<void> {
  const gigabytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  const { size } = await stat(graph);
  if (size < 1024 && (await readFile(graph, "latin1")).startsWith("version https://git-lfs"))
    throw new ModelError(
      "model-missing",
      `${graph} is a Git LFS pointer, not the model. Fetch the file itself with \`git lfs pull\`.`,
    );
  if (size > PROTOBUF_LIMIT)
    throw new ModelError(
      "model-too-large",
      `${graph} has ${gigabytes(size)}; an ONNX file ends at 2 GB. Export it with its weights in a file beside it, or take a smaller model.`,
    );
  let total = size;
  for (const file of weights) total += (await stat(file)).size;
  if (total > memory * MEMORY_SHARE)
    throw new ModelError(
      "model-too-large",
      `The model in ${dirname(graph)} has ${gigabytes(total)}, more than ${MEMORY_SHARE * 100} % of this machine's ${gigabytes(memory)} of memory. Take a smaller or quantised one.`,
    );
}

async function maximumTokens(dir: string, config: Json): Promise<number> {
  let tokens = count(config["max_position_embeddings"]) ?? count(config["n_positions"]) ?? LONGEST_ROW;
  if (PADDED_POSITIONS.test(text(config["model_type"]) ?? "")) tokens -= (count(config["pad_token_id"]) ?? 1) + 1;
  const own = await readFile(join(dir, "tokenizer_config.json"), "utf8")
    .then((source) => count((JSON.parse(source) as Json)["model_max_length"]))
    // A broken file is the tokenizer's to report.
    .catch(() => undefined);
  return Math.min(tokens, own ?? Infinity, LONGEST_ROW);
}

/** SHA-256 over names and contents; first 12 hex digits. A file that is not there counts as absent. */
async function digest(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) {
    if (!(await isFile(file))) continue;
    hash.update(`${basename(file)}\0`);
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  }
  return hash.digest("hex").slice(0, 12);
}

const isFile = async (file: string): Promise<boolean> => (await stat(file).catch(() => undefined))?.isFile() ?? false;
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const count = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
