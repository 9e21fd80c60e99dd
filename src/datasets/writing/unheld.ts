/** Decisions a format has no place for, one loss each. */
import { answersIn } from "../../labels/answers";
import { mergeSpans } from "../../labels/regions";
import type { Task } from "../../documents/tasks";
import { append } from "../../text/grouped";
import type { Span } from "../../text/span";
import type { LabelledDocument } from "../document";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { unwritable, UNWRITABLE } from "../../text/well-formed";

/** Every decision of these tasks in a document as a loss with this reason, rejections included. */
export function decisionLosses(document: LabelledDocument, tasks: readonly Task[], reason: string): Loss[] {
  const losses: Loss[] = [];
  const add = (task: Task, span: Span, exact: string, label?: string): void => {
    const at = { start: span.start, end: span.end };
    const of = { document: document.path, task, span: at, ...(label !== undefined && { label }) };
    losses.push({ kind: "dropped", ...of, exact: excerpt(exact), reason });
  };
  for (const task of ["entities", "sentiment"] as const) {
    if (tasks.includes(task)) for (const item of document[task]) add(task, item, item.exact, item.label);
  }
  if (tasks.includes("answers")) {
    for (const { question, answers } of document.questions) {
      const [first] = answersIn(answers);
      add("answers", first ?? { start: 0, end: 0 }, `${question} → ${first?.exact ?? ""}`);
    }
  }
  for (const item of document.rejected) {
    if (!tasks.includes(item.task)) continue;
    const exact = item.question === undefined ? item.exact : `${item.question} → ${item.exact}`;
    add(item.task, item, `not: ${exact}`, item.label);
  }
  return losses;
}

/** Documents that UTF-8 can hold; of the others every decision is a loss. */
export function writableDocuments<T extends LabelledDocument>(
  documents: readonly T[],
  tasks: readonly Task[],
): { readonly documents: readonly T[]; readonly losses: readonly Loss[] } {
  const losses: Loss[] = [];
  const kept = documents.filter((document) => {
    if (!unwritable(document.text)) return true;
    append(losses, decisionLosses(document, tasks, `its document ${UNWRITABLE}`));
    return false;
  });
  return { documents: kept, losses };
}

/**
 * For formats that hold whole documents and have no mark for "not reviewed": the stretches that their readers will take for reviewed. White
 * space alone is none.
 */
export function unreviewedLosses({ path, text, reviewed }: LabelledDocument): Loss[] {
  const gaps: Span[] = [];
  let from = 0;
  for (const { start, end } of mergeSpans(reviewed)) {
    gaps.push({ start: from, end: start });
    from = end;
  }
  gaps.push({ start: from, end: text.length });
  return gaps
    .filter(({ start, end }) => /\S/.test(text.slice(start, end)))
    .map((span) => ({
      kind: "assumed",
      document: path,
      task: "entities",
      span,
      exact: excerpt(text.slice(span.start, span.end)),
      reason: "not reviewed, which this format cannot say: its tools take what is not labelled here for outside",
    }));
}
