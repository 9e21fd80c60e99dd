/** Labels' own keys in Review Mode: `labels.json` gives them, and the editor must know which of its keys they take. */
import { window } from "vscode";
import type { Uri } from "vscode";
import { LABEL_TASKS } from "../../documents/tasks";
import type { LabelTask } from "../../documents/tasks";
import type { LabelDefinition } from "../../labels/labelset";
import type { Subscription } from "../../labels/contract";
import { addressOf } from "../base/cells";
import { setContext } from "../base/context-keys";
import type { Catalog } from "./catalog";

/** What the mode cannot do without: yes and no, on and back, undo and redo. A label with such a key is chosen from the list. */
const RESERVED = new Set("ajkruJKU");

/** A label, and the task it is of. */
export interface KeyedLabel {
  readonly task: LabelTask;
  readonly label: LabelDefinition;
}

/** The labels of a document that one key gives; of two tasks with one key the first has it. Keys that are no letters cannot be bound. */
export function labelKeys(catalog: Catalog, document: Uri): ReadonlyMap<string, KeyedLabel> {
  const found = new Map<string, KeyedLabel>();
  for (const task of LABEL_TASKS)
    for (const label of catalog.labels(task, document)) {
      const { key = "" } = label;
      if (/^[A-Za-z]$/.test(key) && !RESERVED.has(key) && !found.has(key)) found.set(key, { task, label });
    }
  return found;
}

/** The label that a digit gives: the one whose own key it is, else the one at that place among those on offer. */
export function labelOfDigit(offered: readonly LabelDefinition[], digit: number): LabelDefinition | undefined {
  return offered.find(({ key }) => key === String(digit)) ?? offered[digit - 1];
}

/** Tells key bindings which letters are labels' own in the document in front. */
export class LabelKeys implements Subscription {
  readonly #listeners: readonly Subscription[];

  constructor(private readonly catalog: Catalog) {
    this.#listeners = [catalog.onDidChange(() => this.#tell()), window.onDidChangeActiveTextEditor(() => this.#tell())];
    this.#tell();
  }

  dispose(): void {
    for (const listener of this.#listeners) listener.dispose();
  }

  #tell(): void {
    const document = window.activeTextEditor?.document;
    const keys = document === undefined ? [] : [...labelKeys(this.catalog, addressOf(document)).keys()];
    setContext("labelKeys", keys.join(""));
  }
}
