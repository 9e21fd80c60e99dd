/** Quotes for the log: they say, beside the words and what stands around them, what was the only one of its kind. Offsets are UTF-16 code units. */
import { makeQuote } from "./anchors";
import { lettersInSteps, lettersOf } from "./letters";
import { linesInSteps, nameOf, solidUnits } from "./lines";
import type { Line } from "./lines";
import { onlyPlaces } from "./only-places";
import { firstIndex } from "./search";
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Quote, QuotedLine, Span } from "./span";

/** In longer texts what is the only one is not looked for: it takes a pass over the text after each edit. */
const LONGEST = 4_000_000;
/** With fewer letters and digits around it a quote says nothing about where it is. */
const FEWEST_LETTERS = 12;
/** Letters and digits on each side that are enough context where they were enough to tell the place from all others. */
export const NEAR_LETTERS = 16;
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
    needles.push([needleOf(quote, NEAR_LETTERS)?.letters, needleOf(quote)?.letters]);
    yield;
  }
  const places = yield* onlyPlaces(
    of.letters,
    needles.flat().filter((needle) => needle !== undefined),
  );
  const lasting: Quote[] = [];
  for (const [index, quote] of quotes.entries()) {
    const around = junction(text, spans[index]!);
    const only = (needle: string | undefined): boolean =>
      needle !== undefined && places.has(needle) && !around.includes(needle);
    const [near, all] = needles[index]!;
    const line = onlyLine(of, spans[index]!);
    lasting.push({ ...quote, once: only(near) ? "near" : only(all) ? "all" : "never", ...(line && { line }) });
    yield;
  }
  return lasting;
}

/** The letters that would come together if the span's line were taken out. */
function junction(text: string, { start, end }: Span): string {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const last = text.indexOf("\n", end);
  const reach = 4 * (end - start + 64);
  const above = text.slice(Math.max(0, from - reach), from);
  return lettersOf(above + (last < 0 ? "" : text.slice(last, last + reach))).letters;
}

/** A quote's letters and those of its context, at most so many on each side, and how many are before it. Undefined where they are too few to say anything. */
export function needleOf(
  quote: Quote,
  most = Infinity,
): { readonly letters: string; readonly before: number } | undefined {
  const [before, own, after] = [quote.prefix, quote.exact, quote.suffix].map((part) => lettersOf(part).letters) as [
    string,
    string,
    string,
  ];
  if (own === "" || before.length + after.length < FEWEST_LETTERS) return undefined;
  const head = before.slice(Math.max(0, before.length - most));
  return { letters: head + own + after.slice(0, most), before: head.length };
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
