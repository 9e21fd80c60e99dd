/** What questions read of a document: its sentences and the code beside them. Offsets are UTF-16 code units of the document. */
import { isJsonLines } from "./blocks";
import { codeSyntax } from "./code/syntax";
import { frontMatterEnd } from "./front-matter";
import { WORD_CHARACTER } from "./letters";
import type { SentenceLike } from "./passages";
import { MAX_SENTENCE } from "./sentences";

/** A sentence with its inline code, or a piece of code between sentences. `text` has the length of the span; markup in it is blank. */
export interface ReadablePiece extends SentenceLike {
  /** Whether it is a line of a code block, or begins a value of data: no answer reaches into it from before. */
  readonly opens?: true;
}

const FENCE = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*(`{3,}(?!.*`)|~{3,})/;
const INDENTED = /^(?: {4}|\t)[ \t]*(?=\S)/;
/** Inline code: as many backticks on both sides. Longer ones are not worth a search for their end. */
const INLINE = /(?<!`)(`{1,3})(?!`)([^`]{1,300})(?<!`)\1(?!`)/g;

/**
 * The sentences of a document, with the code that labels leave out: inline code in its sentence, or beside it; the lines of fenced and indented
 * blocks. Of JSON Lines nothing but the sentences is read. Comments, other fields of a front matter, link targets and the like stay hidden. Yields often enough to be taken in slices.
 * @param sentences in order, with markup blanked out.
 */
export function* readablePieces(
  text: string,
  sentences: Iterable<SentenceLike>,
  languageId: string,
): Generator<ReadablePiece> {
  if (codeSyntax(languageId)) {
    yield* withLinesBetween(text, sentences);
    return;
  }
  if (isJsonLines(languageId)) {
    yield* valueByValue(text, sentences);
    return;
  }
  const markdown = languageId === "markdown";
  const fields = markdown ? frontMatterEnd(text) : 0;
  let at = fields;
  for (const sentence of sentences) {
    if (!markdown) {
      yield sentence;
      continue;
    }
    yield* codeBetween(text, at, sentence.start);
    yield withCode(text, sentence);
    // What stands between values of a front matter is no code.
    at = Math.max(fields, sentence.end);
  }
  if (markdown) yield* codeBetween(text, at, text.length);
}

/** The sentences of comments, with the lines of code between them. */
function* withLinesBetween(text: string, sentences: Iterable<SentenceLike>): Generator<ReadablePiece> {
  let at = 0;
  for (const sentence of sentences) {
    yield* linesOf(text, at, sentence.start);
    yield withCode(text, sentence);
    at = sentence.end;
  }
  yield* linesOf(text, at, text.length);
}

/** What stands between two values, or two paragraphs of one: blanks alone are between sentences of a paragraph. */
const ANOTHER_VALUE = /"|\\n\s*(?:\\r)?\\n/;

/** The sentences of JSON's values. Answers stay within a paragraph of a value. */
function* valueByValue(text: string, sentences: Iterable<SentenceLike>): Generator<ReadablePiece> {
  let at = 0;
  for (const { start, end, text: read } of sentences) {
    const opens = ANOTHER_VALUE.test(text.slice(at, Math.min(start, at + MAX_SENTENCE))) || start - at > MAX_SENTENCE;
    yield { start, end, text: read, ...(opens && { opens }) };
    at = end;
  }
}

/** Lines, or the parts of them that are in the stretch. Those of signs alone tell nothing. */
function* linesOf(text: string, from: number, to: number): Generator<ReadablePiece> {
  for (let line = from; line < to;) {
    const newline = text.indexOf("\n", line);
    const next = newline < 0 || newline >= to ? to : newline + 1;
    if (WORD_CHARACTER.test(text.slice(line, next))) yield* codeLine(text, line, next);
    line = next;
  }
}

/** A sentence with the inline code that was blanked out in it, without its backticks. */
function withCode(text: string, sentence: SentenceLike): SentenceLike {
  const { start, end } = sentence;
  const raw = text.slice(start, end);
  if (!raw.includes("`")) return sentence;
  let shown = sentence.text;
  for (const { 0: whole, 1: ticks, 2: code, index } of raw.matchAll(INLINE)) {
    if (shown.slice(index, index + whole.length).trim() !== "") continue;
    const from = index + ticks!.length;
    shown = shown.slice(0, from) + code! + shown.slice(from + code!.length);
  }
  return { start, end, text: shown };
}

/** The code of a stretch that holds no sentence. */
function* codeBetween(text: string, from: number, to: number): Generator<ReadablePiece> {
  let fence: RegExp | undefined;
  let line = from;
  while (line < to) {
    const newline = text.indexOf("\n", line);
    const next = newline < 0 || newline >= to ? to : newline + 1;
    // The rest of a line that a sentence is on opens nothing.
    const whole = line === 0 || text.charAt(line - 1) === "\n";
    const head = text.slice(line, Math.min(next, line + 200));
    const opening = whole && !fence ? FENCE.exec(head)?.[1] : undefined;
    if (fence?.test(head.trimEnd())) fence = undefined;
    else if (opening !== undefined)
      fence = new RegExp(`^[ \\t]*(?:>[ \\t]?)*${opening.charAt(0)}{${opening.length},}$`);
    else if (fence || (whole && INDENTED.test(head))) yield* codeLine(text, line, next);
    else {
      const comment = head.includes("<!--") ? text.indexOf("<!--", line) : -1;
      yield* inlineCode(text, line, comment < 0 ? next : comment);
      if (comment >= 0 && comment < next) {
        const close = text.indexOf("-->", comment);
        line = close < 0 || close >= to ? to : close + 3;
        continue;
      }
    }
    line = next;
  }
}

/** A line of a code block, in pieces where it is longer than a sentence may be. */
function* codeLine(text: string, from: number, to: number): Generator<ReadablePiece> {
  let start = from;
  let opens = true;
  while (start < to) {
    let end = Math.min(to, start + MAX_SENTENCE);
    const code = end < to ? text.charCodeAt(end - 1) : 0;
    if (code >= 0xd800 && code < 0xdc00) end--;
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed !== "") {
      const first = start + raw.indexOf(trimmed);
      yield { start: first, end: first + trimmed.length, text: trimmed, ...(opens && { opens }) };
      opens = false;
    }
    start = end;
  }
}

function* inlineCode(text: string, from: number, to: number): Generator<ReadablePiece> {
  const raw = text.slice(from, to);
  if (!raw.includes("`")) return;
  for (const { 1: ticks, 2: code, index } of raw.matchAll(INLINE)) {
    const trimmed = code!.trim();
    if (trimmed === "") continue;
    const start = from + index + ticks!.length + code!.indexOf(trimmed);
    yield { start, end: start + trimmed.length, text: trimmed };
  }
}
