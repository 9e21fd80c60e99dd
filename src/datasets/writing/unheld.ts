/** What a format has no place for, one loss each. */
import { answersIn } from "../../documents/answers";
import { attributesInOrder } from "../../documents/attributes";
import type { Provenance, Rejection } from "../../documents/labelled";
import { decisionsIn, rejectedIn, staleIn } from "../../documents/layers";
import { onlyTasks } from "../../documents/select";
import { LABEL_TASKS, QUESTIONS, SPANS } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Span } from "../../text/span";
import { covered, mergeSpans } from "../../text/spans";
import type { LabelledDocument } from "../document";
import type { Holds } from "../format";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";

const NO_PATH =
  "no line says which document its text is from, or where it is there: an import takes a place where such a text is";

/** Every decision of these tasks in a document as a loss with this reason, rejections included. */
export function decisionLosses(document: LabelledDocument, tasks: readonly Task[], reason: string): Loss[] {
  const losses: Loss[] = [];
  const add = (task: Task, span: Span, exact: string, label?: string): void => {
    const at = { start: span.start, end: span.end };
    const of = { document: document.path, task, span: at, ...(label !== undefined && { label }) };
    losses.push({ kind: "dropped", ...of, exact: excerpt(exact), reason });
  };
  for (const task of LABEL_TASKS) {
    if (tasks.includes(task)) for (const item of document.layers[task].labels) add(task, item, item.exact, item.label);
  }
  if (tasks.includes(QUESTIONS)) {
    for (const { question, answers } of document.questions) {
      const [first] = answersIn(answers);
      add(QUESTIONS, first ?? { start: 0, end: 0 }, `${question} → ${first?.exact ?? ""}`);
    }
  }
  for (const item of rejectedIn(document)) {
    if (!tasks.includes(item.task)) continue;
    const exact = item.question === undefined ? item.exact : `${item.question} → ${item.exact}`;
    add(item.task, item, `not: ${exact}`, item.label);
  }
  return losses;
}

/** What no format can hold: decisions whose text is gone. */
export function staleLosses(document: LabelledDocument): Loss[] {
  return [
    ...staleRelationLosses(document),
    ...staleIn(document).map(({ task, label, exact, span, proposal, rejected }): Loss => {
      const gone = rejected === true ? "stale rejection: its text" : "stale: its text";
      const reason =
        proposal === undefined
          ? `${gone} is no longer in the document`
          : `${gone} may be ${JSON.stringify(excerpt(proposal.exact))} at ${proposal.start}–${proposal.end} now; it counts once somebody agrees (Review Moved Labels)`;
      return { kind: "dropped", document: document.path, task, span, label, exact, reason };
    }),
  ];
}

function staleRelationLosses({ path, staleRelations = [] }: LabelledDocument): Loss[] {
  return staleRelations.map(({ type, exact, span, settled }): Loss => {
    const reason =
      settled === true
        ? "a relation: a label that it joins gave way to what settled a disagreement"
        : "a stale relation: the text of a label that it joins is no longer in the document";
    return { kind: "dropped", document: path, span, label: type, exact: excerpt(exact.join(" → ")), reason };
  });
}

/** Labels of some tasks that were said to be wrong, for formats that have no place for them. `wrong`: some of them only. */
export function rejectedLosses(
  document: LabelledDocument,
  tasks: readonly Task[],
  wrong?: readonly Rejection[],
): Loss[] {
  return tasks.flatMap((task) =>
    (wrong ?? document.layers[task].rejected).map(({ start, end, label, exact }): Loss => {
      const reason = "a rejected label; the format holds right ones only";
      const about = { document: document.path, task, span: { start, end }, label, exact: excerpt(exact) };
      return { kind: "dropped", ...about, reason };
    }),
  );
}

/** What labels say beside their names, for formats that have no place for it: one loss a name, with how many labels say it. */
export function attributeLosses({ path, layers }: LabelledDocument): Loss[] {
  return LABEL_TASKS.flatMap((task) => {
    const counts = new Map<string, number>();
    for (const { attributes } of layers[task].labels)
      for (const [name] of attributesInOrder(attributes)) counts.set(name, (counts.get(name) ?? 0) + 1);
    return [...counts].sort().map(([name, count]): Loss => {
      const reason = `the attribute "${excerpt(name)}": attributes of labels have no place in this format`;
      return { kind: "dropped", document: path, task, ...(count > 1 && { count }), reason };
    });
  });
}

/** Relations that a format has no place for, or for a label that they join: one loss a type, with how many there are. */
export function unheldRelations(document: LabelledDocument, { tasks, relations: held }: Holds): Loss[] {
  const { path, relations: all = [] } = document;
  if (all.length === 0) return [];
  const of = { document: path };
  const { relations: some = [] } = onlyTasks(document, tasks);
  const kept = new Set(some);
  const without = all.filter((one) => !kept.has(one));
  return [
    ...(held === true ? [] : relationLosses(some, of, "relations between labels have no place in this format")),
    ...relationLosses(without, of, "a label that it joins has no place in this format"),
  ];
}

/** Where questions came from: a format that keeps a document as a whole does not say which part of it a question is about. One loss a document. */
export function contextLosses({ path, questions }: LabelledDocument): Loss[] {
  const some = questions.filter(({ context, sourceId }) => context !== undefined || sourceId !== undefined);
  const [first] = some;
  if (first === undefined) return [];
  const count = some.length === 1 ? "a question" : `${some.length} questions, the first is named here`;
  const reason = `${count}: which part of the document it is about, and its id in the dataset it came from, have no place in this format`;
  return [{ kind: "dropped", document: path, task: QUESTIONS, exact: excerpt(first.question), reason }];
}

/** What of a document was not looked at, for formats without a mark for it. */
export function unreviewedLosses(document: LabelledDocument, reviewed: Holds["reviewed"]): Loss[] {
  const { labels, reviewed: seen, rejected } = document.layers[SPANS];
  const touched = labels.length + seen.length > 0;
  if (reviewed === "none") return touched ? unmarked(document) : [];
  return reviewed === "all" && (touched || rejected.length > 0) ? assumed(document) : [];
}

/** One loss a document: the sentences that were not looked at, the first of them by its text. */
function unmarked({ path, text, sentences, layers }: LabelledDocument): Loss[] {
  const open = sentences.filter((sentence) => !covered(layers[SPANS].reviewed, sentence));
  const [first] = open;
  if (first === undefined) return [];
  const reason = `${open.length} of ${sentences.length} sentences were not reviewed for entities, the first is named here; the format has no mark for that, and what carries no label in them is no negative example`;
  const span = { start: first.start, end: open.at(-1)!.end };
  return [
    { kind: "left-out", document: path, task: SPANS, span, exact: excerpt(text.slice(first.start, first.end)), reason },
  ];
}

/** The stretches that a format's readers will take for reviewed. White space alone is none. */
function assumed({ path, text, layers }: LabelledDocument): Loss[] {
  const gaps: Span[] = [];
  let from = 0;
  for (const { start, end } of mergeSpans(layers[SPANS].reviewed)) {
    gaps.push({ start: from, end: start });
    from = end;
  }
  gaps.push({ start: from, end: text.length });
  return gaps
    .filter(({ start, end }) => /\S/.test(text.slice(start, end)))
    .map((span) => ({
      kind: "assumed",
      document: path,
      task: SPANS,
      span,
      exact: excerpt(text.slice(span.start, span.end)),
      reason: "not reviewed, which this format cannot say: its tools take what is not labelled here for outside",
    }));
}

/** Whether it is known who decided something, when, or with which model. */
function isKnown({ author, time, model, score }: Provenance): boolean {
  return [author, time, model, score].some((one) => one !== undefined);
}

/** Whether it is known of a decision in a document who made it, when, or with which model. */
export function hasProvenance(document: LabelledDocument): boolean {
  return decisionsIn(document).some(isKnown);
}

/** What a format has no place for in any document. @param known whether a document {@link hasProvenance} */
export function unheldAtAll({ tasks, provenance, paths }: Holds, known: boolean): Loss[] {
  const [task, ...more] = tasks;
  const about = task !== undefined && more.length === 0 ? { task } : {};
  const losses: Loss[] = [];
  if (!provenance && known)
    losses.push({ kind: "dropped", reason: "authors, times, models and scores have no place in this format" });
  if (!paths) losses.push({ kind: "assumed", ...about, reason: NO_PATH });
  return losses;
}
