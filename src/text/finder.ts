/** Finding quoted text for certain, or not at all. Offsets are UTF-16 code units. */
import { isLetter, lettersInSteps, lettersOf } from "./letters";
import type { Letters } from "./letters";
import { isWhite, linesInSteps, nameOf, solid } from "./lines";
import type { Line } from "./lines";
import { insidePair } from "./offsets";
import { onlyPlaces } from "./only-places";
import { FEWEST_LETTERS, MOST_CONTEXT, NEAR_LETTERS, needleOf } from "./quoting";
import type { Needle } from "./quoting";
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Quote, Span } from "./span";

/** So much between two letters, and what follows is no context of what was before. */
const WIDEST_GAP = 500;
/** Units of lines named in a step. */
const NAMED_A_STEP = 250_000;

/** Letters and digits of a quote's context on one side of a place. */
interface Side {
  readonly count: number;
  /** None is missing. */
  readonly all: boolean;
  /** None is missing, and where there were none, at an end of the text, there are none now. */
  readonly whole: boolean;
}

/** A quote's context around a place. */
export interface Context {
  readonly before: Side;
  readonly after: Side;
}

/**
 * Finds quotes in one text. What it finds is the quoted text itself: at its place with all its context, in its own line, or where its words stand with all
 * the letters and digits of its context on both sides, once. White space, markup at the start of lines and punctuation around it may have changed.
 */
export class QuoteFinder {
  #letters: Letters | undefined;
  #lines: ReadonlyMap<string, Line | "several"> | undefined;
  /** Letters of the contexts that were compared. */
  readonly #contexts = new WeakMap<Quote, { readonly prefix: string; readonly suffix: string }>();

  constructor(readonly text: string) {}

  /** Where the quoted text is, if that is certain. @param hint where it was */
  find(quote: Quote, hint: Span): Span | undefined {
    return finish(this.finding([{ quote, span: hint }]))[0];
  }

  /** As {@link find}, of many quotes: one pass over the text for all of them. `span` is where a quote was. */
  *finding(items: readonly { readonly quote: Quote; readonly span: Span }[]): Steps<(Span | undefined)[]> {
    const found: (Span | undefined)[] = [];
    for (const { quote, span } of items) {
      found.push(quote.exact === "" ? undefined : this.#here(quote, span));
      yield;
    }
    for (const [index, { quote }] of items.entries()) {
      if (found[index] !== undefined || quote.exact === "" || quote.line === undefined) continue;
      this.#lines ??= yield* namesOf(this.text);
      found[index] = this.#inLine(quote, this.#lines);
      yield;
    }
    const left = items.flatMap(({ quote }, index) =>
      found[index] !== undefined || quote.exact === "" || quote.once === "never" ? [] : [index],
    );
    if (left.length > 0) yield* this.#byContext(items, left, found);
    return found;
  }

  /** How much of a quote's context stands around a span, unbroken. */
  context(span: Span, quote: Quote): Context {
    const { prefix, suffix } = this.#contextOf(quote);
    return { before: this.#beside(span.start - 1, -1, prefix), after: this.#beside(span.end, 1, suffix) };
  }

  /** How many letters and digits of a context stand on one side, from an offset on. */
  #beside(from: number, step: 1 | -1, letters: string): Side {
    let count = 0;
    let others = false;
    for (let at = from, gap = 0; at >= 0 && at < this.text.length && gap < WIDEST_GAP; at += step, gap++) {
      if (!isLetter(this.text.charCodeAt(at))) continue;
      others = this.text[at] !== letters[step > 0 ? count : letters.length - 1 - count];
      if (others || ++count === letters.length) break;
      gap = 0;
    }
    const all = count === letters.length;
    return { count, all, whole: all && !others };
  }

  /** Whether the words of the quote are exactly there. */
  says(span: Span, quote: Quote): boolean {
    const { start, end } = span;
    if (start < 0 || end > this.text.length || insidePair(this.text, start) || insidePair(this.text, end)) return false;
    return this.text.startsWith(quote.exact, start) && end - start === quote.exact.length;
  }

  #here({ exact, prefix, suffix }: Quote, hint: Span): Span | undefined {
    const span = { start: hint.start, end: hint.start + exact.length };
    if (!this.says(span, { exact, prefix, suffix }) || !this.text.startsWith(suffix, span.end)) return undefined;
    if (!this.text.startsWith(prefix, span.start - prefix.length)) return undefined;
    // Less context than there was room for: the quote stood at an end of the text, and must still.
    const atStart = prefix.length > 0 || span.start === 0;
    const atEnd = suffix.length > 0 || span.end === this.text.length;
    return atStart && atEnd ? span : undefined;
  }

  #contextOf(quote: Quote): { readonly prefix: string; readonly suffix: string } {
    const known = this.#contexts.get(quote);
    if (known !== undefined) return known;
    const letters = {
      prefix: lettersOf(quote.prefix.slice(-MOST_CONTEXT)).letters,
      suffix: lettersOf(quote.suffix.slice(0, MOST_CONTEXT)).letters,
    };
    this.#contexts.set(quote, letters);
    return letters;
  }

  #inLine(quote: Quote, lines: ReadonlyMap<string, Line | "several">): Span | undefined {
    const { exact, line } = quote;
    if (line === undefined) return undefined;
    const found = lines.get(line.name);
    if (found === undefined || found === "several") return undefined;
    let start = found.start;
    for (let left = line.before; left > 0 || isWhite(this.text, start); start++) {
      if (start >= found.end) return undefined;
      if (!isWhite(this.text, start)) left--;
    }
    const span = this.#wordsFrom(exact, start);
    // Few letters are soon the same in another line: what stands on one side must be, too.
    if (span === undefined || lettersOf(found.words.slice(0, MOST_CONTEXT)).letters.length >= FEWEST_LETTERS)
      return span;
    const { before, after } = this.context(span, quote);
    return before.whole || after.whole ? span : undefined;
  }

  /** A span that holds the words from an offset on, whatever white space is between them. */
  #wordsFrom(exact: string, start: number): Span | undefined {
    const wanted = solid(exact);
    const [before] = /^\s*/.exec(exact)!;
    const [after] = /\s*$/.exec(exact)!;
    let end = start;
    for (const unit of wanted) {
      while (isWhite(this.text, end)) end++;
      if (!this.text.startsWith(unit, end)) return undefined;
      end += unit.length;
    }
    const from = this.text.startsWith(before, start - before.length) ? start - before.length : start;
    return { start: from, end: this.text.startsWith(after, end) ? end + after.length : end };
  }

  /** By both sides of its context, unless that stood in the text more than once when it was quoted. */
  *#byContext(
    items: readonly { readonly quote: Quote }[],
    left: readonly number[],
    found: (Span | undefined)[],
  ): Steps<void> {
    const needles: (readonly Needle[])[] = [];
    for (const index of left) {
      const { quote } = items[index]!;
      const all = needleOf(quote);
      // As much context as there is, then, where that was enough when it was quoted, less.
      needles.push(all === undefined ? [] : quote.once === "near" ? [all, needleOf(quote, NEAR_LETTERS)!] : [all]);
      yield;
    }
    if (needles.every(({ length }) => length === 0)) return;
    const { letters, at } = (this.#letters ??= yield* lettersInSteps(this.text));
    const places = yield* onlyPlaces(
      letters,
      needles.flat().map((needle) => needle.letters),
    );
    for (const [position, index] of left.entries()) {
      const { exact, once } = items[index]!.quote;
      const needle = needles[position]!.find((one) => places.has(one.letters));
      const place = needle && places.get(needle.letters)!;
      if (needle !== undefined && place !== undefined) {
        // Where there was no letter on a side, the end of the text is what stood there.
        const isEnd =
          (needle.before > 0 || place === 0) && (needle.after > 0 || place + needle.letters.length === letters.length);
        if (once === "near" || isEnd) found[index] = this.#wordsAt(exact, at[place + needle.before]!);
      }
      yield;
    }
  }

  /** A span that holds the words whose first letter is at an offset. */
  #wordsAt(exact: string, letter: number): Span | undefined {
    let start = letter;
    // What the quote begins with may be no letter, as a bracket.
    const units = solid(exact);
    let lead = 0;
    while (!isLetter(units.charCodeAt(lead))) lead++;
    for (; lead > 0 && start > 0; start--) if (!isWhite(this.text, start - 1)) lead--;
    return this.#wordsFrom(exact, start);
  }
}

/** Lines of a text by their names. */
function* namesOf(text: string): Steps<ReadonlyMap<string, Line | "several">> {
  const names = new Map<string, Line | "several">();
  let units = 0;
  for (const line of yield* linesInSteps(text)) {
    const name = nameOf(line.words);
    names.set(name, names.has(name) ? "several" : line);
    units += line.words.length;
    if (units < NAMED_A_STEP) continue;
    units = 0;
    yield;
  }
  return names;
}
