/** The columns of our CSV files, and what they are called in those of others. */
import type { OffsetUnit } from "../../../text/offsets";

/** Our columns, in order; `start` and `end` have their unit in the name. */
export const COLUMNS = [
  "document",
  "file",
  "kind",
  "task",
  "label",
  "start",
  "end",
  "text",
  "question",
  "question_id",
  "author",
  "time",
  "model",
  "model_version",
  "score",
  "attributes",
] as const;

/** Those of {@link COLUMNS} that a file of ours may lack. */
export const OPTIONAL: readonly Column[] = ["file", "attributes"];

/** One of {@link COLUMNS}. */
export type Column = (typeof COLUMNS)[number];

/** What a row is about. */
export type Kind = "label" | "answer" | "no answer" | "plausible answer" | "rejected" | "reviewed";

/** A column's name in the header. */
export function unitColumn(column: Column, unit: OffsetUnit): string {
  return column === "start" || column === "end" ? `${column}_${unit}` : column;
}

/** What begins a formula in one spreadsheet or another (OWASP, CSV Injection), with the wide forms that Excel takes for the same. */
const FORMULA = /^['=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A cell that no spreadsheet runs; {@link unguarded} gives it back. */
export function guarded(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

/** A cell as it was before {@link guarded}. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}
