/** Label names of an import as the workspace's label sets take them. */
import type { Label } from "../../documents/labelled";
import { mapLayers } from "../../documents/layers";
import { LABEL_TASKS, isLabelTask, perTask } from "../../documents/tasks";
import type { ClassTask, LabelTask } from "../../documents/tasks";
import { allowsSeveral, withLabel, withSeveral } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import { labelNamed } from "../../labels/own-names";
import type { Loss } from "../losses";
import type { ReadDocument, ReadResult } from "../format";
import { severalIn } from "./several";

/** Labels of an import as the workspace's label sets take them. */
export interface AdoptedLabels {
  readonly documents: readonly ReadDocument[];
  /** Those of the workspace with what is added. */
  readonly labels: LabelSets;
  readonly added: NewLabels;
  /** Tasks of which a text has several classes, where the workspace allows one so far. */
  readonly several: readonly ClassTask[];
}

/** Names that are new in the workspace, by task. */
export type NewLabels = Readonly<Record<LabelTask, readonly string[]>>;

/** A name without what `labels.json` does not take. */
function allowed(name: string): string {
  const joined = name.trim().replace(/\s+/g, "_");
  return joined === "O" ? "O_" : joined;
}

/**
 * Adds the labels that occur to the label sets, each with the next free number: those the file lists in its order, then the others by name.
 * A name with white space, or that is an alias here, is renamed; that is a loss. Where texts have several classes, the label sets allow it.
 */
export function adoptLabels(
  documents: readonly ReadDocument[],
  sets: LabelSets,
  listed: ReadResult["labels"],
  losses: Loss[],
): AdoptedLabels {
  const renamed = new Set<string>();
  const fix = <T extends Label>(read: ReadDocument, task: LabelTask, items: readonly T[]): T[] =>
    items.flatMap((item) => {
      const name = allowed(item.label);
      const label = labelNamed(sets, task, name)?.name ?? name;
      if (label === item.label) return [item];
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
  const fixed = documents.map((read): ReadDocument => ({
    ...read,
    layers: mapLayers(read.layers, ({ labels, rejected }, task) =>
      isLabelTask(task) ? { labels: fix(read, task, labels), rejected: fix(read, task, rejected) } : {},
    ),
  }));
  let labels = sets;
  const added = perTask(LABEL_TASKS, (): string[] => []);
  for (const task of LABEL_TASKS) {
    const used = new Set(
      fixed.flatMap(({ layers }) => [...layers[task].labels, ...layers[task].rejected]).map(({ label }) => label),
    );
    const order = (listed?.[task] ?? [])
      .map(allowed)
      .map((name) => labelNamed(sets, task, name)?.name ?? name)
      .filter((name) => used.has(name));
    for (const name of [...new Set([...order, ...[...used].sort()])]) {
      if (labels[task].some((one) => one.name === name)) continue;
      labels = withLabel(labels, task, { name });
      added[task].push(name);
    }
  }
  const several = severalIn(fixed).filter((task) => !allowsSeveral(sets, task));
  return { documents: fixed, labels: withSeveral(labels, several), added, several };
}
