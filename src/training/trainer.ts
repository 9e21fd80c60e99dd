/** One training run: batches of what is taught, and as many of other text that is held to what the model said of it. */
import type { LabelTask, Task } from "../documents/tasks";
import type { EncoderManifest } from "../model/manifest/manifest";
import type { SessionSettings } from "../model/network/network";
import type { LabelChange, Parameters } from "../model/training/step-parameters";
import { TrainingStep } from "../model/training/training-step";
import type { StepState } from "../model/training/training-step";
import type { Outputs } from "./outputs";
import { batchAt } from "./random";
import { batchesOf } from "./batches";
import type { Batches } from "./batches";
import { batchOf } from "./rows";
import type { TeachRow } from "./rows";

/** How a run goes. */
export interface TrainingSettings {
  /** Most steps; one of what is taught and one of what is held each. */
  readonly steps: number;
  /** Rows of what is taught in a step, and rows that are held. */
  readonly rows: number;
  readonly learningRate: number;
  /** Of the output layer, whose new rows have farther to go. */
  readonly outputLearningRate: number;
  /** Weight of the divergence on rows that are held, and on rows of which not all is known. */
  readonly replayStrength: number;
  /** The run ends when the mean loss of what is taught, over as many steps as it takes to see all of it, is below this. */
  readonly enough: number;
  readonly seed: number;
}

/** What the figures in docs/teach.md were measured with. */
export const DEFAULT_SETTINGS: TrainingSettings = {
  steps: 40,
  rows: 16,
  learningRate: 3e-4,
  outputLearningRate: 1e-3,
  replayStrength: 1,
  enough: 0.05,
  seed: 1,
};

/** What is otherwise where answers are taught: rows are passages, ten times as long as sentences, and a higher rate brings more and forgets no more (docs/teach.md). */
export const ANSWER_SETTINGS: Partial<TrainingSettings> = { rows: 8, learningRate: 1e-3, outputLearningRate: 2e-3 };

/** After each step. */
export interface StepProgress {
  /** Steps made, and how many there are at most. */
  readonly step: number;
  readonly steps: number;
  /** Of what is taught, in this step. */
  readonly loss: number;
}

/** A run that can be gone on with. */
export interface RunState {
  readonly state: StepState;
  readonly losses: readonly number[];
}

/** How a run goes, whatever it teaches. */
interface RunOptions {
  readonly manifest: EncoderManifest;
  readonly settings: TrainingSettings;
  readonly session: SessionSettings;
  /** Where an interrupted run was. */
  readonly from?: RunState | undefined;
  readonly onStep?: (progress: StepProgress) => void;
  /** Called now and then, with what the run can be gone on with. */
  readonly onState?: (state: RunState) => Promise<void>;
  /** After how many steps; default {@link KEEP_EVERY}. */
  readonly keepEvery?: number;
  readonly signal?: AbortSignal | undefined;
}

/** What a run is given. */
export interface BatchRun extends RunOptions {
  readonly task: Task;
  /** Of the output layer, where it changes. */
  readonly labels?: LabelChange;
  readonly taught: Batches;
  /** Held to what the model said of them. */
  readonly held: Batches;
}

/** What a run is given that teaches labels. */
export interface TrainingRun extends RunOptions {
  readonly task: LabelTask;
  readonly outputs: Outputs;
  readonly taught: readonly TeachRow[];
  readonly held: readonly TeachRow[];
}

/** The outcome of a run. */
export interface Trained {
  readonly parameters: Parameters;
  /** Of what is taught, a step each. */
  readonly losses: readonly number[];
}

/** A run whose state is worth keeping has made this many more steps. */
const KEEP_EVERY = 20;

/** Trains a decoder of labels. @throws as {@link trainOn} */
export function train({ outputs, taught, held, ...run }: TrainingRun): Promise<Trained> {
  const batches = (rows: readonly TeachRow[], head: readonly number[]): Batches =>
    batchesOf(rows, (some) => batchOf(run.task, some, head), head);
  return trainOn({
    ...{ ...run, labels: outputs.change },
    ...{ taught: batches(taught, outputs.served), held: batches(held, outputs.held) },
  });
}

/**
 * Trains a decoder. Everything is drawn by the seed, and batches by the number of the step, so that a run that was interrupted ends as it would have.
 * @throws as `TrainingStep.open`; Error when the loss is not finite; the signal's reason between two steps.
 */
export async function trainOn(run: BatchRun): Promise<Trained> {
  const { manifest, task, labels, taught, held, settings, session, signal } = run;
  if (taught.count === 0) throw new Error(`none of the examples of ${task} can be learned from`);
  const step = await TrainingStep.open(manifest, { decoder: task, ...(labels && { labels }) }, session);
  try {
    if (run.from) step.restore(run.from.state);
    const losses = [...(run.from?.losses ?? [])];
    const own = batchAt(taught.count, settings.rows, settings.seed);
    const other = batchAt(held.count, settings.rows, settings.seed + 1);
    const round = Math.max(4, Math.ceil(taught.count / settings.rows));
    for (let at = losses.length; at < settings.steps && !enough(losses, round, settings.enough); at++) {
      signal?.throwIfAborted();
      // Linear to nothing: without it the last batches would say most.
      const rate = 1 - at / settings.steps;
      const options = {
        learningRate: settings.learningRate * rate,
        outputLearningRate: settings.outputLearningRate * rate,
        replayStrength: settings.replayStrength,
      };
      const { taskLoss } = await step.run(taught.of(own(at)), options, taught.head);
      if (held.count > 0) await step.run(held.of(other(at)), options, held.head);
      losses.push(taskLoss);
      run.onStep?.({ step: losses.length, steps: settings.steps, loss: taskLoss });
      if (losses.length % (run.keepEvery ?? KEEP_EVERY) === 0) await run.onState?.({ state: step.snapshot(), losses });
    }
    return { parameters: step.parameters(), losses };
  } finally {
    await step.close();
  }
}

/** Whether the losses of the latest `round` steps are low enough on average. */
function enough(losses: readonly number[], round: number, below: number): boolean {
  if (losses.length < round) return false;
  return losses.slice(-round).reduce((sum, loss) => sum + loss, 0) / round < below;
}
