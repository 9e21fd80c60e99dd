import { strict as assert } from "node:assert";
import { STRING } from "../../src/datasets/features";
import { parquetBytes, parquetRows } from "../../src/datasets/parquet";

describe("Parquet", () => {
  it("keeps a string that begins with U+FEFF, which is no byte order mark there", async () => {
    const rows = [{ text: "\ufeffAda 😀" }, { text: "" }, { text: "\ufeff" }];
    const found = await parquetRows(parquetBytes(rows, { text: STRING }));
    assert.deepEqual(found.rows, rows);
  });
});
