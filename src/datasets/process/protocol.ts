/** What crosses the border to the process that reads and writes datasets: plain values that structured cloning takes. */
import type { Progress } from "../workspace/walk";
import type { ExportOptions, ExportReport } from "../export/export";
import type { ImportOptions } from "../import/plan";
import type { DetectedSource } from "../import/source";
import type { Choice, Conflict } from "../import/conflicts";
import type { DocumentPreview } from "../import/preview";
import type { LoggedImport, UndoneImport } from "../import/undo";
import type { ImportReport } from "../import/carry-out";
import type { NumberNames, TableColumns, UnnamedLabels } from "../format";
import type { FormatSummary } from "../formats";
import type { SentError } from "./errors";

/** What the caller keeps for itself: functions do not cross. */
type Hooks = "onProgress" | "signal" | "beforeWriting";

/** A plan in numbers and words. The plan itself, with all texts, stays in the process. */
export interface PlanSummary {
  readonly added: number;
  readonly same: number;
  readonly conflicts: number;
  readonly documents: number;
  /** Which columns of tables were taken for what. */
  readonly tables: readonly TableColumns[];
  /** Labels that are numbers, for the user to name. */
  readonly unnamed: readonly UnnamedLabels[];
  /** The preview for people. */
  readonly markdown: string;
}

/** A conflict, without what would be written for it. */
export type ShownConflict = Omit<Conflict, "incoming" | "replaces">;

/** A report of what was imported; losses are counted, and listed in `markdown` as far as was asked. */
export type ImportOutcome = Omit<ImportReport, "losses"> & { readonly losses: number; readonly markdown: string };

/** A report of what was exported; losses are counted, and listed in `markdown` as far as was asked. */
export type ExportOutcome = Omit<ExportReport, "losses" | "issues"> & {
  readonly losses: number;
  readonly markdown: string;
};

/** How conflicts are settled: all alike, or one by one by their ids. What is not named is kept as it is. */
export type Settled = Choice | ReadonlyMap<string, Choice>;

/** What the process can be asked for. One call at a time. */
export interface Calls {
  readonly formats: { readonly takes: undefined; readonly gives: readonly FormatSummary[] };
  /** Takes a file or a folder. */
  readonly detect: { readonly takes: string; readonly gives: DetectedSource };
  /** Takes a file with names of numbers. */
  readonly names: { readonly takes: string; readonly gives: NumberNames };
  /** Makes the plan that the calls after it are about. `most`: losses of each kind that are listed. */
  readonly plan: {
    readonly takes: { readonly options: Omit<ImportOptions, Hooks>; readonly most: number };
    readonly gives: PlanSummary;
  };
  /** Takes some documents of the plan only, see `onlyDocuments`. */
  readonly narrow: {
    readonly takes: { readonly documents: readonly string[]; readonly most: number };
    readonly gives: PlanSummary;
  };
  readonly documents: { readonly takes: undefined; readonly gives: readonly DocumentPreview[] };
  readonly conflicts: { readonly takes: undefined; readonly gives: readonly ShownConflict[] };
  /** Carries the plan out under the id of an act. */
  readonly carryOut: {
    readonly takes: { readonly act: string; readonly settled: Settled; readonly most: number };
    readonly gives: ImportOutcome;
  };
  /** Takes a workspace. */
  readonly lastImport: { readonly takes: string; readonly gives: LoggedImport | undefined };
  readonly undoImport: {
    readonly takes: { readonly workspace: string; readonly act: string };
    readonly gives: UndoneImport;
  };
  /** Takes a workspace; whether some of its documents have the words of a dataset. */
  readonly hasTokens: { readonly takes: string; readonly gives: boolean };
  readonly exportDataset: {
    readonly takes: { readonly options: Omit<ExportOptions, Hooks>; readonly most: number };
    readonly gives: ExportOutcome;
  };
}

/** A name of {@link Calls}. */
export type CallName = keyof Calls;

/** To the process. `go`: what was computed may be written. `stop`: leave off and take back what was written. */
export type ToProcess =
  { readonly type: "call"; readonly name: CallName; readonly given: unknown } | { readonly type: "go" | "stop" };

/** From the process. `writing`: all is computed, and it waits for `go` before it writes. */
export type FromProcess =
  | { readonly type: "progress"; readonly progress: Progress }
  | { readonly type: "writing" }
  | { readonly type: "done"; readonly value: unknown }
  | { readonly type: "failed"; readonly error: SentError };
