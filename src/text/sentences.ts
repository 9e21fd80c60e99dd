/** Where sentences begin and end. */
import { insidePair } from "./offsets";
import { append } from "./grouped";
import type { Span } from "./span";

/** No sentence is longer, in UTF-16 units: the model reads some 510 tokens, about this much text. */
export const MAX_SENTENCE = 2000;

/** `Intl.Segmenter` slows down with the length of its input (1 MB takes a minute): it is given pieces of this many units. */
const CHUNK = 2 * MAX_SENTENCE;

/** Units after which a step ends: sentences of one letter cost as much as others. */
const STEP = 500;

const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });

/** What a sentence may end with (UAX #29): a piece without it is one sentence, and the segmenter need not be asked, which takes longer than short pieces are worth. */
export const MAY_END = /[\p{Sentence_Terminal}.\u2024\ufe52\uff0e]/u;

/** A part of a text that is not read as it is written: as blanks, or as something else. */
export interface Masked extends Span {
  /** What is read in its place, as long as it is; absent: blanks. */
  readonly read?: string;
}

const TITLE =
  /(?:^|[\s("'“‘[])(?:Mr|Mrs|Ms|Mx|Dr|Prof|St|Gen|Col|Maj|Capt|Cmdr|Lt|Sgt|Rev|Fr|Hon|Gov|Sen|Rep|Pres|Mt|Ft|Messrs|Mme|Mlle|vs|cf|viz|approx|ca|e\.g|i\.e)\.$/i;
const NUMBERED =
  /(?:^|[\s("'“‘[])(?:No|Nos|Nr|p|pp|Vol|Fig|Figs|Eq|Sec|Ch|Art|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec)\.$/i;
/** "J." but not "I.", which ends sentences. */
const INITIAL = /(?:^|[\s("'“‘[.-])(?!I\.)\p{Lu}\.$/u;
const DOTTED = /(?:^|[\s("'“‘[])(?:\p{L}\.){2,}$/u;
const STARTER =
  /^["'“‘(]?(?:The|A|An|It|He|She|They|We|You|I|This|That|These|Those|There|In|On|At|But|And|So|If|When|While|As|For|His|Her|Its|Their|Our|My|However|After|Before)\b/;
const LIST_ITEM_OR_ROW = /^[ \t]*(?:[-*+•‣–—][ \t]|\d{1,9}[.)][ \t]|\|)/;
const HEADING = /^[ \t]{0,3}#{1,6}(?:[ \t]|$)/;

/**
 * Splits text into sentences: spans without the white space around them, in order, none longer than {@link MAX_SENTENCE}.
 * `Intl.Segmenter` finds the ends; abbreviations, initials and numbered references do not end one, nor does a single line break;
 * blank lines, list items, headings and table cells always do.
 * @param mask Spans to read as blanks (markup), in order and apart from each other.
 */
export function splitSentences(text: string, mask: readonly Span[] = []): Span[] {
  const out: Span[] = [];
  for (const sentences of splittingSentences(text, mask)) append(out, sentences);
  return out;
}

/** As {@link splitSentences}, in steps that cost as much as a few thousand UTF-16 units of text do. */
export function* splittingSentences(text: string, mask: readonly Span[] = []): Generator<Span[]> {
  const cursor = { mask, next: 0 };
  let out: Span[] = [];
  let from = 0;
  for (const paragraph of paragraphs(text, mask))
    for (const end of splittingParagraph(text, paragraph, cursor, () => out)) {
      if (end - from < STEP) continue;
      yield out;
      out = [];
      from = end;
    }
  yield out;
}

interface MaskCursor {
  readonly mask: readonly Span[];
  next: number;
}

function* paragraphs(text: string, mask: readonly Span[]): Generator<Span> {
  const cells = mask.filter((span) => /^[^`]*\|[^`]*$/.test(text.slice(span.start, span.end)));
  let start = 0;
  let cell = 0;
  for (let line = 0; line < text.length;) {
    const next = lineEnd(text, line);
    // Enough of the line to know what it is, even when it is 1 MB long.
    const head = text.slice(line, Math.min(next, line + 80));
    const heading = HEADING.test(head);
    const blank = head.trim() === "" && text.slice(line, next).trim() === "";
    if ((blank || heading || LIST_ITEM_OR_ROW.test(head)) && line > start) {
      yield { start, end: line };
      start = line;
    }
    for (; cell < cells.length && cells[cell]!.start < next; cell++) {
      const { end } = cells[cell]!;
      if (end <= start) continue;
      yield { start, end };
      start = end;
    }
    if ((blank || heading) && next > start) {
      yield { start, end: next };
      start = next;
    }
    line = next;
  }
  if (start < text.length) yield { start, end: text.length };
}

const LINE_END = /\r\n?|\n|\u2028|\u2029/g;

function lineEnd(text: string, from: number): number {
  LINE_END.lastIndex = from;
  return LINE_END.test(text) ? LINE_END.lastIndex : text.length;
}

/** Adds to a list that may be another at each step; yields how far it has come. */
function* splittingParagraph(text: string, paragraph: Span, cursor: MaskCursor, out: () => Span[]): Generator<number> {
  let from = paragraph.start;
  while (from < paragraph.end) {
    let to = Math.min(paragraph.end, from + CHUNK);
    if (insidePair(text, to)) to--;
    const chunk = blank(text, { start: from, end: to }, cursor).replace(/[\r\n\u0085\u2028\u2029]/g, " ");
    const pieces = MAY_END.test(chunk)
      ? merged(Array.from(segmenter.segment(chunk), ({ segment }) => segment))
      : [chunk];
    // The last piece may go on in the next chunk; if it is the only one, it is too long for a sentence anyhow.
    if (to < paragraph.end && pieces.length > 1) pieces.pop();
    let at = 0;
    for (const piece of pieces) {
      addTrimmed(chunk, at, at + piece.length, from, out());
      at += piece.length;
    }
    from += at;
    yield from;
  }
}

/** Joins pieces that the segmenter cut after an abbreviation, an initial or a list number. */
function merged(pieces: readonly string[]): string[] {
  const out: string[] = [];
  // Joining is decided on the tail alone and the text put together once, so that "A. A. A. …" stays linear.
  let open: string[] = [];
  pieces.forEach((piece, i) => {
    open.push(piece);
    const next = pieces[i + 1];
    const listNumber = i === 0 && /^\s*(?:\d{1,9}|\p{L})[.)]\s*$/u.test(piece);
    if (next !== undefined && (listNumber || continues(piece.slice(-40).trimEnd(), next.trimStart().slice(0, 20))))
      return;
    out.push(open.join(""));
    open = [];
  });
  return out;
}

function continues(tail: string, next: string): boolean {
  if (/^\p{Ll}/u.test(next) && /["'”’)\]»]$/.test(tail)) return true;
  if (TITLE.test(tail)) return true;
  if (NUMBERED.test(tail)) return /^[\divxlc]/i.test(next) && (/^\d/.test(next) || /^[ivxlc]+\b/i.test(next));
  if (DOTTED.test(tail)) return !STARTER.test(next);
  return INITIAL.test(tail);
}

/** Adds `chunk[start, end)` without white space around it, cut where it is too long. */
function addTrimmed(chunk: string, start: number, end: number, offset: number, out: Span[]): void {
  for (;;) {
    while (start < end && isSpace(chunk, start)) start++;
    while (end > start && isSpace(chunk, end - 1)) end--;
    if (start >= end) return;
    let cut = end;
    if (end - start > MAX_SENTENCE) {
      cut = start + MAX_SENTENCE;
      while (cut > start && !isSpace(chunk, cut)) cut--;
      if (cut === start) cut = start + MAX_SENTENCE - (insidePair(chunk, start + MAX_SENTENCE) ? 1 : 0);
    }
    let last = cut;
    while (isSpace(chunk, last - 1)) last--;
    out.push({ start: offset + start, end: offset + last });
    start = cut;
  }
}

const isSpace = (text: string, at: number): boolean => {
  const unit = text.charCodeAt(at);
  return unit === 32 || (unit > 8 && unit < 14) || (unit > 127 && /\s/.test(text.charAt(at)));
};

/** A stretch of text with its masked parts replaced by as many spaces. The stretches of one cursor come in order. */
function blank(text: string, span: Span, cursor: MaskCursor): string {
  const { mask } = cursor;
  while (cursor.next < mask.length && mask[cursor.next]!.end <= span.start) cursor.next++;
  let last = cursor.next;
  while (last < mask.length && mask[last]!.start < span.end) last++;
  return blankOut(text, span, mask.slice(cursor.next, last));
}

/** A stretch of text with the given spans (in order, offsets in the whole text) replaced by what is read there, as many spaces as a rule. */
export function blankOut(text: string, span: Span, mask: readonly Masked[]): string {
  let result = "";
  let at = span.start;
  for (const hidden of mask) {
    const start = Math.max(hidden.start, at);
    const end = Math.min(hidden.end, span.end);
    if (start >= end) continue;
    const read = hidden.read?.slice(start - hidden.start, end - hidden.start) ?? " ".repeat(end - start);
    result += text.slice(at, start) + read;
    at = end;
  }
  return result + text.slice(at, span.end);
}
