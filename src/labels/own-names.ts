/** Labels under the names that the label set gives them: a model, or decisions from before a label was renamed, may call them otherwise. */
import { isLabelTask, LABEL_TASKS } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import type { AnnotatorVersion, LabelValue } from "./annotation";
import type { DecisionEvent } from "./events";
import type { LabelDefinition, LabelSets } from "./labelset";

/** A label of a set by its name or by one of its aliases; undefined if the set lacks it. */
export function labelNamed(sets: LabelSets, task: Task, name: string): LabelDefinition | undefined {
  if (!isLabelTask(task)) return undefined;
  const labels = sets[task];
  return labels.find((label) => label.name === name) ?? labels.find(({ aliases }) => aliases?.includes(name) === true);
}

/** Equal for label sets under which events are read alike ({@link underOwnNames}) and mean the same; without a set, as for one without aliases. */
export function aliasKey(sets?: LabelSets): string {
  const pairs = LABEL_TASKS.flatMap((task) =>
    (sets?.[task] ?? []).flatMap(({ name, aliases = [] }) => aliases.map((alias) => [task, name, alias])),
  );
  return JSON.stringify([pairs, sets?.multiple ?? []]);
}

/** Events as they are to be read with a label set: what they say under an alias they say of the label. Events that say nothing so are the same objects. */
export function underOwnNames(events: readonly DecisionEvent[], sets: LabelSets): readonly DecisionEvent[] {
  const any = LABEL_TASKS.some((task) => sets[task].some(({ aliases = [] }) => aliases.length > 0));
  return any ? events.map((event) => renamed(event, sets)) : events;
}

function renamed(event: DecisionEvent, sets: LabelSets): DecisionEvent {
  const { task } = event;
  // A declared layer has labels of its own; answers have none.
  if (event.layer !== undefined || !isLabelTask(task)) return event;
  const changed = new Set<string>();
  const one = <T extends LabelValue>(value: T): T => {
    const name = labelNamed(sets, task, value.label)?.name ?? value.label;
    if (name === value.label) return value;
    changed.add(name);
    return { ...value, label: name };
  };
  const { old, new: now, replaces, versions } = event as EventValues;
  const values: EventValues = {
    ...(old !== undefined && { old: isList(old) ? old.map(one) : one(old) }),
    ...(now !== undefined && { new: isList(now) ? now.map(one) : one(now) }),
    ...(replaces !== undefined && { replaces: replaces.map(one) }),
    ...(versions !== undefined && { versions: versions.map((said) => ({ ...said, values: said.values.map(one) })) }),
  };
  return changed.size > 0 ? ({ ...event, ...values } as DecisionEvent) : event;
}

/** Where in an event there may be labels, whatever its kind. */
interface EventValues {
  readonly old?: LabelValue | readonly LabelValue[];
  readonly new?: LabelValue | readonly LabelValue[];
  readonly replaces?: readonly LabelValue[];
  readonly versions?: readonly AnnotatorVersion[];
}

function isList(value: LabelValue | readonly LabelValue[]): value is readonly LabelValue[] {
  return Array.isArray(value);
}
