/** A change of the normaliser: what comes out, and how many characters of what went in it stands for. */
export interface Change {
  /** The code point that comes out. */
  readonly code: number;
  /** 1: inserted, takes the place of the character before; 0: replaces a character; -n: replaces one and removes the n after it. */
  readonly taken: number;
}

/**
 * Text on its way through normaliser and pre-tokenizer: code points, each with its place in the original text (UTF-16). The bookkeeping is that
 * of the Rust library's `NormalizedString`, so that spans come out as there: a character composed of several lies where the first of them
 * lies, and one that was inserted lies where its neighbour lies.
 */
export class AlignedText {
  private constructor(
    readonly codes: readonly number[],
    readonly starts: readonly number[],
    readonly ends: readonly number[],
  ) {}

  /** `text[from, to)`. Lone surrogates, which Rust cannot hold, are dropped. */
  static of(text: string, from: number, to: number): AlignedText {
    const codes: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = from; i < to;) {
      const code = text.codePointAt(i)!;
      const next = i + (code > 0xffff ? 2 : 1);
      if ((code & 0xfffff800) !== 0xd800) {
        codes.push(code);
        starts.push(i);
        ends.push(next);
      }
      i = next;
    }
    return new AlignedText(codes, starts, ends);
  }

  get length(): number {
    return this.codes.length;
  }

  /** The text as a string. */
  toString(from = 0, to = this.codes.length): string {
    let text = "";
    for (let i = from; i < to; i++) text += String.fromCodePoint(this.codes[i]!);
    return text;
  }

  /** Characters `[from, to)`. */
  slice(from: number, to: number): AlignedText {
    if (from === 0 && to === this.length) return this;
    return new AlignedText(this.codes.slice(from, to), this.starts.slice(from, to), this.ends.slice(from, to));
  }

  /**
   * Applies changes that together stand for all of the text.
   * @param skipped characters removed at the very beginning.
   */
  transform(changes: readonly Change[], skipped = 0): AlignedText {
    const codes: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    let at = skipped;
    for (const { code, taken } of changes) {
      const from = taken > 0 ? at - 1 : at;
      codes.push(code);
      starts.push(this.starts[from] ?? this.starts[0] ?? 0);
      ends.push(this.ends[from] ?? this.starts[0] ?? 0);
      if (taken <= 0) at += 1 - taken;
    }
    return new AlignedText(codes, starts, ends);
  }

  /** Only the characters `keep` says yes to. */
  filter(keep: (code: number) => boolean): AlignedText {
    const kept = [...this.codes.keys()].filter((i) => keep(this.codes[i]!));
    if (kept.length === this.length) return this;
    const pick = (list: readonly number[]): number[] => kept.map((i) => list[i]!);
    return new AlignedText(pick(this.codes), pick(this.starts), pick(this.ends));
  }

  /** Each character by itself as others, which all lie where it lies. */
  map(become: (code: number) => readonly number[]): AlignedText {
    const codes: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < this.length; i++)
      for (const code of become(this.codes[i]!)) {
        codes.push(code);
        starts.push(this.starts[i]!);
        ends.push(this.ends[i]!);
      }
    return new AlignedText(codes, starts, ends);
  }

  /** With characters in front, which lie where the first character lies. An empty text stays empty. */
  prepend(codes: readonly number[]): AlignedText {
    return this.#precede(codes, this.ends[0]!);
  }

  /** With characters in front that stand for no text: they lie before the first character and have no length. An empty text stays empty. */
  prependNothing(codes: readonly number[]): AlignedText {
    return this.#precede(codes, this.starts[0]!);
  }

  #precede(codes: readonly number[], end: number): AlignedText {
    if (this.length === 0) return this;
    const start = this.starts[0]!;
    return new AlignedText(
      [...codes, ...this.codes],
      [...codes.map(() => start), ...this.starts],
      [...codes.map(() => end), ...this.ends],
    );
  }

  /** Each of the stretches (in order, disjoint) replaced by `codes`, which lie where the stretch's last character lies. */
  replace(stretches: Iterable<readonly [number, number]>, content: readonly number[]): AlignedText {
    const codes: number[] = [];
    const starts: number[] = [];
    const ends: number[] = [];
    let done = 0;
    const keep = (to: number): void => {
      for (; done < to; done++) {
        codes.push(this.codes[done]!);
        starts.push(this.starts[done]!);
        ends.push(this.ends[done]!);
      }
    };
    for (const [from, to] of stretches) {
      keep(from);
      for (const code of content) {
        codes.push(code);
        starts.push(this.starts[to - 1]!);
        ends.push(this.ends[to - 1]!);
      }
      done = to;
    }
    keep(this.length);
    return new AlignedText(codes, starts, ends);
  }
}
