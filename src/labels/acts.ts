/** What acts were: by a person's hand, or an import. */
import type { DecisionEvent } from "./events";

/** The ids of acts that brought a dataset in. What such an act takes away says so no other way. */
export function importedActs(events: readonly DecisionEvent[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { act, kind, origin } of events) if (origin !== undefined || kind === "tokenized") found.add(act);
  return found;
}
