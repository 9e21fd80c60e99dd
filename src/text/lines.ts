/** The lines of a text as they are compared: without what reformatting changes. Offsets are UTF-16 code units. */
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Span } from "./span";

/** A line without its indentation, quote marks and trailing white space. */
export interface Line extends Span {
  /** Its text, every run of white space one space. */
  readonly words: string;
}

/** Units of a text looked at in a step. */
const STEP = 50_000;

/** Lines of a text that are not blank, in order. */
export function linesOf(text: string): Line[] {
  return finish(linesInSteps(text));
}

/** As {@link linesOf}. */
export function* linesInSteps(text: string): Steps<Line[]> {
  const lines: Line[] = [];
  let next = STEP;
  for (let from = 0; from < text.length;) {
    const end = text.indexOf("\n", from);
    const to = end < 0 ? text.length : end;
    const line = trimmed(text, from, to);
    if (line.end > line.start) lines.push({ ...line, words: words(text, line) });
    from = to + 1;
    if (from < next) continue;
    next = from + STEP;
    yield;
  }
  return lines;
}

function trimmed(text: string, from: number, to: number): Span {
  let [start, end] = [from, to];
  while (start < end && (isWhite(text, start) || text[start] === ">")) start++;
  while (end > start && isWhite(text, end - 1)) end--;
  return { start, end };
}

/** Longer lines are gone through unit by unit: replacing in them by a regular expression would be one long step. */
const LONG_LINE = 10_000;

function words(text: string, { start, end }: Span): string {
  const line = text.slice(start, end);
  if (!/\s\s|[^\S ]/.test(line)) return line;
  if (line.length <= LONG_LINE) return line.replace(/\s+/g, " ");
  const units = new Uint16Array(line.length);
  let count = 0;
  for (let i = 0, after = false; i < line.length; i++) {
    const white = isWhite(line, i);
    if (!white) units[count++] = line.charCodeAt(i);
    else if (!after) units[count++] = 0x20;
    after = white;
  }
  return Buffer.from(units.buffer, 0, count * 2).toString("utf16le");
}

let white: Uint8Array | undefined;

/** Whether a unit is white space. */
export function isWhite(text: string, at: number): boolean {
  white ??= Uint8Array.from({ length: 0x10000 }, (_, unit) => (/\s/.test(String.fromCharCode(unit)) ? 1 : 0));
  return at >= 0 && at < text.length && white[text.charCodeAt(at)] === 1;
}

/** Units of a text that are not white space. */
export function solid(text: string): string {
  return text.replace(/\s+/g, "");
}

/** How many units of a stretch are not white space. */
export function solidUnits(text: string, { start, end }: Span): number {
  let count = 0;
  for (let i = start; i < end; i++) if (!isWhite(text, i)) count++;
  return count;
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
