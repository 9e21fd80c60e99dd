/** The lines of a text as they are compared: without what reformatting changes. Offsets are UTF-16 code units. */
import type { Span } from "./span";

/** A line without its indentation, quote marks and trailing white space. */
export interface Line extends Span {
  /** Its text, every run of white space one space. */
  readonly words: string;
}

/** Lines of a text that are not blank, in order. */
export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const line = trimmed(text, from, to);
    if (line.end > line.start) lines.push({ ...line, words: words(text, line) });
    from = to + 1;
  }
  return lines;
}

/** The line around an offset; empty where that line is blank. */
export function lineAt(text: string, offset: number): Line {
  const end = text.indexOf("\n", offset);
  const line = trimmed(text, text.lastIndexOf("\n", offset - 1) + 1, end < 0 ? text.length : end);
  return { ...line, words: words(text, line) };
}

function trimmed(text: string, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && (isWhite(text, start) || text[start] === ">")) start++;
  while (end > start && isWhite(text, end - 1)) end--;
  return { start, end };
}

const words = (text: string, { start, end }: Span): string => text.slice(start, end).replace(/\s+/g, " ");

/** Whether a unit is white space. */
export function isWhite(text: string, at: number): boolean {
  return /\s/.test(text[at] ?? "");
}

/** Units of a text that are not white space. */
export function solid(text: string): string {
  return text.replace(/\s+/g, "");
}

/**
 * A name for a line's text, 16 hex digits: two lines with one name are the same but for accidents (1 in 10^12 for a million lines). Two rounds of
 * FNV-1a (Fowler, Noll and Vo) with different bases; not against intent.
 */
export function nameOf(text: string): string {
  let [a, b] = [0x811c9dc5, 0x9747b28c];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x85ebca6b) ^ (b >>> 15);
  }
  return (a >>> 0).toString(16).padStart(8, "0") + (b >>> 0).toString(16).padStart(8, "0");
}
