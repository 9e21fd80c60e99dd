import { readFile } from "node:fs/promises";
import path from "node:path";

/** A token that is looked for in the raw text before anything else, as `tokenizer.json` declares it. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** The match takes the white space before it along. */
  readonly lstrip: boolean;
  /** The match takes the white space after it along. */
  readonly rstrip: boolean;
}

/** What {@link readTokenizerFiles} found: the checked parts of `tokenizer.json` and the special tokens' names. */
export interface TokenizerFiles {
  readonly addedTokens: readonly AddedToken[];
  readonly normalizer: {
    readonly cleanText: boolean;
    readonly splitChinese: boolean;
    readonly stripAccents: boolean;
    readonly lowercase: boolean;
  };
  readonly wordPiece: {
    readonly type: "WordPiece";
    readonly unk_token: string;
    readonly continuing_subword_prefix: string;
    readonly max_input_chars_per_word: number;
    readonly vocab: Record<string, number>;
  };
  readonly special: { readonly cls: string; readonly sep: string; readonly pad: string };
}

type Json = Record<string, unknown>;

/**
 * Reads and checks `tokenizer.json` and `tokenizer_config.json` of a model folder. Truncation, padding and the
 * post-processor are ignored: the batcher does their work.
 * @throws Error that names the file when one is missing, is not JSON, or describes a tokenizer whose tokens could not be
 * aligned with the text exactly (anything but BertNormalizer + BertPreTokenizer + WordPiece).
 */
export async function readTokenizerFiles(dir: string): Promise<TokenizerFiles> {
  const file = path.join(dir, "tokenizer.json");
  const [json, config] = await Promise.all([readJson(file), readJson(path.join(dir, "tokenizer_config.json"))]);
  const refuse = (what: string): Error =>
    new Error(
      `${file}: ${what}. Only BERT-style tokenizers (BertNormalizer, BertPreTokenizer, WordPiece) can be aligned with the text; use a model that has one.`,
    );

  const model = object(json["model"]) ?? {};
  const kind = model["type"] ?? ("continuing_subword_prefix" in model ? "WordPiece" : undefined);
  if (kind !== "WordPiece") throw refuse(`the model is of type ${name(kind)}`);
  const vocab = object(model["vocab"]);
  if (!vocab || Object.keys(vocab).length === 0 || !Object.values(vocab).every(isId))
    throw refuse("model.vocab is missing, empty, or holds something else than integer ids");

  const normalizer = object(json["normalizer"]) ?? {};
  if (normalizer["type"] !== "BertNormalizer") throw refuse(`the normalizer is of type ${name(normalizer["type"])}`);
  const preTokenizer = object(json["pre_tokenizer"]) ?? {};
  if (preTokenizer["type"] !== "BertPreTokenizer")
    throw refuse(`the pre-tokenizer is of type ${name(preTokenizer["type"])}`);

  const unk = model["unk_token"] ?? "[UNK]";
  if (typeof unk !== "string" || !Object.hasOwn(vocab, unk)) throw refuse("model.unk_token is not in the vocabulary");
  const lowercase = normalizer["lowercase"] !== false;
  return {
    addedTokens: list(json["added_tokens"]).map((value) => addedToken(value, refuse)),
    normalizer: {
      cleanText: normalizer["clean_text"] !== false,
      splitChinese: normalizer["handle_chinese_chars"] !== false,
      // As in Rust's BertNormalizer: null follows `lowercase`.
      stripAccents: typeof normalizer["strip_accents"] === "boolean" ? normalizer["strip_accents"] : lowercase,
      lowercase,
    },
    wordPiece: {
      type: "WordPiece",
      unk_token: unk,
      continuing_subword_prefix: text(model["continuing_subword_prefix"]) ?? "##",
      max_input_chars_per_word: isId(model["max_input_chars_per_word"]) ? model["max_input_chars_per_word"] : 100,
      vocab: vocab as Record<string, number>,
    },
    special: {
      cls: tokenName(config["cls_token"]) ?? "[CLS]",
      sep: tokenName(config["sep_token"]) ?? "[SEP]",
      pad: tokenName(config["pad_token"]) ?? "[PAD]",
    },
  };
}

async function readJson(file: string): Promise<Json> {
  let source: string;
  try {
    source = await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    throw new Error(
      missing
        ? `${file} is missing: a model folder needs tokenizer.json and tokenizer_config.json. Copy them from the model's source.`
        : `${file} cannot be read: ${(error as Error).message}`,
      { cause: error },
    );
  }
  try {
    const value: unknown = JSON.parse(source.replace(/^\uFEFF/, ""));
    const parsed = object(value);
    if (!parsed) throw new Error("it does not hold an object");
    return parsed;
  } catch (error) {
    throw new Error(`${file} is not valid JSON (${(error as Error).message}). Copy it again from the model's source.`, {
      cause: error,
    });
  }
}

function addedToken(value: unknown, refuse: (what: string) => Error): AddedToken {
  const token = object(value) ?? {};
  const { id, content } = token;
  if (!isId(id) || typeof content !== "string" || content === "") throw refuse("an entry of added_tokens is malformed");
  if (token["normalized"] === true || token["single_word"] === true)
    throw refuse(`the added token ${JSON.stringify(content)} is "normalized" or "single_word", which is not supported`);
  return { id, content, lstrip: token["lstrip"] === true, rstrip: token["rstrip"] === true };
}

const object = (value: unknown): Json | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);
const tokenName = (value: unknown): string | undefined => text(value) ?? text(object(value)?.["content"]);
const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const name = (value: unknown): string => (value === undefined ? "unknown" : JSON.stringify(value));
