/** Tags of tokens to entities with their places in the text. */
import { marksEnd } from "../../text/marks";
import type { Span } from "../../text/span";
import { insideWord } from "../../text/word-borders";
import { probabilities } from "./bio";
import { classCount } from "../manifest/manifest";
import type { Decoder } from "../manifest/manifest";
import type { Row } from "../rows";
import { readSpans } from "./spans";
import type { SpanReading } from "./spans";
import type { Encoding } from "../tokenizer/encoding";

/**
 * Collects the token logits of one segment, window by window, and reads the entities off them. A word is labelled by its first
 * piece, as in training; words are the caller's where the text is already split, else the tokenizer's, put together where it cuts inside a word of the text.
 */
export class EntityReader {
  /** First token of each unit, and the unit's place in the text. */
  readonly #firstTokens: number[] = [];
  readonly #spans: Span[] = [];
  /** Logits of each unit's first token [units × classes], and how far inside its window that token was. */
  readonly #logits: Float32Array;
  readonly #depth: Int32Array;

  constructor(
    item: { readonly text: string; readonly words?: readonly Span[] },
    private readonly encoding: Encoding,
    private readonly decoder: Decoder,
  ) {
    if (item.words) this.#useWords(item.words);
    else this.#useTokenizerWords(item.text);
    this.#logits = new Float32Array(this.#spans.length * classCount(decoder));
    this.#depth = new Int32Array(this.#spans.length).fill(-1);
  }

  /** Takes the logits of one window: the row's first own token is at `at`. Where windows overlap, the more central reading counts. */
  add(row: Row, logits: Float32Array, at: number): void {
    const n = classCount(this.decoder);
    const end = row.from + row.count;
    for (let unit = 0; unit < this.#firstTokens.length; unit++) {
      const token = this.#firstTokens[unit]!;
      if (token < row.from || token >= end) continue;
      const left = row.from === 0 ? Infinity : token - row.from;
      const right = end === this.encoding.ids.length ? Infinity : end - 1 - token;
      const depth = Math.min(left, right, 1 << 30);
      if (depth <= this.#depth[unit]!) continue;
      this.#depth[unit] = depth;
      const from = at + (token - row.from) * n;
      this.#logits.set(logits.subarray(from, from + n), unit * n);
    }
  }

  /** What the logits say of the words. */
  finish(): SpanReading {
    const tags = this.decoder.labels;
    const n = tags.length;
    const words = this.#spans.length;
    const found = new Float32Array(words * n);
    const classes = classCount(this.decoder);
    for (let word = 0; word < words; word++) probabilities(this.decoder, this.#logits, word * classes, found, word * n);
    return readSpans(this.#spans, found, this.decoder);
  }

  #useTokenizerWords(text: string): void {
    const { words, starts, ends } = this.encoding;
    for (let i = 0; i < words.length;) {
      let j = i + 1;
      while (j < words.length && (words[j] === words[i] || insideWord(text, ends[j - 1]!, starts[j]!))) j++;
      // A word of white space alone, which some tokenizers have, is none.
      if (ends[j - 1]! > starts[i]!) {
        this.#firstTokens.push(i);
        this.#spans.push({ start: starts[i]!, end: marksEnd(text, ends[j - 1]!) });
      }
      i = j;
    }
  }

  #useWords(words: readonly Span[]): void {
    const { starts } = this.encoding;
    let token = 0;
    for (const word of words) {
      while (token < starts.length && starts[token]! < word.start) token++;
      // A word of characters the tokenizer drops has no token, and no label.
      if (token >= starts.length || starts[token]! >= word.end) continue;
      this.#firstTokens.push(token);
      this.#spans.push(word);
    }
  }
}
