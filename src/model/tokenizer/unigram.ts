/** Unigram language model (Kudo 2018, arXiv 1804.10959): the most probable division of a word into pieces. */
import { PieceList } from "./pieces";
import type { Pieces, WordCutter } from "./pieces";

/** What a piece that is not in the vocabulary costs, below the least probable one (SentencePiece's `kUnkPenalty`). */
const UNKNOWN_PENALTY = 10;

/** The model's parameters, as in `tokenizer.json`. */
export interface UnigramOptions {
  /** Piece and log-probability; the index is the id. */
  readonly vocab: readonly (readonly [string, number])[];
  readonly unknownId: number;
  /** Whether unknown characters become the tokens of their bytes (`<0xE2>`). */
  readonly byteFallback: boolean;
}

/**
 * Cuts words by the Viterbi algorithm, with the tie-breaking of the Rust library (of equal paths, that with the earlier start). Ours
 * rather than `@huggingface/tokenizers`': that builds a node of maps for each prefix of a vocabulary of 250,000, copies lattice nodes at each step, and
 * knows no bytes.
 */
export class Unigram implements WordCutter {
  readonly #ids = new Map<string, number>();
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  readonly #longest: number;

  readonly vocabSize: number;

  constructor(private readonly options: UnigramOptions) {
    const { vocab } = options;
    this.#scores = Float64Array.from(vocab, ([, score]) => score);
    this.vocabSize = vocab.length;
    let longest = 1;
    vocab.forEach(([piece], id) => {
      this.#ids.set(piece, id);
      longest = Math.max(longest, piece.length);
    });
    this.#longest = longest;
    this.#unknownScore = this.#scores.reduce((a, b) => Math.min(a, b), Infinity) - UNKNOWN_PENALTY;
  }

  /** The pieces of a normalised word. */
  cut(word: string): Pieces {
    const size = word.length;
    const best = new Float64Array(size + 1);
    const from = new Int32Array(size + 1).fill(-1);
    const via = new Int32Array(size + 1);
    const reach = (start: number, end: number, id: number, score: number): void => {
      if (from[end]! >= 0 && !(score > best[end]!)) return;
      best[end] = score;
      from[end] = start;
      via[end] = id;
    };
    for (let start = 0; start < size;) {
      const single = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      let known = false;
      const last = Math.min(size, start + this.#longest);
      for (let end = single; end <= last; end++) {
        const id = this.#ids.get(word.slice(start, end));
        if (id === undefined) continue;
        reach(start, end, id, this.#scores[id]! + best[start]!);
        if (end === single) known = true;
      }
      if (!known) reach(start, single, this.options.unknownId, this.#unknownScore + best[start]!);
      start = single;
    }
    const parts: { id: number; start: number; end: number }[] = [];
    for (let end = size; end > 0;) {
      const start = from[end]!;
      const id = via[end]!;
      const next = parts.at(-1);
      // Neighbouring unknown characters are one unknown piece.
      if (id === this.options.unknownId && next?.id === id) next.start = start;
      else parts.push({ id, start, end });
      end = start;
    }
    const pieces = new PieceList();
    for (const { id, start, end } of parts.reverse()) {
      const piece = word.slice(start, end);
      const bytes = id === this.options.unknownId && this.options.byteFallback ? this.#bytesOf(piece) : undefined;
      pieces.add(bytes ?? [id], Array.from(piece).length);
    }
    return pieces;
  }

  /** The tokens of a piece's bytes, if the vocabulary has all of them. */
  #bytesOf(piece: string): number[] | undefined {
    const ids: number[] = [];
    for (const byte of Buffer.from(piece, "utf8")) {
      const id = this.#ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
      if (id === undefined) return undefined;
      ids.push(id);
    }
    return ids;
  }
}
