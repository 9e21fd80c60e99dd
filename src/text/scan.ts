/** What every scanner of blocks has in common: blocks, where to go on after them, and the lines they are made of. */
import { insidePair } from "./offsets";
import type { Span } from "./span";

/** No block is longer, in UTF-16 units, so that work on one block never takes long. */
export const MAX_BLOCK = 20_000;

/** In code: a comment or a string goes on. Both are known by what closes them. */
export interface OpenInCode {
  readonly kind: "code";
  readonly close: string;
  /** Whether it is text to label: a comment, a docstring. */
  readonly prose: boolean;
  /** Whether a backslash takes its meaning from what follows it. */
  readonly escapes: boolean;
}

/** In JSON Lines: where on its line a value stands. At the start of a line nothing is open. */
export interface OpenInJson {
  readonly kind: "json";
  /** The objects and arrays around it, a letter each. */
  readonly inside: string;
  /** How many more of them are open, too deep to be told apart. */
  readonly deeper: number;
  /** What the next string is: a key, or a value whose key says this of it. */
  readonly next: "key" | "text" | "any" | "never";
  /** The string that is open: text, or none. Never within one of its escapes. */
  readonly string?: "text" | "other";
}

/** What the scanner must know to go on from a place in the document. */
export interface ScanState {
  /** Where to go on, a UTF-16 offset: the start of the document, or the end of a block. */
  readonly at: number;
  /** What is open there: a fenced block (its fence), a comment, or the rest of a paragraph or of a masked line that was too long. */
  readonly open?:
    | { readonly kind: "fence"; readonly fence: string }
    | { readonly kind: "comment" | "prose" | "line" }
    | OpenInCode
    | OpenInJson;
  /** Whether indented text belongs to a list item, and is not code. */
  readonly inList?: boolean;
}

/** A part of a document that can be labelled by itself: `prose`, `fields` (front matter, some of whose values are text), or `masked` (code, comments). */
export interface Block extends Span {
  readonly kind: "prose" | "fields" | "masked";
  /** Goes on after this block when given to `scanBlocks`. */
  readonly resume: ScanState;
}

/**
 * A block before it is cut to size, and what is open when it is cut in the middle. One that is longer than {@link MAX_BLOCK} need not be
 * looked through to its end: `end` lies anywhere beyond the cut. So each block costs its own length, whatever comes after it.
 */
export interface Found extends Block {
  readonly partial: Pick<ScanState, "open" | "inList">;
}

/** A block, or its first part of at most {@link MAX_BLOCK}, cut at a line end, else at white space, else anywhere but in a pair. */
export function cut(text: string, { start, end, kind, resume, partial }: Found): Block {
  if (end - start <= MAX_BLOCK) return { start, end, kind, resume };
  const at = cutAt(text, start, start + MAX_BLOCK);
  return { start, end: at, kind, resume: { at, ...partial } };
}

/** Where to cut what has to end at `limit`: the last line end or else white space behind `start`, else the limit, but in no pair. */
export function cutAt(text: string, start: number, limit: number): number {
  const piece = text.slice(start, limit);
  const line = piece.lastIndexOf("\n");
  const length = line > 0 ? line + 1 : piece.search(/\s\S*$/) + 1;
  return length > 0 ? start + length : insidePair(text, limit) ? limit - 1 : limit;
}

/** Units of a line that are looked at to know what it starts. */
export const HEAD_UNITS = 200;

/** Enough of a line to know what it starts. */
export const lineHead = (text: string, start: number): string =>
  text.slice(start, lineEnd(text, start, start + HEAD_UNITS));

/** Where a line's text ends, before its line break; `limit` if it goes on beyond. */
export function lineEnd(text: string, from: number, limit: number): number {
  const found = text.slice(from, limit).indexOf("\n");
  if (found < 0) return Math.min(limit, text.length);
  const newline = from + found;
  return found > 0 && text.charCodeAt(newline - 1) === 13 ? newline - 1 : newline;
}

/** The start of the line after one that ends at `end`. */
export function nextLine(text: string, end: number): number {
  const newline = text.charCodeAt(end) === 13 ? end + 1 : end;
  return Math.min(text.length, newline + 1);
}

const NOT_BLANK = /[^\s\0]/g;

/** Whether a line has no text. A run of blank lines is looked through once here and once by skipBlank, not once a line. */
export function isBlank(text: string, line: number): boolean {
  NOT_BLANK.lastIndex = line;
  return !NOT_BLANK.test(text) || text.slice(line, NOT_BLANK.lastIndex - 1).includes("\n");
}

/** The start of the first line at or after `from` that is not blank. */
export function skipBlank(text: string, from: number): number {
  NOT_BLANK.lastIndex = from;
  const found = NOT_BLANK.test(text) ? NOT_BLANK.lastIndex - 1 : text.length;
  if (found === text.length) return found;
  return from + text.slice(from, found).lastIndexOf("\n") + 1;
}
