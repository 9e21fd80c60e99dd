/** Sentences with a decided sentiment. Offsets are UTF-16 code units of the document. */
import type { DecidedLabel } from "../../documents/labelled";
import { CLASSES } from "../../documents/tasks";
import { overlaps } from "../../text/span";
import type { LabelDefinition } from "../../labels/labelset";
import type { LabelledDocument } from "../document";
import { excerpt, UNKNOWN_LABEL } from "../losses";
import type { Loss, LossKind } from "../losses";
import { UNWRITABLE, unwritable } from "../../text/well-formed";

/** Examples of one document, in order, one a span; and the sentences left out. */
export function sentimentExamples(
  document: LabelledDocument,
  labels: readonly LabelDefinition[],
): { readonly examples: readonly DecidedLabel[]; readonly losses: readonly Loss[] } {
  const { labels: decided } = document.layers[CLASSES];
  if (decided.length === 0) return { examples: [], losses: [] };
  const known = new Set(labels.map(({ name }) => name));
  const losses: Loss[] = [];
  const report = (kind: LossKind, item: { start: number; end: number; label?: string }, reason: string): void => {
    const { start, end, label } = item;
    const exact = excerpt(document.text.slice(start, end));
    const of = { document: document.path, task: CLASSES, span: { start, end } } as const;
    losses.push({ kind, ...of, ...(label !== undefined && { label }), exact, reason });
  };
  const kept = new Map<string, DecidedLabel>();
  // Ids sort by time: of two labels on one sentence the later one counts.
  for (const item of [...decided].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    const key = `${item.start}:${item.end}`;
    const other = kept.get(key);
    if (!known.has(item.label)) report("dropped", item, UNKNOWN_LABEL);
    else if (unwritable(item.exact)) report("dropped", item, UNWRITABLE);
    else if (other === undefined) kept.set(key, item);
    else if (other.label === item.label) report("merged", item, "labelled the same more than once");
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
  return { examples: [...kept.values()].sort((a, b) => a.start - b.start || a.end - b.end), losses };
}
