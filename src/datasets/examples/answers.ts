/** Questions with a context that readers can take in. Offsets are UTF-16 code units. */
import { answersIn, answersLeft } from "../../documents/answers";
import type { DecidedAnswers } from "../../documents/answers";
import type { DecidedQuestion } from "../../documents/labelled";
import { QUESTIONS } from "../../documents/tasks";
import type { Span } from "../../text/span";
import type { LabelledDocument } from "../document";
import { excerpt } from "../losses";
import type { Loss, LossKind } from "../losses";
import { lostQuestion } from "../lost-question";
import { unwritable, UNWRITABLE } from "../../text/well-formed";

/** Longest context in UTF-16 units. Whole files are too long for many readers; SQuAD's own paragraphs reach about this. */
const CONTEXT_UNITS = 4000;

/** One question with one context. */
export interface AnswerExample {
  readonly document: LabelledDocument;
  /** What was decided; a question with more than one context is in several examples. */
  readonly of: DecidedQuestion;
  readonly id: string;
  readonly question: string;
  /** The context, in the document: the one that the question came with, else one around its answers. */
  readonly context: Span;
  /** In the document. */
  readonly answers: DecidedAnswers<Span>;
  /** What the model had said, where that lies in the context. */
  readonly plausible: readonly Span[];
}

/** A stretch of at most `limit` units around `span`, from paragraph to paragraph if it can be, else from word to word. */
export function contextAround(text: string, span: Span, limit: number = CONTEXT_UNITS): Span {
  if (text.length <= limit) return { start: 0, end: text.length };
  const room = Math.max(0, limit - (span.end - span.start));
  let start = Math.max(0, span.start - Math.floor(room / 2));
  let end = Math.min(text.length, Math.max(span.end, start + limit));
  start = Math.max(0, Math.min(start, Math.max(end - limit, 0)));
  if (span.start < start) start = span.start;
  if (start > 0) {
    const before = text.slice(start, span.start);
    const paragraph = /\r?\n[^\S\n]*\n\s*/.exec(before);
    const word = /\s+/.exec(before);
    const cut = paragraph ?? word;
    start = cut === null ? span.start : start + cut.index + cut[0].length;
  }
  if (end < text.length) {
    const after = text.slice(span.end, end);
    const paragraphs = [...after.matchAll(/\r?\n[^\S\n]*\n/g)].at(-1)?.index;
    const words = [...after.matchAll(/\s+/g)].at(-1)?.index;
    end = span.end + (paragraphs ?? words ?? 0);
  }
  return { start, end };
}

/** Examples of one document: one a question, more if its answers lie too far apart for one context. */
export function answerExamples(document: LabelledDocument): {
  readonly examples: readonly AnswerExample[];
  readonly losses: readonly Loss[];
} {
  const losses: Loss[] = [];
  const examples: AnswerExample[] = [];
  const report = (kind: LossKind, question: DecidedQuestion, span: Span, reason: string): void => {
    const exact = excerpt(`${question.question} → ${document.text.slice(span.start, span.end)}`);
    losses.push({
      kind,
      document: document.path,
      task: QUESTIONS,
      span: { start: span.start, end: span.end },
      exact,
      reason,
    });
  };
  const inside = (context: Span, spans: readonly Span[]): Span[] =>
    spans
      .filter(({ start, end }) => context.start <= start && end <= context.end)
      .map(({ start, end }) => ({ start, end }));
  for (const item of document.questions) {
    const all = answersIn(item.answers);
    const rest = [...all].sort((a, b) => a.start - b.start || a.end - b.end);
    const contexts: Span[] = [];
    const said = item.context;
    if (said !== undefined && inside(said, all).length === all.length) {
      contexts.push(said);
      rest.length = 0;
    } else if (item.answers === "none") {
      const around = item.plausible[0] ?? { start: 0, end: 0 };
      const context = contextAround(document.text, around);
      contexts.push(context);
      if (context.end - context.start < document.text.length) {
        report("trimmed", item, context, "no answer in the whole document; only this part of it is in the export");
      }
    }
    while (rest.length > 0) {
      const context = contextAround(document.text, rest[0]!);
      contexts.push(context);
      rest.splice(0, Math.max(1, inside(context, rest).length));
    }
    if (contexts.length > 1) {
      report("split", item, all[0]!, `its ${all.length} answers are too far apart: ${contexts.length} contexts`);
    }
    for (const [index, context] of contexts.entries()) {
      if (unwritable(document.text.slice(context.start, context.end) + item.question)) {
        report("dropped", item, context, UNWRITABLE);
        continue;
      }
      const own = item.sourceId ?? item.id;
      const id = contexts.length === 1 ? own : `${own}-${index + 1}`;
      const there = inside(context, all).sort((a, b) => a.start - b.start);
      const answers = answersLeft(all, there);
      if (answers === undefined) {
        report("dropped", item, context, lostQuestion(item).reason);
        continue;
      }
      const plausible = inside(context, item.plausible);
      examples.push({ document, of: item, id, question: item.question, context, answers, plausible });
    }
  }
  return { examples, losses };
}
