/** The rows of a CSV file, each with the line it begins on. */
import { classesOf } from "./class-columns";
import { unguarded } from "./columns";
import { readHeader, tableOf } from "./header";
import type { Header, Role } from "./header";
import { linesIn, recordsOf } from "../../codecs/table-records";
import type { Numbered } from "../../codecs/table-records";
import type { TableColumns } from "../../format";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";

/** A row with its place. */
export interface CsvRow {
  readonly file: string;
  readonly line: number;
  readonly header: Header;
  readonly cell: (column: Role) => string;
  /** Where the table has a column for each class: those that the row's text has. */
  readonly classes?: readonly string[];
  /** How many lines it takes. */
  readonly lines: number;
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
  const [first, ...records] = recordsOf(text, file, losses);
  const below = records.map(([, cells]) => cells);
  const header = first && readHeader(first[1], chosen, below);
  if (header === undefined) {
    const names = (first?.[1] ?? []).map((name) => `"${name.trim()}"`).join(", ");
    const reason =
      `its first row names no column for labels (it has ${names}): ` +
      "name them as text or label, or choose them, as in --columns text=NAME,label=NAME";
    losses.push({ kind: "dropped", file, line: 1, count: Math.max(1, records.length), reason });
    return { rows: [] };
  }
  const { classes } = header;
  const width = Math.max(...Object.values(header.at), ...(classes ?? []));
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
    const row = { file, line, header, cell, lines: linesIn(cells) + 1 };
    return [classes === undefined ? row : { ...row, classes: classesOf(header.names, cells, classes) }];
  });
  if (!header.ours) tellBeside(header, records, file, losses);
  const shown = records.slice(0, SHOWN_ROWS).map(([, cells]) => cells);
  return { rows, ...(!header.ours && { table: tableOf(file, header, shown) }) };
}

/** Tells of the columns that were not taken. */
function tellBeside(
  { at, names, classes = [] }: Header,
  records: readonly Numbered[],
  file: string,
  losses: Loss[],
): void {
  const used = new Set([...Object.values(at), ...classes]);
  const counts = names.map(() => 0);
  for (const [, cells] of records)
    for (const [index, cell] of cells.slice(0, names.length).entries()) if (cell.trim() !== "") counts[index]!++;
  for (const [index, name] of names.entries()) {
    const count = used.has(index) ? 0 : counts[index]!;
    if (count > 0) losses.push({ kind: "beside", file, count, reason: `the column "${name.trim()}"` });
  }
}
