/** Spans on their way out: in the unit that was asked for, each checked against the text. */
import { readEscapes } from "./json-lines/escapes";
import { insidePair, OffsetMap } from "./offsets";
import type { OffsetUnit } from "./offsets";
import type { Span } from "./span";
import { wellFormed } from "./well-formed";

/** A span did not come out as the text it went in with: a fault in this program, found before anything is written. */
export class SpanCheckError extends Error {
  override readonly name = "SpanCheckError";
}

/** Converts spans of a piece of a document to another unit, counted from the piece's start, and checks each one. */
export class CheckedOffsets {
  /** The piece's text. */
  readonly text: string;
  readonly #map: OffsetMap;
  readonly #slice: (start: number, end: number) => string;

  /** @param piece UTF-16 units in the document's text; default: all of it. */
  constructor(
    private readonly document: { readonly path: string; readonly text: string },
    private readonly unit: OffsetUnit,
    private readonly piece: Span = { start: 0, end: document.text.length },
  ) {
    this.text = document.text.slice(piece.start, piece.end);
    this.#map = new OffsetMap(this.text);
    this.#slice = slicer(this.text, unit);
  }

  /**
   * A span of the document (UTF-16) in the unit.
   * @param shown what the model read there, if it read it: the span's text, in which markup and line breaks may be blanks, and escapes what they stand for.
   * @throws {SpanCheckError} if the span lies outside the piece or cuts a character, if it does not hold what was read, or if the span that
   * comes out does not hold the text that went in.
   */
  span({ start, end }: Span, shown?: string): Span {
    const { text } = this;
    const [from, to] = [start - this.piece.start, end - this.piece.start];
    const exact = text.slice(from, to);
    const fail = (problem: string): SpanCheckError =>
      new SpanCheckError(`${this.document.path}, UTF-16 ${start}–${end}: ${problem}`);
    if (from < 0 || exact.length !== to - from) throw fail("outside the text");
    if (insidePair(text, from) || insidePair(text, to)) throw fail("begins or ends inside a character");
    if (shown !== undefined && (exact === "" || !(isReadingOf(shown, exact) || isReadingOf(shown, readEscapes(exact)))))
      throw fail(`holds ${JSON.stringify(exact)}, not ${JSON.stringify(shown)}`);
    const converted = { start: this.#map.fromUtf16(from, this.unit), end: this.#map.fromUtf16(to, this.unit) };
    const back = this.#slice(converted.start, converted.end);
    if (back !== (this.unit === "byte" ? wellFormed(exact) : exact))
      throw fail(
        `${this.unit} ${converted.start}–${converted.end} hold ${JSON.stringify(back)}, not ${JSON.stringify(exact)}`,
      );
    return converted;
  }
}

/** Cuts a text by another way than {@link OffsetMap} counts, so that a check with it is one. */
function slicer(text: string, unit: OffsetUnit): (start: number, end: number) => string {
  if (unit === "byte") {
    const bytes = Buffer.from(text, "utf8");
    return (start, end) => bytes.toString("utf8", start, end);
  }
  // Without surrogates a code point is a unit, and the list of a long text's characters takes ten times its memory.
  if (unit === "utf16" || !/[\ud800-\udfff]/.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

function isReadingOf(shown: string, exact: string): boolean {
  if (shown === exact) return true;
  if (shown.length !== exact.length) return false;
  for (let i = 0; i < shown.length; i++)
    if (shown.charCodeAt(i) !== exact.charCodeAt(i) && shown.charAt(i) !== " ") return false;
  return true;
}
