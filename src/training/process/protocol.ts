/** What crosses the border to the process that teaches: plain values that structured cloning takes. */
import type { SentError } from "../../datasets/process/errors";
import type { ExportedJob, ExportJobRequest } from "../exchange/export-job";
import type { ImportTrainedRequest } from "../exchange/import-trained";
import type { TeachRequest } from "../request";
import type { TaskProgress, TeachReport } from "../teach";

/** What the process can do: what each is given, and what comes of it. */
export interface TeacherWork {
  readonly teach: { readonly request: TeachRequest; readonly report: TeachReport };
  readonly export: { readonly request: ExportJobRequest; readonly report: ExportedJob };
  readonly import: { readonly request: ImportTrainedRequest; readonly report: TeachReport };
}

/** To the process. */
export type ToTeacher = {
  [W in keyof TeacherWork]: { readonly type: W; readonly request: TeacherWork[W]["request"] };
}[keyof TeacherWork];

/** From the process. */
export type FromTeacher =
  | { readonly type: "progress"; readonly progress: TaskProgress }
  | { readonly type: "done"; readonly report: TeacherWork[keyof TeacherWork]["report"] }
  | { readonly type: "failed"; readonly error: SentError };
