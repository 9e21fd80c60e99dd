/** A stretch of text: UTF-16 code units, `start` included, `end` excluded, into the text with its line endings as they are. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of text as a reader would quote it, so that it can be found again when offsets no longer hold (W3C Web Annotation, TextQuoteSelector). */
export interface Quote {
  /** The text of the span itself. */
  readonly exact: string;
  /** Up to 32 UTF-16 units before the span; up to 256 where the line above had to be in it. */
  readonly prefix: string;
  /** Up to 32 UTF-16 units after the span; up to 256 where the line below had to be in it. */
  readonly suffix: string;
  /** The line that the span begins in, present only if no other line of the text read the same when it was quoted. */
  readonly line?: QuotedLine;
  /**
   * How much context, its letters and digits compared, made this place the only one when it was quoted, also if its line had been taken out: the nearest
   * few ({@link NEAR_LETTERS}) that are in its line, all of it, or not even that. Absent: not known.
   */
  readonly once?: "near" | "all" | "never";
}

/** A line by the name of its text ({@link nameOf}), and where in it a span begins. */
export interface QuotedLine {
  readonly name: string;
  /** Units before the span that are not white space, from the line's first one on. */
  readonly before: number;
}

/** Whether two spans begin and end at the same places. */
export function sameSpan(a: Span, b: Span): boolean {
  return a.start === b.start && a.end === b.end;
}

/** Whether two spans share at least one code unit. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}

/** A stretch of a text with what it holds. */
export function quoted(text: string, { start, end }: Span): Span & { readonly exact: string } {
  return { start, end, exact: text.slice(start, end) };
}

/** The span without white space at its ends; undefined if nothing is left. */
export function trimSpan(text: string, span: Span): Span | undefined {
  const slice = text.slice(span.start, span.end);
  const start = span.start + (slice.length - slice.trimStart().length);
  const end = span.end - (slice.length - slice.trimEnd().length);
  return end > start ? { start, end } : undefined;
}
