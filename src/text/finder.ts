/** Finding quoted text for certain, or not at all. Offsets are UTF-16 code units. */
import { isLetter, lettersInSteps, lettersOf } from "./letters";
import type { Letters } from "./letters";
import { isWhite, linesInSteps, nameOf, solid } from "./lines";
import type { Line } from "./lines";
import { insidePair } from "./offsets";
import { onlyPlaces } from "./only-places";
import { NEAR_LETTERS, needleOf } from "./quoting";
import { finish } from "./slices";
import type { Steps } from "./slices";
import type { Quote, Span } from "./span";

/** So much between two letters, and what follows is no context of what was before. */
const WIDEST_GAP = 500;
/** A log from elsewhere may hold contexts of any length: so many units of them are compared. */
const MOST_CONTEXT = 256;
/** Units of lines named in a step. */
const NAMED_A_STEP = 250_000;

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

  /** How many letters and digits of the context stand, unbroken, before and after a span; `all` where none is missing. */
  context(span: Span, quote: Quote): { readonly before: number; readonly after: number; readonly all: boolean } {
    const { prefix, suffix } = this.#contextOf(quote);
    let before = 0;
    for (let i = span.start - 1, gap = 0; i >= 0 && before < prefix.length && gap < WIDEST_GAP; i--, gap++) {
      if (!isLetter(this.text.charCodeAt(i))) continue;
      if (this.text[i] !== prefix[prefix.length - 1 - before]) break;
      before++;
      gap = 0;
    }
    let after = 0;
    for (let i = span.end, gap = 0; i < this.text.length && after < suffix.length && gap < WIDEST_GAP; i++, gap++) {
      if (!isLetter(this.text.charCodeAt(i))) continue;
      if (this.text[i] !== suffix[after]) break;
      after++;
      gap = 0;
    }
    return { before, after, all: before === prefix.length && after === suffix.length };
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

  #inLine({ exact, line }: Quote, lines: ReadonlyMap<string, Line | "several">): Span | undefined {
    if (line === undefined) return undefined;
    const found = lines.get(line.name);
    if (found === undefined || found === "several") return undefined;
    let start = found.start;
    for (let left = line.before; left > 0 || isWhite(this.text, start); start++) {
      if (start >= found.end) return undefined;
      if (!isWhite(this.text, start)) left--;
    }
    return this.#wordsFrom(exact, start);
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
    const needles: (readonly { readonly letters: string; readonly before: number }[])[] = [];
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
      const needle = needles[position]!.find((one) => places.has(one.letters));
      if (needle !== undefined) {
        const { exact } = items[index]!.quote;
        found[index] = this.#wordsAt(exact, at[places.get(needle.letters)! + needle.before]!);
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
