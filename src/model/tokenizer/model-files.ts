/** The part `model` of `tokenizer.json`: how words are cut into pieces. */
import { isId, list, name, object, text } from "./json";
import type { Json } from "./json";
import { byteLetters } from "./byte-level";
import { BpeCutter } from "./pieces";
import type { BpeOptions, WordCutter, WordPieceOptions } from "./pieces";
import { Unigram } from "./unigram";

/** A model, checked. */
export type ModelParts = {
  /** The id of a piece. */
  readonly idOf: (piece: string) => number | undefined;
} & (
  | { readonly kind: "WordPiece"; readonly options: WordPieceOptions }
  | { readonly kind: "BPE" | "Unigram"; readonly cutter: () => WordCutter }
);

/**
 * Reads a model.
 * @param refuse makes the error from what is wrong.
 * @throws what `refuse` makes, for a type or a setting that is not supported.
 */
export function readModel(value: unknown, refuse: (what: string) => Error): ModelParts {
  const json = object(value) ?? {};
  const type = json["type"] ?? guess(json);
  switch (type) {
    case "WordPiece":
      return wordPiece(json, refuse);
    case "BPE":
      return bpe(json, refuse);
    case "Unigram":
      return unigram(json, refuse);
    default:
      throw refuse(`the model is of type ${name(type)}`);
  }
}

/** Old files name no type. */
function guess(json: Json): string | undefined {
  if ("continuing_subword_prefix" in json && !("merges" in json)) return "WordPiece";
  if ("merges" in json) return "BPE";
  return Array.isArray(json["vocab"]) ? "Unigram" : undefined;
}

function vocabulary(json: Json, refuse: (what: string) => Error): Record<string, number> {
  const vocab = object(json["vocab"]);
  if (!vocab || Object.keys(vocab).length === 0 || !Object.values(vocab).every(isId))
    throw refuse("model.vocab is missing, empty, or holds something else than integer ids");
  return vocab as Record<string, number>;
}

const lookUp =
  (vocab: Readonly<Record<string, number>>) =>
  (piece: string): number | undefined =>
    Object.hasOwn(vocab, piece) ? vocab[piece] : undefined;

function wordPiece(json: Json, refuse: (what: string) => Error): ModelParts {
  const vocab = vocabulary(json, refuse);
  const unk = json["unk_token"] ?? "[UNK]";
  if (typeof unk !== "string" || !Object.hasOwn(vocab, unk)) throw refuse("model.unk_token is not in the vocabulary");
  const longest = json["max_input_chars_per_word"];
  return {
    kind: "WordPiece",
    idOf: lookUp(vocab),
    options: {
      type: "WordPiece",
      unk_token: unk,
      continuing_subword_prefix: text(json["continuing_subword_prefix"]) ?? "##",
      max_input_chars_per_word: isId(longest) ? longest : 100,
      vocab,
    },
  };
}

function bpe(json: Json, refuse: (what: string) => Error): ModelParts {
  const vocab = vocabulary(json, refuse);
  for (const key of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
    if (json[key] !== null && json[key] !== undefined && json[key] !== "" && json[key] !== 0)
      throw refuse(`the BPE model has a "${key}", which is not supported`);
  if (json["byte_fallback"] === true) throw refuse("the BPE model falls back to bytes, which is not supported");
  const missing = byteLetters().find((letter) => !Object.hasOwn(vocab, letter));
  if (missing !== undefined)
    throw refuse(`the BPE model is not over bytes: its vocabulary lacks the letter ${JSON.stringify(missing)}`);
  const merges = list(json["merges"]);
  const isMerge = (merge: unknown): boolean =>
    typeof merge === "string"
      ? merge.split(" ").length === 2
      : Array.isArray(merge) && merge.length === 2 && merge.every((part) => typeof part === "string");
  if (!merges.every(isMerge)) throw refuse("model.merges is malformed");
  const options: BpeOptions = {
    vocab,
    merges: merges as BpeOptions["merges"],
    ignore_merges: json["ignore_merges"] === true,
  };
  return { kind: "BPE", idOf: lookUp(vocab), cutter: () => new BpeCutter(options) };
}

function unigram(json: Json, refuse: (what: string) => Error): ModelParts {
  const vocab = list(json["vocab"]);
  const isEntry = (entry: unknown): boolean =>
    Array.isArray(entry) && typeof entry[0] === "string" && typeof entry[1] === "number";
  if (vocab.length === 0 || !vocab.every(isEntry)) throw refuse("model.vocab is missing, empty or malformed");
  const entries = vocab as readonly (readonly [string, number])[];
  const unknownId = json["unk_id"];
  if (!isId(unknownId) || unknownId >= entries.length)
    throw refuse("model.unk_id, the token of unknown characters, is missing or not in the vocabulary");
  const ids = new Map(entries.map(([piece], id) => [piece, id]));
  return {
    kind: "Unigram",
    idOf: (piece) => ids.get(piece),
    cutter: () => new Unigram({ vocab: entries, unknownId, byteFallback: json["byte_fallback"] === true }),
  };
}
