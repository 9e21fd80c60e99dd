/** Tables for people. */
import Table from "cli-table3";
import { append } from "../text/grouped";
import { perCent, shortenedTo } from "../text/print";
import { printable } from "./terminal";

/** Longest text of a cell, in characters, where it is an excerpt. */
const EXCERPT = 60;

/** A probability as a person reads it. */
export function percent(share: number, digits = 0): string {
  return `${perCent(share, digits)} %`;
}

/** The start of a text in one line, at most `length` characters. */
export function excerpt(text: string, length = EXCERPT): string {
  // A cut inside what follows is never seen: of a long text only the first part is looked at.
  return shortenedTo(printable(text.slice(0, 4 * length)), length);
}

/** Rows under their heads; `right` names the columns whose figures stand right. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly number[] = [],
): string {
  const output = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (right.includes(index) ? "right" : "left")),
    style: { head: [], border: [], compact: true },
    chars: {
      ...{ top: "", "top-mid": "", "top-left": "", "top-right": "" },
      ...{ bottom: "", "bottom-mid": "", "bottom-left": "", "bottom-right": "" },
      ...{ left: "", "left-mid": "", mid: "", "mid-mid": "", right: "", "right-mid": "", middle: " " },
    },
  });
  append(
    output,
    rows.map((row) => row.map((cell) => printable(cell))),
  );
  const lines = output.toString().split("\n");
  return `${lines.map((line) => line.trimEnd()).join("\n")}\n`;
}
