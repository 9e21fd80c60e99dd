/** What the files of an export consist of. */

/** Characters of a piece that is written at once. */
const PIECE = 1 << 18;

/** A text that is too long to be kept, or to be one string: in pieces, which are made anew each time. */
export class LongText implements Iterable<string> {
  /** @param parts makes the parts of the text, in order; any number of times. */
  constructor(private readonly parts: () => Iterable<string>) {}

  /** Pieces of some length, so that a file of a million lines is not written in a million steps. */
  *[Symbol.iterator](): Generator<string> {
    let piece: string[] = [];
    let length = 0;
    for (const part of this.parts()) {
      piece.push(part);
      length += part.length;
      if (length < PIECE) continue;
      yield piece.join("");
      piece = [];
      length = 0;
    }
    if (piece.length > 0) yield piece.join("");
  }

  /** The whole text. @throws {RangeError} if it is too long for a string (half a billion characters). */
  toString(): string {
    return [...this].join("");
  }
}

/** A file's contents. Text is written in UTF-8. */
export type Contents = string | Uint8Array | LongText;

/** Rows in a list of JSON: one under the other, a comma after each but the last. @param open what comes before them. @param close what comes after them */
export function* commaLines(open: string, rows: Iterable<string>, close: string): Generator<string> {
  yield open;
  let first = true;
  for (const row of rows) {
    yield first ? row : `,\n${row}`;
    first = false;
  }
  yield close;
}
