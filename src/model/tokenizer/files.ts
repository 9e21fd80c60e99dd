/** `tokenizer.json` and `tokenizer_config.json`, checked and taken apart. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { ModelError } from "../errors";
import { bertFrames, NO_FRAMES, readFrames } from "./frame";
import type { Frames } from "./frame";
import { isId, list, name, object, text } from "./json";
import type { Json } from "./json";
import { readModel } from "./model-files";
import { readNormalizer } from "./normalizers";
import { WordPieceCutter } from "./pieces";
import type { AddedToken, BertParts, PipelineParts } from "./parts";
import { readPreTokenizer } from "./pre-tokenizers";

/** What {@link readTokenizerFiles} found. */
export type TokenizerParts =
  { readonly kind: "bert"; readonly parts: BertParts } | { readonly kind: "pipeline"; readonly parts: PipelineParts };

/**
 * Reads and checks `tokenizer.json` and, if there is one, `tokenizer_config.json` of a model folder. Truncation and padding are
 * ignored: the batcher does their work.
 * @throws {ModelError} that names the file: `tokenizer-missing` when `tokenizer.json` is missing or a file is not JSON, `model-unsupported` when the
 * tokenizer has a part that is not known here, so that its tokens could not be those the model was trained on.
 */
export async function readTokenizerFiles(dir: string): Promise<TokenizerParts> {
  const file = path.join(dir, "tokenizer.json");
  const [json, config] = await Promise.all([readJson(file), readJson(path.join(dir, "tokenizer_config.json"), true)]);
  const refuse = (what: string): Error =>
    new ModelError(
      "model-unsupported",
      `${file}: ${what}. WordPiece, byte-level BPE and Unigram tokenizers with the usual parts can be used; choose a model that has one.`,
    );
  const model = readModel(json["model"], refuse);
  const addedTokens = list(json["added_tokens"]).map((value) => addedToken(value, refuse));
  const idOf = (token: string): number | undefined =>
    addedTokens.find(({ content }) => content === token)?.id ?? model.idOf(token);
  const wordPiece = model.kind === "WordPiece" ? model.options : undefined;
  const cutter = model.kind === "WordPiece" ? () => new WordPieceCutter(model.options) : model.cutter;
  const frames =
    readFrames(json["post_processor"], refuse) ?? (wordPiece ? bertDefaults(config, idOf, refuse) : NO_FRAMES);
  const padId = idOf(tokenName(config["pad_token"]) ?? "[PAD]") ?? padding(json["padding"], idOf);
  const shared = { addedTokens, frames, padId };

  const normalizer = object(json["normalizer"]);
  const preTokenizer = object(json["pre_tokenizer"]);
  if (wordPiece && normalizer?.["type"] === "BertNormalizer") {
    if (preTokenizer?.["type"] !== "BertPreTokenizer")
      throw refuse(`the pre-tokenizer is of type ${name(preTokenizer?.["type"])}, beside a BertNormalizer`);
    const odd = addedTokens.find((token) => token.normalized);
    if (odd) throw refuse(`the added token ${JSON.stringify(odd.content)} is "normalized", beside a BertNormalizer`);
    return { kind: "bert", parts: { ...shared, normalizer: bertNormalizer(normalizer), wordPiece } };
  }
  if (model.kind === "BPE" && !hasByteLevel(preTokenizer))
    throw refuse("the model is a BPE over characters, not over bytes (there is no pre-tokenizer ByteLevel)");
  return {
    kind: "pipeline",
    parts: {
      ...shared,
      normalize: readNormalizer(normalizer, refuse),
      preTokenize: readPreTokenizer(preTokenizer, refuse),
      model: cutter(),
    },
  };
}

function bertNormalizer(json: Json): BertParts["normalizer"] {
  const lowercase = json["lowercase"] !== false;
  return {
    cleanText: json["clean_text"] !== false,
    splitChinese: json["handle_chinese_chars"] !== false,
    // As in Rust's BertNormalizer: null follows `lowercase`.
    stripAccents: typeof json["strip_accents"] === "boolean" ? json["strip_accents"] : lowercase,
    lowercase,
  };
}

/** BERT's tokens are what a WordPiece without post-processor means. */
function bertDefaults(
  config: Json,
  idOf: (token: string) => number | undefined,
  refuse: (what: string) => Error,
): Frames {
  const [cls, sep] = [tokenName(config["cls_token"]) ?? "[CLS]", tokenName(config["sep_token"]) ?? "[SEP]"].map(
    (token) => {
      const id = idOf(token);
      if (id === undefined) throw refuse(`the special token ${token} has no id`);
      return id;
    },
  );
  return bertFrames(cls!, sep!);
}

/** The padding's id matters little, since it is masked; models that count positions by it all call it so. */
function padding(value: unknown, idOf: (token: string) => number | undefined): number {
  const id = object(value)?.["pad_id"];
  return isId(id) ? id : (idOf("<pad>") ?? 0);
}

function hasByteLevel(preTokenizer: Json | undefined): boolean {
  return (
    preTokenizer?.["type"] === "ByteLevel" ||
    list(preTokenizer?.["pretokenizers"]).some((part) => hasByteLevel(object(part)))
  );
}

async function readJson(file: string, optional = false): Promise<Json> {
  let source: string;
  try {
    source = await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (missing && optional) return {};
    throw new ModelError(
      "tokenizer-missing",
      missing
        ? `${file} is missing: a model folder needs a tokenizer.json. Copy it from the model's source, or save a fast tokenizer there.`
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
    throw new ModelError(
      "tokenizer-missing",
      `${file} is not valid JSON (${(error as Error).message}). Copy it again from the model's source.`,
      { cause: error },
    );
  }
}

function addedToken(value: unknown, refuse: (what: string) => Error): AddedToken {
  const token = object(value) ?? {};
  const { id, content } = token;
  if (!isId(id) || typeof content !== "string" || content === "") throw refuse("an entry of added_tokens is malformed");
  return {
    id,
    content,
    normalized: token["normalized"] === true,
    singleWord: token["single_word"] === true,
    lstrip: token["lstrip"] === true,
    rstrip: token["rstrip"] === true,
  };
}

const tokenName = (value: unknown): string | undefined => text(value) ?? text(object(value)?.["content"]);
