/** Tokenizers put together from the parts that `tokenizer.json` names: added tokens, normaliser, pre-tokenizer, model. */
import type { Tokenizer } from "./tokenizer";
import { AddedTokens } from "./added";
import { AlignedText } from "./aligned";
import { EncodingBuilder } from "./encoding";
import type { Encoding } from "./encoding";
import type { PipelineParts } from "./parts";
import type { Frame, PairFrame } from "./frame";
import type { Pieces } from "./pieces";
import { isWhiteSpace } from "./tables";
import { goesOn } from "./words";

/** Bounds the memory of the word cache. */
const MAX_CACHED_WORDS = 100_000;
/** Longer words are not kept: they do not come again. */
const MAX_CACHED_LENGTH = 100;

/**
 * Does the steps of the Rust library one by one, each character's place carried along. Two things differ, both for whoever reads the spans: white
 * space at a token's edges is not part of its span (a piece such as "▁Paris" would begin with the space), so that a token of white space alone
 * has an empty one; and a word ends at punctuation and, in scripts written without spaces, with each token, wherever the pre-tokenizer ends it.
 */
export class PipelineTokenizer implements Tokenizer {
  readonly single: Frame;
  readonly pair: PairFrame;
  readonly padId: number;
  readonly vocabSize: number;
  readonly #raw: AddedTokens;
  readonly #normalized: AddedTokens;
  readonly #cache = new Map<string, Pieces>();

  constructor(private readonly parts: PipelineParts) {
    const { addedTokens, frames, model, normalize } = parts;
    this.single = frames.single;
    this.pair = frames.pair;
    this.padId = parts.padId;
    this.vocabSize = addedTokens.reduce((most, { id }) => Math.max(most, id + 1), model.vocabSize);
    this.#raw = new AddedTokens(addedTokens.filter((token) => !token.normalized));
    this.#normalized = new AddedTokens(
      addedTokens
        .filter((token) => token.normalized)
        .map((token) => {
          const { content } = token;
          return { ...token, content: normalize(AlignedText.of(content, 0, content.length)).toString() };
        }),
    );
  }

  encode(text: string): Encoding {
    const out = new Emitter(text);
    let from = 0;
    for (const { id, start, end } of this.#raw.find(text)) {
      this.#encodeStretch(text, from, start, out);
      out.token(id, start, end);
      out.nextPiece();
      from = end;
    }
    this.#encodeStretch(text, from, text.length, out);
    return out.finish();
  }

  /** Tokenizes `text[from, to)`, which holds no added token but normalised ones. */
  #encodeStretch(text: string, from: number, to: number, out: Emitter): void {
    if (from === to) return;
    const normalized = this.parts.normalize(AlignedText.of(text, from, to));
    const found = this.#normalized.find(normalized.toString());
    if (found.length === 0) {
      this.#encodePiece(normalized, out);
      return;
    }
    const place = characterPlaces(normalized);
    let done = 0;
    for (const { id, start, end } of found) {
      const first = place(start);
      this.#encodePiece(normalized.slice(done, first), out);
      done = place(end);
      out.token(id, normalized.starts[first]!, normalized.ends[done - 1]!);
      out.nextPiece();
    }
    this.#encodePiece(normalized.slice(done, normalized.length), out);
  }

  #encodePiece(text: AlignedText, out: Emitter): void {
    if (text.length === 0) return;
    for (const word of this.parts.preTokenize(text)) {
      if (word.length === 0) continue;
      const { ids, from, to } = this.#cut(word.toString());
      for (let i = 0; i < ids.length; i++) out.token(ids[i]!, word.starts[from[i]!]!, word.ends[to[i]! - 1]!);
      out.nextPiece();
    }
  }

  #cut(word: string): Pieces {
    let pieces = this.#cache.get(word);
    if (!pieces) {
      pieces = this.parts.model.cut(word);
      if (this.#cache.size >= MAX_CACHED_WORDS) this.#cache.clear();
      if (word.length <= MAX_CACHED_LENGTH) this.#cache.set(word, pieces);
    }
    return pieces;
  }
}

/** UTF-16 offset in the string of a text → index of the character. For offsets that grow. */
function characterPlaces(text: AlignedText): (unit: number) => number {
  let at = 0;
  let unit = 0;
  return (to) => {
    for (; unit < to; at++) unit += text.codes[at]! > 0xffff ? 2 : 1;
    return at;
  };
}

/** Writes tokens down: white space off the spans, and words counted. */
class Emitter {
  readonly #builder: EncodingBuilder;
  /** Where the token before starts and ends; -1 where none in the same piece. */
  #lastStart = -1;
  #lastEnd = -1;
  #any = false;

  constructor(private readonly text: string) {
    this.#builder = new EncodingBuilder(text.length);
  }

  /** The pre-tokenizer's next word begins. */
  nextPiece(): void {
    this.#lastEnd = -1;
  }

  token(id: number, from: number, to: number): void {
    let start = from;
    let end = Math.max(from, to);
    while (start < end && isWhiteSpace(this.text.charCodeAt(start))) start++;
    while (end > start && isWhiteSpace(this.text.charCodeAt(end - 1))) end--;
    // A lone mark of a word's beginning is its first token.
    const same =
      this.#lastEnd >= 0 &&
      (this.#lastStart === this.#lastEnd || start < this.#lastEnd || goesOn(this.text, this.#lastEnd, start));
    if (this.#any && !same) this.#builder.word++;
    this.#builder.push(id, start, end);
    this.#any = true;
    this.#lastStart = start;
    this.#lastEnd = end;
  }

  finish(): Encoding {
    return this.#builder.finish();
  }
}
