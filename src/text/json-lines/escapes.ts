/** The escapes of JSON's strings, read in place: what is read is as long as what is written. Offsets are UTF-16 code units. */
import { FILL } from "../filled";
import type { Masked } from "../sentences";
import { blankOut } from "../sentences";
import type { Span } from "../span";

const SIMPLE: Readonly<Record<string, string>> = {
  ...{ '"': '"', "\\": "\\", "/": "/", n: "\n", r: "\r", t: "\t" },
  ...{ b: " ", f: " " },
};
const ESCAPE = /\\(?:u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|(["\\/bfnrt]))/g;
const SIMPLE_OR_INVALID = /\\(?:u(?:[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2}|[\da-fA-F]{4})|[^\n])?/y;

/** The length of the escape that begins at an offset, which holds a backslash; both halves of a pair are one. A backslash that escapes nothing counts with what follows it. */
export function escapeLength(text: string, at: number): number {
  SIMPLE_OR_INVALID.lastIndex = at;
  return SIMPLE_OR_INVALID.test(text) ? SIMPLE_OR_INVALID.lastIndex - at : 1;
}

/** Two escapes of six units, a pair of halves. */
const LONGEST = 12;

/** The escape that an offset lies inside, if any. */
function escapeAround(text: string, offset: number): Span | undefined {
  let at = Math.max(0, offset - LONGEST);
  // Of several backslashes each second one is escaped: they are counted from the first.
  while (at > 0 && text.charAt(at - 1) === "\\") at--;
  for (at = text.indexOf("\\", at); at >= 0 && at < offset; at = text.indexOf("\\", at)) {
    const end = at + escapeLength(text, at);
    if (end > offset) return { start: at, end };
    at = end;
  }
  return undefined;
}

/** A span made wide enough that neither of its ends lies inside an escape. @param text JSON */
export function wholeEscapes(text: string, { start, end }: Span): Span {
  return { start: escapeAround(text, start)?.start ?? start, end: escapeAround(text, end)?.end ?? end };
}

/** The escapes in a part of a string that begins and ends between two of them, each with what is read in its place. */
export function escapesIn(content: string): Masked[] {
  if (!content.includes("\\")) return [];
  return Array.from(content.matchAll(ESCAPE), ({ 0: whole, 1: high, 2: low, 3: unit, 4: simple, index }) => {
    const units = [high, low, unit].filter((hex) => hex !== undefined).map((hex) => Number.parseInt(hex, 16));
    const character = simple === undefined ? shown(String.fromCharCode(...units)) : SIMPLE[simple]!;
    return { start: index, end: index + whole.length, read: character.padStart(whole.length, FILL) };
  });
}

/** What has no place in a text is a blank: controls, halves of pairs, and what is no character. */
const NO_TEXT = /^[\p{Cc}\p{Cs}\p{Cn}]$/u;
const shown = (character: string): string => (NO_TEXT.test(character) && !/[\t\n\r]/.test(character) ? " " : character);

/** A part of a string as it is read; where it is one itself, what was read of it is the same. */
export const readEscapes = (content: string): string =>
  blankOut(content, { start: 0, end: content.length }, escapesIn(content));
