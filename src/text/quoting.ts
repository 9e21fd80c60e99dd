/**
 * Quotes for the log: they say, beside the words and what stands around them, what was the only one of its kind. Offsets are UTF-16 code units.
 *
 * Lines are moved, doubled and deleted whole, so that what stands above and below a line says little of it: one that reads alike may come between the same
 * ends. What tells a place from all others is therefore either in its own line, or it is the whole of the lines next to it.
 */
import { CONTEXT, makeQuote } from "./anchors";
import { isLetter, lettersInSteps, lettersOf } from "./letters";
import { linesInSteps, nameOf, solidUnits } from "./lines";
import type { Line } from "./lines";
import { insidePair } from "./offsets";
import { onlyPlaces, SHORTEST_NEEDLE } from "./only-places";
import { firstIndex } from "./search";
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Quote, QuotedLine, Span } from "./span";

/** In longer texts what is the only one is not looked for: it takes a pass over the text after each edit. */
const LONGEST = 4_000_000;
/** With fewer letters and digits around it a quote says nothing about where it is; nor does a line that has fewer. */
export const FEWEST_LETTERS = 12;
/** Letters and digits on each side that are enough context where they were enough to tell the place from all others. */
export const NEAR_LETTERS = 16;
/** So many units on each side are quoted at most, where whole lines are, and compared: a log from elsewhere may hold contexts of any length. */
export const MOST_CONTEXT = 256;
/** Lines counted in a step. */
const LINES_A_STEP = 5000;

interface Counted {
  readonly text: string;
  readonly letters: string;
  readonly lines: readonly Line[];
  /** How often each line's words are there. */
  readonly times: ReadonlyMap<string, number>;
  /** Names of lines that were quoted from: a line may be as long as the text. */
  readonly names: Map<Line, string>;
}

/** The text that was quoted last: decisions come many at a time. */
let latest: Counted | undefined;

function* counted(text: string): Steps<Counted> {
  if (latest?.text === text) return latest;
  const lines = yield* linesInSteps(text);
  const times = new Map<string, number>();
  for (const [index, { words }] of lines.entries()) {
    times.set(words, (times.get(words) ?? 0) + 1);
    if (index % LINES_A_STEP === LINES_A_STEP - 1) yield;
  }
  const { letters } = yield* lettersInSteps(text);
  latest = { text, letters, lines, times, names: new Map() };
  return latest;
}

/**
 * Quotes a span so that a later session can tell whether the text it finds is this one or another that looks like it.
 * @throws {RangeError} when the span is not inside the text.
 */
export function lastingQuote(text: string, span: Span): Quote {
  return finish(lastingQuotes(text, [span]))[0]!;
}

/** As {@link lastingQuote}, of many spans of one text. */
export function* lastingQuotes(text: string, spans: readonly Span[]): Steps<Quote[]> {
  const quotes = spans.map((span) => makeQuote(text, span));
  if (text.length > LONGEST || spans.length === 0) return quotes;
  const of = yield* counted(text);
  const needles: (readonly [near: string | undefined, all: string | undefined])[] = [];
  for (const quote of quotes) {
    needles.push([needleInLine(quote, NEAR_LETTERS), needleInLine(quote)]);
    yield;
  }
  const places = yield* onlyPlaces(of.letters, needles.flat().filter(isThere));
  const onces = new Map<number, "near" | "all">();
  const lined = new Map<number, readonly Quote[]>();
  for (const index of quotes.keys()) {
    const [near, all] = needles[index]!.map((needle) => isOnly(text, spans[index]!, needle, places));
    if (near || all) onces.set(index, near ? "near" : "all");
    else lined.set(index, [withLines(text, spans[index]!, 0), withLines(text, spans[index]!, CONTEXT)]);
    yield;
  }
  const withLine: (string | undefined)[] = [];
  for (const both of lined.values()) {
    for (const quote of both) withLine.push(needleOf(quote)?.letters);
    yield;
  }
  const placesWithLine = yield* onlyPlaces(of.letters, withLine.filter(isThere));
  const lasting: Quote[] = [];
  for (const [index, quote] of quotes.entries()) {
    const [few, most = quote] = lined.get(index) ?? [];
    const only = [few, most].find((one) => isOnly(text, spans[index]!, one && needleOf(one)?.letters, placesWithLine));
    const line = onlyLine(of, spans[index]!);
    const once = onces.get(index) ?? (only === undefined ? "never" : "all");
    lasting.push({ ...(only ?? most), once, ...(line && { line }) });
    yield;
  }
  return lasting;
}

const isThere = (needle: string | undefined): needle is string => needle !== undefined;

/** Whether a needle is in the text once, and would not be if the span's line were taken out. */
function isOnly(text: string, span: Span, needle: string | undefined, places: ReadonlyMap<string, number>): boolean {
  return needle !== undefined && places.has(needle) && !junction(text, span, needle.length).includes(needle);
}

/** A quote with no more context than its own lines hold. */
export function inOwnLine(quote: Quote): Quote {
  const below = quote.suffix.indexOf("\n");
  return {
    ...quote,
    prefix: quote.prefix.slice(quote.prefix.lastIndexOf("\n") + 1),
    suffix: below < 0 ? quote.suffix : quote.suffix.slice(0, below),
  };
}

/** As {@link needleOf}, of the quote's own lines alone. Undefined where it would say too little also with what stands around them. */
function needleInLine(quote: Quote, most = Infinity): string | undefined {
  if (needleOf(quote, most) === undefined) return undefined;
  const needle = lettersAround(inOwnLine(quote), most).letters;
  return needle.length < SHORTEST_NEEDLE ? undefined : needle;
}

/** Quotes a span with the whole of the lines above and below it that hold a letter, as far as there is room. @param least units on each side */
function withLines(text: string, { start, end }: Span, least: number): Quote {
  let from = Math.max(0, start - MOST_CONTEXT);
  let to = Math.min(text.length, end + MOST_CONTEXT);
  if (insidePair(text, from)) from++;
  if (insidePair(text, to)) to--;
  const above = text.slice(Math.min(from, start), start);
  const below = text.slice(end, Math.max(to, end));
  let first = above.lastIndexOf("\n");
  while (first >= 0 && !isLetter(above.charCodeAt(first))) first--;
  let last = below.indexOf("\n");
  while (last >= 0 && last < below.length && !isLetter(below.charCodeAt(last))) last++;
  const before = first < 0 ? 0 : above.lastIndexOf("\n", first) + 1;
  const after = last < 0 ? -1 : below.indexOf("\n", last);
  from = Math.min(start - above.length + before, Math.max(0, start - least));
  to = Math.min(text.length, end + (after < 0 ? below.length : Math.max(after, least)));
  if (insidePair(text, from)) from++;
  if (insidePair(text, to)) to--;
  return {
    exact: text.slice(start, end),
    prefix: text.slice(Math.min(from, start), start),
    suffix: text.slice(end, Math.max(to, end)),
  };
}

/** The letters that would come together if the span's line were taken out. */
function junction(text: string, { start, end }: Span, length: number): string {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const last = text.indexOf("\n", end);
  const reach = 4 * (length + 64);
  const above = text.slice(Math.max(0, from - reach), from);
  return lettersOf(above + (last < 0 ? "" : text.slice(last, last + reach))).letters;
}

/** Letters of a quote and its context, and how many of them are before and after its own. */
export interface Needle {
  readonly letters: string;
  readonly before: number;
  readonly after: number;
}

/** A quote's letters and those of its context, at most so many on each side. Undefined where they are too few to say anything. */
export function needleOf(quote: Quote, most = Infinity): Needle | undefined {
  const { letters, before, after, context } = lettersAround(quote, most);
  return letters.length === before + after || context < FEWEST_LETTERS ? undefined : { letters, before, after };
}

/** @param most letters taken on each side */
function lettersAround({ exact, prefix, suffix }: Quote, most: number): Needle & { readonly context: number } {
  const [before, own, after] = [prefix, exact, suffix].map((part) => lettersOf(part).letters) as [
    string,
    string,
    string,
  ];
  const [head, tail] = [before.slice(Math.max(0, before.length - most)), after.slice(0, most)];
  return {
    letters: head + own + tail,
    ...{ before: head.length, after: tail.length, context: before.length + after.length },
  };
}

function onlyLine({ text, lines, times, names }: Counted, { start }: Span): QuotedLine | undefined {
  const line = lines[firstIndex(lines, (one) => one.start > start) - 1];
  if (line === undefined || times.get(line.words) !== 1) return undefined;
  const end = text.indexOf("\n", line.end);
  if (end >= 0 && end < start) return undefined;
  const name = names.get(line) ?? nameOf(line.words);
  names.set(line, name);
  return { name, before: solidUnits(text, { start: line.start, end: start }) };
}
