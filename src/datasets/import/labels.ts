/** Label names of an import as the workspace's label sets take them. */
import { withLabel } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import type { LabelTask, Task } from "../../documents/tasks";
import type { Loss } from "../losses";
import type { ReadDocument, ReadLabel, ReadResult } from "../format";

/** Names that are new in the workspace, by task. */
export type NewLabels = Readonly<Record<LabelTask, readonly string[]>>;

/** A document with the decisions of some tasks only. */
export function withoutTasks(document: ReadDocument, tasks: readonly Task[]): ReadDocument {
  return {
    ...document,
    entities: tasks.includes("entities") ? document.entities : [],
    reviewed: tasks.includes("entities") ? document.reviewed : [],
    sentiment: tasks.includes("sentiment") ? document.sentiment : [],
    questions: tasks.includes("answers") ? document.questions : [],
    rejected: document.rejected.filter(({ task }) => tasks.includes(task)),
  };
}

/** A name without what `labels.json` does not take. */
function allowed(name: string): string {
  const joined = name.trim().replace(/\s+/g, "_");
  return joined === "O" ? "O_" : joined;
}

/**
 * Adds the labels that occur to the label sets, each with the next free number: those the file lists in its order, then the others by name.
 * A name with white space is renamed; that is a loss.
 */
export function adoptLabels(
  documents: readonly ReadDocument[],
  sets: LabelSets,
  listed: ReadResult["labels"],
  losses: Loss[],
): { readonly documents: readonly ReadDocument[]; readonly labels: LabelSets; readonly added: NewLabels } {
  const renamed = new Set<string>();
  const fix = <T extends ReadLabel>(read: ReadDocument, task: Task, items: readonly T[]): T[] =>
    items.flatMap((item) => {
      const label = allowed(item.label);
      if (label === item.label || task === "answers") return [item];
      const about = {
        file: read.file,
        ...(item.line !== undefined && { line: item.line }),
        task,
        label: item.label,
        exact: item.exact,
      };
      if (label === "") {
        losses.push({ kind: "dropped", ...about, reason: "its label is blank" });
        return [];
      }
      if (!renamed.has(`${task} ${item.label}`)) {
        losses.push({ kind: "renamed", ...about, reason: `the label is ${label} here, everywhere it occurs` });
        renamed.add(`${task} ${item.label}`);
      }
      return [{ ...item, label }];
    });
  const fixed = documents.map((read) => ({
    ...read,
    entities: fix(read, "entities", read.entities),
    sentiment: fix(read, "sentiment", read.sentiment),
    rejected: read.rejected.flatMap((item) => fix(read, item.task, [item])),
  }));
  let labels = sets;
  const added = { entities: [] as string[], sentiment: [] as string[] };
  for (const task of ["entities", "sentiment"] as const) {
    const used = new Set(
      fixed
        .flatMap((read) => [...read[task], ...read.rejected.filter((one) => one.task === task)])
        .map(({ label }) => label),
    );
    const order = (listed?.[task] ?? []).map(allowed).filter((name) => used.has(name));
    for (const name of [...new Set([...order, ...[...used].sort()])]) {
      if (labels[task].some((one) => one.name === name)) continue;
      labels = withLabel(labels, task, { name });
      added[task].push(name);
    }
  }
  return { documents: fixed, labels, added };
}
