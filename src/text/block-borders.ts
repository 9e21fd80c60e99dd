/** Where one block of a text ends and the next begins, as its lines say. Offsets are UTF-16 code units. */
import type { Span } from "./span";

/** Enough of a line to know what it starts. */
const HEAD_UNITS = 200;
/** List items, headings, table rows, fences, rules. */
const OPENS = /^[ \t]*(?:[-*+•‣–—][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||`{3}|~{3}|={3}|-{3}|_{3}|\*{3})/;
/** Lines that are a block of their own: what follows them is another. */
const ALONE = /^[ \t]*(?:#{1,6}[ \t]|\||`{3}|~{3}|={2,}[ \t]*$|-{2,}[ \t]*$)/;
/** A line of a chat, a log or minutes: `[09:12`, `(9:12 pm)`, `2024-05-01 09:12`, `09:12 Anna:`, `00:01.500 --> `. */
const STAMP =
  /^[ \t]*(?:[[(<](?:\d[\d./ T,-]{5,14}[ ,T])?\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}[ T]\d{1,2}:\d{2}|\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d+)?[ \t]+(?:-->|[^\s:]{1,40}(?:[ \t][^\s:]{1,40})?:[ \t]))/;
/** A cell ends, or an HTML element that is a block begins or ends. */
const INSIDE = /(?<!\\)\||<\/?(?:p|div|li|ul|ol|td|th|tr|table|h[1-6]|br|dd|dt|blockquote|section)\b/gi;

/**
 * The offsets in [start, end), `start` left out, at which a block begins: a paragraph, list item, heading, table row or cell, line with a time stamp. A line that is
 * only wrapped goes on with its block. In order; linear in the stretch.
 * @param start counts from here: offsets of the result are relative to it.
 */
export function blockBorders(text: string, { start, end }: Span): number[] {
  const borders: number[] = [];
  const add = (offset: number): void => {
    if (offset > start && offset < end && offset - start !== borders.at(-1)) borders.push(offset - start);
  };
  let line = text.lastIndexOf("\n", start - 1) + 1;
  // A passage that begins far into a long line: its line's start is of no use.
  if (start - line > HEAD_UNITS) line = start;
  let before = "";
  let first = true;
  while (line < end) {
    const newline = text.indexOf("\n", line);
    const next = newline < 0 ? text.length : newline + 1;
    const head = text.slice(line, Math.min(next, line + HEAD_UNITS)).trimEnd();
    if (!first) {
      const blank = before.trim() === "" && head.trim() !== "";
      const quoted = /^[ \t]*>/.test(head) !== /^[ \t]*>/.test(before);
      const bare = head.replace(/^(?:[ \t]*>)+/, "");
      if (blank || quoted || OPENS.test(bare) || STAMP.test(bare) || ALONE.test(before.replace(/^(?:[ \t]*>)+/, "")))
        add(line);
    }
    const inside = text.slice(Math.max(line, start), Math.min(next, end));
    if (inside.includes("|") || inside.includes("<"))
      for (const { index } of inside.matchAll(INSIDE)) add(Math.max(line, start) + index);
    first = false;
    before = head;
    line = next;
  }
  return borders;
}
