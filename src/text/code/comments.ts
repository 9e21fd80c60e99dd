/** Finds the comments and docstrings of code, paragraph by paragraph. Offsets are UTF-16 code units. */
import { escapeRegExp } from "../escape-regexp";
import { insidePair } from "../offsets";
import { cutAt, HEAD_UNITS, lineEnd, lineHead, MAX_BLOCK, nextLine } from "../scan";
import type { Found, OpenInCode, ScanState } from "../scan";
import { BEFORE_QUOTES, breaksParagraph, hasText } from "./marks";
import type { CodeSyntax, Quotes } from "./syntax";

/** No sign is longer; a block that is cut among code may end so much too early. */
const LONGEST_SIGN = 16;
/** A comment that ends with its line. */
const LINE = "\n";

interface Scanner {
  readonly syntax: CodeSyntax;
  /** What may open a comment, a string, a regular expression. */
  readonly openers: RegExp;
}

/** A place at which text is read no more: in code, or in what is open there. */
interface Place {
  readonly at: number;
  readonly open?: OpenInCode;
}

/**
 * The next paragraph of a comment, for `scanBlocks`; where there is none for {@link MAX_BLOCK} units, a masked block, so that no call takes long. Code between
 * comments is in no block.
 */
export function nextComment(syntax: CodeSyntax): (text: string, state: ScanState) => Found | undefined {
  const signs = [...syntax.line, ...[...syntax.block, ...syntax.strings].map(({ open }) => open)];
  if (syntax.characters) signs.push("'");
  if (syntax.expressions) signs.push("/");
  const longestFirst = signs.sort((a, b) => b.length - a.length).map(escapeRegExp);
  const scanner = { syntax, openers: new RegExp(longestFirst.join("|"), "g") };
  return (text, state) => next(scanner, text, state);
}

function next(scanner: Scanner, text: string, state: ScanState): Found | undefined {
  const limit = state.at + MAX_BLOCK - LONGEST_SIGN;
  let place: Place = { at: state.at, ...(state.open?.kind === "code" && { open: state.open }) };
  while (place.at < Math.min(limit, text.length)) {
    const found = place.open
      ? place.open.prose
        ? paragraph(scanner.syntax, text, place.at, place.at, place.open.close, limit)
        : closed(text, place.at, place.open, limit)
      : opened(scanner, text, place.at, limit);
    if ("kind" in found) return found;
    place = found;
  }
  if (place.at >= text.length) return undefined;
  const end = insidePair(text, place.at) ? place.at - 1 : place.at;
  const resume = { at: end, ...(place.open && { open: place.open }) };
  return { start: state.at, end, kind: "masked", resume, partial: {} };
}

/** From code to the first paragraph of a comment, or to where the code has to be left. */
function opened({ syntax, openers }: Scanner, text: string, from: number, limit: number): Found | Place {
  const piece = text.slice(from, limit + LONGEST_SIGN);
  openers.lastIndex = 0;
  for (let match = openers.exec(piece); match && from + match.index < limit; match = openers.exec(piece)) {
    const sign = match[0];
    const at = from + match.index;
    const after = at + sign.length;
    const proceed = (to: number): void => void (openers.lastIndex = to - from);
    const block = syntax.block.find(({ open }) => open === sign);
    if (block) return paragraph(syntax, text, at, after, block.close, limit);
    if (syntax.line.includes(sign)) {
      if (syntax.spaced && at > 0 && !/\s/.test(text.charAt(at - 1))) continue;
      return lines(syntax, text, at);
    }
    if (sign === "/") {
      if (beginsExpression(text, at)) proceed(expressionEnd(text, after, limit));
      continue;
    }
    const quotes = syntax.strings.find(({ open }) => open === sign);
    if (!quotes) {
      CHARACTER.lastIndex = at;
      if (CHARACTER.test(text)) proceed(CHARACTER.lastIndex);
      continue;
    }
    if (quotes.documents && beginsLine(text, at, BEFORE_QUOTES))
      return paragraph(syntax, text, at, after, quotes.close, limit);
    return closed(text, after, stringOf(quotes), limit, quotes.lines ?? false);
  }
  return { at: Math.min(limit, text.length) };
}

const CHARACTER = /'(?:\\[^\n]{1,9}?|[^'\\\n]{1,2})'/y;

const stringOf = ({ close, escapes }: Quotes): OpenInCode => ({
  ...{ kind: "code", close, prose: false, escapes: escapes ?? false },
});

/**
 * The end of a string.
 * @param lines whether it may go on on the next line; what does not ends with its line, closed or not.
 */
function closed(text: string, from: number, open: OpenInCode, limit: number, lines = open.close !== LINE): Place {
  const piece = text.slice(from, limit + LONGEST_SIGN);
  for (let at = 0; at < piece.length && from + at < limit; at++) {
    const code = piece.charCodeAt(at);
    if (open.escapes && code === 92) at++;
    else if (piece.startsWith(open.close, at)) return { at: from + at + open.close.length };
    else if (!lines && code === 10) return { at: from + at };
  }
  const at = Math.min(limit, text.length);
  return { at, open: lines ? open : { ...open, close: LINE } };
}

/** Whether what stands before `at` on its line fits. Of a long line only the end is looked at. */
function beginsLine(text: string, at: number, before: RegExp): boolean {
  const start = Math.max(0, at - HEAD_UNITS);
  const line = text.slice(start, at);
  const newline = line.lastIndexOf("\n");
  return (newline >= 0 || start === 0) && before.test(line.slice(newline + 1));
}

/** A regular expression stands where a value may begin: after an operator or a keyword, not after a value. */
const BEFORE_EXPRESSION = /(?:^|[(,=:[!&|?{};+\-*%<>~^]|\b(?:return|typeof|case|in|of|do|else|void|yield|await))\s*$/;

function beginsExpression(text: string, at: number): boolean {
  const line = text.slice(Math.max(0, at - HEAD_UNITS), at);
  return BEFORE_EXPRESSION.test(line.slice(line.lastIndexOf("\n") + 1).slice(-40));
}

function expressionEnd(text: string, from: number, limit: number): number {
  let inClass = false;
  for (let at = from; at < limit && at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\n") return at;
    if (character === "\\") at++;
    else if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (character === "/" && !inClass) return at + 1;
  }
  return limit;
}

/** Comments that end with their lines: those on lines of their own are taken together, up to the end of a paragraph. */
function lines(syntax: CodeSyntax, text: string, start: number): Found | Place {
  const limit = start + MAX_BLOCK + 1;
  let end = lineEnd(text, start, limit);
  if (!hasText(lineHead(text, start), syntax)) return { at: end };
  const alone = beginsLine(text, start, /^[ \t]*$/);
  while (alone && end < limit) {
    const line = nextLine(text, end);
    if (line >= text.length) break;
    const head = lineHead(text, line);
    const first = head.trimStart();
    if (!syntax.line.some((open) => first.startsWith(open)) || breaksParagraph(head, syntax)) break;
    if (syntax.block.some(({ open }) => first.startsWith(open))) break;
    end = lineEnd(text, line, limit);
  }
  const open = { kind: "code", close: LINE, prose: true, escapes: false } as const;
  return { start, end, kind: "prose", resume: { at: end }, partial: { open } };
}

/**
 * The first paragraph of what is left of a comment that something closes.
 * @param start where it is left, or what opens it begins; @param from where it may be closed at the earliest
 */
function paragraph(
  syntax: CodeSyntax,
  text: string,
  start: number,
  from: number,
  close: string,
  limit: number,
): Found | Place {
  const shut = text.slice(from, limit).indexOf(close);
  const stop = shut < 0 ? Math.min(limit, text.length) : from + shut + (close === LINE ? 0 : close.length);
  const open: OpenInCode = { kind: "code", close, prose: true, escapes: false };
  const endOf = (line: number): number => Math.min(stop, lineEnd(text, line, stop));
  const head = (line: number): string => text.slice(line, Math.min(endOf(line), line + HEAD_UNITS));
  let line = start;
  while (line < stop && !hasText(head(line), syntax)) line = nextLine(text, endOf(line));
  if (line >= stop) return shut < 0 ? { at: Math.max(stop, from), open } : { at: stop };
  const begin = line + text.slice(line, line + HEAD_UNITS).search(/\S|$/);
  let end = endOf(line);
  let ended = false;
  while (end < stop && !ended) {
    line = nextLine(text, end);
    if (line >= stop) end = stop;
    else if (breaksParagraph(head(line), syntax)) ended = true;
    else end = endOf(line);
  }
  if (shut < 0 && end === stop && stop < text.length) end = cutAt(text, begin, end);
  const goesOn = ended || shut < 0;
  return { start: begin, end, kind: "prose", resume: { at: end, ...(goesOn && { open }) }, partial: { open } };
}
