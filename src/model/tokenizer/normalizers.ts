/** The normalisers of `tokenizer.json`, with alignment. Each does what the Rust library's of the same name does. */
import type { AlignedText } from "./aligned";
import { Charsmap } from "./charsmap";
import { list, name, object, text as string } from "./json";
import type { Json } from "./json";
import { readPattern } from "./patterns";
import { isCombining, isWhiteSpace } from "./tables";
import { toForm } from "./unicode-forms";
import type { Form } from "./unicode-forms";

/** Turns a stretch of text into what the model was trained on. */
export type Normalizer = (text: AlignedText) => AlignedText;

/**
 * Reads a normaliser.
 * @param refuse makes the error from what is wrong.
 * @throws what `refuse` makes, for a type or a setting that is not supported.
 */
export function readNormalizer(value: unknown, refuse: (what: string) => Error): Normalizer {
  if (value === null || value === undefined) return (text) => text;
  const json = object(value) ?? {};
  const type = json["type"];
  switch (type) {
    case "Sequence": {
      const parts = list(json["normalizers"]).map((part) => readNormalizer(part, refuse));
      return (text) => parts.reduce((so, normalize) => normalize(so), text);
    }
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return (text) => toForm(text, type satisfies Form);
    case "Lowercase":
      return lowercase();
    case "StripAccents":
      return (text) => text.filter((code) => !isCombining(code));
    case "Strip":
      return (text) => strip(text, json["strip_left"] === true, json["strip_right"] === true);
    case "Nmt":
      return (text) => text.filter((code) => !isNmtControl(code)).map((code) => (isNmtSpace(code) ? [0x20] : [code]));
    case "Prepend": {
      const codes = codesOf(string(json["prepend"]), "the normalizer Prepend", refuse);
      return (text) => text.prepend(codes);
    }
    case "Replace":
      return replace(json, refuse);
    case "Precompiled":
      return precompiled(json, refuse);
    default:
      throw refuse(`the normalizer is of type ${name(type)}`);
  }
}

function lowercase(): Normalizer {
  const known = new Map<number, readonly number[]>();
  return (text) =>
    text.map((code) => {
      let lower = known.get(code);
      if (!lower) {
        // Character by character: the Rust library knows no final sigma, either.
        lower = Array.from(String.fromCodePoint(code).toLowerCase(), (char) => char.codePointAt(0)!);
        known.set(code, lower);
      }
      return lower;
    });
}

function strip(text: AlignedText, left: boolean, right: boolean): AlignedText {
  let from = 0;
  let to = text.length;
  if (left) while (from < to && isWhiteSpace(text.codes[from]!)) from++;
  if (right) while (to > from && isWhiteSpace(text.codes[to - 1]!)) to--;
  return text.slice(from, to);
}

function replace(json: Json, refuse: (what: string) => Error): Normalizer {
  const find = readPattern(json["pattern"], refuse);
  const content = string(json["content"]);
  if (content === undefined) throw refuse('the normalizer Replace has no "content"');
  const codes = Array.from(content, (char) => char.codePointAt(0)!);
  return (text) => text.replace(find(text), codes);
}

function precompiled(json: Json, refuse: (what: string) => Error): Normalizer {
  const source = json["precompiled_charsmap"];
  // An empty map is how exporters write "no rules".
  if (source === null || source === undefined || source === "") return (text) => text;
  try {
    const map = new Charsmap(string(source) ?? "");
    return (text) => map.apply(text);
  } catch (error) {
    throw refuse(`the normalizer's precompiled_charsmap is damaged: ${(error as Error).message}`);
  }
}

function codesOf(value: string | undefined, what: string, refuse: (what: string) => Error): readonly number[] {
  if (value === undefined || value === "") throw refuse(`${what} says nothing to prepend`);
  return Array.from(value, (char) => char.codePointAt(0)!);
}

/** Control characters that SentencePiece's NMT rules remove. */
function isNmtControl(code: number): boolean {
  return (
    (code >= 0x1 && code <= 0x8) ||
    code === 0xb ||
    (code >= 0xe && code <= 0x1f) ||
    code === 0x7f ||
    code === 0x8f ||
    code === 0x9f
  );
}

/** Characters that SentencePiece's NMT rules turn into a space. */
function isNmtSpace(code: number): boolean {
  return (
    [0x9, 0xa, 0xc, 0xd, 0x1680, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd].includes(code) ||
    (code >= 0x200b && code <= 0x200f)
  );
}
