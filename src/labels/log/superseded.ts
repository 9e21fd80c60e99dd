/** Which events of a log no longer change what it amounts to. Pure. */
import { aboutTasks } from "../events";
import type { DecisionEvent } from "../events";
import { activeActs, reduce } from "../state";
import type { Decisions } from "../state";

/** The latest acts, which stay whole so that undo and redo reach back over them. */
const KEPT_ACTS = 100;

/** What a state says, without its undo stacks; equal text means equal states. Regions reviewed twice are reviewed once. */
function meaning(state: Decisions): string {
  const { annotations, questions, relations, adjudications, rejected, reviewed, tokenized } = state;
  const sorted = (list: Iterable<unknown>): string[] =>
    [...new Set([...list].map((item) => JSON.stringify(item)))].sort();
  return JSON.stringify(
    [annotations, questions, relations, adjudications]
      .map((items) => sorted(items.values()))
      .concat([rejected, reviewed, tokenized].map(sorted)),
  );
}

/** Acts that take each other back: the decision, its undo, the undo's undo, and so on, by the decision's act. */
function families(events: readonly DecisionEvent[]): Map<string, Set<string>> {
  const target = new Map<string, string>();
  for (const event of events) if (event.kind === "undone") target.set(event.act, event.undoes);
  const root = (act: string): string => {
    let at = act;
    // As many steps as there are acts: events edited by hand may undo each other in a circle.
    for (let steps = 0; steps <= target.size; steps++) {
      const next = target.get(at);
      if (next === undefined) break;
      at = next;
    }
    return at;
  };
  const found = new Map<string, Set<string>>();
  for (const act of target.keys()) {
    const of = root(act);
    found.set(of, (found.get(of) ?? new Set([of])).add(act));
  }
  return found;
}

function groupBy(
  events: readonly DecisionEvent[],
  key: (event: DecisionEvent) => string | undefined,
): DecisionEvent[][] {
  const groups = new Map<string, DecisionEvent[]>();
  for (const event of events) {
    const of = key(event);
    if (of === undefined) continue;
    const group = groups.get(of);
    if (group === undefined) groups.set(of, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}

/**
 * The ids of events without which a log, given in order of id, still amounts to the same decisions: what was taken back, what a later event on
 * the same annotation says again in full, regions reviewed once more later. Nothing of the last hundred acts is among them. Undo stacks alone
 * become shorter.
 */
export function supersededEvents(all: readonly DecisionEvent[]): ReadonlySet<string> {
  // What events about declared layers amount to is not known here: they stay.
  const events = aboutTasks(all);
  const recent = new Set([...new Set(events.map(({ act }) => act))].slice(-KEPT_ACTS));
  const active = activeActs(events);
  const known = new Set(events.map(({ act }) => act));
  const gone = new Set<string>();
  const drop = (list: readonly DecisionEvent[]): void => list.forEach(({ id }) => gone.add(id));

  const settledActs = new Set<string>();
  for (const [root, acts] of families(events)) {
    if (!known.has(root) || [...acts].some((act) => recent.has(act))) continue;
    for (const act of acts) if (act !== root || !active(root)) settledActs.add(act);
  }
  drop(events.filter(({ act }) => settledActs.has(act)));

  const counting = events.filter(({ id, act }) => !gone.has(id) && active(act));
  for (const group of groupBy(counting, (event) => ("annotation" in event ? event.annotation : undefined))) {
    if (group.length < 2 || group.some(({ act }) => recent.has(act))) continue;
    if (meaning(reduce(group)) === meaning(reduce(group.slice(-1)))) drop(group.slice(0, -1));
  }

  const reviewedLater = new Set<string>();
  for (const event of counting.toReversed()) {
    if (event.kind !== "reviewed") continue;
    const keys = event.regions.map(({ span, digest }) => `${event.task} ${span.start} ${span.end} ${digest}`);
    if (!recent.has(event.act) && keys.every((key) => reviewedLater.has(key))) gone.add(event.id);
    else keys.forEach((key) => reviewedLater.add(key));
  }
  const kept = events.filter(({ id }) => !gone.has(id));
  // The rules above are each right by themselves; that they are so together is worth a look, since what is at stake is somebody's work.
  return meaning(reduce(kept)) === meaning(reduce(events)) ? gone : new Set();
}
