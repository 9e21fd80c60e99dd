import { firstIndex } from "./search";

/** How a position may be counted. */
export const OFFSET_UNITS = ["utf16", "codepoint", "byte"] as const;

/** How a position is counted: UTF-16 code units (the editor), Unicode code points (Python, most files), UTF-8 bytes. */
export type OffsetUnit = (typeof OFFSET_UNITS)[number];

/** UTF-16 units between two checkpoints: a 40 MB text needs 40,000 of them, and a look-up walks at most this far. */
const STEP = 1024;

/**
 * Converts positions in one text between UTF-16 units, code points and UTF-8 bytes. Built once a text, in one pass; costs
 * no memory for ASCII. A lone surrogate counts as one code point and three bytes (as U+FFFD, which encoders put in its place).
 */
export class OffsetMap {
  /** Code points and bytes before each multiple of {@link STEP}; undefined when the text is ASCII. */
  readonly #checkpoints: { readonly codepoint: Int32Array; readonly byte: Int32Array } | undefined;
  readonly #lengths: Readonly<Record<OffsetUnit, number>>;

  constructor(private readonly text: string) {
    let codepoint = text.length;
    let byte = text.length;
    if (!/^[\0-\x7f]*$/.test(text)) {
      const size = Math.ceil((text.length + 1) / STEP);
      this.#checkpoints = { codepoint: new Int32Array(size), byte: new Int32Array(size) };
      codepoint = byte = 0;
      for (let i = 0; i < text.length; i++) {
        if (i % STEP === 0) this.#mark(i / STEP, codepoint, byte);
        // The second half of a pair adds nothing: the first has counted for both.
        if (insidePair(text, i)) continue;
        codepoint++;
        byte += byteLength(text.codePointAt(i)!);
      }
      if (text.length % STEP === 0) this.#mark(text.length / STEP, codepoint, byte);
    }
    this.#lengths = { utf16: text.length, codepoint, byte };
  }

  /** The whole text's length in a unit. */
  length(unit: OffsetUnit): number {
    return this.#lengths[unit];
  }

  /**
   * A UTF-16 offset in another unit.
   * @throws {RangeError} when the offset is no integer, outside the text, or inside a surrogate pair.
   */
  fromUtf16(offset: number, unit: OffsetUnit): number {
    this.#check(offset, "utf16");
    if (insidePair(this.text, offset)) throw new RangeError(`UTF-16 offset ${offset} is inside a surrogate pair`);
    if (unit === "utf16" || !this.#checkpoints) return offset;
    const index = Math.floor(offset / STEP);
    let count = this.#checkpoints[unit][index]!;
    let i = this.#characterFrom(index);
    while (i < offset) {
      const code = this.text.codePointAt(i)!;
      count += size(code, unit);
      i += code > 0xffff ? 2 : 1;
    }
    return count;
  }

  /**
   * An offset in some unit as a UTF-16 offset.
   * @throws {RangeError} when the offset is no integer, outside the text, or inside a character (bytes) or surrogate pair (UTF-16).
   */
  toUtf16(offset: number, unit: OffsetUnit): number {
    if (unit === "utf16") return this.fromUtf16(offset, "utf16");
    this.#check(offset, unit);
    if (!this.#checkpoints) return offset;
    const counts = this.#checkpoints[unit];
    const checkpoint = firstIndex(counts, (count) => count > offset) - 1;
    let count = counts[checkpoint]!;
    let i = this.#characterFrom(checkpoint);
    while (count < offset) {
      const code = this.text.codePointAt(i)!;
      count += size(code, unit);
      i += code > 0xffff ? 2 : 1;
    }
    if (count !== offset) throw new RangeError(`${unit} offset ${offset} is inside a character`);
    return i;
  }

  #mark(index: number, codepoint: number, byte: number): void {
    this.#checkpoints!.codepoint[index] = codepoint;
    this.#checkpoints!.byte[index] = byte;
  }

  /** Where the first character at or after a checkpoint starts. */
  #characterFrom(index: number): number {
    const at = index * STEP;
    return insidePair(this.text, at) ? at + 1 : at;
  }

  #check(offset: number, unit: OffsetUnit): void {
    if (!Number.isInteger(offset) || offset < 0 || offset > this.#lengths[unit])
      throw new RangeError(`${unit} offset ${offset} is outside the text (0 to ${this.#lengths[unit]})`);
  }
}

/** Whether a UTF-16 offset falls between the two halves of a surrogate pair. */
export function insidePair(text: string, offset: number): boolean {
  if (offset <= 0 || offset >= text.length) return false;
  return (text.charCodeAt(offset) & 0xfc00) === 0xdc00 && (text.charCodeAt(offset - 1) & 0xfc00) === 0xd800;
}

const byteLength = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4);
const size = (code: number, unit: "codepoint" | "byte"): number => (unit === "codepoint" ? 1 : byteLength(code));
