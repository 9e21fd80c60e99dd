/** The columns of our CSV files, and what they are called in those of others. */
import type { OffsetUnit } from "../../../text/offsets";
import type { LookedAt, Sign } from "../../format";

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
] as const;

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

const UNITS: Readonly<Record<string, OffsetUnit>> = {
  codepoint: "codepoint",
  codepoints: "codepoint",
  char: "codepoint",
  utf16: "utf16",
  byte: "byte",
  bytes: "byte",
};

/** Names of columns in files of others, lower case, with `_` for blanks. */
const ALIASES: Readonly<Partial<Record<Column, readonly string[]>>> = {
  document: ["document", "doc", "doc_id", "document_id", "filename", "file_name", "path", "source", "uri"],
  start: ["start", "begin", "start_offset", "start_char", "char_start", "offset"],
  end: ["end", "stop", "end_offset", "end_char", "char_end"],
  label: ["label", "labels", "entity", "entity_type", "ent_type", "tag", "type", "class", "category", "sentiment"],
  text: ["text", "exact", "span", "mention", "quote", "entity_text", "content", "sentence", "review"],
  author: ["author", "annotator", "user", "username"],
  time: ["time", "timestamp", "created", "created_at", "updated_at"],
  score: ["score", "confidence", "probability"],
};

/** Where each column is in a header. */
export interface Header {
  readonly at: Readonly<Partial<Record<Column, number>>>;
  readonly unit?: OffsetUnit;
  /** What the file calls its column of labels. */
  readonly label?: string;
  /** Written by us: cells are guarded. */
  readonly ours: boolean;
}

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

/** Reads a header; undefined if it has neither a label nor a kind. */
export function readHeader(cells: readonly string[]): Header | undefined {
  const names = cells.map(normal);
  const at: Partial<Record<Column, number>> = {};
  let unit: OffsetUnit | undefined;
  for (const [index, name] of names.entries()) {
    const counted = /^(start|end)_(?:in_)?([a-z0-9]+)$/.exec(name);
    const found = counted === null ? undefined : UNITS[counted[2]!];
    if (counted === null || found === undefined) continue;
    // `start_char` is what many tools call it, in whatever unit.
    if (counted[2] !== "char") unit = found;
    at[counted[1] as "start" | "end"] ??= index;
  }
  for (const column of COLUMNS) {
    for (const alias of [column, ...(ALIASES[column] ?? [])]) {
      const index = names.indexOf(alias);
      if (index >= 0 && at[column] === undefined && !Object.values(at).includes(index)) at[column] = index;
    }
  }
  const ours = unit !== undefined && COLUMNS.every((column) => column === "file" || at[column] !== undefined);
  if (at.label === undefined && !ours) return undefined;
  const label = at.label === undefined ? undefined : cells[at.label]?.trim();
  return { at, ours, ...(label !== undefined && { label }), ...(unit !== undefined && { unit }) };
}

/** The delimiter of a file, by what its first line has most of. */
export function delimiterOf(text: string): "," | ";" | "\t" {
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (character: string): number => line.split(character).length;
  const order = ([",", ";", "\t"] as const).map((character) => ({ character, count: count(character) }));
  return order.sort((a, b) => b.count - a.count)[0]!.character;
}

/** The header of a file, by its first line. */
function headerOf({ start }: LookedAt): Header | undefined {
  const [line = ""] = start.split(/\r?\n/, 1);
  const cells = line.split(delimiterOf(start)).map((cell) => cell.replace(/^"|"$/g, ""));
  return cells.length < 2 ? undefined : readHeader(cells);
}

const FILE = /\.(?:csv|tsv)$/i;

/** By their columns. */
export const CSV_SIGNS: readonly Sign[] = [
  {
    name: FILE,
    test: (file) => headerOf(file)?.ours === true,
    confidence: 1,
    says: "has the columns of this format",
  },
  {
    name: FILE,
    test: (file) => {
      const at = headerOf(file)?.at;
      return at?.start !== undefined && at.end !== undefined;
    },
    confidence: 0.8,
    says: "has columns for a label, a start and an end",
  },
  {
    name: FILE,
    test: (file) => headerOf(file)?.at.text !== undefined,
    confidence: 0.6,
    says: "has columns for a text and a label",
  },
];
