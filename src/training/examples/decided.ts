/** How many decisions a model may learn from there are in events, as they are made. */
import { isLabelTask } from "../../documents/tasks";
import type { DecisionEvent } from "../../labels/events";

/** What people say of labels. */
const DECIDES = new Set<DecisionEvent["kind"]>(["accepted", "rejected", "relabelled", "resized", "added"]);

/** A label that went along with an edit is no decision, and neither is one that a dataset brought. */
function decides(event: DecisionEvent): boolean {
  const byEdit = event.kind === "resized" && event.cause === "edit";
  return DECIDES.has(event.kind) && !byEdit && event.origin === undefined && isLabelTask(event.task);
}

/** Decisions that events add to those before; what they undo is taken off, and what is redone comes back. @param earlier events of the same log */
export function decisionsMade(events: readonly DecisionEvent[], earlier: readonly DecisionEvent[]): number {
  return events.reduce((sum, event) => {
    if (event.kind !== "undone") return sum + Number(decides(event));
    // To redo is to undo what undid; acts of before are fewer each time, so this ends.
    const at = earlier.findIndex(({ act }) => act === event.undoes);
    const act = earlier.filter((other) => other.act === event.undoes);
    return sum - decisionsMade(act, earlier.slice(0, Math.max(0, at)));
  }, 0);
}
