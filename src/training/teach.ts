/** Teaching a model by the decisions of a workspace: one job a task, each from what the one before left. */
import { isAbsolute } from "node:path";
import type { LabelTask, Task } from "../documents/tasks";
import type { Loss } from "../datasets/losses";
import { readManifest } from "../model/manifest/manifest";
import { readBaseText } from "./base-text";
import { collectTaught } from "./examples/collect";
import type { Taught } from "./examples/collect";
import type { LeftOut } from "./examples/example";
import { teach } from "./job";
import type { TeachOutcome, TeachProgress } from "./job";
import { lockJobs } from "./lock";
import type { TrainingSettings } from "./trainer";
import { Versions } from "./versions";

/** What to teach. Plain values: it crosses to another process. */
export interface TeachRequest {
  /** The workspace folder; its decisions are in `.glossator`. */
  readonly workspace: string;
  /** The folder of the model as it came. */
  readonly modelFolder: string;
  /** The folder of the versions of this model for this workspace. */
  readonly versions: string;
  /** The file of text that is replayed. */
  readonly baseText: string;
  /** Default: all that can be taught. */
  readonly tasks?: readonly Task[];
  readonly threads: number;
  readonly settings?: Partial<TrainingSettings>;
}

/** What came of it. */
export interface TeachReport {
  readonly outcomes: readonly TeachOutcome[];
  /** Decisions that were not learned from. */
  readonly left: readonly LeftOut[];
  readonly notYet: Taught["notYet"];
  /** What of the workspace could not be read. */
  readonly losses: readonly Loss[];
}

/** A {@link TeachProgress} with what it is about. */
export interface TaskProgress extends TeachProgress {
  readonly task: LabelTask;
}

/** Who asked for it listens. */
export interface TeachHooks {
  readonly onProgress?: (progress: TaskProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads the decisions of a workspace as examples for the model that is used now.
 * @throws as `readManifest` and `collectTaught`.
 */
export async function readTaught(
  request: Pick<TeachRequest, "workspace" | "modelFolder" | "versions" | "tasks">,
  signal?: AbortSignal,
): Promise<Taught> {
  const active = await new Versions(request.versions).active();
  const manifest = await readManifest(active?.folder ?? request.modelFolder);
  const { workspace, tasks } = request;
  return collectTaught({ workspace, manifest, ...(tasks && { tasks }), ...(signal && { signal }) });
}

/**
 * Teaches what there is to teach.
 * @throws {JobRunningError} while the same model is taught elsewhere; else as `teach` and `readTaught`.
 */
export async function teachWorkspace(
  request: TeachRequest,
  { onProgress, signal }: TeachHooks = {},
): Promise<TeachReport> {
  if (!isAbsolute(request.versions)) throw new RangeError(`${request.versions} is no absolute path.`);
  const lock = await lockJobs(request.versions);
  try {
    const taught = await readTaught(request, signal);
    const versions = new Versions(request.versions);
    const baseText = await readBaseText(request.baseText);
    const outcomes: TeachOutcome[] = [];
    for (const item of taught.tasks.filter(({ decisions }) => decisions > 0)) {
      const active = await versions.active();
      let touched = Date.now();
      outcomes.push(
        await teach({
          modelFolder: active?.folder ?? request.modelFolder,
          ...(active && { parent: active.id }),
          ...{ taught: item, baseText, versions, signal },
          session: { device: "cpu", threads: request.threads },
          ...(request.settings && { settings: request.settings }),
          onProgress: (progress) => {
            onProgress?.({ ...progress, task: item.task });
            if (Date.now() - touched < 10_000) return;
            touched = Date.now();
            void lock.touch();
          },
        }),
      );
    }
    const late = outcomes.flatMap((outcome) => (outcome.kind === "judged" ? outcome.left : []));
    return {
      outcomes,
      left: [...taught.tasks.flatMap(({ left }) => left), ...late],
      ...{ notYet: taught.notYet.filter(({ decisions }) => decisions > 0), losses: taught.losses },
    };
  } finally {
    await lock.release();
  }
}
