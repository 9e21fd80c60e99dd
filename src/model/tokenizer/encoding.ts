/** The tokens of a text, without special tokens. All arrays have the same length. */
export interface Encoding {
  readonly ids: Int32Array;
  /** UTF-16 offset in the original text where the token's first character starts. */
  readonly starts: Int32Array;
  /** UTF-16 offset in the original text where the token's last character ends. */
  readonly ends: Int32Array;
  /** Index of the word (split at white space, punctuation and CJK characters) a token belongs to; never decreases. */
  readonly words: Int32Array;
}

/** An Int32Array that doubles when it is full. */
export class Growing {
  #data: Int32Array;
  constructor(capacity: number) {
    this.#data = new Int32Array(Math.max(capacity, 16));
  }
  get(index: number): number {
    return this.#data[index]!;
  }
  set(index: number, value: number): void {
    if (index >= this.#data.length) {
      const bigger = new Int32Array(Math.max(this.#data.length * 2, index + 1));
      bigger.set(this.#data);
      this.#data = bigger;
    }
    this.#data[index] = value;
  }
  take(length: number): Int32Array {
    return this.#data.slice(0, length);
  }
}

/** Collects the tokens of a text. */
export class EncodingBuilder {
  word = 0;
  /** Where each code point of the word being normalised lies in the text. Kept here so that it is allocated once a text. */
  readonly chars = { starts: new Growing(64), ends: new Growing(64) };
  #size = 0;
  readonly #ids: Growing;
  readonly #starts: Growing;
  readonly #ends: Growing;
  readonly #words: Growing;

  constructor(textLength: number) {
    const capacity = Math.ceil(textLength / 3);
    this.#ids = new Growing(capacity);
    this.#starts = new Growing(capacity);
    this.#ends = new Growing(capacity);
    this.#words = new Growing(capacity);
  }

  push(id: number, start: number, end: number): void {
    this.#ids.set(this.#size, id);
    this.#starts.set(this.#size, start);
    this.#ends.set(this.#size, end);
    this.#words.set(this.#size, this.word);
    this.#size++;
  }

  finish(): Encoding {
    const [ids, starts, ends, words] = [this.#ids, this.#starts, this.#ends, this.#words].map((a) =>
      a.take(this.#size),
    );
    return { ids: ids!, starts: starts!, ends: ends!, words: words! };
  }
}
