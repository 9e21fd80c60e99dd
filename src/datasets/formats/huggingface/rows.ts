/** The rows of a Hugging Face dataset, with the types that README, Parquet and Arrow files give their columns. */
import { isRow, pathsWith, tableText } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { columnTypesIn, isTypesFile } from "../../reading/column-types";
import { arrowRows } from "./arrow";
import { parquetRows } from "./parquet";
import { textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { jsonFiles, objectsOfFile } from "../../reading/json";
import { wrappedRows } from "../../reading/json-rows";
import { noteRow } from "../../reading/ledger";
import { isNameList } from "../../reading/name-lists";
import { tableRows } from "./table-rows";

/** A row, where it is, and the types of its columns. */
export interface Placed {
  readonly row: Row;
  readonly file: string;
  /** Of a Parquet or Arrow file: the row, counted from 1. */
  readonly line: number;
  readonly types: Readonly<Record<string, unknown>>;
}

/** What `save_to_disk` leaves beside its rows. */
const BESIDE = /(?:^|\/)(?:state|dataset_dict)\.json$/;

/** The rows of all files, Parquet and Arrow first. A file that cannot be read is a loss. */
export async function rowsIn(input: Input): Promise<Placed[]> {
  const { files, losses } = input;
  const known = columnTypesIn(input);
  const rows: Placed[] = [];
  for (const file of pathsWith(files, "parquet", "arrow")) {
    const arrow = file.toLowerCase().endsWith(".arrow");
    try {
      const read = arrow ? arrowRows(files.get(file)!) : await parquetRows(files.get(file)!);
      const types = { ...known.of(file), ...read.features };
      if (read.open)
        losses.push({ kind: "dropped", file, reason: "the file has no end: rows after its last one may be missing" });
      for (const [index, row] of read.rows.entries()) {
        noteRow({ file, line: index + 1 }, row);
        rows.push({ row, file, line: index + 1, types });
      }
    } catch (error) {
      losses.push({
        kind: "dropped",
        file,
        reason: `not a whole ${arrow ? "Arrow" : "Parquet"} file: ${(error as Error).message}`,
      });
    }
  }
  const json = jsonFiles(files).filter((file) => !isTypesFile(file) && !isNameList(file) && !BESIDE.test(file));
  for (const file of json) {
    const types = known.of(file);
    for (const { row, line } of objectsOfFile(files, file, losses, wrappedRows))
      if (isRow(row)) rows.push({ row, line, file, types });
  }
  for (const { file, text } of textsIn(input, pathsWith(files, "csv", "tsv"), tableText)) {
    const types = known.of(file);
    for (const one of tableRows(text, file, losses)) rows.push({ ...one, file, types });
  }
  return rows;
}
