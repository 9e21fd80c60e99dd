/** Rows in Arrow files and streams, which `save_to_disk` of Hugging Face's `datasets` writes. */
// The parts that are needed: the package's own entry brings its writers, builders and streams.
import { RecordBatchReader } from "apache-arrow/ipc/reader";
import { StructRow } from "apache-arrow/row/struct";
import { Vector } from "apache-arrow/vector";
import type { Schema } from "apache-arrow/schema";
import type { Row } from "../../reading/bytes";
import { featuresIn } from "./features";
import type { TypedRows } from "./features";

/** Booleans pack eight values in a byte, lists and rows count besides: a file that says so is damaged, or made to fill the memory. */
const VALUES_A_BYTE = 16;

/**
 * What an Arrow file or stream holds. Integers of 64 bits that fit are numbers.
 * @throws the library's error for a damaged or compressed file.
 */
export function arrowRows(bytes: Uint8Array): TypedRows {
  const reader = RecordBatchReader.from(bytes).open();
  // Absent in a file without a byte, whatever its type says.
  const schema = reader.schema as Schema | undefined;
  if (schema === undefined) throw new Error("it is empty");
  const features = featuresIn(schema.metadata.get("huggingface"));
  const rows: Row[] = [];
  const left = { values: bytes.length * VALUES_A_BYTE };
  for (const batch of reader) {
    take(batch.numRows, left);
    for (let i = 0; i < batch.numRows; i++) rows.push(plain(batch.get(i), left) as Row);
  }
  return { rows, features, ...(!isEnded(bytes) && { open: true }) };
}

/** What a stream begins a message with, and, with a length of 0 after it, ends with (Arrow columnar format, "Encapsulated message format"). */
const CONTINUES = "ffffffff";

/** Whether a stream ends as its writer left it: what is cut between two batches reads like a whole one. Files are read from their end. */
function isEnded(bytes: Uint8Array): boolean {
  const hex = (part: Uint8Array): string => Buffer.from(part).toString("hex");
  return hex(bytes.subarray(0, 4)) !== CONTINUES || hex(bytes.subarray(-8)) === `${CONTINUES}00000000`;
}

function take(count: number, left: { values: number }): void {
  left.values -= count;
  if (left.values < 0 || count < 0) throw new Error("it says that it holds more values than its bytes can");
}

/** A value of the library as one of JSON: its lists are vectors, its structs rows of their own. */
function plain(value: unknown, left: { values: number }): unknown {
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Vector) {
    take(value.length, left);
    return Array.from(value, (item) => plain(item, left));
  }
  if (value instanceof StructRow)
    return Object.fromEntries(Object.entries(value.toJSON()).map(([name, item]) => [name, plain(item, left)]));
  return value;
}
