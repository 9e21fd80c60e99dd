/** What logs hold that no export takes yet: decisions about declared layers, further stretches of labels, attributes of answers. */
import { attributesInOrder } from "../../documents/attributes";
import { isQuestionTask } from "../../documents/tasks";
import type { DecisionEvent } from "../../labels/events";
import { activeActs, reduce } from "../../labels/state";
import { excerpt } from "../losses";
import type { Loss } from "../losses";

/** Each of them as a loss, of everybody's events on a document, a list a person. Most logs have none. */
export function lossesBeyondTasks(document: string, logs: readonly (readonly DecisionEvent[])[]): Loss[] {
  const losses: Loss[] = [];
  const layers = new Map<string, number>();
  for (const events of logs) {
    const active = activeActs(events);
    for (const { layer, act, kind } of events)
      if (layer !== undefined && kind !== "undone" && active(act)) layers.set(layer, (layers.get(layer) ?? 0) + 1);
    const { annotations, adjudications } = reduce(events);
    const labels = [
      ...[...annotations.values()].map(({ task, value }) => ({ task, value })),
      ...[...adjudications.values()].flatMap(({ task, labels: list }) => list.map((value) => ({ task, value }))),
    ];
    for (const { task, value } of labels) {
      const { attributes, further, label, quote } = value;
      const said = isQuestionTask(task) ? attributesInOrder(attributes) : [];
      const named = said.map(([name, of]) => `${name}: ${of}`);
      const parts = (further ?? []).map((part) => JSON.stringify(excerpt(part.quote.exact)));
      const what = [
        ...(named.length > 0 ? [`its attributes (${excerpt(named.join(", "))})`] : []),
        ...(parts.length > 0 ? [`the further stretches that belong to it (${parts.join(", ")})`] : []),
      ];
      if (what.length === 0) continue;
      const reason = `${what.join(" and ")} are not exported by this version`;
      losses.push({ kind: "dropped", document, task, label, exact: excerpt(quote.exact), reason });
    }
  }
  for (const [layer, count] of layers)
    losses.push({
      kind: "dropped",
      document,
      reason: `${count === 1 ? "a decision" : `${count} decisions`} about the layer ${JSON.stringify(excerpt(layer))}: this version exports the three tasks alone`,
    });
  return losses;
}
