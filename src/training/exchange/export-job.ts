/** Writes a training job: examples and other text as the model reads them, the model, the training package and one command. The folder appears whole or not at all. */
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { patiently } from "../../files/patiently";
import type { LabelTask, Task } from "../../documents/tasks";
import { singleRow } from "../../model/model";
import { readManifest } from "../../model/manifest/manifest";
import { stepGraph } from "../../model/manifest/step-manifest";
import { readBaseText } from "../base-text";
import { teachesLabels } from "../examples/collect";
import { LEAST_DECISIONS } from "../gate";
import { settingsFor, taughtHashOf } from "../job";
import { readLesson, statesFolder } from "../lesson";
import type { Lesson, Pair } from "../lesson";
import { readTaught } from "../read-taught";
import type { TeachRequest } from "../request";
import { targetsOf } from "../rows";
import type { ReadText } from "../rows";
import type { LeftOut } from "../examples/example";
import type { TeachHooks } from "../teach";
import { Versions } from "../versions";
import { digestsOf, withEncoder } from "./graphs";
import { JOB_FILE, JOB_FORMAT, JobFolderError, MODEL_FOLDER, sha256 } from "./job-folder";
import type { JobFile, JobTask, TrainingJob } from "./job-folder";
import { jobReadme, TRAIN } from "./job-readme";

/** What to export. */
export interface ExportJobRequest extends TeachRequest {
  /** The folder to write: new, or empty. */
  readonly out: string;
  /** The folder that holds the package `glossator_training`, and {@link REQUIREMENTS}. */
  readonly trainingPackage: string;
}

/** What was exported. */
export interface ExportedJob {
  readonly folder: string;
  readonly tasks: readonly { readonly task: LabelTask; readonly decisions: number; readonly examples: number }[];
  /** Tasks with too few decisions, and how many more they need. */
  readonly few: readonly { readonly task: LabelTask; readonly more: number }[];
  /** Tasks that a job does not hold, with their decisions: answers. */
  readonly without: readonly { readonly task: Task; readonly decisions: number }[];
  /** Decisions that are not in it. */
  readonly left: readonly LeftOut[];
}

/** The package. */
const PACKAGE = "glossator_training";

/**
 * Exports what *Teach Model* would learn now.
 * @throws {JobFolderError} where the folder is not empty, the package is missing, or there are too few decisions; else as `readTaught` and `readLesson`.
 */
export async function exportJob(
  request: ExportJobRequest,
  { onProgress, signal }: TeachHooks = {},
): Promise<ExportedJob> {
  const { out, trainingPackage } = request;
  const there = await readdir(out).catch(() => undefined);
  if ((there?.length ?? 0) > 0) throw new JobFolderError(`${out} is not empty: choose a new folder for the job.`);
  const sources = await sourcesOf(trainingPackage);
  const active = await new Versions(request.versions).active();
  const manifest = await readManifest(active?.folder ?? request.modelFolder);
  const taught = await readTaught(request, signal);
  const labels = taught.tasks.filter(teachesLabels);
  const all = labels.filter(({ decisions }) => decisions > 0);
  const without = [...taught.tasks.filter((item) => !teachesLabels(item)), ...taught.notYet]
    .filter(({ decisions }) => decisions > 0)
    .map(({ task, decisions }) => ({ task, decisions }));
  const enough = all.filter(({ decisions }) => decisions >= LEAST_DECISIONS);
  const few = all
    .filter(({ decisions }) => decisions < LEAST_DECISIONS)
    .map(({ task, decisions }) => ({ task, more: LEAST_DECISIONS - decisions }));
  if (enough.length === 0) {
    const more = Math.min(LEAST_DECISIONS, ...few.map((one) => one.more));
    const beside = without.map(({ task }) => ` A job for another machine holds labels alone, and no ${task}.`);
    throw new JobFolderError(
      `${more} more to teach: fewer than ${LEAST_DECISIONS} decisions cannot be measured.${beside.join("")}`,
    );
  }
  const encoded = withEncoder(manifest);
  await mkdir(dirname(out), { recursive: true });
  const side = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    await chmod(side, 0o755);
    const tasks: JobTask[] = [];
    const left: LeftOut[] = [...labels.flatMap((task) => task.left)];
    for (const item of enough) {
      stepGraph(manifest, item.task, false);
      const baseText = await readBaseText(request.baseText);
      const settings = settingsFor(item, request.settings);
      const lesson = await readLesson({
        ...{ manifest: encoded, taught: item, baseText, signal },
        ...{ session: { device: "cpu", threads: request.threads }, states: statesFolder(request.versions) },
        onBatch: () => onProgress?.({ task: item.task, phase: "reading", done: 0, total: 0 }),
      });
      left.push(...lesson.left);
      const [data, other] = await writeData(side, lesson);
      const { all: rows, served, held, change } = lesson.outputs;
      tasks.push({
        ...{ task: item.task, taughtHash: taughtHashOf(item, settings, baseText), settings },
        ...{ decisions: item.decisions, examples: lesson.pairs.length, labels: item.labels },
        outputs: {
          ...{ all: rows, served, held },
          begins: [...(change.like ?? [])].map(([row, { row: like, behind }]) => ({ row, like, behind })),
        },
        ...{ folds: lesson.folds, ...digestsOf(encoded, item.task), data, other },
      });
    }
    await copyModel(manifest.dir, join(side, MODEL_FOLDER));
    const digest = await copyPackage(trainingPackage, sources, join(side, "training"));
    const { name, version, digest: of } = manifest;
    const job: TrainingJob = {
      ...{ format: JOB_FORMAT, made: new Date().toISOString(), package: digest },
      ...{ model: { name, version, digest: of }, tasks },
    };
    await writeFile(join(side, "train.py"), TRAIN);
    await writeFile(join(side, "README.md"), jobReadme(job));
    await writeFile(join(side, JOB_FILE), `${JSON.stringify(job, null, 1)}\n`, { flush: true });
    signal?.throwIfAborted();
    // An empty folder gives way to the whole one.
    if (there !== undefined) await rm(out, { recursive: true });
    await patiently(() => rename(side, out));
    return {
      folder: out,
      tasks: tasks.map(({ task, decisions, examples }) => ({ task, decisions, examples })),
      ...{ few, without, left },
    };
  } catch (error) {
    await rm(side, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** Examples of a task, then other text: one a line, with its tokens and what is right of each, so that whoever trains reads just what the editor would. */
async function writeData(side: string, lesson: Lesson): Promise<[JobFile, JobFile]> {
  const { task, tokenizer, pairs, replayed } = lesson;
  const tokens = ({ encoding: { ids }, shapes }: ReadText): object => ({
    ids: Array.from(singleRow(tokenizer, { item: 0, from: 0, count: ids.length }, ids).ids),
    ...(shapes && { shapes: Array.from(shapes) }),
  });
  const said = ({ example, read }: Pair): object => {
    const { right, wrong, open } = targetsOf(task, example, read, lesson.outputs.all);
    const shift = read.logits.length === lesson.outputs.change.from.length ? 0 : lesson.before;
    return {
      ...tokens(read),
      right: [...right.entries()].flatMap(([unit, row]) => (row < 0 ? [] : [[unit + shift, row]])),
      wrong: [...wrong].map(([unit, rows]) => [unit + shift, [...rows]]),
      ...{ weight: example.weight, open },
    };
  };
  await mkdir(join(side, "data"), { recursive: true });
  const write = async (name: string, rows: readonly object[]): Promise<JobFile> => {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    await writeFile(join(side, "data", name), text);
    return { file: `data/${name}`, sha256: sha256(text) };
  };
  return [
    await write(
      `${task}.jsonl`,
      pairs.map((pair) => ({ example: pair.example, row: said(pair) })),
    ),
    await write(
      `${task}-other.jsonl`,
      replayed.map((read) => ({ text: read.text, row: tokens(read) })),
    ),
  ];
}

/** All files of a model's folder but what is made for running alone. */
async function copyModel(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true }))
    if (entry.isFile()) await copyFile(join(from, entry.name), join(to, entry.name));
}

/** What the package needs, on one machine and on a cluster. */
const REQUIREMENTS = ["requirements.txt", "requirements-cluster.txt"];

/** The package's sources and what it requires, by path below the package's folder. @throws {JobFolderError} where it is not there. */
async function sourcesOf(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, PACKAGE), { recursive: true }).catch(() => [] as string[]);
  const sources = names.filter((name) => name.endsWith(".py")).map((name) => join(PACKAGE, name));
  const requires = await Promise.all(REQUIREMENTS.map((name) => stat(join(folder, name)).catch(() => undefined)));
  if (sources.length === 0 || requires.includes(undefined))
    throw new JobFolderError(
      `The training package is not in ${folder}. Install the extension anew, or use a clone of the repository of the same version.`,
    );
  return [...sources.sort(), ...REQUIREMENTS];
}

/** @returns SHA-256 over the names and contents of what was copied */
async function copyPackage(from: string, sources: readonly string[], to: string): Promise<string> {
  const digests: string[] = [];
  for (const name of sources) {
    const content = await readFile(join(from, name));
    await mkdir(dirname(join(to, name)), { recursive: true });
    await writeFile(join(to, name), content);
    digests.push(`${name.split(sep).join("/")} ${sha256(content)}\n`);
  }
  return sha256(digests.join(""));
}
