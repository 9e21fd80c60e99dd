/** The rows of a table with a header as rows of JSON: cells that hold lists or objects are those, all others are texts, or numbers where they look like one. */
import { valueIn } from "../../codecs/span-lists";
import { recordsOf } from "../../codecs/table-records";
import type { Loss } from "../../losses";
import type { Row } from "../../reading/bytes";
import { noteRow } from "../../reading/ledger";

/** Rows with the line that each begins on. Records that do not parse are losses. */
export function* tableRows(
  text: string,
  file: string,
  losses: Loss[],
): Generator<{ readonly line: number; readonly row: Row }> {
  const [[, names] = [1, []], ...records] = recordsOf(text, file, losses);
  for (const [line, cells] of records) {
    const row = Object.fromEntries(cells.slice(0, names.length).map((cell, at) => [names[at]!, valueOf(cell)]));
    noteRow({ file, line }, row);
    yield { line, row };
  }
}

function valueOf(cell: string): unknown {
  if (/^-?\d{1,9}$/.test(cell)) return Number(cell);
  return valueIn(cell) ?? cell;
}
