/** Documents for formats that keep whole texts as files: what no file can hold is taken out. Offsets are UTF-16 code units. */
import { answersIn, keptAnswers } from "../../documents/answers";
import type { DecidedQuestion, Rejection } from "../../documents/labelled";
import { mapLayers } from "../../documents/layers";
import { joined, labelsById, replaceRelations } from "../../documents/relations";
import { QUESTIONS } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { Span } from "../../text/span";
import { insidePair } from "../../text/offsets";
import type { LabelledDocument } from "../document";
import { excerpt } from "../losses";
import { lostQuestion } from "../lost-question";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";
import { append } from "../../text/grouped";
import { wellFormed, LONE, unwritable, UNWRITABLE } from "../../text/well-formed";

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
  const wrongFits = (task: Task, item: Rejection): boolean => {
    if (!unwritable(item.question ?? "")) return fits(task, item);
    report(task, item, item.exact, `its question ${UNWRITABLE}`);
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
  const questions: DecidedQuestion[] = [];
  for (const item of source.questions) {
    const [place] = answersIn(item.answers);
    if (unwritable(item.question)) {
      report(QUESTIONS, place, item.question, `the question ${UNWRITABLE}`);
      continue;
    }
    const answers = keptAnswers(item.answers, (answer) => (fits(QUESTIONS, answer) ? answer : undefined));
    if (answers === undefined) {
      report(QUESTIONS, place, item.question, lostQuestion(item).reason);
      continue;
    }
    questions.push({ ...item, answers, plausible: item.plausible.filter((answer) => fits(QUESTIONS, answer)) });
  }
  const document: LabelledDocument = {
    ...source,
    text,
    layers: mapLayers(source.layers, ({ labels, rejected, reviewed }, task) => ({
      labels: labels.filter((item) => fits(task, item)),
      rejected: rejected.filter((item) => wrongFits(task, item)),
      reviewed: reviewed.filter(({ start, end }) => !insidePair(text, start) && !insidePair(text, end)),
    })),
    questions,
  };
  const { kept, loose } = joined(source.relations ?? [], labelsById(document));
  append(losses, relationLosses(loose, { document: path }, "a label that it joins is left out"));
  return { document: replaceRelations(document, kept), losses };
}

/** Where a document's file goes below its split. Paths come from the workspace, or from a dataset, and are not trusted to stay inside. */
export function safePath(path: string): string {
  // On Windows `\` parts folders, too.
  const inside = (segment: string): string => segment.replace(/(?<=^|\\)\.\.(?=\\|$)/g, "%2E%2E");
  const segments = wellFormed(path).split("/");
  const named = segments.filter((segment) => segment !== "" && segment !== ".");
  return named.map(inside).join("/");
}
