/** Teaching a model by the decisions of a workspace: one job a task, each from what the one before left. */
import { isAbsolute } from "node:path";
import { isQuestionTask } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { Loss } from "../datasets/losses";
import { holdsQuestions, readBaseText } from "./base-text";
import type { Taught } from "./examples/collect";
import type { LeftOut } from "./examples/example";
import { teach } from "./job";
import type { TeachOutcome, TeachProgress } from "./job";
import { lockJobs } from "./lock";
import { readTaught } from "./read-taught";
import type { TeachRequest } from "./request";
import { inStorage } from "./storage";
import { Versions } from "./versions";

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
  readonly task: Task;
}

/** Who asked for it listens. */
export interface TeachHooks {
  readonly onProgress?: (progress: TaskProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Teaches what there is to teach.
 * @throws {JobRunningError} while the same model is taught elsewhere; {@link StorageError} where versions cannot be written; else as `teach` and `readTaught`.
 */
export async function teachWorkspace(request: TeachRequest, hooks: TeachHooks = {}): Promise<TeachReport> {
  if (!isAbsolute(request.versions)) throw new RangeError(`${request.versions} is no absolute path.`);
  return inStorage(request.versions, () => teachTasks(request, hooks));
}

async function teachTasks(request: TeachRequest, { onProgress, signal }: TeachHooks): Promise<TeachReport> {
  const lock = await lockJobs(request.versions);
  try {
    const taught = await readTaught(request, signal);
    const versions = new Versions(request.versions);
    const baseText = await readBaseText(request.baseText);
    const outcomes: TeachOutcome[] = [];
    // Without questions about other text nothing could hold the model to what it answers.
    const unheld = holdsQuestions(baseText) ? [] : taught.tasks.filter(({ task }) => isQuestionTask(task));
    const tasks = taught.tasks.filter((item) => !unheld.includes(item));
    for (const item of tasks.filter(({ decisions }) => decisions > 0)) {
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
      left: [...tasks.flatMap(({ left }) => left), ...late],
      notYet: [...taught.notYet, ...unheld.map(({ task, decisions }) => ({ task, decisions }))].filter(
        ({ decisions }) => decisions > 0,
      ),
      losses: taught.losses,
    };
  } finally {
    await lock.release();
  }
}
