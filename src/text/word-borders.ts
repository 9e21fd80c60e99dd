/** Which cuts of a tokenizer lie inside a word of the text: no name begins or ends there. Offsets are UTF-16 code units. */
import { unfilled } from "./filled";
import { readEscapes } from "./json-lines/escapes";
import type { Span } from "./span";

const LETTER = /[\p{L}\p{N}\p{M}]/u;
/** Scripts that put no spaces between words: where a word ends, only the tokenizer knows. */
const NO_SPACES = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
/** Between two letters or digits these are part of a word: `Node.js`, `X-Files`, `AT&T`, `O'Brien`, `FOO_BAR`. */
const JOINERS = new Set([".", "-", "&", "'", "’", "_", "@", "+", "\u00ad", "\u2010", "\u2011"]);
/** After a letter these end a name: `C++`, `C#`. */
const ENDINGS = new Set(["+", "#"]);
/** What follows an apostrophe without being part of the name. */
const CLITIC = /^(?:s|re|ve|ll|d|m|t)(?![\p{L}\p{N}])/iu;

/**
 * Whether the cut between two neighbouring tokens lies inside a word.
 * @param end of the first token; @param start of the second.
 */
export function insideWord(text: string, end: number, start: number): boolean {
  if (end !== start || start <= 0 || start >= text.length) return false;
  const before = characterBefore(text, start);
  const after = String.fromCodePoint(text.codePointAt(start)!);
  if (LETTER.test(before)) {
    if (LETTER.test(after)) return !NO_SPACES.test(before) || !NO_SPACES.test(after);
    return ENDINGS.has(after) ? endsName(text, start) || joins(text, start) : joins(text, start);
  }
  if (ENDINGS.has(before) && ENDINGS.has(after)) return LETTER.test(text.charAt(start - 2));
  return LETTER.test(after) && joins(text, start - before.length);
}

/** Units to both sides of a border that are read where there are escapes. */
const REACH = 60;

/**
 * Whether a span of a document as it is written begins or ends inside a word. What an escape of JSON stands for is read, whatever the document is written in: `M\\u00fcller` is a word, and
 * `\\nParis` none.
 */
export function cutsWord(text: string, { start, end }: Span): boolean {
  return writtenInside(text, start) || writtenInside(text, end);
}

function writtenInside(text: string, at: number): boolean {
  const from = Math.max(0, at - REACH);
  const around = text.slice(from, at + REACH);
  const read = around.includes("\\") ? unfilled(readEscapes(around)) : undefined;
  if (read === undefined) return insideWord(text, at, at);
  const border = read.of(at - from);
  if (read.at(border) === at - from) return insideWord(read.text, border, border);
  // Within `\u00fc` there is no border; `\new` need not be an escape, but a path.
  return around.startsWith("\\u", read.at(border - 1)) || insideWord(text, at, at);
}

/** Whether the joiner at an offset stands between two parts of a word. */
function joins(text: string, at: number): boolean {
  const joiner = text.charAt(at);
  if (!JOINERS.has(joiner) || at === 0 || !LETTER.test(characterBefore(text, at))) return abbreviates(text, at);
  const rest = text.slice(at + 1, at + 6);
  const next = text.codePointAt(at + 1);
  if (next === undefined || !LETTER.test(String.fromCodePoint(next))) return abbreviates(text, at);
  return !((joiner === "'" || joiner === "’") && CLITIC.test(rest));
}

/** Whether the dot at an offset ends an abbreviation such as `U.S.`. */
function abbreviates(text: string, at: number): boolean {
  if (text.charAt(at) !== "." || at < 3) return false;
  return /(?:^|[^\p{L}\p{N}])(?:\p{L}\.){1,8}\p{L}$/u.test(text.slice(Math.max(0, at - 20), at));
}

function endsName(text: string, at: number): boolean {
  return /^(?:\+\+|#)(?![\p{L}\p{N}])/u.test(text.slice(at, at + 4));
}

function characterBefore(text: string, at: number): string {
  const low = text.charCodeAt(at - 1);
  return low >= 0xdc00 && low < 0xe000 && at > 1 ? text.slice(at - 2, at) : text.charAt(at - 1);
}
