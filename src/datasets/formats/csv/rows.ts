/** The rows of a CSV file, each with the line it begins on. */
import { append } from "../../../text/grouped";
import { parse } from "csv-parse/sync";
import type { CsvError } from "csv-parse/sync";
import { unguarded } from "./columns";
import { delimiterOf, readHeader, tableOf } from "./header";
import type { Header, Role } from "./header";
import type { TableColumns } from "../../format";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";

/** A row with its place. */
export interface CsvRow {
  readonly file: string;
  readonly line: number;
  readonly header: Header;
  readonly cell: (column: Role) => string;
  /** How many lines it takes. */
  readonly lines: number;
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

type Numbered = readonly [line: number, cells: readonly string[]];

const linesIn = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);

/** Where a line begins; lines count from 1. */
function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line && at >= 0; i++) at = text.indexOf("\n", at) + 1 || -1;
  return at < 0 ? text.length : at;
}

/**
 * The records of a file with the line each begins on. A quote that does not close takes all that follows into one cell: then its line is
 * a loss, and reading goes on at the next one.
 */
function recordsOf(text: string, delimiter: string, file: string, losses: Loss[]): Numbered[] {
  const all: Numbered[] = [];
  let from = 1;
  for (let rest = text; rest !== "";) {
    const quote = { open: false };
    const skipped: Loss[] = [];
    const records = parse(rest, {
      delimiter,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error: CsvError | undefined): undefined => {
        if (error?.code === "CSV_QUOTE_NOT_CLOSED") quote.open = true;
        const line = from - 1 + (typeof error?.["lines"] === "number" ? error["lines"] : 1);
        skipped.push({ kind: "dropped", file, line, reason: `the row does not parse: ${error?.message ?? "unknown"}` });
        return undefined;
      },
    }) as unknown as ParsedRecord[];
    for (const { record, info } of records) all.push([from - 1 + info.lines - linesIn(record), record]);
    if (!quote.open) {
      append(losses, skipped);
      break;
    }
    const last = records.at(-1)?.info.lines ?? 0;
    let start = lineStart(rest, last + 1);
    let line = from + last;
    // Empty lines before it are none of it.
    while (/^\r?\n/.test(rest.slice(start, start + 2))) {
      start = rest.indexOf("\n", start) + 1;
      line++;
    }
    const next = rest.indexOf("\n", start) + 1 || rest.length;
    append(losses, skipped.slice(0, -1));
    losses.push({
      kind: "dropped",
      file,
      line,
      exact: excerpt(rest.slice(start, next)),
      reason: "a quote in this row does not close",
    });
    rest = rest.slice(next);
    from = line + 1;
  }
  return all;
}

/** The rows of a table. */
export interface CsvTable {
  readonly rows: readonly CsvRow[];
  readonly table?: TableColumns;
}

const SHOWN_ROWS = 5;

/** The rows of a file; one that is cut off, or has no header, is a loss. @throws {ReadError} for a chosen column that is none */
export function rowsOf(
  text: string,
  file: string,
  losses: Loss[],
  chosen?: Readonly<Record<string, string>>,
): CsvTable {
  const { delimiter, skip } = delimiterOf(text);
  // The line is left, empty, so that the others keep their numbers.
  const own = skip === 0 ? text : text.slice(text.indexOf("\n"));
  const [first, ...records] = recordsOf(own, delimiter, file, losses);
  const header = first && readHeader(first[1], chosen);
  if (header === undefined) {
    const names = (first?.[1] ?? []).map((name) => `"${name.trim()}"`).join(", ");
    const reason =
      `its first row names no column for labels (it has ${names}): ` +
      "name them as text or label, or choose them, as in --columns text=NAME,label=NAME";
    losses.push({ kind: "dropped", file, line: 1, count: Math.max(1, records.length), reason });
    return { rows: [] };
  }
  const width = Math.max(...Object.values(header.at));
  const rows = records.flatMap(([line, cells]): CsvRow[] => {
    if (cells.length <= width) {
      const reason = `the row has ${cells.length} cells, the header names ${width + 1}: cut off?`;
      losses.push({ kind: "dropped", file, line, exact: excerpt(cells.join(",")), reason });
      return [];
    }
    const cell = (column: Role): string => {
      const at = header.at[column];
      const value = at === undefined ? "" : (cells[at] ?? "");
      return header.ours ? unguarded(value) : value;
    };
    return [{ file, line, header, cell, lines: linesIn(cells) + 1 }];
  });
  if (!header.ours) tellBeside(header, records, file, losses);
  const shown = records.slice(0, SHOWN_ROWS).map(([, cells]) => cells);
  return { rows, ...(!header.ours && { table: tableOf(file, header, shown) }) };
}

/** Tells of the columns that were not taken. */
function tellBeside({ at, names }: Header, records: readonly Numbered[], file: string, losses: Loss[]): void {
  const used = new Set(Object.values(at));
  for (const [index, name] of names.entries()) {
    const count = used.has(index) ? 0 : records.filter(([, cells]) => (cells[index] ?? "").trim() !== "").length;
    if (count > 0) losses.push({ kind: "beside", file, count, reason: `the column "${name.trim()}"` });
  }
}
