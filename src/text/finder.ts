/** Finding quoted text for certain, or not at all. Offsets are UTF-16 code units. */
import { isLetter, lettersOf, onlyPlace } from "./letters";
import type { Letters } from "./letters";
import { isWhite, linesOf, nameOf, solid } from "./lines";
import type { Line } from "./lines";
import { insidePair } from "./offsets";
import { NEAR_LETTERS, needleOf } from "./quoting";
import type { Quote, Span } from "./span";

/**
 * Finds quotes in one text. What it finds is the quoted text itself: at its place with all its context, in its own line, or where its words stand with all
 * the letters and digits of its context on both sides, once. White space, markup at the start of lines and punctuation around it may have changed.
 */
export class QuoteFinder {
  #letters: Letters | undefined;
  #lines: ReadonlyMap<string, Line | "several"> | undefined;

  constructor(readonly text: string) {}

  /** Where the quoted text is, if that is certain. @param hint where it was */
  find(quote: Quote, hint: Span): Span | undefined {
    if (quote.exact === "") return undefined;
    return this.#here(quote, hint) ?? this.#inLine(quote) ?? this.#byContext(quote);
  }

  /** How many letters and digits of the context stand, unbroken, before and after a span; `all` where none is missing. */
  context(span: Span, quote: Quote): { readonly before: number; readonly after: number; readonly all: boolean } {
    const [prefix, suffix] = [lettersOf(quote.prefix).letters, lettersOf(quote.suffix).letters];
    let before = 0;
    for (let i = span.start - 1; i >= 0 && before < prefix.length; i--) {
      if (!isLetter(this.text.charCodeAt(i))) continue;
      if (this.text[i] !== prefix[prefix.length - 1 - before]) break;
      before++;
    }
    let after = 0;
    for (let i = span.end; i < this.text.length && after < suffix.length; i++) {
      if (!isLetter(this.text.charCodeAt(i))) continue;
      if (this.text[i] !== suffix[after]) break;
      after++;
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

  #inLine({ exact, line }: Quote): Span | undefined {
    if (line === undefined) return undefined;
    const found = this.#lineNames().get(line.name);
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
  #byContext(quote: Quote): Span | undefined {
    const { exact, once } = quote;
    const all = once === "never" ? undefined : needleOf(quote);
    if (all === undefined) return undefined;
    const { letters, at } = (this.#letters ??= lettersOf(this.text));
    let needle = all;
    let first = onlyPlace(letters, all.letters);
    if (first === undefined && once === "near") {
      needle = needleOf(quote, NEAR_LETTERS)!;
      first = onlyPlace(letters, needle.letters);
    }
    if (first === undefined) return undefined;
    let start = at[first + needle.before]!;
    // What the quote begins with may be no letter, as a bracket.
    const units = solid(exact);
    let lead = 0;
    while (!isLetter(units.charCodeAt(lead))) lead++;
    for (; lead > 0 && start > 0; start--) if (!isWhite(this.text, start - 1)) lead--;
    return this.#wordsFrom(exact, start);
  }

  #lineNames(): ReadonlyMap<string, Line | "several"> {
    if (this.#lines !== undefined) return this.#lines;
    const names = new Map<string, Line | "several">();
    for (const line of linesOf(this.text)) {
      const name = nameOf(line.words);
      names.set(name, names.has(name) ? "several" : line);
    }
    this.#lines = names;
    return names;
  }
}
