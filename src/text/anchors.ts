import { approximate } from "./approximate";
import { insidePair } from "./offsets";
import type { Quote, Span } from "./span";

/** An edit: `[start, end)` of the old text became `text`. */
export interface TextChange extends Span {
  readonly text: string;
}

/** Where a quote was found, and how surely: where it was, elsewhere with its context, or as similar text only. */
export interface FoundQuote {
  readonly span: Span;
  readonly how: "position" | "quote" | "fuzzy";
}

/** UTF-16 units of context kept on each side of a quote. */
const CONTEXT = 32;
/** How far from its old place, in UTF-16 units each way, similar text is looked for. Bounds the cost whatever the text's size. */
const FUZZY_REACH = 4000;
/** Longer quotes are found by their exact text or not at all: the search for similar text costs length × reach. */
const FUZZY_MAX_LENGTH = 400;

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
 * @throws RangeError when the span is not inside the text.
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

/**
 * Finds quoted text again: where it was, then wherever its exact text has the best context (the nearest of equals), then the
 * most similar text near its old place. Undefined when none is good enough: the label is stale then. The same short text in
 * other surroundings is not taken for it. Linear in the text's length.
 */
export function findQuote(text: string, quote: Quote, hint: Span): FoundQuote | undefined {
  const { exact } = quote;
  if (exact === "") return undefined;
  const total = quote.prefix.length + quote.suffix.length;
  const at = (start: number): Span => ({ start, end: start + exact.length });
  const here = text.startsWith(exact, hint.start) && hint.start >= 0 && whole(text, at(hint.start));
  if (here && context(text, at(hint.start), quote) === total) return { span: at(hint.start), how: "position" };

  let best: { start: number; score: number } | undefined;
  let found = 0;
  for (let start = text.indexOf(exact); start >= 0; start = text.indexOf(exact, start + 1)) {
    if (!whole(text, at(start))) continue;
    found++;
    const score = context(text, at(start), quote);
    const distance = Math.abs(start - hint.start);
    if (!best || score > best.score || (score === best.score && distance < Math.abs(best.start - hint.start)))
      best = { start, score };
  }
  // A short word has many doubles, some with a little of the same context by chance: it needs more of it.
  const enough = Math.min(total, exact.length < 8 ? 12 : 4);
  if (best && best.score >= enough && (total > 0 || found === 1 || best.start === hint.start))
    return { span: at(best.start), how: best.start === hint.start ? "position" : "quote" };
  if (best && found === 1 && exact.length >= 8) return { span: at(best.start), how: "quote" };
  return similar(text, quote, hint);
}

/** The most similar text around the hint, with at most one edit in five characters and some of the context beside it. */
function similar(text: string, quote: Quote, hint: Span): FoundQuote | undefined {
  const { exact, prefix, suffix } = quote;
  const errors = Math.floor(exact.length / 5);
  if (errors === 0 || exact.length > FUZZY_MAX_LENGTH) return undefined;
  const from = Math.max(0, Math.min(hint.start, text.length) - FUZZY_REACH);
  const to = Math.min(text.length, from + 2 * FUZZY_REACH + exact.length);
  const enough = Math.min(prefix.length + suffix.length, 8);
  let best: { span: Span; errors: number; distance: number } | undefined;
  for (const match of approximate(text.slice(from, to), exact, errors)) {
    const span = { start: from + match.start, end: from + match.end };
    const distance = Math.abs(span.start - hint.start);
    const better = !best || match.errors < best.errors || (match.errors === best.errors && distance < best.distance);
    if (better && whole(text, span) && context(text, span, quote) >= enough)
      best = { span, errors: match.errors, distance };
  }
  return best && { span: best.span, how: "fuzzy" };
}

/** How many units of the quote's context stand, unbroken, next to the span. */
function context(text: string, span: Span, quote: Quote): number {
  const { prefix, suffix } = quote;
  let before = 0;
  while (before < prefix.length && text[span.start - 1 - before] === prefix[prefix.length - 1 - before]) before++;
  let after = 0;
  while (after < suffix.length && text[span.end + after] === suffix[after]) after++;
  return before + after;
}

const whole = (text: string, span: Span): boolean => !insidePair(text, span.start) && !insidePair(text, span.end);
