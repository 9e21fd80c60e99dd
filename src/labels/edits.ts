/** What edits of a text did to decisions about it: those that a later session would not find where they are now. Offsets are UTF-16 code units. */
import { QUESTIONS } from "../documents/tasks";
import { QuoteFinder } from "../text/finder";
import { lastingQuotes } from "../text/quoting";
import type { Steps } from "../text/slices";
import type { Span } from "../text/span";
import { adjudicatedAgain } from "./adjudicate";
import { anchorsOf, recorded } from "./annotation";
import type { Anchor, LabelValue } from "./annotation";
import { answersIn } from "../documents/answers";
import type { Draft } from "./drafts";
import type { Positions } from "./positions";
import type { Decisions } from "./state";

/** What edits changed about decisions, and which of the new values stand where the old ones do. */
export interface Edited {
  readonly drafts: readonly Draft[];
  readonly same: ReadonlyMap<Anchor, Anchor>;
}

/** What edits would make hard to find again, on the text as it is when this is begun: edits meanwhile change nothing about it. */
export function* editedDecisions(decisions: Decisions, positions: Positions, text: string): Steps<Edited> {
  const { annotations, questions, adjudications } = decisions;
  const settled = [...adjudications.values()].map((item) => ({
    item,
    decided: [...(item.region ? [item.region] : []), ...item.labels.flatMap(anchorsOf)],
    all: [
      ...item.versions.flatMap(({ values }) => values.flatMap(anchorsOf)),
      ...(item.region ? [item.region] : []),
      ...item.labels.flatMap(anchorsOf),
    ],
  }));
  const placed = new Map<Anchor, Span>();
  const decided = [
    ...[...annotations.values()].map(({ value }) => anchorsOf(value)),
    ...[...questions.values()].map(({ answers }) => answersIn(answers).flatMap(anchorsOf)),
    ...settled.map(({ decided: of }) => of),
  ];
  for (const value of [...decided, ...settled.map(({ all }) => all)].flat()) {
    const span = positions.at(value);
    if (span !== undefined) placed.set(value, span);
  }
  const items = decided.flat().filter((value) => placed.has(value));
  // What a later session would find from the log alone must be what the label is on now.
  const found = yield* new QuoteFinder(text).finding(items);
  const edited = new Set(
    items.filter((value, index) => {
      const [there, span] = [found[index], placed.get(value)!];
      return there?.start !== span.start || there.end !== span.end;
    }),
  );
  const touched = (list: readonly Anchor[]): boolean => list.some((value) => edited.has(value));
  const anew = [...decided.filter(touched), ...settled.flatMap((one) => (touched(one.decided) ? [one.all] : []))]
    .flat()
    .filter((value) => placed.has(value));
  const quotes = yield* lastingQuotes(
    text,
    anew.map((value) => placed.get(value)!),
  );
  const anchors = new Map(
    anew.map((value, index) => [value, { span: placed.get(value)!, quote: quotes[index]! }] as const),
  );
  const drafts: Draft[] = [];
  const same = new Map<Anchor, Anchor>();
  const now = (value: LabelValue): LabelValue => {
    const made = {
      ...recorded(value),
      ...anchors.get(value),
      ...(value.further && { further: value.further.map((part) => ({ ...part, ...anchors.get(part) })) }),
    };
    const before = anchorsOf(value);
    for (const [index, part] of anchorsOf(made).entries()) same.set(part, before[index]!);
    return made;
  };
  for (const { id, task, value } of annotations.values()) {
    if (!touched(anchorsOf(value))) continue;
    drafts.push({ kind: "resized", cause: "edit", task, annotation: id, old: recorded(value), new: now(value) });
  }
  for (const { id, question, answers } of questions.values()) {
    const list = answersIn(answers);
    if (!touched(list.flatMap(anchorsOf))) continue;
    const values = { old: list.map(recorded), new: list.map(now) };
    drafts.push({ kind: "answered", cause: "edit", task: QUESTIONS, annotation: id, question, ...values });
  }
  for (const { item, decided: of } of settled) {
    const region = item.region && anchors.get(item.region);
    if (!touched(of) || (item.region !== undefined && region === undefined)) continue;
    if (region !== undefined) same.set(region, item.region!);
    drafts.push(adjudicatedAgain(item, region, now));
  }
  return { drafts, same };
}

/** What is decided under an id: a label, answers, or the labels of an adjudication. */
export function decidedValues({ annotations, questions, adjudications }: Decisions, id: string): readonly LabelValue[] {
  const value = annotations.get(id)?.value;
  if (value !== undefined) return [value];
  const answers = questions.get(id)?.answers;
  return answers === undefined ? (adjudications.get(id)?.labels ?? []) : answersIn(answers);
}
