/** What tokenizers are made of, as the files of a model folder declare it. */
import type { Frames } from "./frame";
import type { Normalizer } from "./normalizers";
import type { WordCutter, WordPieceOptions } from "./pieces";
import type { PreTokenizer } from "./pre-tokenizers";

/** A token that is looked for in the text before anything else, as `tokenizer.json` declares it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** It is looked for in the normalised text, normalised itself. */
  readonly normalized: boolean;
  /** It is none inside a word. */
  readonly singleWord: boolean;
  /** The match takes the white space before it along. */
  readonly lstrip: boolean;
  /** The match takes the white space after it along. */
  readonly rstrip: boolean;
}

/** BertNormalizer, BertPreTokenizer and WordPiece, which are common and have a faster way. */
export interface BertParts {
  readonly addedTokens: readonly AddedToken[];
  readonly frames: Frames;
  readonly padId: number;
  readonly normalizer: {
    readonly cleanText: boolean;
    readonly splitChinese: boolean;
    readonly stripAccents: boolean;
    readonly lowercase: boolean;
  };
  readonly wordPiece: WordPieceOptions;
}

/** Normaliser, pre-tokenizer and model of any kind, as the steps of the Rust library. */
export interface PipelineParts {
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: Normalizer;
  readonly preTokenize: PreTokenizer;
  readonly model: WordCutter;
  readonly frames: Frames;
  readonly padId: number;
}
