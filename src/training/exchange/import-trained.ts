/** Brings back what a job was trained to elsewhere: it is measured as if it had been taught here, and becomes a version, used if it is better, else kept aside. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { readManifest, verifyFile } from "../../model/manifest/manifest";
import type { EncoderManifest } from "../../model/manifest/manifest";
import type { GraphFile } from "../../model/manifest/graph-file";
import { outputLayer, readOnnx } from "../../model/training/step-parameters";
import type { Parameters } from "../../model/training/step-parameters";
import { readBaseText } from "../base-text";
import { decisionsOf } from "../examples/example";
import type { TaughtLabels } from "../examples/collect";
import { hashOf } from "../hash";
import { publishTaught, taughtHashOf } from "../job";
import type { TeachOutcome } from "../job";
import { labelCourse } from "../label-course";
import { readLesson, statesFolder } from "../lesson";
import type { Lesson } from "../lesson";
import { lockJobs } from "../lock";
import type { TeachRequest } from "../request";
import type { ExampleCounts } from "../score";
import { inStorage } from "../storage";
import type { TeachHooks, TeachReport } from "../teach";
import { Versions } from "../versions";
import { digestsOf, withEncoder } from "./graphs";
import { JobFolderError, readExamples, readJob, readResult, RESULT_FOLDER } from "./job-folder";
import type { JobResult, JobTask } from "./job-folder";

/** What to bring back. */
export interface ImportTrainedRequest extends TeachRequest {
  /** The job's folder, with its result. */
  readonly folder: string;
}

/**
 * Imports the result of a job.
 * @throws {JobFolderError} where the folder, or the model in use, does not fit; {@link JobRunningError} while the model is taught; else as `readLesson` and
 * `Versions.publish`.
 */
export async function importTrained(request: ImportTrainedRequest, hooks: TeachHooks = {}): Promise<TeachReport> {
  return inStorage(request.versions, async () => {
    const lock = await lockJobs(request.versions);
    try {
      const { job, digest } = await readJob(request.folder);
      const result = await readResult(request.folder, digest);
      const outcomes: TeachOutcome[] = [];
      for (const task of job.tasks) outcomes.push(await importTask(request, task, result, hooks));
      return { outcomes, left: [], notYet: [], losses: [] };
    } finally {
      await lock.release();
    }
  });
}

async function importTask(
  request: ImportTrainedRequest,
  job: JobTask,
  result: JobResult,
  { onProgress, signal }: TeachHooks,
): Promise<TeachOutcome> {
  const { task, settings } = job;
  const began = performance.now();
  const versions = new Versions(request.versions);
  const active = await versions.active();
  const manifest = await readManifest(active?.folder ?? request.modelFolder);
  const encoded = withEncoder(manifest);
  const examples = await readExamples(request.folder, job);
  const decisions = examples.reduce((sum, example) => sum + decisionsOf(example), 0);
  const taught: TaughtLabels = { task, labels: job.labels, examples, left: [], decisions };
  const baseText = await readBaseText(request.baseText);
  const trained = await readManifest(join(request.folder, RESULT_FOLDER, "model"));
  const decoder = trained.tasks[task];
  if (decoder === undefined) throw new JobFolderError(`The result holds no decoder for ${task}.`);
  await verifyFile(decoder);
  const taughtHash = hashOf([taughtHashOf(taught, settings, baseText), decoder.sha256]);
  // Imported twice, it is the same version.
  const before = await versions.sameAs(task, taughtHash, active?.id, manifest.digest);
  if (before) return { kind: "judged", task, version: before, verdict: before.verdict, left: [] };
  const now = digestsOf(encoded, task);
  if (now.encoder !== job.encoder || now.decoder !== job.decoder)
    throw new JobFolderError(
      `The job was exported from another model than the one in use: what it learned of ${task} does not fit. Activate the version that it was exported from (Model Versions), or export it anew.`,
    );
  const tell = (phase: "reading" | "measuring" | "writing", done = 0): void =>
    onProgress?.({ task, phase, done, total: job.folds.length });
  const session = { device: "cpu", threads: request.threads } as const;
  const lesson = await readLesson({
    ...{ manifest: encoded, taught, baseText, session, signal, states: statesFolder(request.versions) },
    onBatch: () => tell("reading"),
  });
  checkLesson(lesson, job);
  const course = labelCourse(lesson, encoded, session);
  const counts: ExampleCounts[] = [];
  const folds = join(request.folder, RESULT_FOLDER, "folds");
  const there = new Set(await readdir(folds).catch(() => [] as string[]));
  for (const [number, { measured }] of lesson.folds.entries()) {
    signal?.throwIfAborted();
    tell("measuring", number);
    const name = `${task}-${number}.onnx`;
    if (!there.has(name))
      throw new JobFolderError(`The result lacks folds/${name}, by which it is measured: run its command again.`);
    const parameters = await parametersOf(encoded, job, { path: join(folds, name) });
    counts.push(...(await course.measure(parameters, measured)));
  }
  tell("measuring", lesson.folds.length);
  const parameters = await parametersOf(encoded, job, decoder);
  const verdict = await course.verdict(parameters, counts, settings.seed);
  signal?.throwIfAborted();
  tell("writing");
  const ran = result.tasks[task];
  const version = await publishTaught(versions, manifest, {
    ...{ course, verdict, parameters, parent: active?.id, taughtHash, settings },
    ...{ steps: ran?.steps ?? 0, elsewhere: result.on },
    seconds: Math.round(((ran?.seconds ?? 0) + (performance.now() - began) / 1000) * 10) / 10,
  });
  return { kind: "judged", task, version, verdict, left: lesson.left };
}

/** What is read here has to be what was exported: else rows of the output layer have other names, or a part that is measured was learned from. */
function checkLesson({ outputs, folds, pairs }: Lesson, job: JobTask): void {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  if (
    !same([outputs.all, outputs.served, outputs.held], [job.outputs.all, job.outputs.served, job.outputs.held]) ||
    !same(folds, job.folds) ||
    pairs.length !== job.examples
  )
    throw new JobFolderError(
      `${job.task}: the job was exported by another version of Glossator, which reads its examples otherwise. Export it anew.`,
    );
}

/** A trained decoder's parameters. @throws {JobFolderError} where they are of other shapes than the model's. */
async function parametersOf(manifest: EncoderManifest, job: JobTask, file: GraphFile): Promise<Parameters> {
  const { task, outputs } = job;
  const [trained, own] = [await readOnnx(file), await readOnnx(manifest.tasks[task]!)];
  const found = new Map<string, ReturnType<typeof trained.read>>();
  for (const name of manifest.steps?.parameters[task] ?? []) {
    const key = `${task}.${name}`;
    let matrix: ReturnType<typeof trained.read>;
    try {
      matrix = trained.read(name);
    } catch (error) {
      throw new JobFolderError(`${file.path}: ${(error as Error).message}. Run the job's command again.`, {
        cause: error,
      });
    }
    const { dims } = own.read(name);
    const wanted = outputLayer(task).some((one) => one === key) ? [outputs.all.length, ...dims.slice(1)] : dims;
    if (matrix.dims.join() !== wanted.join() || !matrix.data.every(Number.isFinite))
      throw new JobFolderError(`${file.path}: ${name} is not what the job was to make. Run its command again.`);
    found.set(key, matrix);
  }
  return found;
}
