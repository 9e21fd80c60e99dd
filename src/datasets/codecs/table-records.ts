/** Tables as text: what separates their cells, and their records, of which a broken one costs no other. */
import { parse } from "csv-parse/sync";
import type { CsvError } from "csv-parse/sync";
import { append } from "../../text/grouped";
import { excerpt } from "../losses";
import type { Loss } from "../losses";

/** What separates cells. */
type Delimiter = "," | ";" | "\t" | "|";

/** A first line such as `sep=;`, by which Excel is told the delimiter. */
const SAID = /^\ufeff?"?sep=(.)"?[ \t]*\r?\n/i;

/** The delimiter of a file: as its first line says, or what that line has most of. `skip`: how many lines are none of the table. */
export function delimiterOf(text: string): { readonly delimiter: Delimiter; readonly skip: number } {
  const order = [",", ";", "\t", "|"] as const;
  const said = SAID.exec(text)?.[1];
  const known = order.find((one) => one === said);
  if (known !== undefined) return { delimiter: known, skip: 1 };
  const [line = ""] = text.split(/\r?\n/, 1);
  const count = (character: string): number => line.split(character).length;
  const most = order.map((character) => ({ character, count: count(character) })).sort((a, b) => b.count - a.count);
  return { delimiter: most[0]!.character, skip: 0 };
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/** The cells of a record, and the line it begins on. */
export type Numbered = readonly [line: number, cells: readonly string[]];

/** How many line ends are in some cells. */
export const linesIn = (cells: readonly string[]): number =>
  cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);

/** Where a line begins; lines count from 1. */
function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line && at >= 0; i++) at = text.indexOf("\n", at) + 1 || -1;
  return at < 0 ? text.length : at;
}

/**
 * The records of a file with the line each begins on; the first is the header. A quote that does not close takes all that follows into one cell: then its line is
 * a loss, and reading goes on at the next one.
 */
export function recordsOf(text: string, file: string, losses: Loss[]): Numbered[] {
  const { delimiter, skip } = delimiterOf(text);
  const all: Numbered[] = [];
  let from = 1;
  // The line is left, empty, so that the others keep their numbers.
  for (let rest = skip === 0 ? text : text.slice(text.indexOf("\n")); rest !== "";) {
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
