/** Saying which classes a text has, one or several, as drafts of events. Offsets are UTF-16 code units. */
import { overlaps, sameSpan } from "../text/span";
import { amended } from "./adjudicate";
import { beside } from "./annotation";
import type { PlacedLabel } from "./annotation";
import { LabelsError } from "./contract";
import type { Classification, DocumentLabelling } from "./contract";
import type { DecisionDrafts, Draft } from "./drafts";

/**
 * What takes a text from the classes it has to those it is said to have: the others are taken away, suggestions of these are accepted, the rest is added. What it
 * has already stays as it was decided. None if that is all.
 * @param several whether it may have several; if not, the one it has becomes the other
 * @throws {LabelsError} as `DocumentLabelling.classify`.
 */
export function classified(
  text: string,
  labels: Pick<DocumentLabelling, "adjudications" | "annotations" | "get">,
  drafts: DecisionDrafts,
  several: boolean,
  { task, span, names, instead }: Classification,
): Draft[] {
  const wanted = [...new Set(names)];
  if (!several && wanted.length > 1)
    throw new LabelsError(`A text has one class of ${task} here, unless "multiple" in labels.json says otherwise.`);
  const there = (
    instead?.flatMap((id) => labels.get(id) ?? []) ??
    labels.annotations({ task, region: span }).filter((one) => sameSpan(one.span, span))
  ).filter(({ status }) => status !== "stale");
  const decided = there.filter(({ status }) => status === "accepted");
  const missing = wanted.filter((name) => !decided.some(({ label }) => label === name));
  const gone = decided.filter(({ label }) => !wanted.includes(label));
  if (missing.length + gone.length === 0) return [];
  const settled = labels.adjudications().find((one) => one.task === task && one.region && overlaps(one.region, span));
  if (settled?.region !== undefined) {
    const kept = settled.labels
      .filter((one) => one.status === "accepted" && !gone.some(({ id }) => id === one.id))
      .map((one): PlacedLabel => ({ ...one.span, label: one.label, ...beside(one) }));
    const region = {
      start: Math.min(settled.region.start, span.start),
      end: Math.max(settled.region.end, span.end),
    };
    return [amended(text, settled, [...kept, ...missing.map((label) => ({ ...span, label }))], region)];
  }
  const [first] = missing;
  const changed = several ? undefined : (gone[0] ?? there[0]);
  if (first !== undefined && changed !== undefined) {
    const more = gone.filter((one) => one !== changed).map(({ id }) => id);
    return [...drafts.relabel(changed.id, first), ...drafts.remove(more)];
  }
  return [...drafts.remove(gone.map(({ id }) => id)), ...missing.flatMap((label) => drafts.add(task, span, label))];
}
