/** Which of people's decisions count on a text: where they disagreed and somebody settled it, what that says. Offsets are UTF-16 code units. */
import { answersSaid, keptAnswers } from "../documents/answers";
import type { Decided, DecidedRelation, Label, Labelled, Question, StaleRelation } from "../documents/labelled";
import { attributesInOrder, withAttributes } from "../documents/attributes";
import { layersOf } from "../documents/layers";
import { withRelations } from "../documents/relations";
import { isClassTask } from "../documents/tasks";
import type { Task } from "../documents/tasks";
import { overlaps, quoted } from "../text/span";
import type { Span } from "../text/span";
import { apart, byPlace, commonText, mergeSpans, touched } from "../text/spans";
import type { Adjudication, Annotation, AnsweredQuestion, PlacedRelation } from "./annotation";
import { provenance } from "./provenance";
import type { Replay } from "./replay";

/** A text of which settled text is less than one part in so many is another text. */
const LONGER_TEXT = 4;

/** What counts of people's decisions. */
export interface Settled {
  readonly annotations: readonly Annotation[];
  readonly questions: readonly AnsweredQuestion[];
  readonly relations: readonly PlacedRelation[];
  /** Relations of labels that gave way to an adjudication. */
  readonly loose: readonly PlacedRelation[];
  /** Those in force. */
  readonly adjudications: readonly Adjudication[];
  /** Text in which adjudications decide, merged, in order. */
  readonly regions: (task: Task) => readonly Span[];
}

/** Adjudications in force: in settled text and of settled questions only their labels count. Everything else stays as people have it. */
export function settle(replays: readonly Replay[]): Settled {
  const adjudications = inForce(replays.flatMap((replay) => replay.adjudications()));
  const merged = new Map<Task, readonly Span[]>();
  const regions = (task: Task): readonly Span[] => {
    const known =
      merged.get(task) ?? mergeSpans(adjudications.flatMap((item) => (item.task === task && item.region) || []));
    merged.set(task, known);
    return known;
  };
  const own = replays
    .flatMap((replay) => replay.annotations())
    .filter(({ task, span, status }) => status === "stale" || !givesWay(task, span, regions(task)));
  const settled = adjudications.flatMap(({ id, question, labels, author, time }): AnsweredQuestion[] =>
    question === undefined
      ? []
      : [{ id, question, answers: answersSaid(labels), plausible: [], author, time, adjudication: id }],
  );
  // Of a question whose settled answers are gone, what annotators had said does not come back.
  const asked = new Set(settled.map(({ question }) => question.trim()));
  const unsettled = replays
    .flatMap((replay) => replay.questions())
    .filter(({ question }) => !asked.has(question.trim()));
  const labels = adjudications.flatMap((item) => (item.question === undefined ? item.labels : []));
  return {
    annotations: [...own, ...labels],
    questions: [...unsettled, ...settled],
    ...related(replays, own, labels),
    adjudications,
    regions,
  };
}

/** Relations between labels that count. In settled text a relation is one of the label there that is on the same words, under the same name. */
function related(
  replays: readonly Replay[],
  own: readonly Annotation[],
  settled: readonly Annotation[],
): Pick<Settled, "relations" | "loose"> {
  if (replays.every(({ decisions }) => decisions.relations.size === 0)) return { relations: [], loose: [] };
  const counts = new Map(own.map((item) => [item.id, item] as const));
  const key = ({ task, label, span }: Annotation): string => `${task} ${span.start} ${span.end} ${label}`;
  const instead = new Map(settled.filter(({ status }) => status === "accepted").map((item) => [key(item), item]));
  const found = new Map<string, PlacedRelation>();
  const loose: PlacedRelation[] = [];
  for (const replay of replays) {
    for (const item of replay.relations()) {
      const end = (label: Annotation): Annotation | undefined => counts.get(label.id) ?? instead.get(key(label));
      const [from, to] = [end(item.from), end(item.to)];
      if (from === undefined || to === undefined) {
        loose.push(item);
        continue;
      }
      const said = JSON.stringify([item.type, from.id, to.id, attributesInOrder(item.attributes)]);
      // What several annotators had said of labels that were settled is said once.
      if (!found.has(said)) found.set(said, { ...item, from, to });
    }
  }
  return { relations: [...found.values()], loose };
}

/** Whether settled text decides on a label: a span's wherever they touch; a class of a far longer text, such as all of the document, stays. */
function givesWay(task: Task, span: Span, regions: readonly Span[]): boolean {
  if (!touched(regions, span) || !isClassTask(task)) return touched(regions, span);
  const shared = commonText(regions, [span]).reduce((sum, { start, end }) => sum + end - start, 0);
  return shared * LONGER_TEXT >= span.end - span.start;
}

/** The adjudications that count, whoever decided them: of two on the same text or question the later one. In order of decision. */
export function inForce(adjudications: readonly Adjudication[]): Adjudication[] {
  const kept: Adjudication[] = [];
  for (const item of [...adjudications].sort((a, b) => (a.event < b.event ? 1 : -1))) {
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

/** People's decisions on a text, without what is gone from it, which is listed as stale. `counts`: what of them counts. */
export function labelled(
  text: string,
  replays: readonly Replay[],
  counts: Pick<Settled, "annotations" | "questions" | "regions"> & Partial<Pick<Settled, "relations" | "loose">>,
): Labelled<Decided> {
  const placed = counts.annotations.filter(({ status }) => status === "accepted");
  const tokenized = apart(replays.flatMap((replay) => replay.tokenized()));
  return {
    text,
    ...(tokenized.length > 0 && { tokenized }),
    layers: layersOf((task) => {
      const regions = counts.regions(task);
      const labels = placed.filter((item) => item.task === task).map((item) => labelOf(text, item));
      const rejected = replays.flatMap((replay) => replay.rejected(task, text)).sort(byPlace);
      return {
        labels,
        rejected,
        reviewed: mergeSpans([...replays.flatMap((replay) => replay.reviewed(task)), ...regions]),
        decided: [...labels, ...rejected.filter((item) => !touched(regions, item)), ...regions],
        stale: replays.flatMap((replay) => replay.stale(task, text)),
      };
    }),
    questions: counts.questions.flatMap((item) => questionOf(text, item)),
    ...relationsOf(counts),
  };
}

function relationsOf({
  relations: all = [],
  loose = [],
}: Partial<Pick<Settled, "relations" | "loose">>): Pick<Labelled<Decided>, "relations" | "staleRelations"> {
  const isThere = ({ from, to }: PlacedRelation): boolean => from.status === "accepted" && to.status === "accepted";
  const said = ({ type, from, to }: PlacedRelation): StaleRelation => ({
    ...{ type, exact: [from.quote.exact, to.quote.exact], span: from.span },
  });
  const stale = [
    ...all.filter((item) => !isThere(item)).map(said),
    ...loose.map((item): StaleRelation => ({ ...said(item), settled: true })),
  ];
  return { ...withRelations(all.filter(isThere).map(relationOf)), ...(stale.length > 0 && { staleRelations: stale }) };
}

function relationOf({ id, type, from, to, attributes, ...by }: PlacedRelation): DecidedRelation {
  const says = withAttributes(attributesInOrder(attributes));
  return { ...{ id, type, from: from.id, to: to.id }, ...says, ...provenance(by) };
}

function labelOf(text: string, item: Annotation): Label & Decided {
  const { id, span, label, attributes, author = "", time = "", score } = item;
  const says = withAttributes(attributesInOrder(attributes));
  return { id, ...quoted(text, span), label, ...says, ...provenance({ ...item, author, time }, score) };
}

/** None where the text of all its answers is gone, or where it has none in a text that is gone. */
function questionOf(text: string, item: AnsweredQuestion): (Question & Decided)[] {
  const { id, question, plausible } = item;
  const answers = keptAnswers(item.answers, ({ status, span }) =>
    status === "accepted" ? quoted(text, span) : undefined,
  );
  const { sourceId, context } = item;
  if (answers === undefined || (answers === "none" && context === "gone")) return [];
  return [
    {
      ...{ id, question, answers, plausible: plausible.map((span) => quoted(text, span)), ...provenance(item) },
      ...(sourceId !== undefined && { sourceId }),
      ...(context !== undefined && context !== "gone" && { context }),
    },
  ];
}
