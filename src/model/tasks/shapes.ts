/**
 * Case and shape features of words, computed from the original text; the same in Python (`training/glossator_training/shapes.py`).
 * Case is the strongest single sign of an entity (Mayhew et al. 2019, arXiv 1903.11222) and the encoder is uncased.
 */
import type { Encoding } from "../tokenizer/encoding";

/** Shape ids in the order of the model's embedding; each stands for two rows, first piece and continuation. */
export const Shape = {
  None: 0,
  Lower: 1,
  Title: 2,
  Upper: 3,
  Mixed: 4,
  Digits: 5,
  Alphanumeric: 6,
  Other: 7,
  Capital: 8,
} as const;

const LETTER = /^\p{L}$/u;
const CAPITAL = /^\p{Lu}$/u;
const DIGIT = /^\p{Nd}$/u;
const MAX_CACHED = 50_000;
const cache = new Map<string, number>();

/** The shape of one word (a pre-token: split at white space and punctuation), one of {@link Shape}. */
export function wordShape(word: string): number {
  let letters = 0;
  let capitals = 0;
  let digits = 0;
  let firstIsCapital = false;
  for (const character of word) {
    if (LETTER.test(character)) {
      if (CAPITAL.test(character)) {
        capitals++;
        if (letters === 0) firstIsCapital = true;
      }
      letters++;
    } else if (DIGIT.test(character)) digits++;
  }
  if (letters === 0) return digits > 0 ? Shape.Digits : Shape.Other;
  if (digits > 0) return Shape.Alphanumeric;
  if (capitals === 0) return Shape.Lower;
  if (letters === 1) return Shape.Capital;
  if (capitals === letters) return Shape.Upper;
  return firstIsCapital && capitals === 1 ? Shape.Title : Shape.Mixed;
}

/** One id per token: 2 · shape of its word + (1 where the token continues the word). */
export function shapeIds(text: string, encoding: Encoding): Int32Array {
  const { starts, ends, words } = encoding;
  const ids = new Int32Array(words.length);
  for (let i = 0; i < words.length;) {
    let j = i + 1;
    while (j < words.length && words[j] === words[i]) j++;
    const word = text.slice(starts[i], ends[j - 1]);
    let shape = cache.get(word);
    if (shape === undefined) {
      shape = 2 * wordShape(word);
      if (cache.size >= MAX_CACHED) cache.clear();
      cache.set(word, shape);
    }
    ids[i] = shape;
    ids.fill(shape + 1, i + 1, j);
    i = j;
  }
  return ids;
}
