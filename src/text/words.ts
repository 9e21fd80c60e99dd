/** Words as token-based formats want them. Offsets are UTF-16 code units. */
import type { Span } from "./span";

/**
 * Letters, digits and marks belong together; CJK characters, punctuation marks and emoji sequences stand alone; white space,
 * control characters and lone surrogates belong to no word. As CoNLL-2003 does, `U.N.`'s points and `'s` stand apart, so
 * that every boundary an annotator may want inside punctuated text is one between words.
 */
const WORD = new RegExp(
  [
    "[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}]\\p{M}*",
    "(?:(?![\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}])[\\p{L}\\p{N}][\\p{M}\\u00ad\\u200c\\u200d]*)+",
    "\\p{RI}\\p{RI}",
    "\\p{Emoji}(?:\\p{EMod}|\\ufe0f\\u20e3?)?(?:\\u200d\\p{Emoji}(?:\\p{EMod}|\\ufe0f\\u20e3?)?)*",
    "[^\\s\\p{C}\\u0085]\\p{M}*",
  ].join("|"),
  "gu",
);

/** The words of a text, in order. */
export function splitWords(text: string): Span[] {
  const words: Span[] = [];
  for (const match of text.matchAll(WORD)) words.push({ start: match.index, end: match.index + match[0].length });
  return words;
}

/** The words of a part of a text, in order. */
export function plainWords(text: string, { start, end }: Span): Span[] {
  return splitWords(text.slice(start, end)).map((word) => ({ start: word.start + start, end: word.end + start }));
}

/** Cuts words so that every given offset that lies inside one becomes a boundary. `cuts` in order. */
export function cutWords(words: readonly Span[], cuts: readonly number[]): Span[] {
  const result: Span[] = [];
  let next = 0;
  for (const word of words) {
    let start = word.start;
    while (next < cuts.length && cuts[next]! <= start) next++;
    for (; next < cuts.length && cuts[next]! < word.end; next++) {
      if (cuts[next]! > start) result.push({ start, end: cuts[next]! });
      start = cuts[next]!;
    }
    result.push({ start, end: word.end });
  }
  return result;
}
