/** The word at a place, whole as a name would have it. Offsets are UTF-16 code units. */
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
