/** The context keys that menus and keys depend on, each set in one place. */
import { EventEmitter, commands } from "vscode";
import { background } from "./log";

/** `active`: the editor's document is labelled. `reviewMode`: single keys decide. `answers`: the editor's document has answers to a question. `disagreement`: the cursor is on one. `changes`: a comparison of models found some. `labelKeys`: the letters that are labels' own. `queue`, `queueScope`, `queueReading`: what the Review Queue says where it is empty, whose suggestions it has, and how far files are read. */
export type ContextKey =
  | "active"
  | "reviewMode"
  | "disagreement"
  | "answers"
  | "changes"
  | "labelKeys"
  | "labelsVisible"
  | "queue"
  | "queueReading"
  | "queueScope";

const values = new Map<ContextKey, string | boolean>();
const changes = new EventEmitter<ContextKey>();

/** Fires after a key took another value. */
export const onDidChangeContext = changes.event;

/** Sets `glossator.<key>`; says nothing when it is the same already. */
export function setContext(key: ContextKey, value: string | boolean): void {
  if (values.get(key) === value) return;
  values.set(key, value);
  background("context key", commands.executeCommand("setContext", `glossator.${key}`, value));
  changes.fire(key);
}

/** The value last set. */
export function getContext(key: ContextKey): string | boolean | undefined {
  return values.get(key);
}
