/** Relations as they are read: those whose labels were taken are kept, and all others are told of. */
import type { Labelled, Relation } from "../documents/labelled";
import { joined, labelsById, replaceRelations } from "../documents/relations";
import { append } from "../text/grouped";
import { shortened } from "../text/print";
import type { Loss } from "./losses";

/** A document has no more: each is a line of a log, and a file of a few megabytes may say millions. */
const MOST = 100_000;

/** Relations that have no place, a loss for each type that says why, with how many there are and where the first is. */
export function relationLosses(relations: readonly Relation[], of: Omit<Loss, "kind" | "reason">, why: string): Loss[] {
  const byType = new Map<string, { readonly line?: number; count: number }>();
  for (const { type, line } of relations) {
    const known = byType.get(type) ?? { ...(line !== undefined && { line }), count: 0 };
    known.count++;
    byType.set(type, known);
  }
  return [...byType].map(([type, { line, count }]): Loss => ({
    ...{ kind: "dropped", ...of, label: type },
    ...(line !== undefined && { line }),
    ...(count > 1 && { count }),
    reason: `a relation: ${why}`,
  }));
}

/** Relations whose types are names of one line. */
function withNames(relations: readonly Relation[], losses: Loss[], of: Omit<Loss, "kind" | "reason">): Relation[] {
  const blank = relations.filter(({ type }) => type.trim() === "");
  append(losses, relationLosses(blank, of, "it has no type"));
  const odd = new Set<string>();
  return relations.flatMap((item) => {
    const type = item.type.trim().replace(/\s+/g, " ");
    if (type === item.type) return type === "" ? [] : [item];
    if (type !== "" && !odd.has(item.type)) {
      odd.add(item.type);
      const reason = `the relation is ${JSON.stringify(shortened(type, 80))} here, everywhere it occurs`;
      losses.push({ kind: "renamed", ...of, label: item.type, reason });
    }
    return type === "" ? [] : [{ ...item, type }];
  });
}

/** The document with its relations whose labels are both in it. The others are added to `losses`. */
export function withKnownLabels<D extends Labelled>(
  document: D,
  losses: Loss[],
  of: Omit<Loss, "kind" | "reason">,
  most: number = MOST,
): D {
  if (document.relations === undefined) return document;
  const { kept, loose } = joined(withNames(document.relations, losses, of), labelsById(document));
  append(losses, relationLosses(loose, of, "a label that it joins was not taken"));
  append(losses, relationLosses(kept.slice(most), of, `a document has no more than ${most} of them`));
  return replaceRelations(document, kept.slice(0, most));
}
