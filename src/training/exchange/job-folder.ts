/** A training job as a folder that trains elsewhere: what is in it, and reading what came back. Whatever lies there is anybody's, so all of it is checked. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isLabelTask, isTask } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";
import { saidFormat } from "../../text/print";
import type { Span } from "../../text/span";
import { WEIGHTS } from "../examples/example";
import type { TaughtLabel, TeachExample } from "../examples/example";
import type { Fold } from "../folds";
import type { TrainingSettings } from "../trainer";

/** What `job.json` says it is. A later format has another number, and is refused by name. */
export const JOB_FORMAT = "glossator-training-job/1";
/** The file that says all about a job. */
export const JOB_FILE = "job.json";
/** The folder of the model that is trained, in the job's. */
export const MODEL_FOLDER = "model";
/** The folder in which training leaves what it made: a model folder, `result.json`, and in `folds` a decoder for each part that was held out. */
export const RESULT_FOLDER = "result";

/** One task of a job. */
export interface JobTask {
  readonly task: LabelTask;
  /** As in `TaughtRecord`: all that it is taught with besides the model. */
  readonly taughtHash: string;
  readonly settings: TrainingSettings;
  readonly decisions: number;
  readonly examples: number;
  /** The labels that the workspace uses. */
  readonly labels: readonly string[];
  /** The output layer that there is to be: names of its rows, numbers of those that are taught and of those that are held, and how a new row begins. */
  readonly outputs: {
    readonly all: readonly string[];
    readonly served: readonly number[];
    readonly held: readonly number[];
    readonly begins: readonly { readonly row: string; readonly like: string; readonly behind: number }[];
  };
  /** Numbers of examples. */
  readonly folds: readonly Fold[];
  /** Digests of the graphs that it was read by: only a model that has both can take what was trained. */
  readonly encoder: string;
  readonly decoder: string;
  /** Files of the job's folder, with their SHA-256. */
  readonly data: JobFile;
  readonly other: JobFile;
}

/** A file of a job. */
export interface JobFile {
  readonly file: string;
  readonly sha256: string;
}

/** `job.json`. */
export interface TrainingJob {
  readonly format: typeof JOB_FORMAT;
  /** ISO 8601, UTC. */
  readonly made: string;
  /** SHA-256 over the sources of the package that is in the folder. */
  readonly package: string;
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly tasks: readonly JobTask[];
}

/** What training says of itself, in `result.json`. */
export interface JobResult {
  /** SHA-256 of the job's `job.json`. */
  readonly job: string;
  /** "1 × cpu", "4 × cuda". */
  readonly on: string;
  readonly tasks: Readonly<Record<string, { readonly steps: number; readonly seconds: number }>>;
}

/** A job's folder cannot be used; the message says why and what to do. */
export class JobFolderError extends Error {
  override readonly name = "JobFolderError";
}

/** SHA-256 in hex. */
export const sha256 = (content: Uint8Array | string): string => createHash("sha256").update(content).digest("hex");

/** Reads a job. @returns it with the digest of its file. @throws {JobFolderError} */
export async function readJob(folder: string): Promise<{ readonly job: TrainingJob; readonly digest: string }> {
  const file = join(folder, JOB_FILE);
  const text = await contentOf(file, "Choose the folder that Export Training Job wrote.");
  const json = parsed(text, file) as Partial<TrainingJob> | null;
  if (json?.format !== JOB_FORMAT)
    throw new JobFolderError(
      `${file} is no job of this version: ${saidFormat(json?.format)}, and "${JOB_FORMAT}" is read. Export the job anew.`,
    );
  const tasks: unknown = json.tasks;
  if (!Array.isArray(tasks) || tasks.length === 0 || !tasks.every(isJobTask))
    throw new JobFolderError(`${file} is damaged: "tasks" does not say what is taught. Export the job anew.`);
  return { job: json as TrainingJob, digest: sha256(text) };
}

/** The examples of a task as they were exported. @throws {JobFolderError} where the file is not the one that was written. */
export async function readExamples(folder: string, { task, data }: JobTask): Promise<TeachExample[]> {
  const file = join(folder, "data", `${task}.jsonl`);
  const text = await contentOf(file, "Export the job anew.");
  if (sha256(text) !== data.sha256)
    throw new JobFolderError(`${file} is not as it was exported, so what learned from it cannot be measured.`);
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line, index) => {
      const { example } = (parsed(line, file) ?? {}) as { readonly example?: unknown };
      if (!isExample(example, task))
        throw new JobFolderError(`${file} is damaged: line ${index + 1} holds no example. Export the job anew.`);
      return example;
    });
}

/** What training left. @throws {JobFolderError} where there is nothing yet, or it is of another job. */
export async function readResult(folder: string, digest: string): Promise<JobResult> {
  const file = join(folder, RESULT_FOLDER, "result.json");
  const text = await contentOf(file, `Nothing was trained there yet: run its command, which README.md names, first.`);
  const json = parsed(text, file) as Partial<JobResult> | null;
  if (json?.job !== digest)
    throw new JobFolderError(`${file} is the result of another job. Run the command in this folder.`);
  const counts = Object.values(json.tasks ?? {}).flatMap(({ steps, seconds }) => [steps, seconds]);
  if (typeof json.on !== "string" || counts.length === 0 || !counts.every(Number.isFinite))
    throw new JobFolderError(`${file} is damaged: run the command again.`);
  return json as JobResult;
}

async function contentOf(file: string, advice: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new JobFolderError(`${file} cannot be read. ${advice}`, { cause: error });
  }
}

function parsed(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JobFolderError(`${file} is damaged: it is not JSON.`, { cause: error });
  }
}

const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isSafeInteger);
const isNames = (value: unknown): boolean => Array.isArray(value) && value.every((one) => typeof one === "string");

function isExample(value: unknown, of: LabelTask): value is TeachExample {
  const { task, document, span, text, labels, rejected, reviewed, unknown, weight } = (value ??
    {}) as Partial<TeachExample>;
  if (task !== of || typeof document !== "string" || typeof text !== "string" || !Number.isFinite(weight)) return false;
  const within = (one: Partial<Span> | null | undefined, end = text.length): boolean =>
    [one?.start, one?.end].every(Number.isSafeInteger) && one!.start! >= 0 && one!.end! <= end;
  const named = (one: Partial<TaughtLabel> | null): boolean =>
    typeof one?.label === "string" && within(one) && Object.hasOwn(WEIGHTS, one.how ?? "");
  return (
    within(span, Infinity) &&
    [labels, rejected].every((list) => Array.isArray(list) && list.every(named)) &&
    [reviewed, unknown].every((list) => Array.isArray(list) && list.every((one: Span | null) => within(one)))
  );
}

function isJobTask(value: unknown): value is JobTask {
  const { task, taughtHash, settings, labels, outputs, folds, encoder, decoder, data } = (value ??
    {}) as Partial<JobTask>;
  return (
    isTask(task) &&
    isLabelTask(task) &&
    [taughtHash, encoder, decoder, data?.sha256].every((one) => typeof one === "string") &&
    Object.values(settings ?? {}).length > 0 &&
    Object.values(settings ?? {}).every(Number.isFinite) &&
    isNames(labels) &&
    isNames(outputs?.all) &&
    isNumbers(outputs?.served) &&
    isNumbers(outputs?.held) &&
    Array.isArray(folds) &&
    folds.every((fold: Partial<Fold> | null) => isNumbers(fold?.learned) && isNumbers(fold?.measured))
  );
}
