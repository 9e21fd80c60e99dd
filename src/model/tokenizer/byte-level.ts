/** GPT-2's byte level: how text is cut into words, and the letters that stand for bytes. */
import type { AlignedText } from "./aligned";
import { isLetter, isNumber, isWhiteSpace } from "./tables";

/**
 * The letter of each byte: printable Latin-1 stands for itself, the rest for U+0100 and on, so that no byte is white space
 * (`bytes_to_unicode` of GPT-2, Radford et al. 2019).
 */
const LETTERS = ((): Uint16Array => {
  const letters = new Uint16Array(256);
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
    letters[byte] = printable ? byte : next++;
  }
  return letters;
})();

/** The letters of the bytes that occur in UTF-8. */
export function byteLetters(): string[] {
  const bytes = [...LETTERS.keys()].filter((byte) => byte < 0xf5 && byte !== 0xc0 && byte !== 0xc1);
  return bytes.map((byte) => String.fromCharCode(LETTERS[byte]!));
}

/** Each character as the letters of its UTF-8 bytes; they all lie where the character lies. */
export function toByteLetters(text: AlignedText): AlignedText {
  return text.map((code) => {
    if (code < 0x80) return [LETTERS[code]!];
    return Array.from(Buffer.from(String.fromCodePoint(code), "utf8"), (byte) => LETTERS[byte]!);
  });
}

const CONTRACTIONS = ["s", "t", "re", "ve", "m", "ll", "d"].map((text) =>
  Array.from(text, (char) => char.codePointAt(0)!),
);
const SPACE = 0x20;
const APOSTROPHE = 0x27;

const enum Kind {
  Letter,
  Number,
  Space,
  Other,
}

function kindOf(code: number): Kind {
  if (isLetter(code)) return Kind.Letter;
  if (isNumber(code)) return Kind.Number;
  return isWhiteSpace(code) ? Kind.Space : Kind.Other;
}

/**
 * GPT-2's words: `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`, with the classes of the Rust library's engine.
 * @returns stretches that together are all of the text.
 */
export function byteLevelWords(codes: readonly number[]): [number, number][] {
  const words: [number, number][] = [];
  const kinds = codes.map(kindOf);
  for (let i = 0; i < codes.length;) {
    const to = wordEnd(codes, kinds, i);
    words.push([i, to]);
    i = to;
  }
  return words;
}

function wordEnd(codes: readonly number[], kinds: readonly Kind[], from: number): number {
  if (codes[from] === APOSTROPHE)
    for (const rest of CONTRACTIONS)
      if (rest.every((code, k) => codes[from + 1 + k] === code)) return from + 1 + rest.length;
  const run = (at: number): number => {
    let to = at;
    while (to < codes.length && kinds[to] === kinds[at]) to++;
    return to;
  };
  const word = codes[from] === SPACE ? from + 1 : from;
  if (word < codes.length && kinds[word] !== Kind.Space) return run(word);
  const to = run(from);
  // The last space of several goes with the word after them.
  return to === codes.length || to - from === 1 ? to : to - 1;
}
