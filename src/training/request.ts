/** What is asked of a job. */
import type { Task } from "../documents/tasks";
import type { TrainingSettings } from "./trainer";

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
