/** What a model folder holds, read from its manifest and checked. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { saidFormat } from "../../text/print";
import { ModelError } from "../errors";
import type { EncoderFile, GraphFile } from "./graph-file";
import { readSteps } from "./step-manifest";
import type { Part, Steps } from "./step-manifest";
import { isQuestionTask, isSpanTask, isTask, QUESTION_TASKS, TASK_NAMES } from "../../documents/tasks";
import type { QuestionTask, Task } from "../../documents/tasks";

/** A task's graph: a decoder of the encoder's hidden states, or, in a model without encoder, a graph that reads ids itself. */
export interface Decoder extends GraphFile {
  /** Index is the class of the output layer, unless `classes` says otherwise. For spans: BIO2 tags. Empty for questions. */
  readonly labels: readonly string[];
  /**
   * Where the output layer has other classes than `labels`: class → index in `labels`. The probabilities of classes with one label are added; a class
   * below 0 is left out, as if the output layer had no such row.
   */
  readonly classes?: readonly number[];
  /** Names of all rows of the output layer, where some of them are not served: each is one of `labels`, or left out. */
  readonly outputs?: readonly string[];
  /** Whether each class has a probability of its own (sigmoid), rather than all of them sharing one (softmax). */
  readonly independent?: boolean;
  /** Spans: whether I-X may begin one, as in IOB1; then B-X only parts it from another X just before it. */
  readonly insideBegins?: boolean;
  /** Classes: the label that carries no mark ("no opinion"), if the model has one. */
  readonly unmarked?: string;
  /** Divides the logits, so that a probability means what it says (Guo et al. 2017). */
  readonly temperature: number;
  /**
   * Questions: by how much, as a difference of log-probabilities, "no answer" must beat the best span to win (the threshold of SQuAD 2.0's baselines); 0 when absent.
   */
  readonly noAnswerThreshold?: number;
}

/** Number of classes of a task's output layer. */
export const classCount = (decoder: Pick<Decoder, "classes" | "labels">): number =>
  (decoder.classes ?? decoder.labels).length;

/** The task by which a model answers questions, if it does. */
export function questionTask({ tasks }: Pick<Manifest, "tasks">): QuestionTask | undefined {
  return QUESTION_TASKS.find((task) => tasks[task] !== undefined);
}

/** What a model folder holds: `manifest.json`, checked, or the same derived from a Hugging Face export (`hf-folder.ts`). */
export interface Manifest {
  readonly dir: string;
  readonly name: string;
  readonly version: string;
  /** SHA-256 over the manifest, which holds the digests of the graphs, or over the files themselves; first 12 hex digits. */
  readonly digest: string;
  /** Most tokens of one row, special tokens included. */
  readonly maximumTokens: number;
  /** Rows of the embedding table, if known: no token's id may reach it. */
  readonly vocabulary?: number;
  /** Absent where each task's graph reads ids directly. */
  readonly encoder?: EncoderFile;
  readonly tasks: Readonly<Partial<Record<Task, Decoder>>>;
  /** ISO 639-1 codes of the languages it reads, as in `["en"]`; absent where nothing is known. */
  readonly languages?: readonly string[];
  /** What had to be assumed about the model, in words, for the user. */
  readonly notes: readonly string[];
  /** Graphs that train the model further, if it has any. */
  readonly steps?: Steps;
}

/** The manifest of a model with an encoder. */
export type EncoderManifest = Manifest & { readonly encoder: NonNullable<Manifest["encoder"]> };

/** The manifest's `format` this code writes and reads where every row of an output layer is served. */
export const FORMAT = "glossator-model/1";
/** The same with `outputs`, which a reader of the first would take for other labels. */
export const FORMAT_OUTPUTS = "glossator-model/2";

/**
 * Reads and checks a model folder's manifest.
 * @throws {ModelError} `model-missing` (no folder, or no manifest in it), `manifest-invalid` (file and property named),
 * `model-missing` (a graph the manifest names is not there).
 */
export async function readManifest(dir: string): Promise<Manifest> {
  const file = join(dir, "manifest.json");
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw new ModelError(
      "model-missing",
      `No model in ${dir}: manifest.json cannot be read. Choose a folder that holds a Glossator model.`,
      { cause: error },
    );
  }
  const json = parse(text, file);
  if (json["format"] !== FORMAT && json["format"] !== FORMAT_OUTPUTS)
    throw new ModelError(
      "manifest-invalid",
      `${file}: ${saidFormat(json["format"])}, this version reads "${FORMAT}" and "${FORMAT_OUTPUTS}". Export the model again, or update Glossator.`,
    );
  const reader = new Reader(file);
  const encoder = reader.object(json, "encoder");
  const tasks: Partial<Record<Task, Decoder>> = {};
  const parts = reader.object(json, "tasks");
  for (const name of Object.keys(parts)) {
    if (!isTask(name)) throw reader.error(`"tasks.${name}" is no task; tasks are ${TASK_NAMES.join(", ")}`);
    const task = name;
    const part = reader.object(parts, name);
    const labels = isQuestionTask(task) ? [] : reader.labels(part, `tasks.${name}.labels`);
    if (isSpanTask(task)) checkBio(labels, reader, `tasks.${name}.labels`);
    const unmarked = part["unmarked"];
    if (unmarked !== undefined && (typeof unmarked !== "string" || !labels.includes(unmarked)))
      throw reader.error(`"tasks.${name}.unmarked" must be one of the labels`);
    tasks[task] = {
      ...(await weighted(dir, part, reader, `tasks.${name}`)),
      labels,
      ...outputsOf(part, labels, reader, `tasks.${name}.outputs`),
      ...(unmarked === undefined ? {} : { unmarked }),
      temperature: reader.positive(part["temperature"] ?? 1, `tasks.${name}.temperature`),
      ...(isQuestionTask(task) && noAnswer(part, reader, `tasks.${name}.noAnswerThreshold`)),
    };
  }
  if (Object.keys(tasks).length === 0) throw reader.error(`"tasks" is empty: a model needs at least one decoder`);
  const manifest: Manifest = {
    dir,
    name: typeof json["name"] === "string" ? json["name"] : basename(dir),
    version: typeof json["version"] === "string" ? json["version"] : "",
    digest: createHash("sha256").update(text).digest("hex").slice(0, 12),
    maximumTokens: reader.positive(encoder["maximumTokens"] ?? 512, "encoder.maximumTokens"),
    encoder: {
      ...(await weighted(dir, encoder, reader, "encoder")),
      hiddenSize: reader.positive(encoder["hiddenSize"] ?? 384, "encoder.hiddenSize"),
    },
    tasks,
    ...(json["languages"] !== undefined && { languages: reader.languages(json["languages"]) }),
    notes: [],
  };
  return { ...manifest, ...(await trainingSteps(json, reader, manifest)) };
}

/**
 * Compares the graphs with the digests in the manifest.
 * @throws {ModelError} `model-corrupt` naming the first file that differs.
 */
export async function verifyFiles(manifest: Manifest): Promise<void> {
  for (const file of [manifest.encoder, ...Object.values(manifest.tasks)]) {
    if (file === undefined) continue;
    await verifyFile(file);
    if (file.int8) await verifyFile(file.int8);
  }
}

/**
 * Compares one file with its digest, if it has one.
 * @throws {ModelError} `model-corrupt` naming it.
 */
export async function verifyFile(file: GraphFile): Promise<void> {
  if (file.sha256 === undefined) return;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(file.path)) hash.update(chunk as Buffer);
  if (hash.digest("hex") !== file.sha256)
    throw new ModelError(
      "model-corrupt",
      `${file.path} is damaged: its content does not match manifest.json. Copy or export the model again.`,
    );
}

function parse(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ModelError("manifest-invalid", `${file} is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new ModelError("manifest-invalid", `${file} must hold a JSON object.`);
  return value as Record<string, unknown>;
}

/** A graph that holds weights, and its int8 form where the manifest names one. */
async function weighted(dir: string, part: Record<string, unknown>, reader: Reader, at: string): Promise<GraphFile> {
  const file = await graph(dir, part, reader, at);
  if (part["int8"] === undefined) return file;
  return { ...file, int8: await graph(dir, reader.object(part, "int8"), reader, `${at}.int8`) };
}

async function graph(dir: string, part: Record<string, unknown>, reader: Reader, at: string): Promise<GraphFile> {
  const name = part["file"];
  // A manifest may come from anywhere: it names files in its own folder, never paths.
  if (typeof name !== "string" || name === "" || basename(name) !== name)
    throw reader.error(`"${at}.file" must be the name of a file in the model's folder`);
  const path = resolve(dir, name);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile())
    throw new ModelError(
      "model-missing",
      `${path} is missing, which manifest.json names as "${at}". Copy or export the model again.`,
    );
  const sha256 = part["sha256"];
  if (sha256 !== undefined && typeof sha256 !== "string") throw reader.error(`"${at}.sha256" must be a string`);
  return { path, ...(sha256 === undefined ? {} : { sha256 }) };
}

/** Rows of the output layer that are not served, where there are any. */
function outputsOf(
  part: Record<string, unknown>,
  labels: readonly string[],
  reader: Reader,
  at: string,
): Pick<Decoder, "outputs" | "classes"> {
  if (part["outputs"] === undefined) return {};
  const outputs = reader.labels({ labels: part["outputs"] }, at);
  const lacking = labels.find((label) => !outputs.includes(label));
  if (lacking !== undefined) throw reader.error(`"${at}" lacks the label ${JSON.stringify(lacking)}`);
  return { outputs, classes: outputs.map((output) => labels.indexOf(output)) };
}

/** When "no answer" wins over a span. */
function noAnswer(part: Record<string, unknown>, reader: Reader, at: string): Pick<Decoder, "noAnswerThreshold"> {
  const threshold = part["noAnswerThreshold"];
  if (threshold === undefined) return {};
  if (typeof threshold !== "number" || !Number.isFinite(threshold)) throw reader.error(`"${at}" must be a number`);
  return { noAnswerThreshold: threshold };
}

/**
 * The section `steps`, with the inference graphs whose weights it names. A folder that holds none of its graphs is one for labelling alone,
 * as the extension ships it; the manifest stays the same, since its digest is the model's version.
 */
async function trainingSteps(
  json: Record<string, unknown>,
  reader: Reader,
  { dir, encoder, tasks }: Pick<Manifest, "dir" | "encoder" | "tasks">,
): Promise<Pick<Manifest, "steps">> {
  if (json["steps"] === undefined || !(await holdsSteps(dir, json["steps"]))) return {};
  const part = (name: Part): GraphFile | undefined => (name === "encoder" ? encoder : tasks[name]);
  const steps = await readSteps(
    json["steps"],
    part,
    (item, at) => graph(dir, item, reader, at),
    (what) => reader.error(what),
  );
  return { steps };
}

/** Whether a folder has step graphs, whatever the section `steps` makes of them. */
async function holdsSteps(dir: string, section: unknown): Promise<boolean> {
  const listed = (section as { graphs?: unknown } | null)?.graphs;
  const named = Array.isArray(listed) ? listed.map((item: unknown) => (item as { file?: unknown } | null)?.file) : [];
  // What is listed in another way than as file names is for the reader to refuse.
  if (named.length === 0 || !named.every((file) => typeof file === "string" && basename(file) === file)) return true;
  return (await readdir(dir)).some((file) => named.includes(file) || /^step-.*\.onnx$/.test(file));
}

function checkBio(labels: readonly string[], reader: Reader, at: string): void {
  for (const label of labels)
    if (label !== "O" && !(/^[BI]-./.test(label) && labels.includes(`B-${label.slice(2)}`)))
      throw reader.error(`"${at}": ${JSON.stringify(label)} is no BIO2 tag with its B- tag in the list`);
  if (!labels.includes("O")) throw reader.error(`"${at}" lacks "O"`);
}

class Reader {
  constructor(private readonly file: string) {}

  error(what: string): ModelError {
    return new ModelError("manifest-invalid", `${this.file}: ${what}.`);
  }

  object(parent: Record<string, unknown>, key: string): Record<string, unknown> {
    const value = parent[key];
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.error(`"${key}" must be an object`);
    return value as Record<string, unknown>;
  }

  labels(part: Record<string, unknown>, at: string): readonly string[] {
    const value = part["labels"];
    if (!Array.isArray(value) || value.length < 2 || !value.every((l) => typeof l === "string" && l !== ""))
      throw this.error(`"${at}" must list at least two names`);
    if (new Set(value).size !== value.length) throw this.error(`"${at}" holds a name twice`);
    return value as string[];
  }

  languages(value: unknown): readonly string[] {
    if (
      !Array.isArray(value) ||
      value.length === 0 ||
      !value.every((l) => typeof l === "string" && /^[a-z]{2}$/.test(l))
    )
      throw this.error(`"languages" must list codes of two letters such as "en"`);
    return value as string[];
  }

  positive(value: unknown, at: string): number {
    if (typeof value !== "number" || !(value > 0) || !Number.isFinite(value))
      throw this.error(`"${at}" must be a number above 0`);
    return value;
  }
}
