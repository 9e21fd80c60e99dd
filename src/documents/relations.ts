/** Relations between the labels of a document. Pure functions. */
import type { Label, Labelled, Relation } from "./labelled";
import { labelsIn } from "./layers";

/** Something with relations, as a part of it; without any it is no part. */
export function withRelations<R>(relations: readonly R[]): { readonly relations?: readonly R[] } {
  return relations.length === 0 ? {} : { relations };
}

/** The document with these relations in place of its own. */
export function replaceRelations<D extends Labelled>(document: D, relations: readonly Relation[]): D {
  const { relations: before, ...rest } = document;
  return before === undefined && relations.length === 0 ? document : ({ ...rest, ...withRelations(relations) } as D);
}

/** The labels of a document that relations may name, by their ids. */
export function labelsById<Of>(document: Labelled<Of>): ReadonlyMap<string, Label & Of> {
  return new Map(labelsIn(document).flatMap((item) => (item.id === undefined ? [] : [[item.id, item] as const])));
}

/** Relations as a document has them that lost some labels: those of which both are left, and the others. */
export function joined<R extends Relation>(
  relations: readonly R[],
  labels: ReadonlyMap<string, unknown>,
): { readonly kept: readonly R[]; readonly loose: readonly R[] } {
  const kept: R[] = [];
  const loose: R[] = [];
  for (const one of relations) (labels.has(one.from) && labels.has(one.to) ? kept : loose).push(one);
  return { kept, loose };
}

/** A part of a document: with those of its relations alone of which the part has both labels, or has as many as the whole. */
export function withJoined<D extends Labelled>(part: D, whole: Labelled): D {
  const { relations } = part;
  if (relations === undefined) return part;
  const [then, now] = [labelsById(whole), labelsById(part)];
  return replaceRelations(
    part,
    relations.filter(({ from, to }) => [from, to].every((id) => now.has(id) || !then.has(id))),
  );
}
