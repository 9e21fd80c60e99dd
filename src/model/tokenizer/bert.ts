/** The tokenizer of BERT's kind, each token with its place in the text. */
import { WordPiece } from "@huggingface/tokenizers";
import type { Tokenizer } from "./tokenizer";
import { EncodingBuilder } from "./encoding";
import type { Encoding, Growing } from "./encoding";
import { AddedTokens } from "./added";
import type { BertParts } from "./parts";
import type { Frame, PairFrame } from "./frame";
import { charClass, CharClass, CharMap } from "./unicode";

/** The pieces of one normalised word: ids, and how many code points of the word each covers. */
interface Pieces {
  readonly ids: readonly number[];
  readonly lengths: readonly number[];
}

/** Bounds the memory of the word cache; a novel has about 20,000 distinct words. */
const MAX_CACHED_WORDS = 100_000;

/**
 * `@huggingface/tokenizers` cuts a normalised word into pieces, but gives no offsets, and its normaliser follows the
 * JavaScript engine's Unicode tables where the Rust library follows older ones. So the normaliser and the split into words
 * are ours, carry each character's place along, and use the Rust library's own tables (`tables.ts`).
 */
export class BertTokenizer implements Tokenizer {
  readonly single: Frame;
  readonly pair: PairFrame;
  readonly padId: number;
  readonly vocabSize: number;
  readonly #unkId: number;
  readonly #model: WordPiece;
  readonly #map: CharMap;
  readonly #lowercase: boolean;
  readonly #prefixLength: number;
  readonly #maxChars: number;
  readonly #cache = new Map<string, Pieces>();
  readonly #added: AddedTokens;

  constructor(files: BertParts) {
    const { addedTokens } = files;
    const { wordPiece, normalizer } = files;
    this.single = files.frames.single;
    this.pair = files.frames.pair;
    this.padId = files.padId;
    this.#lowercase = normalizer.lowercase;
    this.#model = new WordPiece(wordPiece);
    this.#map = new CharMap(normalizer);
    this.#prefixLength = Array.from(wordPiece.continuing_subword_prefix).length;
    this.#maxChars = wordPiece.max_input_chars_per_word;
    this.#added = new AddedTokens(addedTokens);
    this.#unkId = this.#model.tokens_to_ids.get(wordPiece.unk_token)!;
    this.vocabSize = Math.max(this.#model.vocab.length, ...addedTokens.map((token) => token.id + 1));
  }

  encode(text: string): Encoding {
    const out = new EncodingBuilder(text.length);
    let from = 0;
    for (const { id, start, end } of this.#added.find(text)) {
      this.#encodeRange(text, from, start, out);
      out.push(id, start, end);
      out.word++;
      from = end;
    }
    this.#encodeRange(text, from, text.length, out);
    return out.finish();
  }

  /** Tokenizes `text[from, to)`, which holds no added token. */
  #encodeRange(text: string, from: number, to: number, out: EncodingBuilder): void {
    let i = from;
    while (i < to) {
      const unit = text.charCodeAt(i);
      if (unit < 128) {
        const kind = charClass(unit);
        if (kind === CharClass.Space) {
          i++;
          continue;
        }
        if (kind === CharClass.Punctuation) {
          this.#emitPlain(text.charAt(i), i, i + 1, out);
          i++;
          continue;
        }
        if (kind === CharClass.Plain) {
          let j = i + 1;
          while (j < to && text.charCodeAt(j) < 128 && charClass(text.charCodeAt(j)) === CharClass.Plain) j++;
          if (j === to || isAsciiBoundary(text.charCodeAt(j))) {
            const word = text.slice(i, j);
            this.#emitPlain(this.#lowercase ? word.toLowerCase() : word, i, j, out);
            i = j;
            continue;
          }
        }
      }
      i = this.#encodeMapped(text, i, to, out);
    }
  }

  /** Tokenizes character by character from `from` up to where a word has ended; returns that offset. */
  #encodeMapped(text: string, from: number, to: number, out: EncodingBuilder): number {
    const { starts, ends } = out.chars;
    let word = "";
    let count = 0;
    let i = from;
    const flush = (): void => {
      if (count > 0) this.#emit(word, count, starts, ends, out);
      word = "";
      count = 0;
    };
    while (i < to) {
      const code = text.codePointAt(i)!;
      const next = i + (code > 0xffff && i + 1 < to ? 2 : 1);
      const mapped = this.#map.get(code);
      if (mapped.alone) flush();
      for (let k = 0; k < mapped.chars.length; k++) {
        const kind = mapped.kinds[k];
        if (kind === CharClass.Space) {
          flush();
          continue;
        }
        if (kind === CharClass.Punctuation) flush();
        starts.set(count, i);
        ends.set(count, next);
        word += mapped.chars[k]!;
        count++;
        if (kind === CharClass.Punctuation) flush();
      }
      if (mapped.alone) flush();
      i = next;
      // Give ASCII text back to the fast path as soon as no word is open.
      if (count === 0 && i < to && text.charCodeAt(i) < 128) break;
    }
    flush();
    return i;
  }

  /** A word whose normalised form has one UTF-16 unit for each of the original. */
  #emitPlain(word: string, start: number, end: number, out: EncodingBuilder): void {
    const pieces = this.#pieces(word, end - start);
    let at = start;
    for (let p = 0; p < pieces.ids.length; p++) {
      const next = at + pieces.lengths[p]!;
      out.push(pieces.ids[p]!, at, next);
      at = next;
    }
    out.word++;
  }

  #emit(word: string, count: number, starts: Growing, ends: Growing, out: EncodingBuilder): void {
    const pieces = this.#pieces(word, count);
    let at = 0;
    for (let p = 0; p < pieces.ids.length; p++) {
      const next = at + pieces.lengths[p]!;
      out.push(pieces.ids[p]!, starts.get(at), ends.get(next - 1));
      at = next;
    }
    out.word++;
  }

  /** The pieces of a normalised word of `count` code points, cut by the library. */
  #pieces(word: string, count: number): Pieces {
    // The library would split the whole word into characters only to say the same.
    if (count > this.#maxChars) return { ids: [this.#unkId], lengths: [count] };
    const known = this.#cache.get(word);
    if (known) return known;
    const tokens = this.#model.encode([word]);
    const { tokens_to_ids: ids, unk_token: unk } = this.#model;
    const whole = tokens.length === 1;
    const pieces: Pieces = {
      ids: tokens.map((token) => (token === unk ? this.#unkId : ids.get(token)!)),
      lengths: tokens.map((token, index) =>
        whole ? count : Array.from(token).length - (index > 0 ? this.#prefixLength : 0),
      ),
    };
    if (this.#cache.size >= MAX_CACHED_WORDS) this.#cache.clear();
    this.#cache.set(word, pieces);
    return pieces;
  }
}

/** Whether an ASCII word certainly ends before this unit. Other control characters vanish, so a word can go on after them. */
function isAsciiBoundary(unit: number): boolean {
  if (unit >= 128) return false;
  const kind = charClass(unit);
  return kind === CharClass.Space || kind === CharClass.Punctuation;
}
