/** The work of annotation in a workspace in numbers: what there is, what became of suggestions, how long people took, and how far files are. */
import type { DecisionEvent } from "../../labels/events";
import { PaceCounter } from "../../labels/pace";
import type { Pace } from "../../labels/pace";
import { SuggestionCounter } from "../../labels/suggestion-counts";
import type { SuggestionCounts } from "../../labels/suggestion-counts";
import { judging } from "../../labels/verdicts";
import { inSlices } from "../../text/slices";
import type { Loss } from "../losses";
import { collectInto } from "./collect";
import { progressOf } from "./progress";
import type { FileOptions, WorkspaceProgress } from "./progress";
import { DatasetCounter } from "./summary";
import type { DatasetSummary } from "./summary";
import type { WalkOptions } from "./walk";

/** Everything that the dashboard shows. JSON as it is. */
export interface WorkSummary extends DatasetSummary {
  readonly suggestions: SuggestionCounts;
  readonly pace: Pace;
  /** Absent where files without decisions are not looked at. */
  readonly progress?: WorkspaceProgress;
}

/** What to count. */
export interface WorkOptions extends Omit<WalkOptions, "documents"> {
  /** Which text files are to be done; absent: none are looked at but those with decisions. */
  readonly files?: Pick<FileOptions, "languages" | "wanted">;
}

/**
 * Reads every log once, and every document with one; keeps no text. `losses`: what could not be counted.
 * @throws as `collectInto`.
 */
export async function countWork({
  files,
  ...options
}: WorkOptions): Promise<{ readonly summary: WorkSummary; readonly losses: readonly Loss[] }> {
  const { workspace, signal } = options;
  const [counter, suggestions, pace] = [new DatasetCounter(), new SuggestionCounter(), new PaceCounter()];
  const onEvents = async (logs: readonly (readonly DecisionEvent[])[]): Promise<void> => {
    for (const events of logs) {
      suggestions.add(await inSlices(judging(events), signal));
      await inSlices(pace.adding(events), signal);
    }
  };
  const { losses } = await collectInto({ ...options, onEvents }, [], (document) => counter.add(document));
  const counted = counter.summary();
  const found = files && (await progressOf({ workspace, ...files, ...(signal && { signal }) }, counted.documents));
  const summary = {
    ...counted,
    suggestions: suggestions.counts(),
    pace: await inSlices(pace.working(), signal),
    ...(found && { progress: found }),
  };
  return { summary, losses };
}
