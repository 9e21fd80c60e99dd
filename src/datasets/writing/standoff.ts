/** What formats share that keep whole documents and point into them. Offsets are UTF-16 code units. */
import { append } from "../../text/grouped";
import { insidePair } from "../../text/offsets";
import type { Span } from "../../text/span";
import type { Task } from "../../documents/tasks";
import { answersIn, keptAnswers } from "../../labels/answers";
import { covered } from "../../labels/regions";
import type { LabelledDocument, LabelledQuestion, WriterOptions } from "../document";
import { excerpt } from "../losses";
import { lostQuestion } from "../lost-question";
import type { Loss } from "../losses";
import type { Split } from "../splits";
import { wellFormed, LONE, unwritable, UNWRITABLE } from "../../text/well-formed";
import { inSplits, staleLosses } from "./writer";

interface Named extends Span {
  readonly label?: string;
}

/** A document as a file can hold it. What touches a half surrogate pair, or cuts a whole one, is left out and reported. */
export function writable(source: LabelledDocument): { readonly document: LabelledDocument; readonly losses: Loss[] } {
  const losses: Loss[] = [];
  const { path } = source;
  const report = (task: Task | undefined, span: Named | undefined, exact: string, reason: string): void => {
    losses.push({
      kind: "dropped",
      document: path,
      ...(task !== undefined && { task }),
      ...(span !== undefined && { span: { start: span.start, end: span.end } }),
      ...(span?.label !== undefined && { label: span.label }),
      exact: wellFormed(excerpt(exact)),
      reason,
    });
  };
  const fits = (task: Task, item: Named & { readonly exact: string }): boolean => {
    if (insidePair(source.text, item.start) || insidePair(source.text, item.end)) {
      report(task, item, item.exact, "begins or ends inside a surrogate pair");
      return false;
    }
    if (!unwritable(item.exact)) return true;
    report(task, item, item.exact, UNWRITABLE);
    return false;
  };
  const text = wellFormed(source.text);
  if (text !== source.text) {
    const at = [...source.text.matchAll(LONE)].map(({ index }) => index);
    report(
      undefined,
      { start: at[0]!, end: at[0]! + 1 },
      "\ufffd",
      `${at.length} half surrogate pairs in it are U+FFFD`,
    );
  }
  const questions: LabelledQuestion[] = [];
  for (const item of source.questions) {
    const [place] = answersIn(item.answers);
    if (unwritable(item.question)) {
      report("answers", place, item.question, `the question ${UNWRITABLE}`);
      continue;
    }
    const answers = keptAnswers(item.answers, (answer) => (fits("answers", answer) ? answer : undefined));
    if (answers === undefined) {
      report("answers", place, item.question, lostQuestion(item).reason);
      continue;
    }
    questions.push({ ...item, answers, plausible: item.plausible.filter((answer) => fits("answers", answer)) });
  }
  const document: LabelledDocument = {
    ...source,
    text,
    entities: source.entities.filter((item) => fits("entities", item)),
    sentiment: source.sentiment.filter((item) => fits("sentiment", item)),
    questions,
    rejected: source.rejected.filter((item) => fits(item.task, item) && !unwritable(item.question ?? "")),
    reviewed: source.reviewed.filter(({ start, end }) => !insidePair(text, start) && !insidePair(text, end)),
  };
  return { document, losses };
}

/** Whether anything was decided on a document that a format could hold. */
export function decidedOn({ entities, sentiment, questions, rejected, reviewed }: LabelledDocument): boolean {
  return [entities, sentiment, questions, rejected, reviewed].some((list) => list.length > 0);
}

/**
 * Where not everything was looked at for entities: one loss a document. For formats whose readers take all of a document that carries no
 * label for negative.
 */
export function unreviewedLoss(document: LabelledDocument): Loss[] {
  if (document.entities.length === 0 && document.reviewed.length === 0) return [];
  const open = document.sentences.filter((sentence) => !covered(document.reviewed, sentence));
  const [first] = open;
  if (first === undefined) return [];
  const reason = `${open.length} of ${document.sentences.length} sentences were not reviewed for entities, the first is named here; the format has no mark for that, and what carries no label in them is no negative example`;
  const span = { start: first.start, end: open.at(-1)!.end };
  const exact = excerpt(document.text.slice(first.start, first.end));
  return [{ kind: "left-out", document: document.path, task: "entities", span, exact, reason }];
}

/** Documents that something was decided on, as files can hold them, with the split of each, in order of path. */
export function wholeDocuments(
  documents: readonly LabelledDocument[],
  options: WriterOptions,
): { readonly documents: readonly (readonly [LabelledDocument, Split])[]; readonly losses: Loss[] } {
  const split = inSplits(documents, options);
  const losses = [...split.losses, ...staleLosses(documents)];
  const made = split.documents.flatMap(([source, of]) => {
    if (!decidedOn(source)) return [];
    const { document, losses: lost } = writable(source);
    append(losses, lost);
    return [[document, of] as const];
  });
  return { documents: made, losses };
}

/** Where a document's file goes below its split. Paths come from the workspace, and are not trusted to stay inside. */
export function safePath(path: string): string {
  return wellFormed(path)
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".")
    .map((segment) => (segment === ".." ? "%2E%2E" : segment))
    .join("/");
}
