/** What every tokenizer does, of whatever kind. */
import type { Encoding } from "./encoding";
import type { Frame, PairFrame } from "./frame";

/** Turns text into the token ids of one model, each with its place in the original text. */
export interface Tokenizer {
  /** Special tokens around one text. */
  readonly single: Frame;
  /** Special tokens around question and passage. */
  readonly pair: PairFrame;
  readonly padId: number;
  /** One more than the highest id. */
  readonly vocabSize: number;
  /**
   * Tokenizes a text of any length in linear time; nothing is truncated and no special token is added. A special token
   * spelled out in the text ("[SEP]") becomes that token, as in Rust; a lone surrogate is dropped like a control character.
   */
  encode(text: string): Encoding;
}
