/** Texts with other line ends than LF, for formats that know LF only. Offsets are UTF-16 code units. */
import { firstIndex } from "./search";

/** Line ends in order, each kind with how often it follows itself. */
export type LineEnds = readonly (readonly ["lf" | "crlf" | "cr", number])[];

const ENDS = { lf: "\n", crlf: "\r\n", cr: "\r" } as const;

/** A text with LF for every CRLF and CR, and the way back. */
export class UnixText {
  /** With LF only. */
  readonly text: string;
  /** The line ends it had; undefined if all were LF. */
  readonly ends: LineEnds | undefined;
  /** Where in `text` each LF is that was CRLF. */
  readonly #pairs: number[] = [];

  constructor(readonly original: string) {
    const runs: ["lf" | "crlf" | "cr", number][] = [];
    if (!original.includes("\r")) {
      this.text = original;
      return;
    }
    this.text = original.replace(/\r\n|\r|\n/g, (end, at: number) => {
      const kind = end === "\n" ? "lf" : end === "\r" ? "cr" : "crlf";
      if (kind === "crlf") this.#pairs.push(at - this.#pairs.length);
      const last = runs.at(-1);
      if (last?.[0] === kind) last[1]++;
      else runs.push([kind, 1]);
      return "\n";
    });
    this.ends = runs;
  }

  /** An offset of the original in the LF text. One between CR and LF becomes the one before both. */
  toUnix(offset: number): number {
    // The k-th pair takes up 2 units from `pairs[k] + k` on.
    const before = firstIndex(this.#pairs, (pair, k) => pair + k + 2 > offset);
    const at = this.#pairs[before];
    return at !== undefined && at + before + 1 === offset ? at : offset - before;
  }

  /** An offset of the LF text in the original. */
  fromUnix(offset: number): number {
    return offset + firstIndex(this.#pairs, (pair) => pair >= offset);
  }
}

/** Line ends from JSON; undefined if it is none. */
export function readLineEnds(value: unknown): LineEnds | undefined {
  if (!Array.isArray(value)) return undefined;
  const fits = value.every(
    (run: unknown) =>
      Array.isArray(run) && Object.hasOwn(ENDS, String(run[0])) && Number.isSafeInteger(run[1]) && run[1] > 0,
  );
  return fits ? (value as LineEnds) : undefined;
}

/** The LF text with the line ends it had; undefined if it does not have as many lines. */
export function withLineEnds(text: string, ends: LineEnds): string | undefined {
  const lines = text.split("\n");
  if (lines.length - 1 !== ends.reduce((sum, [, count]) => sum + count, 0)) return undefined;
  const pieces = [lines[0]!];
  let at = 1;
  for (const [kind, count] of ends) {
    for (let i = 0; i < count; i++) pieces.push(ENDS[kind], lines[at++]!);
  }
  return pieces.join("");
}
