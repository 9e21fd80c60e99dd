/** Agreeing that a label whose text is not certain to be there is where it is proposed to be. Offsets are UTF-16 code units. */
import { isQuestionTask, QUESTIONS } from "../documents/tasks";
import type { ClassTask } from "../documents/tasks";
import { lastingQuote } from "../text/quoting";
import { answersIn } from "../documents/answers";
import { beside, recorded } from "./annotation";
import type { Annotation, LabelValue } from "./annotation";
import { amended } from "./adjudicate";
import { LabelsError } from "./contract";
import type { DocumentLabelling } from "./contract";
import { besideOthers } from "./drafts";
import type { Draft } from "./drafts";

type Labels = Pick<DocumentLabelling, "adjudications" | "get" | "questions">;

/** @param multiple as `DecisionDrafts` has it. @throws {LabelsError} for an id that is not stale or has no proposal. */
export function agreed(
  text: string,
  labels: Labels,
  ids: readonly string[],
  multiple: readonly ClassTask[] = [],
): Draft[] {
  const items = ids.map((id): Annotation & Required<Pick<Annotation, "proposal">> => {
    const item = labels.get(id);
    if (item?.status !== "stale") throw new LabelsError("This label is not in doubt: there is nothing to agree to.");
    const { proposal } = item;
    if (proposal === undefined && item.unsought === true)
      throw new LabelsError(
        `"${item.quote.exact}" was not looked for, since so many labels are in doubt: decide on others first.`,
      );
    if (proposal === undefined)
      throw new LabelsError(`Nothing like "${item.quote.exact}" was found: resize or remove the label.`);
    return { ...item, proposal };
  });
  const value = (item: Annotation): LabelValue => {
    const span = items.find(({ id }) => id === item.id)?.proposal ?? item.span;
    if (item.status === "stale" && !ids.includes(item.id)) return recorded(item);
    const now = { span: { start: span.start, end: span.end }, quote: lastingQuote(text, span) };
    return { label: item.label, ...now, ...beside(item) };
  };
  const drafts: Draft[] = [];
  const settled = new Set<string>();
  const asked = new Set<string>();
  for (const item of items) {
    if (item.adjudication !== undefined) settled.add(item.adjudication);
    else if (isQuestionTask(item.task)) asked.add(item.question ?? "");
    else {
      const model = item.model === undefined ? {} : { model: item.model };
      drafts.push({
        kind: "resized",
        task: item.task,
        annotation: item.id,
        old: recorded(item),
        new: value(item),
        ...model,
        ...besideOthers(item.task, multiple),
      });
    }
  }
  for (const question of asked) {
    const { id, answers } = labels.questions().find((one) => one.question === question)!;
    const list = answersIn(answers);
    const values = { old: list.map(recorded), new: list.map(value) };
    drafts.push({ kind: "answered", task: QUESTIONS, annotation: id, question, ...values });
  }
  for (const id of settled) {
    const settlement = labels.adjudications().find((one) => one.id === id);
    if (settlement === undefined)
      throw new LabelsError("The text of this adjudication is gone: settle the disagreement anew.");
    drafts.push({ ...amended(text, settlement, []), new: settlement.labels.map(value) });
  }
  return drafts;
}
