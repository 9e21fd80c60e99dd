/** Where in a text something is, as a terminal shows it. */
import { firstIndex } from "./search";

/** Lines and columns of one text. */
export class LineColumns {
  readonly #lines: readonly number[];

  constructor(text: string) {
    this.#lines = [0, ...Array.from(text.matchAll(/\r\n|\r|\n/g), (found) => found.index + found[0].length)];
  }

  /** Line and column of a UTF-16 offset, both from 1, columns in UTF-16 units, as editors count. */
  at(offset: number): string {
    const line = firstIndex(this.#lines, (start) => start > offset);
    return `${line}:${offset - this.#lines[line - 1]! + 1}`;
  }
}
