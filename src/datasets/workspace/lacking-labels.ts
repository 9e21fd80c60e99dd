/** Labels that decisions use and the label set lacks: what an export would have no number for. */
import { isLabelTask, LABEL_TASKS } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";
import type { LabelSets } from "../../labels/labelset";
import { labelNamed } from "../../labels/own-names";
import { readLogs } from "../../labels/log/read-log";
import { reduce } from "../../labels/state";

/** A label in use. */
export interface LackingLabel {
  readonly task: LabelTask;
  readonly label: string;
  /** How many decisions have it, of all people. */
  readonly decisions: number;
}

/**
 * Reads all logs of a workspace. In order of task, the labels most in use first. Logs that cannot be read are left out: whatever else reads them says so.
 * @param root the workspace's `.glossator` folder
 * @throws the signal's reason when aborted
 */
export async function lackingLabels(root: string, sets: LabelSets, signal?: AbortSignal): Promise<LackingLabel[]> {
  const counts = new Map(LABEL_TASKS.map((task) => [task, new Map<string, number>()]));
  const add = (task: LabelTask, label: string): void => {
    if (labelNamed(sets, task, label) !== undefined) return;
    const of = counts.get(task)!;
    of.set(label, (of.get(label) ?? 0) + 1);
  };
  for await (const { logs } of readLogs(root)) {
    signal?.throwIfAborted();
    for (const { events } of logs) {
      const { annotations, adjudications } = reduce(events);
      for (const { task, value } of annotations.values()) if (isLabelTask(task)) add(task, value.label);
      for (const { task, labels } of adjudications.values())
        if (isLabelTask(task)) for (const { label } of labels) add(task, label);
    }
  }
  return [...counts].flatMap(([task, of]) =>
    [...of]
      .map(([label, decisions]): LackingLabel => ({ task, label, decisions }))
      .sort((a, b) => b.decisions - a.decisions || (a.label < b.label ? -1 : 1)),
  );
}
