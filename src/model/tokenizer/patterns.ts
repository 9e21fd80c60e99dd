/** What normalisers and pre-tokenizers look for: a string, or a regular expression of the Rust library's engine (Oniguruma). */
import { RE2JS } from "re2js";
import type { AlignedText } from "./aligned";
import { name, object, text as string } from "./json";

/** Where something is found: stretches of characters, in order, disjoint. */
export type Find = (text: AlignedText) => readonly (readonly [number, number])[];

/**
 * The regular expressions that mean the same to both engines: literal characters, `\s`, one set of literal characters, one count. The two differ in
 * classes (`\w`, `\p{…}` follow each engine's Unicode), anchors, options and look-around, so anything else is refused, not guessed.
 */
const SAFE = /^(?:(?:[^\\^$.|?*+()[\]{}]|\\[s\\^$.|?*+()[\]{}/-]|\[[^\\[\]&-]+\])(?:\+|\{\d+(?:,\d*)?\})?)+$/u;

/** One set of characters with one count, which no text makes any engine go back over: what nearly all files have. */
const ONE_ATOM = /^(?:[^\\]|\\.|\[[^\\]+\])(?:\+|\{\d+(?:,\d*)?\})?$/u;
/** All counts together: time is text × this. RE2 takes no more in one count, either. */
const MOST_REPEATS = 1000;
/** White_Space, which is `\s` to Oniguruma; JavaScript's has U+FEFF and lacks U+0085, RE2's is ASCII. */
const WHITE_SPACE = "[\\t-\\r \\x85\\xa0\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}]";

/**
 * Reads a pattern such as `{"String": " "}` or `{"Regex": " {2,}"}`. Files come from strangers, so a regular expression runs in an engine that cannot
 * backtrack (RE2's algorithm), unless it is one that cannot make any engine do so.
 * @throws what `refuse` makes, for a regular expression that is not known to mean the same here, or counts too far.
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
  const repeats = [...source.matchAll(/\d+(?=[,}])/g)].reduce((sum, [digits]) => sum + Number(digits), 0);
  if (repeats > MOST_REPEATS) throw refuse(`the pattern ${name(value)} repeats more than ${MOST_REPEATS} times`);
  try {
    if (ONE_ATOM.test(source)) {
      const pattern = new RegExp(source.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\-", "-"), "gu");
      return (text) => findStretches(text, nativeMatches(pattern, text.toString()));
    }
    const pattern = RE2JS.compile(source.replaceAll("\\s", WHITE_SPACE));
    return (text) => findStretches(text, linearMatches(pattern, text.toString()));
  } catch (error) {
    throw refuse(`the pattern ${name(value)} is not a regular expression: ${(error as Error).message}`);
  }
}

function findCodes(text: AlignedText, codes: readonly number[]): [number, number][] {
  const found: [number, number][] = [];
  for (let i = 0; i + codes.length <= text.length;) {
    if (codes.every((code, k) => text.codes[i + k] === code)) found.push([i, (i += codes.length)]);
    else i++;
  }
  return found;
}

/** UTF-16 offsets of the matches of a pattern. */
function* nativeMatches(pattern: RegExp, text: string): Generator<readonly [number, number]> {
  for (const match of text.matchAll(pattern)) yield [match.index, match.index + match[0].length];
}

/** The same in time that grows with the text alone. */
function* linearMatches(pattern: RE2JS, text: string): Generator<readonly [number, number]> {
  const matcher = pattern.matcher(text);
  while (matcher.find()) yield [matcher.start(), matcher.end()];
}

/** UTF-16 offsets, in order, as indices of characters. A match of nothing is none. */
function findStretches(text: AlignedText, matches: Iterable<readonly [number, number]>): [number, number][] {
  const found: [number, number][] = [];
  let at = 0;
  let unit = 0;
  const place = (to: number): number => {
    for (; unit < to; at++) unit += text.codes[at]! > 0xffff ? 2 : 1;
    return at;
  };
  for (const [start, end] of matches) {
    if (start === end) continue;
    const from = place(start);
    found.push([from, place(end)]);
  }
  return found;
}
