/** Words cut into the pieces of a vocabulary. */
import { BPE, WordPiece } from "@huggingface/tokenizers";

/** The pieces of one normalised word: ids, and the code points `[from, to)` of the word each stands for. */
export interface Pieces {
  readonly ids: readonly number[];
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** Cuts normalised words into pieces. */
export interface WordCutter {
  /** One more than the highest id. */
  readonly vocabSize: number;
  cut(word: string): Pieces;
}

/** Pieces that follow one another. */
export class PieceList implements Pieces {
  readonly ids: number[] = [];
  readonly from: number[] = [];
  readonly to: number[] = [];
  #at = 0;

  /** Adds tokens that all stand for the next `length` code points. */
  add(ids: readonly number[], length: number): void {
    for (const id of ids) {
      this.ids.push(id);
      this.from.push(this.#at);
      this.to.push(this.#at + length);
    }
    this.#at += length;
  }
}

/** WordPiece, as `tokenizer.json` describes it. */
export interface WordPieceOptions {
  readonly type: "WordPiece";
  readonly unk_token: string;
  readonly continuing_subword_prefix: string;
  readonly max_input_chars_per_word: number;
  readonly vocab: Record<string, number>;
}

/** The library's WordPiece. */
export class WordPieceCutter implements WordCutter {
  readonly vocabSize: number;
  readonly #model: WordPiece;
  readonly #unkId: number;
  readonly #prefixLength: number;

  constructor(private readonly options: WordPieceOptions) {
    this.#model = new WordPiece(options);
    this.vocabSize = sizeOf(options.vocab);
    this.#unkId = options.vocab[options.unk_token]!;
    this.#prefixLength = Array.from(options.continuing_subword_prefix).length;
  }

  cut(word: string): Pieces {
    const pieces = new PieceList();
    const count = Array.from(word).length;
    // The library would split a long word into characters only to say the same.
    const tokens = count > this.options.max_input_chars_per_word ? [] : this.#model.encode([word]);
    if (tokens.length < 2) pieces.add([this.#model.tokens_to_ids.get(tokens[0] ?? "") ?? this.#unkId], count);
    else
      tokens.forEach((token, i) =>
        pieces.add(
          [this.#model.tokens_to_ids.get(token)!],
          Array.from(token).length - (i > 0 ? this.#prefixLength : 0),
        ),
      );
    return pieces;
  }
}

/** Byte-level BPE, as `tokenizer.json` describes it. */
export interface BpeOptions {
  readonly vocab: Record<string, number>;
  readonly merges: readonly (string | readonly [string, string])[];
  readonly ignore_merges: boolean;
}

/** The library's byte pair encoding, over a vocabulary that has a letter for every byte: no word has an unknown part. */
export class BpeCutter implements WordCutter {
  readonly vocabSize: number;
  readonly #model: BPE;

  constructor(options: BpeOptions) {
    this.#model = new BPE({ type: "BPE", ...options } as unknown as ConstructorParameters<typeof BPE>[0]);
    this.vocabSize = sizeOf(options.vocab);
  }

  cut(word: string): Pieces {
    const pieces = new PieceList();
    for (const token of this.#model.encode([word])) pieces.add([this.#model.tokens_to_ids.get(token)!], token.length);
    return pieces;
  }
}

const sizeOf = (vocab: Readonly<Record<string, number>>): number =>
  Object.values(vocab).reduce((most, id) => Math.max(most, id + 1), 0);
