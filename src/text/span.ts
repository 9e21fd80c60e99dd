/** A stretch of text: UTF-16 code units, `start` included, `end` excluded, into the text with its line endings as they are. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A stretch of text as a reader would quote it, so that it can be found again when offsets no longer hold (W3C Web Annotation, TextQuoteSelector). */
export interface Quote {
  /** The text of the span itself. */
  readonly exact: string;
  /** Up to 32 UTF-16 units before the span. */
  readonly prefix: string;
  /** Up to 32 UTF-16 units after the span. */
  readonly suffix: string;
}

/** Whether two spans share at least one code unit. */
export function overlaps(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}
