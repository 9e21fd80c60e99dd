import { BertTokenizer } from "./tokenizer/bert";
import type { Encoding } from "./tokenizer/encoding";
import { readTokenizerFiles } from "./tokenizer/files";
import type { Frame, PairFrame } from "./tokenizer/frame";
import { PipelineTokenizer } from "./tokenizer/pipeline";

export type { Encoding } from "./tokenizer/encoding";

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

/**
 * Loads the tokenizer of a model folder (`tokenizer.json`, and `tokenizer_config.json` if there is one).
 * @throws ModelError naming the file, when one is missing, not JSON, or of a kind that cannot be aligned with the text.
 */
export async function loadTokenizer(dir: string): Promise<Tokenizer> {
  const found = await readTokenizerFiles(dir);
  return found.kind === "bert" ? new BertTokenizer(found.parts) : new PipelineTokenizer(found.parts);
}
