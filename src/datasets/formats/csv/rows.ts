/** The rows of a CSV file, each with the line it begins on. */
import { append } from "../../../text/grouped";
import { parse } from "csv-parse/sync";
import type { CsvError } from "csv-parse/sync";
import { delimiterOf, readHeader, unguarded } from "./columns";
import type { Column, Header } from "./columns";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";

/** A row with its place. */
export interface CsvRow {
  readonly file: string;
  readonly line: number;
  readonly header: Header;
  readonly cell: (column: Column) => string;
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

/** The rows of a file; one that is cut off, or has no header, is a loss. */
export function rowsOf(text: string, file: string, losses: Loss[]): CsvRow[] {
  const [first, ...records] = recordsOf(text, delimiterOf(text), file, losses);
  const header = first && readHeader(first[1]);
  if (header === undefined) {
    losses.push({
      kind: "dropped",
      file,
      line: 1,
      reason: 'its first row names no column for labels, such as "label"',
    });
    return [];
  }
  const width = Math.max(...Object.values(header.at));
  return records.flatMap(([line, cells]) => {
    if (cells.length <= width) {
      const reason = `the row has ${cells.length} cells, the header names ${width + 1}: cut off?`;
      losses.push({ kind: "dropped", file, line, exact: excerpt(cells.join(",")), reason });
      return [];
    }
    const cell = (column: Column): string => {
      const at = header.at[column];
      const value = at === undefined ? "" : (cells[at] ?? "");
      return header.ours ? unguarded(value) : value;
    };
    return [{ file, line, header, cell }];
  });
}
