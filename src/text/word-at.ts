/** The word at a place, whole as a name would have it. Offsets are UTF-16 code units. */
import { unfilled } from "./filled";
import type { Span } from "./span";
import { insideWord } from "./word-borders";
import { splitWords } from "./words";

/** How far to both sides a word is looked for. */
const REACH = 200;

/**
 * The word that an offset lies in, or at the end of: `Node.js` is one, a mark of punctuation is none. Undefined between words.
 * @param offset where a cursor stands; between two words the one after it.
 */
export function wordAt(text: string, offset: number): Span | undefined {
  const from = Math.max(0, offset - REACH);
  const words: { start: number; end: number }[] = [];
  for (const { start, end } of splitWords(text.slice(from, offset + REACH))) {
    const piece = { start: from + start, end: from + end };
    const last = words.at(-1);
    if (last !== undefined && insideWord(text, last.end, piece.start)) last.end = piece.end;
    else words.push(piece);
  }
  const here = words.filter(
    ({ start, end }) => start <= offset && offset <= end && /[\p{L}\p{N}]/u.test(text.slice(start, end)),
  );
  return here.at(-1);
}

/** As {@link wordAt}, in a stretch as it is read, its escapes with fills. @param shift added to the offsets of the word */
export function wordInRead(stretch: string, offset: number, shift = 0): Span | undefined {
  const read = unfilled(stretch);
  const word = read === undefined ? wordAt(stretch, offset) : wordAt(read.text, read.of(offset));
  if (word === undefined) return undefined;
  const [start, end] = read === undefined ? [word.start, word.end] : [read.at(word.start), read.at(word.end)];
  return { start: shift + start, end: shift + end };
}
