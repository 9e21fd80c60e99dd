/** Rows in Parquet files. */
import { parquetMetadataAsync, parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parquetWriteBuffer } from "hyparquet-writer";
import { featuresIn, parquetInfo, parquetSchema, parquetValue } from "./features";
import type { Features, TypedRows } from "./features";
import type { Row } from "../../reading/bytes";

/** A reader holds a group at a time. */
const ROWS_IN_GROUP = 10_000;
/** More values than this for a byte of the file are no data: the file is damaged, or made to fill the memory. */
const VALUES_A_BYTE = 1000;
/** A Parquet file of rows; the same bytes for the same rows. */
export function parquetBytes(rows: readonly Row[], features: Features): Uint8Array {
  const columnData = Object.entries(features).map(([name, feature]) => ({
    name,
    data: rows.map((row) => parquetValue(row[name], feature)),
  }));
  const buffer = parquetWriteBuffer({
    columnData,
    schema: parquetSchema(features),
    kvMetadata: [{ key: "huggingface", value: parquetInfo(features) }],
    createdBy: "glossator",
    rowGroupSize: ROWS_IN_GROUP,
  });
  return new Uint8Array(buffer);
}

/** What a Parquet file holds. Integers of 64 bits that fit are numbers. @throws the library's error for a damaged file. */
export async function parquetRows(bytes: Uint8Array): Promise<TypedRows> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = await parquetMetadataAsync(file);
  const most = bytes.length * VALUES_A_BYTE;
  const counts = metadata.row_groups.flatMap(({ num_rows: count, columns }) => [
    count,
    ...columns.map(({ meta_data: of }) => of?.num_values ?? 0n),
  ]);
  const odd = counts.find((count) => count < 0 || count > most);
  if (odd !== undefined) throw new Error(`it says that it holds ${odd} values in ${bytes.length} bytes`);
  const rows: Row[] = [];
  let rowStart = 0;
  // Group by group: columns as they are decoded, with an object for every integer of 64 bits, take several times the memory of the rows.
  for (const { num_rows: count } of metadata.row_groups) {
    const rowEnd = rowStart + Number(count);
    const group = await parquetReadObjects({
      ...{ file, metadata, compressors, rowStart, rowEnd },
      parsers: { stringFromBytes },
    });
    for (const row of group) rows.push(plain(row) as Row);
    rowStart = rowEnd;
  }
  const json = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  return { rows, features: featuresIn(json) };
}

/** The library's own decoder takes U+FEFF at the start of a string for a byte order mark and drops it. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes && decoder.decode(bytes);
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plain(item)]));
  }
  return value;
}
