import { strict as assert } from "node:assert";
import { parquetMetadata } from "hyparquet";
import { STRING } from "../../src/datasets/formats/huggingface/features";
import { parquetBytes, parquetRows } from "../../src/datasets/formats/huggingface/parquet";

describe("Parquet", () => {
  it("keeps a string that begins with U+FEFF, which is no byte order mark there", async () => {
    const rows = [{ text: "\ufeffAda 😀" }, { text: "" }, { text: "\ufeff" }];
    const found = await parquetRows(parquetBytes(rows, { text: STRING }));
    assert.deepEqual(found.rows, rows);
  });

  it("keeps all rows in order, over several groups of rows", async () => {
    const rows = Array.from({ length: 25_000 }, (_, number) => ({ text: `row ${number}` }));
    const bytes = parquetBytes(rows, { text: STRING });
    assert.ok(parquetMetadata(bytes.buffer as ArrayBuffer).row_groups.length > 1);
    assert.deepEqual((await parquetRows(bytes)).rows, rows);
  });
});
