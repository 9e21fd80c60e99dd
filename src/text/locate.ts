/** Finding many quotes again in a text that changed in unknown ways. Offsets are UTF-16 code units. */
import { QuoteFinder } from "./finder";
import { linesOf } from "./lines";
import type { Line } from "./lines";
import { lastingQuote } from "./quoting";
import type { Quote, Span } from "./span";

/** A quote, and where its text was. */
export interface Quoted {
  readonly quote: Quote;
  readonly span: Span;
}

/** Letters and digits of context on each side without which even the right distance from what is around it says nothing. */
const LITTLE = 8;

/** Where quoted texts are, each undefined where that is not certain ({@link QuoteFinder}). */
export function locate(text: string, items: readonly Quoted[], finder = new QuoteFinder(text)): (Span | undefined)[] {
  const found = items.map(({ quote, span }) => finder.find(quote, span));
  return betweenFound(finder, items, found);
}

/**
 * Where spans of one text are in another, each undefined where that is not certain. Finds more than {@link locate}: words in lines that changed, where they
 * stand once in all that is new between two lines that stayed, and once in what was there before.
 */
export function follow(before: string, after: string, spans: readonly Span[]): (Span | undefined)[] {
  if (before === after) return [...spans];
  const finder = new QuoteFinder(after);
  const items = spans.map((span) => ({ span, quote: lastingQuote(before, span) }));
  const found = locate(after, items, finder);
  if (!found.includes(undefined)) return found;
  const hunks = changedLines(linesOf(before), linesOf(after));
  return found.map((span, index) => span ?? inHunk(before, finder, items[index]!, hunks));
}

/** What stands as far as before from the nearest text that was found: with all of its context, or with a little where that holds on both sides. */
function betweenFound(
  finder: QuoteFinder,
  items: readonly Quoted[],
  found: readonly (Span | undefined)[],
): (Span | undefined)[] {
  if (!found.includes(undefined)) return [...found];
  const order = items.map((_, index) => index).sort((a, b) => items[a]!.span.start - items[b]!.span.start);
  const moved = (index: number): number => found[index]!.start - items[index]!.span.start;
  const result = [...found];
  let previous: number | undefined;
  for (const [position, index] of order.entries()) {
    if (found[index] !== undefined) {
      previous = index;
      continue;
    }
    const next = order.slice(position + 1, position + 50).find((other) => found[other] !== undefined);
    const { quote, span } = items[index]!;
    for (const neighbour of [previous, next]) {
      if (neighbour === undefined) continue;
      const there = { start: span.start + moved(neighbour), end: span.start + moved(neighbour) + quote.exact.length };
      if (!finder.says(there, quote)) continue;
      const { before, after, all } = finder.context(there, quote);
      const both = previous !== undefined && next !== undefined && moved(previous) === moved(next);
      if (all || (both && before >= LITTLE && after >= LITTLE)) result[index] = there;
    }
  }
  return result;
}

/** A run of lines that changed, and what is there now. */
interface Hunk {
  readonly before: Span;
  readonly after: Span;
}

/** Lines that differ, between lines that both texts have once and in the same order next to them. */
function changedLines(before: readonly Line[], after: readonly Line[]): Hunk[] {
  const places = (lines: readonly Line[]): Map<string, number> => {
    const map = new Map<string, number>();
    for (const [index, { words }] of lines.entries()) map.set(words, map.has(words) ? -1 : index);
    return map;
  };
  const [olds, news] = [places(before), places(after)];
  const at = before.map(({ words }) => (olds.get(words) === -1 ? -1 : (news.get(words) ?? -1)));
  const taken = new Set(at);
  const hunks: Hunk[] = [];
  for (let first = 0; first < before.length; first++) {
    if (at[first] !== -1) continue;
    let last = first;
    while (last + 1 < before.length && at[last + 1] === -1) last++;
    const from = first === 0 ? -1 : at[first - 1]!;
    const to = last + 1 === before.length ? after.length : at[last + 1]!;
    const between = Array.from({ length: Math.max(0, to - from - 1) }, (_, i) => from + 1 + i);
    if (between.length > 0 && between.length < 1000 && !between.some((line) => taken.has(line))) {
      hunks.push({
        before: { start: before[first]!.start, end: before[last]!.end },
        after: { start: after[between[0]!]!.start, end: after[between.at(-1)!]!.end },
      });
    }
    first = last;
  }
  return hunks;
}

function inHunk(text: string, finder: QuoteFinder, { quote, span }: Quoted, hunks: readonly Hunk[]): Span | undefined {
  const hunk = hunks.find(({ before }) => before.start <= span.start && span.end <= before.end);
  if (hunk === undefined) return undefined;
  const { exact } = quote;
  const only = (all: string, { start, end }: Span): number | undefined => {
    const part = all.slice(start, end);
    const first = part.indexOf(exact);
    return first < 0 || part.indexOf(exact, first + 1) >= 0 ? undefined : start + first;
  };
  const start = only(finder.text, hunk.after);
  if (start === undefined || only(text, hunk.before) === undefined) return undefined;
  const found = { start, end: start + exact.length };
  const { before, after } = finder.context(found, quote);
  return finder.says(found, quote) && before + after >= LITTLE ? found : undefined;
}
