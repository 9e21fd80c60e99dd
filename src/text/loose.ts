/** Finding a text in another that differs from it in line endings or white space only. Offsets are UTF-16 code units. */
import { firstIndex } from "./search";
import type { Span } from "./span";
import { cutsWord } from "./word-borders";

/** What two texts may differ in: nothing; line endings and byte order marks; any white space. */
const LEVELS = ["exact", "lines", "space"] as const;

/** One of the levels at which texts are compared. */
export type Looseness = (typeof LEVELS)[number];

interface Normal {
  readonly text: string;
  /** Where each unit of `text` starts in the original, and at last the original's length; undefined: they are the same. */
  readonly starts?: Int32Array;
}

const CHANGES: Readonly<Record<Exclude<Looseness, "exact">, RegExp>> = {
  lines: /\r\n?|\ufeff/g,
  // Line separators and the like are white space in JavaScript; U+0085 is not.
  space: /[\s\u0085\ufeff]+/g,
};

function normalise(text: string, level: Looseness): Normal {
  if (level === "exact") return { text };
  const pieces: string[] = [];
  const starts = new Int32Array(text.length + 1);
  let length = 0;
  let from = 0;
  const keep = (to: number): void => {
    pieces.push(text.slice(from, to));
    for (let i = from; i < to; i++) starts[length++] = i;
  };
  for (const match of text.matchAll(CHANGES[level])) {
    keep(match.index);
    const put = match[0] === "\ufeff" && level === "lines" ? "" : level === "lines" ? "\n" : " ";
    pieces.push(put);
    if (put !== "") starts[length++] = match.index;
    from = match.index + match[0].length;
  }
  keep(text.length);
  starts[length] = text.length;
  return { text: pieces.join(""), starts: starts.subarray(0, length + 1) };
}

/** A piece that was found: `map` takes a span of the piece to the text, or gives undefined if nothing of it is left there. */
export interface FoundPiece {
  readonly span: Span;
  readonly map: (span: Span) => Span | undefined;
  readonly level: Looseness;
  /** How often the piece is in the text; where it is there as whole words, how often so. */
  readonly times: number;
}

/** Enough to know that a piece is not unique. */
const MOST_TIMES = 1000;

/** Looks for pieces in one text; what it is normalised to is kept. */
export class LooseText {
  readonly #normal = new Map<Looseness, Normal>();

  constructor(readonly text: string) {}

  /** The occurrence of a piece nearest to `hint`, of whole words if there is one, compared as strictly as it can be; undefined if there is none. White space at the piece's ends counts. */
  find(piece: string, hint: number): FoundPiece | undefined {
    if (piece !== "" && this.text.startsWith(piece, hint)) {
      const span = { start: hint, end: hint + piece.length };
      return { span, map: ({ start, end }) => ({ start: start + hint, end: end + hint }), level: "exact", times: 1 };
    }
    for (const level of LEVELS) {
      const found = this.#find(piece, hint, level);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #find(piece: string, hint: number, level: Looseness): FoundPiece | undefined {
    let whole = this.#normal.get(level);
    if (whole === undefined) this.#normal.set(level, (whole = normalise(this.text, level)));
    const part = normalise(piece, level);
    // At the ends of a document white space comes and goes; inside it must be there.
    const needle = level === "space" ? part.text.trim() : part.text;
    if (needle === "") return undefined;
    const lead = level === "space" ? part.text.length - part.text.trimStart().length : 0;
    const near = whole.starts === undefined ? hint : firstIndex(whole.starts, (at) => at >= hint);
    const all: number[] = [];
    for (
      let at = whole.text.indexOf(needle);
      at >= 0 && all.length < MOST_TIMES;
      at = whole.text.indexOf(needle, at + 1)
    )
      all.push(at);
    const content = whole.text;
    // A paragraph "1" is not the one in "G1".
    const words = all.filter((start) => !cutsWord(content, { start, end: start + needle.length }));
    const likely = words.length > 0 ? words : all;
    const times = likely.length;
    const after = all.length === MOST_TIMES ? content.indexOf(needle, near) : -1;
    const best =
      after >= 0
        ? after
        : likely.reduce(
            (nearest, at) => (Math.abs(at - near) < Math.abs(nearest - near) ? at : nearest),
            likely[0] ?? -1,
          );
    if (best < 0) return undefined;
    const shift = best - lead;
    const bounds = { start: best, end: best + needle.length };
    const original = (normal: Normal, from: number, to: number): Span => ({
      start: normal.starts?.[from] ?? from,
      end: normal.starts?.[to] ?? to,
    });
    const normal = whole;
    const map = ({ start, end }: Span): Span | undefined => {
      const from = part.starts === undefined ? start : firstIndex(part.starts, (at) => at >= start);
      const to = part.starts === undefined ? end : firstIndex(part.starts, (at) => at >= end);
      const low = Math.max(bounds.start, from + shift);
      const high = Math.min(bounds.end, to + shift);
      if (low >= high) return undefined;
      const span = original(normal, low, high);
      // Where white space was put together, or a mark left out, the next unit's start lies beyond it.
      if (normal.starts !== undefined && !/[\s\u0085]/.test(normal.text[high - 1]!)) {
        return { start: span.start, end: normal.starts[high - 1]! + 1 };
      }
      return span;
    };
    return { span: original(normal, bounds.start, bounds.end), map, level, times };
  }
}
