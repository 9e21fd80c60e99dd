/** What each annotator of a document decided, as it stands on the text of today. Offsets are UTF-16 code units. */
import type { Decided, Labelled } from "../../documents/labelled";
import { mapLayers } from "../../documents/layers";
import { LABEL_TASKS, TASK_NAMES } from "../../documents/tasks";
import { addTo } from "../../text/grouped";
import type { Steps } from "../../text/slices";
import { byPlace } from "../../text/spans";
import type { Adjudication } from "../annotation";
import type { DecisionEvent } from "../events";
import { replaying } from "../replay";
import { labelled } from "../settled";

/**
 * One annotator's own decisions, labels in order of position, questions without white space around them; adjudications stand beside them and do not change
 * them.
 */
export interface AnnotatorLabels extends Labelled<Decided> {
  readonly author: string;
  readonly adjudications: readonly Adjudication[];
  /** How many of the person's own labels and answers are gone from the text. */
  readonly stale: number;
}

/** Whether the annotator decided or reviewed anything; one who only adjudicates did not. */
export function annotated({ layers, questions, stale }: AnnotatorLabels): boolean {
  return (
    questions.length + stale > 0 ||
    LABEL_TASKS.some((task) => layers[task].labels.length > 0) ||
    TASK_NAMES.some((task) => layers[task].reviewed.length > 0)
  );
}

/** The events of several logs by who decided, in order of name; each list in order of id. Long names can share a log file. */
export function eventsByAuthor(logs: readonly (readonly DecisionEvent[])[]): ReadonlyMap<string, DecisionEvent[]> {
  const byAuthor = new Map<string, DecisionEvent[]>();
  for (const event of logs.flat()) addTo(byAuthor, event.author, [event]);
  for (const list of byAuthor.values()) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([...byAuthor].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** One annotator's events, in order of id, on a text. */
export function* annotatorLabels(
  author: string,
  events: readonly DecisionEvent[],
  text: string,
): Steps<AnnotatorLabels> {
  const replay = yield* replaying(events, text);
  const own = { annotations: replay.annotations(), questions: replay.questions(), regions: () => [] };
  const { layers, questions } = labelled(text, [replay], own);
  return {
    ...{ author, text },
    layers: mapLayers(layers, ({ labels }) => ({ labels: [...labels].sort(byPlace) })),
    questions: questions.map((item) => ({ ...item, question: item.question.trim() })),
    adjudications: replay.adjudications(),
    stale: replay.lost,
  };
}
