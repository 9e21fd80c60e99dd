/** What each annotator decided on one document, placed on its text of today. Offsets are UTF-16 code units. */
import { TASK_NAMES } from "../../documents/tasks";
import type { LabelTask, Task } from "../../documents/tasks";
import type { Steps } from "../../text/slices";
import { overlaps } from "../../text/span";
import type { Span } from "../../text/span";
import { answersLeft, answersSaid, keptAnswers } from "../answers";
import type { DecidedAnswers } from "../answers";
import type { LabelValue, PlacedLabel, PlacedVersion } from "../annotation";
import type { DecisionEvent } from "../events";
import { Positions } from "../positions";
import { mergeSpans } from "../regions";
import { reduce } from "../state";
import type { Decisions } from "../state";

/** A decided question, with those of its answers whose text is there. */
export interface PlacedQuestion {
  readonly question: string;
  readonly answers: DecidedAnswers<Span>;
}

/** A disagreement somebody settled. Exactly one of `region` and `question` is there. */
export interface PlacedAdjudication {
  readonly id: string;
  /** The event that decided it; ids of events sort by time. */
  readonly event: string;
  readonly task: Task;
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly region?: Span;
  readonly question?: string;
  /** Those whose text is there. */
  readonly labels: readonly PlacedLabel[];
  /** Of a question, its right answers; absent where the text of all of them is gone. */
  readonly answers?: DecidedAnswers<Span>;
  /** What each annotator had said, as far as its text is still there. */
  readonly versions: readonly PlacedVersion[];
}

/** One annotator's own decisions; adjudications stand beside them and do not change them. Labels whose text is gone are left out and counted. */
export interface AnnotatorLabels {
  readonly author: string;
  readonly entities: readonly PlacedLabel[];
  readonly sentiment: readonly PlacedLabel[];
  readonly questions: readonly PlacedQuestion[];
  /** By task, merged, in order. */
  readonly reviewed: Readonly<Record<Task, readonly Span[]>>;
  readonly adjudications: readonly PlacedAdjudication[];
  readonly stale: number;
}

/** Whether the annotator decided or reviewed anything; one who only adjudicates did not. */
export function annotated({ entities, sentiment, questions, reviewed, stale }: AnnotatorLabels): boolean {
  return (
    entities.length + sentiment.length + questions.length + stale > 0 || TASK_NAMES.some((t) => reviewed[t].length > 0)
  );
}

/** The events of several logs by who decided, in order of name; each list in order of id. Long names can share a log file. */
export function eventsByAuthor(logs: readonly (readonly DecisionEvent[])[]): ReadonlyMap<string, DecisionEvent[]> {
  const byAuthor = new Map<string, DecisionEvent[]>();
  for (const event of logs.flat()) {
    const list = byAuthor.get(event.author);
    if (list === undefined) byAuthor.set(event.author, [event]);
    else list.push(event);
  }
  for (const list of byAuthor.values()) list.sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map([...byAuthor].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Places the adjudications among a person's decisions; one whose disputed text is gone settles nothing any more and is left out. */
export function placedAdjudications(decisions: Decisions, positions: Positions): PlacedAdjudication[] {
  const at = (value: LabelValue): PlacedLabel | undefined => {
    const span = positions.at(value);
    return span && { ...span, label: value.label };
  };
  const place = (values: readonly LabelValue[]): PlacedLabel[] => values.flatMap((value) => at(value) ?? []);
  return [...decisions.adjudications.values()].flatMap((item): PlacedAdjudication[] => {
    const region = item.region && positions.at(item.region);
    if (region === undefined && item.question === undefined) return [];
    const { id, event, task, author, time, question } = item;
    const versions = item.versions.flatMap((version): PlacedVersion[] => {
      const labels = place(version.values);
      // Whose answers are all gone did not say that there is none.
      const lost = question !== undefined && answersLeft(version.values, labels) === undefined;
      return lost ? [] : [{ author: version.author, labels }];
    });
    const answers = question === undefined ? undefined : keptAnswers(answersSaid(item.labels), at);
    const of = question === undefined ? { region: region! } : { question, ...(answers && { answers }) };
    return [{ ...{ id, event, task, author, time, versions, labels: place(item.labels) }, ...of }];
  });
}

/** One annotator's events, in order of id, on a text. */
export function* annotatorLabels(
  author: string,
  events: readonly DecisionEvent[],
  text: string,
): Steps<AnnotatorLabels> {
  const positions = new Positions(0);
  for (const event of events) positions.track(event, text);
  positions.locate(text);
  yield* positions.searching();
  const state = reduce(events);
  let stale = 0;
  const placed = (value: LabelValue): PlacedLabel | undefined => {
    const span = positions.at(value);
    if (span === undefined) stale++;
    return span && { ...span, label: value.label };
  };
  const labels: Record<LabelTask, PlacedLabel[]> = { entities: [], sentiment: [] };
  for (const { task, value } of state.annotations.values()) {
    const found = placed(value);
    if (found !== undefined) labels[task === "sentiment" ? "sentiment" : "entities"].push(found);
  }
  const questions = [...state.questions.values()].flatMap(({ question, answers }): PlacedQuestion[] => {
    const found = keptAnswers(answers, (value) => {
      const span = placed(value);
      return span && { start: span.start, end: span.end };
    });
    return found === undefined ? [] : [{ question: question.trim(), answers: found }];
  });
  const reviewed = (task: Task): Span[] =>
    mergeSpans(state.reviewed.filter((item) => item.task === task).flatMap(({ region }) => positions.region(region)));
  return {
    author,
    entities: labels.entities.sort(byPlace),
    sentiment: labels.sentiment.sort(byPlace),
    questions,
    reviewed: {
      entities: reviewed("entities"),
      sentiment: reviewed("sentiment"),
      answers: reviewed("answers"),
    },
    adjudications: placedAdjudications(state, positions),
    stale,
  };
}

/** In order of position. */
export function byPlace(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end;
}

/**
 * The adjudications of a document that count, whoever decided them: of two on the same text or question the later one.
 * In order of decision.
 */
export function adjudicationsOf(annotators: readonly Pick<AnnotatorLabels, "adjudications">[]): PlacedAdjudication[] {
  const all = annotators.flatMap(({ adjudications }) => adjudications).sort((a, b) => (a.event < b.event ? 1 : -1));
  const kept: PlacedAdjudication[] = [];
  for (const item of all) {
    const replaced = kept.some(
      (later) =>
        later.task === item.task &&
        (item.question === undefined
          ? later.region !== undefined && overlaps(later.region, item.region!)
          : later.question === item.question),
    );
    if (!replaced) kept.push(item);
  }
  return kept.reverse();
}
