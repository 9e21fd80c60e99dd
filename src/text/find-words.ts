/** Finding words in order in a text that has other white space, or markup, between them. Offsets are UTF-16 code units. */
import type { Span } from "./span";
import { splitWords } from "./words";

/** What may stand between two words of a sentence: white space, what is invisible, and, if need be, up to this much markup. */
const GAP_UNITS = 300;
const INVISIBLE = /^[\s\p{C}\p{M}\u0085]*$/u;
/** How many places a sentence may begin at are tried. */
const MOST_STARTS = 5000;

/** Whether words follow each other from `start`, with only what is invisible between, or any text shorter than {@link GAP_UNITS}. */
function follow(text: string, words: readonly string[], start: number, strict: boolean): Span[] | undefined {
  const spans: Span[] = [];
  let at = start;
  for (const [index, word] of words.entries()) {
    const found = index === 0 ? start : text.indexOf(word, at);
    if (found < 0 || found - at > GAP_UNITS) return undefined;
    const gap = text.slice(at, found);
    if (strict ? !INVISIBLE.test(gap) : /\n[^\S\n]*\n/.test(gap)) return undefined;
    at = found + word.length;
    spans.push({ start: found, end: at });
  }
  return spans;
}

/** Where words of a text begin and end, so that a short word is not found inside a longer one. */
export interface WordEdges {
  readonly starts: ReadonlySet<number>;
  readonly ends: ReadonlySet<number>;
}

/** The edges of a text's words. */
export function wordEdges(text: string): WordEdges {
  const words = splitWords(text);
  return { starts: new Set(words.map(({ start }) => start)), ends: new Set(words.map(({ end }) => end)) };
}

/**
 * Where the words of one sentence are, the first place from `from` on; failing that, the first place at all. Places at the edges of words, with
 * nothing visible between the sentence's words, come before others. Undefined if they are not there in this order.
 */
export function findWords(text: string, words: readonly string[], from: number, edges: WordEdges): Span[] | undefined {
  const [first] = words;
  if (first === undefined || first === "") return undefined;
  for (const [whole, strict] of [
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ] as const) {
    for (const [begin, end] of [
      [from, text.length],
      [0, from],
    ] as const) {
      let tries = 0;
      for (let at = text.indexOf(first, begin); at >= 0 && at < end; at = text.indexOf(first, at + 1)) {
        if (whole && !edges.starts.has(at)) continue;
        const found = follow(text, words, at, strict);
        if (found !== undefined && (!whole || edges.ends.has(found.at(-1)!.end))) return found;
        if (++tries > MOST_STARTS) break;
      }
    }
  }
  return undefined;
}
