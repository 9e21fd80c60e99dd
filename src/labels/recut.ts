/** One label cut in two, and several made one: as decisions on what is there. Offsets are UTF-16 code units. */
import { isSpanTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { sameSpan, trimSpan } from "../text/span";
import { beside } from "./annotation";
import type { Annotation } from "./annotation";
import { LabelsError } from "./contract";
import type { DocumentLabelling } from "./contract";
import type { DecisionDrafts, Draft } from "./drafts";

type Spanning = Annotation & { readonly task: LabelTask };

/** @throws {LabelsError} for what no span of its own can be made of */
function spanning(labels: Pick<DocumentLabelling, "get">, id: string): Spanning {
  const item = labels.get(id);
  if (item === undefined) throw new LabelsError("This label is not there any more.");
  if (!isSpanTask(item.task)) throw new LabelsError("Only labels on words in the text are cut in two or made one.");
  if (item.status === "stale")
    throw new LabelsError(`The text of "${item.quote.exact}" is gone: give it a new span, or remove it.`);
  if (item.adjudication !== undefined)
    throw new LabelsError("It is settled by an adjudication: change its label there, or undo it.");
  if (item.further !== undefined)
    throw new LabelsError(`The label "${item.quote.exact}" is in several stretches of the text: resize or remove it.`);
  return { ...item, task: item.task };
}

/**
 * A label cut in two at an offset; white space there belongs to neither. Both have what it says.
 * @throws {LabelsError} for an unknown label, one that cannot be cut, or where one part would be empty.
 */
export function split(
  text: string,
  labels: Pick<DocumentLabelling, "get">,
  drafts: DecisionDrafts,
  id: string,
  at: number,
): Draft[] {
  const item = spanning(labels, id);
  const inside = item.span.start < at && at < item.span.end;
  const first = inside ? trimSpan(text, { start: item.span.start, end: at }) : undefined;
  const second = inside ? trimSpan(text, { start: at, end: item.span.end }) : undefined;
  if (first === undefined || second === undefined)
    throw new LabelsError("A label is cut within it: put the cursor between two of its words.");
  const added = drafts.add(item.task, second, item.label);
  return [
    ...drafts.resize(id, first),
    ...added.map((draft) => (draft.kind === "added" ? { ...draft, new: { ...draft.new, ...beside(item) } } : draft)),
  ];
}

/**
 * One label from the first's start to the last's end, under the label of the first that is decided, else of the first.
 * @throws {LabelsError} for fewer than two labels, unknown ones, or labels of different tasks.
 */
export function merge(labels: Pick<DocumentLabelling, "get">, drafts: DecisionDrafts, ids: readonly string[]): Draft[] {
  const items = [...new Set(ids)].map((id) => spanning(labels, id)).sort((a, b) => a.span.start - b.span.start);
  const [first, ...more] = items;
  if (first === undefined || more.length === 0) throw new LabelsError("Choose two labels to make one of.");
  if (more.some(({ task }) => task !== first.task)) throw new LabelsError("The labels are of different kinds.");
  const span = { start: first.span.start, end: Math.max(...items.map((item) => item.span.end)) };
  const kept = items.find(({ status }) => status === "accepted") ?? first;
  const gone = items.filter((item) => item !== kept && item.status === "accepted");
  // Suggestions are drawn over by it. One that covers the others already stays as it is.
  const whole = sameSpan(kept.span, span) && kept.status === "accepted" ? [] : drafts.resize(kept.id, span);
  const rest = gone.length === 0 ? [] : drafts.remove(gone.map(({ id }) => id));
  if (whole.length + rest.length === 0) throw new LabelsError("One of the labels covers the other already.");
  return [...whole, ...rest];
}
