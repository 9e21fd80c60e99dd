/**
 * SentencePiece's compiled normalisation rules (`Precompiled` in `tokenizer.json`): a Darts-clone double array over UTF-8 bytes whose values
 * are places in a list of NUL-terminated strings. Layout: u32 size of the array in bytes, the array, the strings.
 * The search, and the odd rules about what is looked up, are those of the Rust library (its crate `spm_precompiled`).
 */
import type { AlignedText } from "./aligned";
import type { Change } from "./aligned";

/** Longest grapheme, in bytes, that is looked up as a whole. */
const LONGEST = 5;
/** Characters that are cut into graphemes at a time. */
const WINDOW = 64;

/** The rules, ready to be applied. */
export class Charsmap {
  readonly #units: Uint32Array;
  readonly #strings: Uint8Array;
  readonly #known = new Map<string, readonly number[] | undefined>();
  readonly #segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

  /** @throws Error when the bytes are not a charsmap. */
  constructor(base64: string) {
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    const view = new DataView(bytes.buffer);
    const size = bytes.length < 8 ? 0 : view.getUint32(0, true);
    if (size === 0 || size % 4 !== 0 || 4 + size > bytes.length) throw new Error("it is cut short");
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#strings = bytes.subarray(4 + size);
  }

  /** Applies the rules to a text. */
  apply(text: AlignedText): AlignedText {
    const changes: Change[] = [];
    let skipped = 0;
    const replace = (taken: number, by: readonly number[]): void => {
      const more = by.length - taken;
      by.forEach((code, i) => changes.push({ code, taken: i < taken ? 0 : 1 }));
      if (more >= 0) return;
      // What is removed goes with the character before it, or with nothing at the start.
      const last = changes.pop();
      if (last) changes.push({ code: last.code, taken: last.taken + more });
      else skipped -= more;
    };
    for (const [from, to] of this.#graphemes(text)) {
      const short = to - from > 1 && byteLength(text.codes, from, to) <= LONGEST;
      const whole = short ? this.#lookUp(text.toString(from, to)) : undefined;
      if (whole) replace(to - from, whole);
      else for (let i = from; i < to; i++) replace(1, this.#lookUp(text.toString(i, i + 1)) ?? [text.codes[i]!]);
    }
    return text.transform(changes, skipped);
  }

  /** Extended grapheme clusters, as ranges of characters. */
  *#graphemes(text: AlignedText): Generator<readonly [number, number]> {
    const { codes } = text;
    for (let i = 0; i < codes.length;) {
      // Printable ASCII before ASCII stands alone; only CR LF does not.
      if (codes[i]! < 128 && codes[i] !== 13 && (i + 1 === codes.length || codes[i + 1]! < 128)) {
        yield [i, ++i];
        continue;
      }
      let to = i + 1;
      // Up to a place where a cluster certainly ends: before two ASCII characters in a row.
      while (
        to < codes.length &&
        !(codes[to]! < 128 && (to + 1 === codes.length || codes[to + 1]! < 128) && codes[to] !== 10)
      )
        to++;
      while (i < to) {
        const clusters = this.#clusters(text, i, to);
        for (const count of clusters) yield [i, (i += count)];
      }
    }
  }

  /** Lengths of the clusters from `from`, as many as a window of text is sure of: the segmenter takes the square of a long text's time. */
  #clusters(text: AlignedText, from: number, to: number): number[] {
    for (let size = WINDOW; ; size *= 2) {
      const end = Math.min(to, from + size);
      const counts = Array.from(
        this.#segmenter.segment(text.toString(from, end)),
        ({ segment }) => Array.from(segment).length,
      );
      if (end === to) return counts;
      // The last one may go on.
      if (counts.length > 1) return counts.slice(0, -1);
    }
  }

  /** What the characters become: the rule of their shortest prefix that has one. */
  #lookUp(characters: string): readonly number[] | undefined {
    if (this.#known.has(characters)) return this.#known.get(characters);
    const found = this.#search(characters);
    this.#known.set(characters, found);
    return found;
  }

  #search(characters: string): readonly number[] | undefined {
    const units = this.#units;
    const offset = (unit: number): number => (unit >>> 10) << ((unit & 0x200) >>> 6);
    let node = offset(units[0]!);
    for (const byte of Buffer.from(characters, "utf8")) {
      if (byte === 0) return undefined;
      node ^= byte;
      const unit = units[node];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
      node ^= offset(unit);
      if ((unit >>> 8) & 1) return this.#stringAt(units[node]! & 0x7fffffff);
    }
    return undefined;
  }

  #stringAt(from: number): readonly number[] {
    const to = this.#strings.indexOf(0, from);
    const text = Buffer.from(this.#strings.subarray(from, to < 0 ? undefined : to)).toString("utf8");
    return Array.from(text, (char) => char.codePointAt(0)!);
  }
}

function byteLength(codes: readonly number[], from: number, to: number): number {
  let bytes = 0;
  for (let i = from; i < to && bytes <= LONGEST; i++) {
    const code = codes[i]!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
