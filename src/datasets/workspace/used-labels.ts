/** The label set of a workspace that has no `labels.json`: what decisions use, whichever of them are exported. */
import { LABEL_TASKS, isLabelTask, perTask } from "../../documents/tasks";
import type { LabelTask, Task } from "../../documents/tasks";
import type { DecisionEvent } from "../../labels/events";
import type { LabelSets } from "../../labels/labelset";
import { reduce } from "../../labels/state";
import type { LabelledDocument } from "../document";

/** Collects names of labels in use; numbers depend on them alone, not on which documents are exported or in what order. */
export class UsedLabels {
  readonly #names = perTask(LABEL_TASKS, () => new Set<string>());

  /** @param wrong also labels that were said to be wrong, and what adjudications say */
  constructor(private readonly wrong = false) {}

  #add(task: Task, name: string): void {
    if (isLabelTask(task)) this.#names[task].add(name);
  }

  /** One annotator's events on a document, in order. */
  addEvents(events: readonly DecisionEvent[]): void {
    const { annotations, adjudications, rejected } = reduce(events);
    for (const { task, value } of annotations.values()) this.#add(task, value.label);
    if (!this.wrong) return;
    for (const { task, value } of rejected) this.#add(task, value.label);
    for (const { task, labels } of adjudications.values()) for (const { label } of labels) this.#add(task, label);
  }

  /** Whether a label is in use. */
  has(task: LabelTask, name: string): boolean {
    return this.#names[task].has(name);
  }

  /** A collected document: adjudications may have labels that no annotation has. */
  addDocument({ layers }: LabelledDocument): void {
    for (const task of LABEL_TASKS) for (const { label } of layers[task].labels) this.#names[task].add(label);
  }

  /** A task's labels and, in order of name, those in use that are not among them, with the numbers that follow. */
  extend(sets: LabelSets, task: LabelTask): LabelSets[LabelTask] {
    const known = new Set(sets[task].map(({ name }) => name));
    const next = sets[task].reduce((most, { id }) => Math.max(most, id), -1) + 1;
    const more = [...this.#names[task]].filter((name) => !known.has(name)).sort();
    return [...sets[task], ...more.map((name, index) => ({ id: next + index, name }))];
  }
}
