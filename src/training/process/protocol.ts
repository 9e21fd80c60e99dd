/** What crosses the border to the process that teaches: plain values that structured cloning takes. */
import type { SentError } from "../../datasets/process/errors";
import type { TeachRequest } from "../request";
import type { TaskProgress, TeachReport } from "../teach";

/** To the process. */
export interface ToTeacher {
  readonly type: "teach";
  readonly request: TeachRequest;
}

/** From the process. */
export type FromTeacher =
  | { readonly type: "progress"; readonly progress: TaskProgress }
  | { readonly type: "done"; readonly report: TeachReport }
  | { readonly type: "failed"; readonly error: SentError };
