/** Finding many quotes again in a text that changed in unknown ways. Offsets are UTF-16 code units. */
import { QuoteFinder } from "./finder";
import { lettersInSteps } from "./letters";
import { linesInSteps } from "./lines";
import type { Line } from "./lines";
import { inOwnLine, lastingQuotes } from "./quoting";
import { firstIndex } from "./search";
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Quote, Span } from "./span";
import { cutsWord } from "./word-borders";

/** A quote, and where its text was. */
export interface Quoted {
  readonly quote: Quote;
  readonly span: Span;
}

/** Letters and digits of context on each side without which even the right distance from what is around it says nothing. */
const LITTLE = 8;
/** So many new lines in one place are no longer searched for a single label. */
const MOST_LINES = 1000;
/** Lines looked at in a step. */
const LINES_A_STEP = 5000;

/** Where quoted texts are, each undefined where that is not certain ({@link QuoteFinder}). */
export function locate(text: string, items: readonly Quoted[]): (Span | undefined)[] {
  return finish(locating(new QuoteFinder(text), items));
}

/** As {@link locate}, in the finder's text. */
export function* locating(finder: QuoteFinder, items: readonly Quoted[]): Steps<(Span | undefined)[]> {
  return yield* betweenFound(finder, items, yield* finder.finding(items));
}

/**
 * Where spans of one text are in another, each undefined where that is not certain. Finds more than {@link locate}: words in lines that changed, where they
 * stand once in all that is new between two lines that stayed, and once in what was there before.
 */
export function follow(before: string, after: string, spans: readonly Span[]): (Span | undefined)[] {
  return finish(following(before, new QuoteFinder(after), spans));
}

/** As {@link follow}, to the finder's text. */
export function* following(before: string, finder: QuoteFinder, spans: readonly Span[]): Steps<(Span | undefined)[]> {
  if (before === finder.text) return [...spans];
  const quotes = yield* lastingQuotes(before, spans);
  const items = spans.map((span, index) => ({ span, quote: quotes[index]! }));
  const found = yield* locating(finder, items);
  if (!found.includes(undefined)) return found;
  const lines = yield* comparedLines(before, finder.text);
  const hunks = yield* changedLines(lines);
  for (const [index, span] of found.entries()) {
    if (span === undefined) found[index] = yield* inHunk(before, finder, items[index]!, hunks, lines);
    yield;
  }
  return found;
}

/** What stands as far as before from the nearest text that was found: with all of its context, or with a little where that holds on both sides. */
function* betweenFound(
  finder: QuoteFinder,
  items: readonly Quoted[],
  found: readonly (Span | undefined)[],
): Steps<(Span | undefined)[]> {
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
      const { before, after } = finder.context(there, quote);
      const both = previous !== undefined && next !== undefined && moved(previous) === moved(next);
      const enough = both && before.count >= LITTLE && after.count >= LITTLE;
      if (enough || (before.whole && after.whole)) result[index] = there;
    }
    yield;
  }
  return result;
}

/** A run of lines that changed, and what is there now. */
interface Hunk {
  readonly before: Span;
  readonly after: Span;
  readonly lines: readonly Line[];
  /** Whether the letters are the same, so that only lines were put together or broken anew; undefined: not looked at yet. */
  rewrapped?: boolean;
}

/** Lines of two texts, and where each stands, or how often, below zero, where that is more than once. */
interface ComparedLines {
  readonly before: readonly Line[];
  readonly after: readonly Line[];
  readonly olds: ReadonlyMap<string, number>;
  readonly news: ReadonlyMap<string, number>;
}

function* comparedLines(textBefore: string, textAfter: string): Steps<ComparedLines> {
  const before = yield* linesInSteps(textBefore);
  const after = yield* linesInSteps(textAfter);
  return { before, after, olds: yield* placesOf(before), news: yield* placesOf(after) };
}

function* placesOf(lines: readonly Line[]): Steps<ReadonlyMap<string, number>> {
  const map = new Map<string, number>();
  for (const [index, { words }] of lines.entries()) {
    const known = map.get(words);
    map.set(words, known === undefined ? index : known < 0 ? known - 1 : -2);
    if (index % LINES_A_STEP === LINES_A_STEP - 1) yield;
  }
  return map;
}

/** Lines that differ, between lines that both texts have once and in the same order next to them. */
function* changedLines({ before, after, olds, news }: ComparedLines): Steps<Hunk[]> {
  const at: number[] = [];
  const taken = new Set<number>();
  for (const [index, { words }] of before.entries()) {
    const place = olds.get(words)! < 0 ? -1 : Math.max(-1, news.get(words) ?? -1);
    at.push(place);
    taken.add(place);
    if (index % LINES_A_STEP === LINES_A_STEP - 1) yield;
  }
  const hunks: Hunk[] = [];
  for (let first = 0; first < before.length; first++) {
    if (at[first] !== -1) continue;
    let last = first;
    while (last + 1 < before.length && at[last + 1] === -1) last++;
    const from = first === 0 ? -1 : at[first - 1]!;
    const to = last + 1 === before.length ? after.length : at[last + 1]!;
    const count = to - from - 1;
    if (count > 0 && count < MOST_LINES) {
      let free = true;
      for (let line = from + 1; line < to && free; line++) free = !taken.has(line);
      if (free) {
        hunks.push({
          before: { start: before[first]!.start, end: before[last]!.end },
          after: { start: after[from + 1]!.start, end: after[to - 1]!.end },
          lines: after.slice(from + 1, to),
        });
      }
    }
    first = last;
    yield;
  }
  return hunks;
}

/** The only such words in what changed, in a line that is the label's own. */
function* inHunk(
  text: string,
  finder: QuoteFinder,
  { quote, span }: Quoted,
  hunks: readonly Hunk[],
  lines: ComparedLines,
): Steps<Span | undefined> {
  const hunk = hunks[firstIndex(hunks, ({ before }) => before.start > span.start) - 1];
  if (hunk === undefined || span.end > hunk.before.end) return undefined;
  const { exact } = quote;
  const only = (all: string, { start, end }: Span): number | undefined => {
    const part = all.slice(start, end);
    const first = part.indexOf(exact);
    return first < 0 || part.indexOf(exact, first + 1) >= 0 ? undefined : start + first;
  };
  const start = only(finder.text, hunk.after);
  if (start === undefined || only(text, hunk.before) === undefined) return undefined;
  const found = { start, end: start + exact.length };
  // A word that became a part of another is another word.
  if (!finder.says(found, quote) || (cutsWord(finder.text, found) && !cutsWord(text, span))) return undefined;
  const line = lineAt(hunk.lines, start);
  if (line === undefined) return undefined;
  hunk.rewrapped ??= (yield* lettersIn(text, hunk.before)) === (yield* lettersIn(finder.text, hunk.after));
  if (hunk.rewrapped || isOwnLine(line, lineAt(lines.before, span.start), lines)) return found;
  // A line that the text had before is that line, whatever is gone around it; one that is new must share something of the label's own line.
  const { before, after } = finder.context(found, inOwnLine(quote));
  return !lines.olds.has(line.words) && before.count + after.count >= LITTLE ? found : undefined;
}

/** Whether a line that was there several times is there as often as before, so that none came in place of another. */
function isOwnLine({ words }: Line, own: Line | undefined, { olds, news }: ComparedLines): boolean {
  return own?.words === words && olds.get(words)! < 0 && olds.get(words) === news.get(words);
}

function lineAt(lines: readonly Line[], at: number): Line | undefined {
  const line = lines[firstIndex(lines, (one) => one.start > at) - 1];
  return line !== undefined && at < line.end ? line : undefined;
}

function* lettersIn(text: string, { start, end }: Span): Steps<string> {
  return (yield* lettersInSteps(text.slice(start, end))).letters;
}
