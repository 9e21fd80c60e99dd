/** Spans on their way out: checked against the text, in the unit that was asked for. */
import { insidePair, OffsetMap } from "../text/offsets";
import type { OffsetUnit } from "../text/offsets";
import { firstIndex } from "../text/search";
import type { Span } from "../text/span";

/** A span does not lie where its text is: a bug, never the user's fault. */
export class SpanError extends Error {
  override readonly name = "SpanError";
}

/** Positions in one text. */
export class Positions {
  readonly #map: OffsetMap;
  #lines: number[] | undefined;

  constructor(
    private readonly text: string,
    private readonly unit: OffsetUnit,
  ) {
    this.#map = new OffsetMap(text);
  }

  /**
   * A span (UTF-16) in the unit that was asked for.
   * @param shown what the model read there: the span's text, in which markup and line breaks may be blanks.
   * @throws {SpanError} when the text there is another.
   */
  place(span: Span, shown: string): Span {
    const { start, end } = span;
    const exact = this.text.slice(start, end);
    const fits =
      exact.length === end - start && exact !== "" && !insidePair(this.text, start) && !insidePair(this.text, end);
    if (!fits || !isReadingOf(shown, exact))
      throw new SpanError(`${start}–${end} holds ${JSON.stringify(exact)}, not ${JSON.stringify(shown)}.`);
    const placed = { start: this.#map.fromUtf16(start, this.unit), end: this.#map.fromUtf16(end, this.unit) };
    if (this.#map.toUtf16(placed.start, this.unit) !== start || this.#map.toUtf16(placed.end, this.unit) !== end)
      throw new SpanError(`${start}–${end} does not survive the way to ${this.unit} offsets and back.`);
    return placed;
  }

  /** Line and column of a UTF-16 offset, both from 1, columns in UTF-16 units, as editors count. */
  at(offset: number): string {
    const lines = (this.#lines ??= lineStarts(this.text));
    const line = firstIndex(lines, (start) => start > offset);
    return `${line}:${offset - lines[line - 1]! + 1}`;
  }
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (const found of text.matchAll(/\r\n|\r|\n/g)) starts.push(found.index + found[0].length);
  return starts;
}

function isReadingOf(shown: string, exact: string): boolean {
  if (shown === exact) return true;
  if (shown.length !== exact.length) return false;
  for (let i = 0; i < shown.length; i++)
    if (shown.charCodeAt(i) !== exact.charCodeAt(i) && shown.charAt(i) !== " ") return false;
  return true;
}
