/** Teaching one task: examples are read once, a run is made for each fold and measured on what it did not see, one over all, the gate judges, a version is written. */
import { join } from "node:path";
import { isQuestionTask } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { ModelError } from "../model/errors";
import { readManifest } from "../model/manifest/manifest";
import type { EncoderManifest, Manifest } from "../model/manifest/manifest";
import { stepGraph } from "../model/manifest/step-manifest";
import type { SessionSettings } from "../model/network/network";
import type { Parameters } from "../model/training/step-parameters";
import { answersCourse } from "./answers/course";
import type { BaseText } from "./base-text";
import { Checkpoint } from "./checkpoint";
import type { Course } from "./course";
import { teachesLabels } from "./examples/collect";
import type { TaughtTask } from "./examples/collect";
import type { LeftOut } from "./examples/example";
import { LEAST_DECISIONS } from "./gate";
import type { Verdict } from "./gate";
import { hashOf } from "./hash";
import { labelCourse } from "./label-course";
import { readLesson, statesFolder } from "./lesson";
import type { ExampleCounts } from "./score";
import { ANSWER_SETTINGS, DEFAULT_SETTINGS, trainOn } from "./trainer";
import type { Trained, TrainingSettings } from "./trainer";
import type { TaughtRecord, Version, Versions } from "./versions";

/** How far a job is. */
export interface TeachProgress {
  /** `reading`: texts to states. `folds`: runs that are measured. `training`: the run over all. `measuring`: on other text. `writing`: the new version. */
  readonly phase: "reading" | "folds" | "training" | "measuring" | "writing";
  /** Steps made of all runs, and how many there are at most. */
  readonly done: number;
  readonly total: number;
  /** Of what is taught, in the latest step. */
  readonly loss?: number;
  /** Seconds that the rest takes, as far as the steps so far tell. */
  readonly secondsLeft?: number;
}

/** What to teach, by what, and where to. */
export interface TeachJob {
  /** The folder of the model that is taught: the active version's, or that of the model as it came. */
  readonly modelFolder: string;
  /** The version that this is; undefined for the model as it came. */
  readonly parent?: string | undefined;
  readonly taught: TaughtTask;
  readonly baseText: BaseText;
  readonly versions: Versions;
  readonly session: SessionSettings;
  readonly settings?: Partial<TrainingSettings>;
  readonly onProgress?: (progress: TeachProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export type TeachOutcome =
  /** Too few decisions: so many more are needed. */
  | { readonly kind: "few"; readonly task: Task; readonly decisions: number; readonly more: number }
  /** `version` was written, and activated if the verdict accepts it. */
  | {
      readonly kind: "judged";
      readonly task: Task;
      readonly version: Version;
      readonly verdict: Verdict;
      /** What could not be learned from besides what the examples left out. */
      readonly left: readonly LeftOut[];
    };

/** Rounds over the examples that a run makes at least: of many examples, the usual steps would not see all. */
const ROUNDS = 4;
/** No run makes more steps. */
const MOST_STEPS = 400;

/**
 * Runs a job. A job that was interrupted goes on where it was, if nothing it depends on has changed since, and ends as it would have; what was taught with
 * just the same already is not taught again.
 * @throws {ModelError} `model-unsupported` when the folder holds no step graph of the task; else as `openSession`, `train` and `Versions.publish`; the
 * signal's reason when aborted. What was worked out until then is kept for the next time.
 */
export async function teach(job: TeachJob): Promise<TeachOutcome> {
  const { taught, signal, versions } = job;
  const { task, decisions } = taught;
  if (decisions < LEAST_DECISIONS) return { kind: "few", task, decisions, more: LEAST_DECISIONS - decisions };
  const began = performance.now();
  const manifest = await readManifest(job.modelFolder);
  if (!manifest.encoder || !manifest.tasks[task])
    throw new ModelError(
      "model-unsupported",
      `${manifest.name} has no encoder with a decoder for ${task}: it cannot be taught.`,
    );
  stepGraph(manifest, task, false);
  const teacher = new Teacher(job, { ...manifest, encoder: manifest.encoder });
  // A job that was ended between two tasks goes on with the second.
  const before = await versions.sameAs(task, teacher.taughtHash, job.parent, manifest.digest);
  if (before) return { kind: "judged", task, version: before, verdict: before.verdict, left: [] };
  await teacher.checkpoint.clearOthers(`${task}-`);
  const { trained, verdict, course } = await teacher.run();
  signal?.throwIfAborted();
  teacher.tell("writing");
  const version = await publishTaught(versions, manifest, {
    ...{ course, verdict, parameters: trained.parameters, parent: job.parent, taughtHash: teacher.taughtHash },
    ...{ settings: teacher.settings, steps: trained.losses.length },
    seconds: Math.round((performance.now() - began) / 100) / 10,
  });
  await teacher.checkpoint.clear();
  return { kind: "judged", task, version, verdict, left: course.left };
}

/** What a version is made of. */
export interface TaughtModel extends Pick<TaughtRecord, "taughtHash" | "settings" | "steps" | "seconds" | "elsewhere"> {
  readonly course: Course;
  readonly verdict: Verdict;
  readonly parameters: Parameters;
  /** The version that it was taught from; undefined: the model as it came. */
  readonly parent: string | undefined;
}

/** Writes a version, and uses it if the verdict accepts it. @throws as `Versions.publish` and `Versions.activate`. */
export async function publishTaught(versions: Versions, manifest: Manifest, of: TaughtModel): Promise<Version> {
  const { course, verdict, parameters, parent, ...rest } = of;
  const { task, served } = course;
  const record: TaughtRecord = {
    ...{ made: new Date().toISOString(), task, accepted: verdict.accepted, verdict },
    ...(parent !== undefined && { parent }),
    ...course.record,
    ...rest,
  };
  const version = await versions.publish(manifest, { parameters, ...(served && { labels: served }) }, record);
  if (verdict.accepted) await versions.activate(version.id);
  return version;
}

/** All settings of a job, with as many steps as its examples take. Who asks for a number of steps gets it. */
export function settingsFor(taught: TaughtTask, settings: Partial<TrainingSettings> = {}): TrainingSettings {
  const given = { ...DEFAULT_SETTINGS, ...(isQuestionTask(taught.task) && ANSWER_SETTINGS), ...settings };
  const rows = teachesLabels(taught)
    ? taught.examples.length
    : taught.examples.reduce((sum, { passages }) => sum + passages.length, 0);
  const rounds = Math.ceil((ROUNDS * rows) / given.rows);
  return { ...given, steps: settings.steps ?? Math.min(MOST_STEPS, Math.max(given.steps, rounds)) };
}

/** As in `TaughtRecord`. */
export function taughtHashOf(taught: TaughtTask, settings: TrainingSettings, baseText: BaseText): string {
  const { replayed, probes, questions } = baseText;
  return teachesLabels(taught)
    ? hashOf([[...taught.labels].sort(), settings, { replayed, probes }, taught.examples])
    : hashOf([settings, questions, taught.examples]);
}

/** One job's work between reading and writing. */
class Teacher {
  readonly settings: TrainingSettings;
  readonly taughtHash: string;
  readonly checkpoint: Checkpoint;
  #done = 0;
  #total = 0;
  #counted = 0;
  #since = performance.now();

  constructor(
    private readonly job: TeachJob,
    private readonly manifest: EncoderManifest,
  ) {
    const { taught, settings } = job;
    this.settings = settingsFor(taught, settings);
    this.taughtHash = taughtHashOf(taught, this.settings, job.baseText);
    const labels = teachesLabels(taught) ? taught.labels : [];
    const name = hashOf([manifest.digest, labels, this.taughtHash]).slice(0, 16);
    this.checkpoint = new Checkpoint(join(job.versions.folder, "jobs", `${taught.task}-${name}`));
  }

  /** All runs, and the verdict. */
  async run(): Promise<{ trained: Trained; verdict: Verdict; course: Course }> {
    const { session, signal } = this.job;
    this.tell("reading");
    const course = await this.#read();
    const { task, folds } = course;
    this.#total = (folds.length + 1) * this.settings.steps;
    this.#since = performance.now();
    const trainBy = async (name: string, numbers: readonly number[], phase: "folds" | "training"): Promise<Trained> => {
      const begun = this.#done;
      const trained = await trainOn({
        ...{ manifest: this.manifest, task, settings: this.settings, signal, session },
        ...course.batches(numbers),
        from: await this.checkpoint.run(name),
        onStep: ({ step, loss }) => {
          this.#counted++;
          this.#done = begun + step;
          this.tell(phase, loss);
        },
        onState: (state) => this.checkpoint.keepRun(name, state),
      });
      this.#done = begun + this.settings.steps;
      return trained;
    };
    const after: ExampleCounts[] = [];
    for (const [fold, { learned, measured }] of folds.entries()) {
      let counts = await this.checkpoint.found<ExampleCounts[]>(`fold-${fold}`);
      if (counts === undefined) {
        const { parameters } = await trainBy(`fold-${fold}`, learned, "folds");
        counts = await course.measure(parameters, measured);
        await this.checkpoint.keep(`fold-${fold}`, counts);
      } else this.#done += this.settings.steps;
      after.push(...counts);
    }
    const trained = await trainBy("all", [...Array(course.examples).keys()], "training");
    this.tell("measuring");
    const verdict = await course.verdict(trained.parameters, after, this.settings.seed);
    return { trained, verdict, course };
  }

  async #read(): Promise<Course> {
    const { taught, baseText, session, signal, versions } = this.job;
    // Each batch is told of: on a busy machine reading all takes minutes, and silence would be taken for a hang.
    const source = { manifest: this.manifest, baseText, session, signal, onBatch: () => this.tell("reading") };
    if (!teachesLabels(taught)) return answersCourse({ ...source, taught });
    const lesson = await readLesson({ ...source, taught, states: statesFolder(versions.folder) });
    return labelCourse(lesson, this.manifest, session);
  }

  /** Tells how far the job is. */
  tell(phase: TeachProgress["phase"], loss?: number): void {
    const pace = (performance.now() - this.#since) / Math.max(1, this.#counted);
    this.job.onProgress?.({
      ...{ phase, done: this.#done, total: this.#total },
      ...(loss !== undefined && { loss }),
      ...(this.#counted > 2 && { secondsLeft: (pace * (this.#total - this.#done)) / 1000 }),
    });
  }
}
