/** Spans through edits, and quotes that find them again. */
import { insidePair } from "./offsets";
import type { Quote, Span } from "./span";

/** An edit: `[start, end)` of the old text became `text`. */
export interface TextChange extends Span {
  readonly text: string;
}

/** UTF-16 units of context kept on each side of a quote. */
export const CONTEXT = 32;
/**
 * Where a span is after an edit. Text inserted at an edge stays outside; an edit inside widens or narrows the span; an edit
 * across an edge cuts it there. Undefined when nothing of the span's own text is left.
 */
export function shiftSpan(span: Span, change: TextChange): Span | undefined {
  const delta = change.text.length - (change.end - change.start);
  if (change.end <= span.start) return { start: span.start + delta, end: span.end + delta };
  if (change.start >= span.end) return span;
  if (change.start <= span.start && change.end >= span.end) return undefined;
  if (change.start < span.start) return { start: change.start + change.text.length, end: span.end + delta };
  if (change.end > span.end) return { start: span.start, end: change.start };
  return { start: span.start, end: span.end + delta };
}

/**
 * Quotes a span with up to 32 UTF-16 units on each side, never cutting a surrogate pair.
 * @throws {RangeError} when the span is not inside the text.
 */
export function makeQuote(text: string, span: Span): Quote {
  const { start, end } = span;
  if (!(start >= 0 && start <= end && end <= text.length))
    throw new RangeError(`span ${start}–${end} is not inside the text (0 to ${text.length})`);
  let from = Math.max(0, start - CONTEXT);
  let to = Math.min(text.length, end + CONTEXT);
  if (insidePair(text, from)) from++;
  if (insidePair(text, to)) to--;
  return {
    exact: text.slice(start, end),
    prefix: text.slice(from, Math.max(from, start)),
    suffix: text.slice(end, Math.max(to, end)),
  };
}
