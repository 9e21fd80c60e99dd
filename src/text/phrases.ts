/** Finding many phrases in one pass over a text. Offsets are UTF-16 code units. */
import { addTo } from "./grouped";
import type { Span } from "./span";
import { insideWord } from "./word-borders";

/** A phrase where it stands, with what it was given. */
export type FoundPhrase<T> = Span & { readonly value: T };

interface Phrase<T> {
  readonly words: string;
  readonly value: T;
}

/** Phrases of two UTF-16 units and more, each with a value; shorter ones are left out. */
export class Phrases<T> {
  /** By their first two units, the longest first. */
  readonly #byStart = new Map<number, Phrase<T>[]>();
  readonly #values = new Map<string, T>();
  /** 1 for the units that phrases begin with: most places of a text are passed over by it. */
  readonly #starts = new Uint8Array(0x10000);

  constructor(entries: Iterable<readonly [words: string, value: T]>) {
    for (const [words, value] of entries) if (words.length >= 2) this.#values.set(words, value);
    for (const [words, value] of this.#values) {
      addTo(this.#byStart, startOf(words, 0), [{ words, value }]);
      this.#starts[words.charCodeAt(0)] = 1;
    }
    for (const list of this.#byStart.values()) list.sort((a, b) => b.words.length - a.words.length);
  }

  /** How many there are. */
  get size(): number {
    return this.#values.size;
  }

  /** Whether the other has the same phrases with the same values. */
  equals(other: Phrases<T>): boolean {
    if (this.size !== other.size) return false;
    for (const [words, value] of this.#values) if (other.#values.get(words) !== value) return false;
    return true;
  }

  /**
   * Where these phrases stand, as they are and as whole words, in order and not overlapping: of several that begin at one place the longest. What it costs grows
   * with the text, and hardly with how many phrases there are.
   */
  in(text: string): FoundPhrase<T>[] {
    const found: FoundPhrase<T>[] = [];
    if (this.size === 0) return found;
    const starts = this.#starts;
    for (let start = 0, before = 0; start + 1 < text.length; start++) {
      const unit = text.charCodeAt(start);
      const inside = isPlain(before) && isPlain(unit);
      before = unit;
      if (inside || starts[unit] === 0) continue;
      const phrases = this.#byStart.get(startOf(text, start));
      if (phrases === undefined || insideWord(text, start, start)) continue;
      const phrase = phrases.find(({ words }) => {
        const end = start + words.length;
        return text.startsWith(words, start) && !insideWord(text, end, end);
      });
      if (phrase === undefined) continue;
      const end = start + phrase.words.length;
      found.push({ start, end, value: phrase.value });
      start = end - 1;
      before = text.charCodeAt(start);
    }
    return found;
  }
}

/** An English letter or a digit: between two of them no word begins. */
function isPlain(unit: number): boolean {
  const letter = unit | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (unit >= 0x30 && unit <= 0x39);
}

/** The two units at an offset as one number. */
function startOf(text: string, at: number): number {
  return text.charCodeAt(at) * 0x10000 + text.charCodeAt(at + 1);
}
