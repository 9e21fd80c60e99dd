/** Examples of answers to questions, from the decisions on a document. Offsets are UTF-16 code units. */
import { answersIn, some } from "../../documents/answers";
import type { DecidedAnswers } from "../../documents/answers";
import type { DecidedQuestion, ExactSpan } from "../../documents/labelled";
import type { QuestionTask } from "../../documents/tasks";
import type { LabelledDocument } from "../../datasets/document";
import { excerpt } from "../../datasets/losses";
import { PassageIndex } from "../../engine/retrieval";
import { isJsonLines } from "../../text/blocks";
import { layoutOf } from "../../text/document";
import { documentPassages } from "../../text/document-passages";
import type { DocumentPassage } from "../../text/document-passages";
import type { SentenceLike } from "../../text/passages";
import { asRead, unfilled } from "../../text/filled";
import { readEscapes } from "../../text/json-lines/escapes";
import { firstIndex } from "../../text/search";
import { blankOut } from "../../text/sentences";
import type { Steps } from "../../text/slices";
import { overlaps, sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import { WEIGHTS } from "./example";
import type { Correction, LeftOut } from "./example";

/** Passages of a question without an answer that are read: those that the model would read first. */
const NONE_PASSAGES = 3;
/**
 * Passages beside the answer that are read, too: those that a search finds first. That they hold none was not said, since people mark the answer that they look
 * for, and not all there are: the model is held to what it said there. Taught as "none" at a quarter of the weight, it found no answer to twice as many questions of SQuAD as before.
 */
const BESIDE_PASSAGES = 1;
/** Places of the answer that are learned from. */
const MOST_PLACES = 4;
/** Answers to a question that are looked at: a log may be anybody's. */
const MOST_ANSWERS = 100;
/** Longest question, in UTF-16 units: of more the model reads nothing. */
const LONGEST_QUESTION = 1000;
/** A longer part of a document that a question is about is searched with all of the document, in UTF-16 units: each part takes an index of its own. */
const LONGEST_CONTEXT = 50_000;
/** Texts that are put into an index in one step. */
const INDEXED = 32;

/** A passage that is read with a question. */
export interface TaughtPassage extends Span {
  /** As the model reads it: markup is blanks, so that places hold. */
  readonly text: string;
  /** Offsets in `text` that no answer crosses. */
  readonly borders: readonly number[];
  /** The right answers, in `text`; empty: it holds none, as far as people said. */
  readonly answers: readonly Span[];
  /** In the loss; 0: what is right there was not said, and the model is held to what it said. */
  readonly weight: number;
}

/** A question that is learned from, with the passages that it is read with. */
export interface AnswerExample {
  readonly task: QuestionTask;
  /** Of the decision; ids sort by time. */
  readonly id: string;
  /** The document's path, relative to the workspace, with `/`. */
  readonly document: string;
  /** Of the first passage, in the document. */
  readonly span: Span;
  /** The question. */
  readonly text: string;
  /** The right answers, each once, or that there is none. */
  readonly answers: DecidedAnswers<string>;
  readonly how: Correction;
  /** Those with an answer first. */
  readonly passages: readonly TaughtPassage[];
  /** Of the question; its passages share it. */
  readonly weight: number;
}

/** Examples of a document, and what they leave out. */
export interface AnswerExamples {
  readonly examples: readonly AnswerExample[];
  readonly left: readonly LeftOut[];
}

/** Passages of one job: what is read of each is kept in memory, half a megabyte where it is as long as passages get. */
const MOST_PASSAGES = 400;

/** Of many questions those that were decided last: as many as one job reads. */
export function mostRecent(examples: readonly AnswerExample[]): AnswerExamples {
  const left: LeftOut[] = [];
  const taken = new Set<AnswerExample>();
  let passages = 0;
  for (const example of [...examples].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    passages += example.passages.length;
    if (passages <= MOST_PASSAGES) {
      taken.add(example);
      continue;
    }
    const { document, task, span, text } = example;
    const reason = `a job reads ${MOST_PASSAGES} passages at most, and those of later questions are as many`;
    left.push({ document, task, span, exact: excerpt(text), reason });
  }
  return { examples: examples.filter((example) => taken.has(example)), left };
}

/** Passages, and an index of their words. */
interface Searched {
  readonly passages: readonly DocumentPassage[];
  readonly index: PassageIndex;
}

/** Examples of a document's questions, in order of what is decided on them. Passages are those that are read when the question is asked. */
export function* answerExamples(document: LabelledDocument, task: QuestionTask): Steps<AnswerExamples> {
  const { path, questions, layers } = document;
  const left: LeftOut[] = [];
  const examples: AnswerExample[] = [];
  const all = { start: 0, end: document.text.length };
  let whole: Searched | undefined;
  // Questions about one paragraph come one after another.
  let latest: { readonly span: Span; readonly found: Searched } | undefined;
  const leave = ({ question, answers }: Pick<DecidedQuestion, "question" | "answers">, reason: string): void => {
    const { start, end } = answersIn(answers)[0] ?? { start: 0, end: 0 };
    left.push({ document: path, task, span: { start, end }, exact: excerpt(question), reason });
  };
  const reading = readingIn(document);
  const denied = new Set(layers[task].rejected.map(({ question }) => question?.trim()));
  for (const item of together(questions, leave)) {
    const { question, context = all, answers, plausible, score } = item;
    let found: Searched;
    if (context.end - context.start > LONGEST_CONTEXT || context === all)
      found = whole ??= yield* searching(document, all);
    else {
      if (latest === undefined || !sameSpan(latest.span, context))
        latest = { span: context, found: yield* searching(document, context) };
      found = latest.found;
    }
    // What was accepted was suggested, too.
    const other = plausible.some((span) => !answersIn(answers).some((answer) => sameSpan(answer, span)));
    const suggested = plausible.length > 0 || score !== undefined;
    const how: Correction = other || denied.has(question) ? "corrected" : suggested ? "accepted" : "added";
    const passages =
      answers === "none" ? without(question, found, context) : around(question, answers, found, { context, reading });
    yield;
    if (passages.length === 0) {
      leave(
        item,
        answers === "none"
          ? "there is nothing to read"
          : "no passage holds its answer whole: it is too long, or lies in text that is not read",
      );
      continue;
    }
    const weight = WEIGHTS[how];
    const { start, end } = passages[0]!;
    const said = answers === "none" ? answers : ([...new Set(answers.map(({ exact }) => reading(exact)))] as [string]);
    examples.push({
      ...{ task, id: item.id, document: path, span: { start, end }, text: question, answers: said, how, weight },
      passages: passages.map((passage) => ({ ...passage, weight: weight * passage.weight })),
    });
  }
  const asked = new Set(questions.map(({ question }) => question.trim()));
  for (const { question = "", start, end } of layers[task].rejected)
    if (!asked.has(question.trim())) {
      const reason = "an answer was rejected, and what the right one is was not said";
      left.push({ document: path, task, span: { start, end }, exact: excerpt(question), reason });
    }
  return { examples, left };
}

/** How the words of an answer are read: in JSON Lines escapes are the characters they stand for. */
function readingIn({ path }: LabelledDocument): (exact: string) => string {
  return isJsonLines(layoutOf(path)) ? (exact) => asRead(readEscapes(exact)) : (exact) => exact;
}

/** Each question once. What several people answered has all of their answers; of those who say that there is one and those who say that there is none, the later counts. */
function together(
  questions: readonly DecidedQuestion[],
  leave: (item: DecidedQuestion, reason: string) => void,
): DecidedQuestion[] {
  const found = new Map<string, DecidedQuestion>();
  // Ids sort by time: the later ones first.
  for (const one of [...questions].sort((a, b) => (a.id < b.id ? 1 : -1))) {
    const item = { ...one, question: one.question.trim() };
    const key = JSON.stringify([item.question, item.context?.start, item.context?.end]);
    const later = found.get(key);
    if (item.question === "") leave(item, "it holds no word");
    else if (item.question.length > LONGEST_QUESTION)
      leave(item, `it is longer than ${LONGEST_QUESTION} characters, which the model does not read`);
    else if (later === undefined) found.set(key, item);
    else if (later.answers === "none" || item.answers === "none") {
      if (later.answers !== item.answers) leave(item, "it was answered otherwise later");
    } else if (later.answers.length < MOST_ANSWERS)
      found.set(key, { ...later, answers: [...later.answers, ...item.answers] });
  }
  return [...found.values()].reverse().map((item) => ({
    ...item,
    answers: item.answers === "none" ? item.answers : (some(item.answers.slice(0, MOST_ANSWERS)) ?? item.answers),
  }));
}

/** The passages of a stretch of the document, and an index of them: in steps, and at a cost that grows with the stretch alone. */
function* searching({ text, path, sentences }: LabelledDocument, { start, end }: Span): Steps<Searched> {
  const shifted = <T extends Span>(span: T, by: number): T => ({ ...span, start: span.start + by, end: span.end + by });
  const pieces = function* (): Generator<SentenceLike> {
    for (let i = firstIndex(sentences, (sentence) => sentence.start >= start); i < sentences.length; i++) {
      const { masked = [], ...span } = sentences[i]!;
      if (span.end > end) return;
      yield { ...shifted({ start: span.start, end: span.end }, -start), text: blankOut(text, span, masked) };
    }
  };
  const passages: DocumentPassage[] = [];
  for (const passage of documentPassages(text.slice(start, end), pieces(), layoutOf(path))) {
    passages.push(shifted(passage, start));
    yield;
  }
  const index = new PassageIndex();
  const texts = passages.map((passage) => asRead(passage.text));
  while (!index.update(texts, INDEXED)) yield;
  return { passages, index };
}

/** A passage as one that is learned from: as the model reads it, escapes are the characters they stand for. */
function taught(passage: DocumentPassage, answers: readonly Span[], weight: number): TaughtPassage {
  const { start, end, text, borders } = passage;
  const read = unfilled(text);
  if (read === undefined) return { start, end, text, borders, answers, weight };
  return {
    ...{ start, end, text: read.text, weight },
    borders: borders.map((border) => read.of(border)),
    answers: answers.map((answer) => ({ start: read.of(answer.start), end: read.of(answer.end) })),
  };
}

/** The passages that the model would read first, of which none holds an answer. */
function without(question: string, searched: Searched, context: Span): TaughtPassage[] {
  const first = ranked(question, searched, context).slice(0, NONE_PASSAGES);
  return first.map((passage) => taught(passage, [], 1 / first.length));
}

/** The passages of the part that a question is about, those first that share the most telling words with it. */
function ranked(question: string, { passages, index }: Searched, context: Span): DocumentPassage[] {
  return index
    .rank(question, passages.length)
    .map((i) => passages[i]!)
    .filter(({ start, end }) => start >= context.start && end <= context.end);
}

/** The passages that hold the answers, each place in the one that has most text around it; then others. */
function around(
  question: string,
  answers: readonly ExactSpan[],
  searched: Searched,
  { context, reading }: { readonly context: Span; readonly reading: (exact: string) => string },
): TaughtPassage[] {
  const { passages } = searched;
  const margin = (passage: Span, { start, end }: Span): number => Math.min(start - passage.start, passage.end - end);
  const places = new Map<DocumentPassage, Span[]>();
  let count = 0;
  for (const answer of answers) {
    const [best] = passages
      .filter((passage) => margin(passage, answer) >= 0)
      .sort((a, b) => margin(b, answer) - margin(a, answer) || a.start - b.start);
    if (best === undefined) continue;
    const span = { start: answer.start - best.start, end: answer.end - best.start };
    const own = places.get(best) ?? [];
    if (best.text.slice(span.start, span.end).trim() === "") continue;
    if (own.some((one) => sameSpan(one, span))) continue;
    places.set(best, [...own, span]);
    if (++count === MOST_PLACES) break;
  }
  if (count === 0) return [];
  const holds = [...places].map(([passage, spans]) => taught(passage, spans, spans.length / count));
  // What has the answer's words may well be an answer that nobody marked.
  const words = answers.map(({ exact }) => reading(exact).toLowerCase());
  const beside: DocumentPassage[] = [];
  for (const passage of ranked(question, searched, context)) {
    if (beside.length === BESIDE_PASSAGES) break;
    if (answers.some((answer) => overlaps(answer, passage))) continue;
    const read = asRead(passage.text).toLowerCase();
    if (!words.some((exact) => read.includes(exact))) beside.push(passage);
  }
  return [...holds, ...beside.map((passage) => taught(passage, [], 0))];
}
