/** The rows of a decoder's output layer before and after teaching: which are new, which the workspace is served, which are held to what they said. */
import { isSpanTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import type { Decoder } from "../model/manifest/manifest";
import type { LabelChange } from "../model/training/step-parameters";

/** A new label begins this much less probable than the old one it is like: e to the power of it. What was right stays the first choice until something is learned. */
const BEHIND = 1;

/** The output layer of one job. Numbers are rows of `all`. */
export interface Outputs {
  /** Names of all rows: those there were, in their order, then new ones. For spans these are BIO2 tags. */
  readonly all: readonly string[];
  /** Those that the workspace uses: what is taught, and what the new model gives. */
  readonly served: readonly number[];
  /** Those whose logits on other text are held to what they were. */
  readonly held: readonly number[];
  /** New labels by the old one that each begins like, for people; labels, not tags. */
  readonly like: ReadonlyMap<string, string>;
  readonly change: LabelChange;
}

/** Names of the rows of a decoder's output layer. */
export const rowNames = ({ outputs, labels }: Pick<Decoder, "outputs" | "labels">): readonly string[] =>
  outputs ?? labels;

/** The rows that stand for a label: two tags for a span, one for a class. */
export function rowsOfLabel(task: LabelTask, label: string): readonly string[] {
  return isSpanTask(task) ? [`B-${label}`, `I-${label}`] : [label];
}

/** The labels that rows stand for, each once; without `O`. */
export function labelsOfRows(task: LabelTask, rows: readonly string[]): readonly string[] {
  if (!isSpanTask(task)) return rows;
  return [...new Set(rows.filter((row) => row !== "O").map((row) => row.slice(2)))];
}

/**
 * Plans the output layer.
 * @param labels that the workspace uses.
 * @param examined those of them that examples hold: a label without any gets no row.
 * @param nearest the old label that the model gives most of all to what is labelled with a new one; undefined where it has said nothing.
 */
export function planOutputs(
  task: LabelTask,
  decoder: Pick<Decoder, "outputs" | "labels" | "unmarked">,
  labels: readonly string[],
  examined: ReadonlySet<string>,
  nearest: (label: string) => string | undefined,
): Outputs {
  const old = rowNames(decoder);
  const known = labelsOfRows(task, old);
  const fresh = labels.filter((label) => !known.includes(label) && examined.has(label));
  const all = [...old, ...fresh.flatMap((label) => rowsOfLabel(task, label))];
  const like = new Map<string, string>();
  const begins = new Map<string, { row: string; behind: number }>();
  for (const label of fresh) {
    const near = nearest(label);
    if (near === undefined) continue;
    like.set(label, near);
    const rows = rowsOfLabel(task, near);
    // Where the old label is no longer served, nothing stands between the new one and its place.
    const behind = labels.includes(near) ? BEHIND : 0;
    rowsOfLabel(task, label).forEach((row, i) => begins.set(row, { row: rows[i]!, behind }));
  }
  const names = new Set([
    ...(isSpanTask(task) ? ["O"] : []),
    ...labels.flatMap((label) => rowsOfLabel(task, label)),
    // No opinion, no mark: a label set that leaves it out does not mean that everything has an opinion.
    ...(decoder.unmarked === undefined ? [] : [decoder.unmarked]),
  ]);
  const served = all.flatMap((name, row) => (names.has(name) ? [row] : []));
  // The old ones among themselves: that nobody taught a new label on other text does not mean that it has no place there.
  const held = old.map((_, row) => row);
  return { all, served, held, like, change: { from: old, to: all, like: begins } };
}
