/** Which decisions gave way when those of another window of the same person were read. Pure. */
import type { DecisionEvent } from "./events";
import { answersSaid } from "../documents/answers";
import { activeActs } from "./state";
import type { Decisions } from "./state";

/** Counts of decisions that no longer count. */
export interface Overruled {
  /** Those of this window that a later one of the other window took the place of. */
  readonly ours: number;
  /** Those of the other window that are earlier than this window's. */
  readonly theirs: number;
}

/** What each annotation and question says, compared by identity: values are the events' own. */
function said({ annotations, questions }: Decisions): Map<string, unknown> {
  return new Map<string, unknown>([
    ...[...annotations.values()].map(({ id, value }) => [id, value] as const),
    ...[...questions.values()].map(({ id, answers }) => [id, answers] as const),
  ]);
}

/** @param fresh the other window's events, which `after` knows and `before` did not */
export function overruled(before: Decisions, after: Decisions, fresh: readonly DecisionEvent[]): Overruled {
  const [then, now] = [said(before), said(after)];
  const on = (event: DecisionEvent): string | undefined => ("annotation" in event ? event.annotation : undefined);
  const edits = new Set(fresh.filter((event) => "cause" in event).map(on));
  const decided = new Set(fresh.filter((event) => !("cause" in event)).map(on));
  // That a label went along with an edit of its text is no decision.
  const alone = (id: string): boolean => edits.has(id) && !decided.has(id) && now.has(id);
  const ours = [...then].filter(([id, value]) => now.get(id) !== value && !alone(id)).length;
  const active = activeActs(fresh);
  const latest = new Map<string, unknown>();
  for (const event of fresh) {
    if (!("annotation" in event) || event.kind === "adjudicated" || "cause" in event || !active(event.act)) continue;
    if (event.kind === "answered") latest.set(event.annotation, answersSaid(event.new));
    else if ("new" in event) latest.set(event.annotation, event.new);
    else latest.delete(event.annotation);
  }
  const theirs = [...latest].filter(([id, value]) => now.get(id) !== value).length;
  return { ours, theirs };
}
