/** Where quoted text may be: what a person is asked about, never taken for found. Offsets are UTF-16 code units. */
import { approximate } from "./approximate";
import { insidePair } from "./offsets";
import type { Quote, Span } from "./span";

/** How far from its old place, in UTF-16 units each way, the same words are looked for. Bounds the cost whatever the text's size. */
const REACH = 200_000;
/** The same for similar text. */
const FUZZY_REACH = 4000;
/** For longer quotes no similar text is looked for: the search costs length × reach. */
const FUZZY_MAX_LENGTH = 400;
/** At most so many places of the same words are compared, and of long ones fewer: so many units in all. */
const MOST_PLACES = 2000;
const MOST_UNITS = 4_000_000;

/** The most likely place of a quote: the same words with the best context (the nearest of equals), else the most similar text near its old place. */
export function likelyPlace(text: string, quote: Quote, hint: Span): Span | undefined {
  if (quote.exact === "") return undefined;
  return sameWords(text, quote, hint) ?? similar(text, quote, hint);
}

function sameWords(text: string, quote: Quote, hint: Span): Span | undefined {
  const { exact, prefix, suffix } = quote;
  const at = (start: number): Span => ({ start, end: start + exact.length });
  const from = Math.max(0, Math.min(hint.start, text.length) - REACH);
  const near = text.slice(from, from + 2 * REACH + exact.length);
  let best: { start: number; score: number } | undefined;
  let found = 0;
  let left = Math.min(MOST_PLACES, Math.max(10, MOST_UNITS / (prefix.length + exact.length + suffix.length)));
  for (let i = near.indexOf(exact); i >= 0 && left > 0; i = near.indexOf(exact, i + 1), left--) {
    const start = from + i;
    if (!whole(text, at(start))) continue;
    found++;
    const score = context(text, at(start), quote);
    const distance = Math.abs(start - hint.start);
    if (!best || score > best.score || (score === best.score && distance < Math.abs(best.start - hint.start)))
      best = { start, score };
  }
  if (best === undefined) return undefined;
  const total = prefix.length + suffix.length;
  // A short word has many doubles, some with a little of the same context by chance: it needs more of it.
  const enough = Math.min(total, exact.length < 8 ? 12 : 4);
  const alone = found === 1 && exact.length >= 8;
  return best.start === hint.start || alone || best.score >= enough ? at(best.start) : undefined;
}

/** The most similar text around the hint, with at most one edit in five characters and some of the context beside it. */
function similar(text: string, quote: Quote, hint: Span): Span | undefined {
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
    if (better && span.end > span.start && whole(text, span) && context(text, span, quote) >= enough)
      best = { span, errors: match.errors, distance };
  }
  return best?.span;
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
