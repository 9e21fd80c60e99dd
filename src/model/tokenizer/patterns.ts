/** What normalisers and pre-tokenizers look for: a string, or a regular expression of the Rust library's engine (Oniguruma). */
import type { AlignedText } from "./aligned";
import { name, object, text as string } from "./json";

/** Where something is found: stretches of characters, in order, disjoint. */
export type Find = (text: AlignedText) => readonly (readonly [number, number])[];

/**
 * The regular expressions that mean the same to both engines: literal characters, `\s`, one set of literal characters, one count. The two differ in
 * classes (`\w`, `\p{…}` follow each engine's Unicode), anchors, options and look-around, so anything else is refused, not guessed.
 */
const SAFE = /^(?:(?:[^\\^$.|?*+()[\]{}]|\\[s\\^$.|?*+()[\]{}/-]|\[[^\\[\]&-]+\])(?:\+|\{\d+(?:,\d*)?\})?)+$/u;

/**
 * Reads a pattern such as `{"String": " "}` or `{"Regex": " {2,}"}`.
 * @throws what `refuse` makes, for a regular expression that is not known to mean the same here.
 */
export function readPattern(value: unknown, refuse: (what: string) => Error): Find {
  const json = object(value) ?? {};
  const literal = string(json["String"]);
  if (literal !== undefined && literal !== "") {
    const codes = Array.from(literal, (char) => char.codePointAt(0)!);
    return (text) => findCodes(text, codes);
  }
  const source = string(json["Regex"]);
  if (source === undefined || !SAFE.test(source)) throw refuse(`the pattern ${name(value)} is not supported`);
  // \s is White_Space in both, but JavaScript's has U+FEFF and lacks U+0085.
  const pattern = new RegExp(source.replaceAll("\\s", "\\p{White_Space}"), "gu");
  return (text) => findPattern(text, pattern);
}

function findCodes(text: AlignedText, codes: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i + codes.length <= text.length;) {
    if (codes.every((code, k) => text.codes[i + k] === code)) found.push([i, (i += codes.length)]);
    else i++;
  }
  return found;
}

function findPattern(text: AlignedText, pattern: RegExp): [number, number][] {
  const found: [number, number][] = [];
  let at = 0;
  let unit = 0;
  const place = (to: number): number => {
    for (; unit < to; at++) unit += text.codes[at]! > 0xffff ? 2 : 1;
    return at;
  };
  for (const match of text.toString().matchAll(pattern)) {
    const from = place(match.index);
    found.push([from, place(match.index + match[0].length)]);
  }
  return found;
}
