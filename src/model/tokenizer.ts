import { WordPiece } from "@huggingface/tokenizers";
import { charClass, CharClass, CharMap } from "./tokenizer-unicode";
import { readTokenizerFiles, type AddedToken, type TokenizerFiles } from "./tokenizer-files";

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

/** Turns text into the token ids of one model, each with its place in the original text. */
export interface Tokenizer {
  readonly clsId: number;
  readonly sepId: number;
  readonly padId: number;
  readonly unkId: number;
  readonly vocabSize: number;
  /**
   * Tokenizes a text of any length in linear time; nothing is truncated and no special token is added. A special token
   * spelled out in the text ("[SEP]") becomes that token, as in Rust; a lone surrogate is dropped like a control character.
   */
  encode(text: string): Encoding;
}

/**
 * Loads the tokenizer of a model folder (`tokenizer.json` and `tokenizer_config.json`).
 * @throws Error naming the file, when one is missing, not JSON, or of a kind that cannot be aligned with the text.
 */
export async function loadTokenizer(dir: string): Promise<Tokenizer> {
  return new BertTokenizer(await readTokenizerFiles(dir));
}

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
 * are ours, carry each character's place along, and use the Rust library's own tables (`tokenizer-unicode.ts`).
 */
class BertTokenizer implements Tokenizer {
  readonly clsId: number;
  readonly sepId: number;
  readonly padId: number;
  readonly unkId: number;
  readonly vocabSize: number;
  private readonly model: WordPiece;
  private readonly map: CharMap;
  private readonly prefixLength: number;
  private readonly maxChars: number;
  private readonly cache = new Map<string, Pieces>();
  private readonly addedByContent: ReadonlyMap<string, AddedToken>;
  private readonly addedPattern: RegExp | undefined;

  constructor(private readonly files: TokenizerFiles) {
    const { wordPiece, addedTokens, special } = files;
    this.model = new WordPiece(wordPiece);
    this.map = new CharMap(files.normalizer);
    this.prefixLength = Array.from(wordPiece.continuing_subword_prefix).length;
    this.maxChars = wordPiece.max_input_chars_per_word;
    this.addedByContent = new Map(addedTokens.map((token) => [token.content, token]));
    // Longest first, so that the alternation finds what the Rust library's leftmost-longest search finds.
    const contents = [...this.addedByContent.keys()].sort((a, b) => b.length - a.length);
    if (contents.length > 0)
      this.addedPattern = new RegExp(contents.map((c) => c.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&")).join("|"), "g");
    const idOf = (token: string): number => {
      const id = this.addedByContent.get(token)?.id ?? this.model.tokens_to_ids.get(token);
      if (id === undefined) throw new Error(`tokenizer.json does not hold the special token ${token}.`);
      return id;
    };
    this.clsId = idOf(special.cls);
    this.sepId = idOf(special.sep);
    this.padId = idOf(special.pad);
    this.unkId = idOf(wordPiece.unk_token);
    this.vocabSize = Math.max(this.model.vocab.length, ...addedTokens.map((token) => token.id + 1));
  }

  encode(text: string): Encoding {
    const out = new EncodingBuilder(text.length);
    let from = 0;
    if (this.addedPattern) {
      this.addedPattern.lastIndex = 0;
      for (const match of text.matchAll(this.addedPattern)) {
        const token = this.addedByContent.get(match[0])!;
        let start = match.index;
        let end = start + match[0].length;
        if (start < from) continue;
        if (token.lstrip) while (start > from && isSpace(text.charCodeAt(start - 1))) start--;
        if (token.rstrip) while (end < text.length && isSpace(text.charCodeAt(end))) end++;
        this.encodeRange(text, from, start, out);
        out.push(token.id, start, end);
        out.word++;
        from = end;
      }
    }
    this.encodeRange(text, from, text.length, out);
    return out.finish();
  }

  /** Tokenizes `text[from, to)`, which holds no added token. */
  private encodeRange(text: string, from: number, to: number, out: EncodingBuilder): void {
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
          this.emitPlain(text.charAt(i), i, i + 1, out);
          i++;
          continue;
        }
        if (kind === CharClass.Plain) {
          let j = i + 1;
          while (j < to && text.charCodeAt(j) < 128 && charClass(text.charCodeAt(j)) === CharClass.Plain) j++;
          if (j === to || isAsciiBoundary(text.charCodeAt(j))) {
            const word = text.slice(i, j);
            this.emitPlain(this.files.normalizer.lowercase ? word.toLowerCase() : word, i, j, out);
            i = j;
            continue;
          }
        }
      }
      i = this.encodeMapped(text, i, to, out);
    }
  }

  /** Tokenizes character by character from `from` up to where a word has ended; returns that offset. */
  private encodeMapped(text: string, from: number, to: number, out: EncodingBuilder): number {
    const { starts, ends } = out.chars;
    let word = "";
    let count = 0;
    let i = from;
    const flush = (): void => {
      if (count > 0) this.emit(word, count, starts, ends, out);
      word = "";
      count = 0;
    };
    while (i < to) {
      const code = text.codePointAt(i)!;
      const next = i + (code > 0xffff && i + 1 < to ? 2 : 1);
      const mapped = this.map.get(code);
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
  private emitPlain(word: string, start: number, end: number, out: EncodingBuilder): void {
    const pieces = this.pieces(word, end - start);
    let at = start;
    for (let p = 0; p < pieces.ids.length; p++) {
      const next = at + pieces.lengths[p]!;
      out.push(pieces.ids[p]!, at, next);
      at = next;
    }
    out.word++;
  }

  private emit(word: string, count: number, starts: Growing, ends: Growing, out: EncodingBuilder): void {
    const pieces = this.pieces(word, count);
    let at = 0;
    for (let p = 0; p < pieces.ids.length; p++) {
      const next = at + pieces.lengths[p]!;
      out.push(pieces.ids[p]!, starts.get(at), ends.get(next - 1));
      at = next;
    }
    out.word++;
  }

  /** The pieces of a normalised word of `count` code points, cut by the library. */
  private pieces(word: string, count: number): Pieces {
    // The library would split the whole word into characters only to say the same.
    if (count > this.maxChars) return { ids: [this.unkId], lengths: [count] };
    const known = this.cache.get(word);
    if (known) return known;
    const tokens = this.model.encode([word]);
    const { tokens_to_ids: ids, unk_token: unk } = this.model;
    const whole = tokens.length === 1;
    const pieces: Pieces = {
      ids: tokens.map((token) => (token === unk ? this.unkId : ids.get(token)!)),
      lengths: tokens.map((token, index) =>
        whole ? count : Array.from(token).length - (index > 0 ? this.prefixLength : 0),
      ),
    };
    if (this.cache.size >= MAX_CACHED_WORDS) this.cache.clear();
    this.cache.set(word, pieces);
    return pieces;
  }
}

/** An Int32Array that doubles when it is full. */
class Growing {
  private data: Int32Array;
  constructor(capacity: number) {
    this.data = new Int32Array(Math.max(capacity, 16));
  }
  get(index: number): number {
    return this.data[index]!;
  }
  set(index: number, value: number): void {
    if (index >= this.data.length) {
      const bigger = new Int32Array(Math.max(this.data.length * 2, index + 1));
      bigger.set(this.data);
      this.data = bigger;
    }
    this.data[index] = value;
  }
  take(length: number): Int32Array {
    return this.data.slice(0, length);
  }
}

class EncodingBuilder {
  word = 0;
  /** Where each code point of the word being normalised lies in the text. Kept here so that it is allocated once a text. */
  readonly chars = { starts: new Growing(64), ends: new Growing(64) };
  private size = 0;
  private readonly ids: Growing;
  private readonly starts: Growing;
  private readonly ends: Growing;
  private readonly words: Growing;

  constructor(textLength: number) {
    const capacity = Math.ceil(textLength / 3);
    this.ids = new Growing(capacity);
    this.starts = new Growing(capacity);
    this.ends = new Growing(capacity);
    this.words = new Growing(capacity);
  }

  push(id: number, start: number, end: number): void {
    this.ids.set(this.size, id);
    this.starts.set(this.size, start);
    this.ends.set(this.size, end);
    this.words.set(this.size, this.word);
    this.size++;
  }

  finish(): Encoding {
    const [ids, starts, ends, words] = [this.ids, this.starts, this.ends, this.words].map((a) => a.take(this.size));
    return { ids: ids!, starts: starts!, ends: ends!, words: words! };
  }
}

const isSpace = (unit: number): boolean => /\s/.test(String.fromCharCode(unit));

/** Whether an ASCII word certainly ends before this unit. Other control characters vanish, so a word can go on after them. */
function isAsciiBoundary(unit: number): boolean {
  if (unit >= 128) return false;
  const kind = charClass(unit);
  return kind === CharClass.Space || kind === CharClass.Punctuation;
}
