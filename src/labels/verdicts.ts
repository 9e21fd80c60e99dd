/** What a person's decisions say of the model's suggestions: which were right, which were not. */
import { isLabelTask } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { DecidedBy, LabelValue } from "./annotation";
import type { Decisions } from "./state";

/** What became of a suggestion. */
export interface Verdict {
  /** When it was decided on last: ISO 8601, UTC. */
  readonly time: string;
  /** Taken as it was: the same words under the same label. */
  readonly right: boolean;
  /** The version of the model that suggested it. */
  readonly version: string;
}

/**
 * The verdicts in one log's decisions, as they stand: what was undone is none, and what was decided anew is one. Labels that nobody suggested say nothing of
 * suggestions, and neither do those that a dataset brought, or answers.
 */
export function verdictsIn({ annotations, rejected }: Pick<Decisions, "annotations" | "rejected">): Verdict[] {
  const verdict = ({ time, model, origin }: DecidedBy, right: boolean): Verdict[] =>
    model === undefined || origin !== undefined ? [] : [{ time, right, version: model.version }];
  const kept = [...annotations.values()].filter(({ task, replaces }) => isLabelTask(task) && replaces.length > 0);
  // What another label took the place of is among the rejected, too.
  const replaced = new Set(kept.flatMap(({ task, replaces }) => replaces.map((old) => placed(task, old))));
  const gone = rejected.filter(({ task, value }) => isLabelTask(task) && !replaced.has(placed(task, value)));
  return [
    ...kept.flatMap((item) => {
      const { label, quote } = item.value;
      return verdict(
        item,
        item.replaces.some((old) => old.label === label && old.quote.exact === quote.exact),
      );
    }),
    ...gone.flatMap((item) => verdict(item, false)),
  ];
}

const placed = (task: Task, { span: { start, end }, label, quote }: LabelValue): string =>
  [task, start, end, label, quote.exact].join("\n");
