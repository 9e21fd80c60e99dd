/** Quotes for the log: they say, beside the words and what stands around them, what was the only one of its kind. Offsets are UTF-16 code units. */
import { makeQuote } from "./anchors";
import { lettersOf, onlyPlace } from "./letters";
import { lineAt, linesOf, nameOf, solid } from "./lines";
import type { Quote, QuotedLine, Span } from "./span";

/** In longer texts what is the only one is not looked for: it takes a pass over the text after each edit. */
const LONGEST = 4_000_000;
/** With fewer letters and digits around it a quote says nothing about where it is. */
const FEWEST_LETTERS = 12;
/** Letters and digits on each side that are enough context where they were enough to tell the place from all others. */
export const NEAR_LETTERS = 16;

interface Counted {
  readonly text: string;
  readonly letters: string;
  readonly lines: ReadonlyMap<string, number>;
}

/** The text that was quoted last: decisions come many at a time. */
let latest: Counted | undefined;

function counted(text: string): Counted {
  if (latest?.text === text) return latest;
  const lines = new Map<string, number>();
  for (const { words } of linesOf(text)) lines.set(words, (lines.get(words) ?? 0) + 1);
  latest = { text, letters: lettersOf(text).letters, lines };
  return latest;
}

/**
 * Quotes a span so that a later session can tell whether the text it finds is this one or another that looks like it.
 * @throws RangeError when the span is not inside the text.
 */
export function lastingQuote(text: string, span: Span): Quote {
  const quote = makeQuote(text, span);
  if (text.length > LONGEST) return quote;
  const { letters, lines } = counted(text);
  const once = onlyWith(text, letters, quote, span);
  const line = onlyLine(text, span, lines);
  return { ...quote, once, ...(line && { line }) };
}

function onlyWith(text: string, letters: string, quote: Quote, span: Span): NonNullable<Quote["once"]> {
  const around = junction(text, span);
  const only = (needle: string | undefined): boolean =>
    needle !== undefined && onlyPlace(letters, needle) !== undefined && !around.includes(needle);
  if (only(needleOf(quote, NEAR_LETTERS)?.letters)) return "near";
  return only(needleOf(quote)?.letters) ? "all" : "never";
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

function onlyLine(text: string, span: Span, lines: ReadonlyMap<string, number>): QuotedLine | undefined {
  const line = lineAt(text, span.start);
  if (span.start < line.start || lines.get(line.words) !== 1) return undefined;
  return { name: nameOf(line.words), before: solid(text.slice(line.start, span.start)).length };
}
