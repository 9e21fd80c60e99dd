/** Texts with the classes that were decided of them. Offsets are UTF-16 code units of the document. */
import type { DecidedLabel, ExactSpan } from "../../documents/labelled";
import { CLASSES } from "../../documents/tasks";
import { addTo } from "../../text/grouped";
import { overlaps } from "../../text/span";
import { allowsSeveral } from "../../labels/labelset";
import type { LabelSets } from "../../labels/labelset";
import type { LabelledDocument } from "../document";
import { excerpt, UNKNOWN_LABEL } from "../losses";
import type { Loss, LossKind } from "../losses";
import { UNWRITABLE, unwritable } from "../../text/well-formed";

/** A text with its classes: one, or several where the label set allows it, each once, in the label set's order. */
export interface ClassExample extends ExactSpan {
  readonly labels: readonly [DecidedLabel, ...DecidedLabel[]];
}

/** Examples of one document, in order, one a span; and the sentences left out. */
export function sentimentExamples(
  document: LabelledDocument,
  sets: LabelSets,
): { readonly examples: readonly ClassExample[]; readonly losses: readonly Loss[] } {
  const { labels: decided } = document.layers[CLASSES];
  if (decided.length === 0) return { examples: [], losses: [] };
  const rank = new Map(sets[CLASSES].map(({ name }, index) => [name, index]));
  const several = allowsSeveral(sets, CLASSES);
  const losses: Loss[] = [];
  const report = (kind: LossKind, item: { start: number; end: number; label?: string }, reason: string): void => {
    const { start, end, label } = item;
    const exact = excerpt(document.text.slice(start, end));
    const of = { document: document.path, task: CLASSES, span: { start, end } } as const;
    losses.push({ kind, ...of, ...(label !== undefined && { label }), exact, reason });
  };
  const kept = new Map<string, DecidedLabel[]>();
  // Ids sort by time: of two labels on one sentence that exclude each other the later one counts.
  for (const item of [...decided].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    const key = `${item.start}:${item.end}`;
    const others = kept.get(key) ?? [];
    const [other] = others;
    if (!rank.has(item.label)) report("dropped", item, UNKNOWN_LABEL);
    else if (unwritable(item.exact)) report("dropped", item, UNWRITABLE);
    else if (others.some(({ label }) => label === item.label))
      report("merged", item, "labelled the same more than once");
    else if (other === undefined || several) addTo(kept, key, [item]);
    else
      report(
        "dropped",
        item,
        `labelled ${other.label} later${other.author === undefined ? "" : `, by ${other.author}`}`,
      );
  }
  let skipped: { start: number; end: number } | undefined;
  const flush = (): void => {
    if (skipped !== undefined) report("left-out", skipped, "no sentiment was decided");
    skipped = undefined;
  };
  for (const sentence of document.sentences) {
    if (decided.some((item) => overlaps(item, sentence))) flush();
    else if (skipped === undefined) skipped = { ...sentence };
    else skipped.end = sentence.end;
  }
  flush();
  const examples = [...kept.values()].map((some): ClassExample => {
    const labels = some.sort((a, b) => rank.get(a.label)! - rank.get(b.label)!);
    const { start, end, exact } = labels[0]!;
    return { start, end, exact, labels: labels as [DecidedLabel, ...DecidedLabel[]] };
  });
  return { examples: examples.sort((a, b) => a.start - b.start || a.end - b.end), losses };
}
