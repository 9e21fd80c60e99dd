/** The rows of a table with a header as rows of JSON: cells that hold lists or objects are those, all others are texts, or numbers where they look like one. */
import { parse } from "csv-parse/sync";
import { valueIn } from "./span-lists";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import { isRow } from "../reading/bytes";
import type { Row } from "../reading/bytes";
import { noteRow } from "../reading/ledger";

/** Rows with the number of each, counted from the header's line. A file that does not parse is a loss. */
export function* tableRows(
  text: string,
  file: string,
  losses: Loss[],
): Generator<{ readonly line: number; readonly row: Row }> {
  let records: unknown[];
  try {
    const delimiter = /^[^\n]*\t/.test(text) ? "\t" : ",";
    records = parse(text, { columns: true, delimiter, bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch (error) {
    losses.push({
      kind: "dropped",
      file,
      exact: excerpt(text),
      reason: `the table does not parse: ${(error as Error).message}`,
    });
    return;
  }
  for (const [index, record] of records.entries()) {
    if (!isRow(record)) continue;
    const row = Object.fromEntries(Object.entries(record).map(([name, cell]) => [name, valueOf(String(cell))]));
    noteRow({ file, line: index + 2 }, row);
    yield { line: index + 2, row };
  }
}

function valueOf(cell: string): unknown {
  if (/^-?\d{1,9}$/.test(cell)) return Number(cell);
  return valueIn(cell) ?? cell;
}
