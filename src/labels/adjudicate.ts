/** Settling disagreements, as drafts of events. Offsets are UTF-16 code units. */
import { isQuestionTask } from "../documents/tasks";
import { lastingQuote } from "../text/quoting";
import type { Span } from "../text/span";
import { ANSWER_LABEL, beside, recorded } from "./annotation";
import type { Adjudication, Anchor, LabelValue, PlacedLabel } from "./annotation";
import type { AdjudicationRequest } from "./contract";
import type { AdjudicatedEvent } from "./events";
import { newId } from "./ids";
import type { DecidedAdjudication } from "./state";

/** The event before it has an id, an act, a time and an author. */
export type AdjudicatedDraft = Omit<AdjudicatedEvent, "v" | "id" | "act" | "time" | "author" | "unit">;

function anchored(text: string, { start, end }: Span): Anchor {
  return { span: { start, end }, quote: lastingQuote(text, { start, end }) };
}

function valued(text: string, item: PlacedLabel): LabelValue {
  return { label: item.label, ...anchored(text, item), ...beside(item) };
}

/** A request on a text; `before`: what the same person settled there already. */
export function adjudicated(text: string, request: AdjudicationRequest, before?: Adjudication): AdjudicatedDraft {
  const { task, region, question, versions, chosen } = request;
  const labels = isQuestionTask(task)
    ? request.labels.map((item) => ({ ...item, label: ANSWER_LABEL }))
    : request.labels;
  return {
    kind: "adjudicated",
    task,
    annotation: before?.id ?? newId(),
    ...(isQuestionTask(task) ? { question: question?.trim() ?? "" } : { region: anchored(text, region) }),
    versions: versions.map((version) => ({
      author: version.author,
      values: version.labels.map((item) => valued(text, item)),
    })),
    ...(chosen !== undefined && { chosen }),
    ...(before && { old: before.labels.map(recorded) }),
    new: labels.map((item) => valued(text, item)),
  };
}

/** An adjudication with other labels: what its own labels are changed to. */
export function amended(
  text: string,
  before: Adjudication,
  labels: readonly PlacedLabel[],
  region: Span = before.region ?? { start: 0, end: 0 },
): AdjudicatedDraft {
  const { task, question, versions } = before;
  return adjudicated(text, { task, region, versions, labels, ...(question !== undefined && { question }) }, before);
}

/** The same adjudication on a text that was edited in or around it, so that a later session finds it. */
export function adjudicatedAgain(
  { id, task, question, labels, versions, chosen }: DecidedAdjudication,
  region: Anchor | undefined,
  now: (value: LabelValue) => LabelValue,
): AdjudicatedDraft {
  return {
    kind: "adjudicated",
    cause: "edit",
    task,
    annotation: id,
    ...(region && { region }),
    ...(question !== undefined && { question }),
    versions: versions.map(({ author, values }) => ({ author, values: values.map(now) })),
    ...(chosen !== undefined && { chosen }),
    old: labels.map(recorded),
    new: labels.map(now),
  };
}
