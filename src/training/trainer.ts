/** One training run: batches of what is taught, and as many of other text that is held to what the model said of it. */
import type { LabelTask } from "../documents/tasks";
import type { EncoderManifest } from "../model/manifest/manifest";
import type { SessionSettings } from "../model/network/network";
import type { Parameters } from "../model/training/step-parameters";
import { TrainingStep } from "../model/training/training-step";
import type { StepState } from "../model/training/training-step";
import type { Outputs } from "./outputs";
import { batchAt } from "./random";
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

/** What a run is given. */
export interface TrainingRun {
  readonly manifest: EncoderManifest;
  readonly task: LabelTask;
  readonly outputs: Outputs;
  readonly taught: readonly TeachRow[];
  readonly held: readonly TeachRow[];
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

/** The outcome of a run. */
export interface Trained {
  readonly parameters: Parameters;
  /** Of what is taught, a step each. */
  readonly losses: readonly number[];
}

/** A run whose state is worth keeping has made this many more steps. */
const KEEP_EVERY = 20;

/**
 * Trains a decoder. Everything is drawn by the seed, and batches by the number of the step, so that a run that was interrupted ends as it would have.
 * @throws as `TrainingStep.open`; Error when the loss is not finite; the signal's reason between two steps.
 */
export async function train(run: TrainingRun): Promise<Trained> {
  const { manifest, task, outputs, taught, held, settings, session, signal } = run;
  const step = await TrainingStep.open(manifest, { decoder: task, labels: outputs.change }, session);
  try {
    if (run.from) step.restore(run.from.state);
    const losses = [...(run.from?.losses ?? [])];
    const own = batchAt(taught.length, settings.rows, settings.seed);
    const other = batchAt(held.length, settings.rows, settings.seed + 1);
    const round = Math.max(4, Math.ceil(taught.length / settings.rows));
    for (let at = losses.length; at < settings.steps && !enough(losses, round, settings.enough); at++) {
      signal?.throwIfAborted();
      // Linear to nothing: without it the last batches would say most.
      const rate = 1 - at / settings.steps;
      const options = {
        learningRate: settings.learningRate * rate,
        outputLearningRate: settings.outputLearningRate * rate,
        replayStrength: settings.replayStrength,
      };
      const rows = own(at).map((i) => taught[i]!);
      const { taskLoss } = await step.run(batchOf(task, rows, outputs.served), options, outputs.served);
      if (held.length > 0) {
        const kept = other(at).map((i) => held[i]!);
        await step.run(batchOf(task, kept, outputs.held), options, outputs.held);
      }
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
