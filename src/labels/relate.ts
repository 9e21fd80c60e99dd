/** Relating labels, as drafts of events. Offsets are UTF-16 code units. */
import { isQuestionTask } from "../documents/tasks";
import type { Span } from "../text/span";
import type { Annotation, PlacedRelation } from "./annotation";
import { LabelsError } from "./contract";
import type { DocumentLabelling } from "./contract";
import type { Draft } from "./drafts";
import type { DecisionEvent } from "./events";
import { newId } from "./ids";

type Labels = Pick<DocumentLabelling, "get" | "relations">;

/** A label that a relation may join. */
function end(labels: Labels, id: string): Annotation {
  const item = labels.get(id);
  if (item === undefined)
    throw new LabelsError("This label is not there any more; the text or the suggestions changed.");
  if (isQuestionTask(item.task)) throw new LabelsError("Relations join labels: an answer is none.");
  if (item.status === "stale")
    throw new LabelsError(`The text of "${item.quote.exact}" is gone: give it a new span before you relate it.`);
  // Its id is that of the adjudication and a number, which is another one once that is changed.
  if (item.adjudication !== undefined)
    throw new LabelsError(`"${item.quote.exact}" settles a disagreement: relate the label as you have it yourself.`);
  return item;
}

/** @param accept drafts by which suggestions are accepted @throws {LabelsError} as {@link DocumentLabelling.relate} */
export function related(
  labels: Labels,
  { from, to, type: said }: { readonly from: string; readonly to: string; readonly type: string },
  accept: (ids: readonly string[]) => readonly Draft[],
): readonly Draft[] {
  const type = said.trim();
  if (type === "") throw new LabelsError("The type of the relation is empty: choose one.");
  if (from === to) throw new LabelsError("A relation joins two labels: choose another one.");
  const ends = [end(labels, from), end(labels, to)] as const;
  if (labels.relations().some((one) => one.from.id === from && one.to.id === to && one.type === type))
    throw new LabelsError(`They are related as ${type} already.`);
  const suggested = ends.filter(({ status }) => status === "suggested").map(({ id }) => id);
  const accepted = suggested.length === 0 ? [] : accept(suggested);
  return [...accepted, { kind: "related", task: ends[0].task, annotation: newId(), type, from, to }];
}

/** @throws {LabelsError} for an id that is not that of a relation */
export function unrelated(labels: Pick<Labels, "relations">, ids: readonly string[]): readonly Draft[] {
  const known = new Map(labels.relations().map((one) => [one.id, one]));
  return ids.map((id) => {
    const relation = known.get(id);
    if (relation === undefined) throw new LabelsError("This relation is not there any more.");
    return { kind: "removed", task: relation.from.task, annotation: id };
  });
}

/** Where the label is that a relation goes from, for an event about a relation. @param events of the same log */
export function relatedPlace(
  event: DecisionEvent,
  events: readonly DecisionEvent[],
  get: (id: string) => Annotation | undefined,
): Span | undefined {
  if (event.kind !== "related" && event.kind !== "removed") return undefined;
  const about = events.find((one) => one.kind === "related" && one.annotation === event.annotation);
  const from = about?.kind === "related" ? get(about.from) : undefined;
  return from === undefined || from.status === "stale" ? undefined : from.span;
}

/** The relations of a label, those that go from it first. */
export function relationsOf(relations: readonly PlacedRelation[], id: string): PlacedRelation[] {
  return [...relations.filter(({ from }) => from.id === id), ...relations.filter(({ to }) => to.id === id)];
}
