import { strict as assert } from "node:assert";
import { parquetMetadata } from "hyparquet";
import { INT32, list, STRING } from "../../src/datasets/formats/huggingface/features";
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

  it("ends with rows or an error, whichever byte of a file is another one", async function () {
    this.timeout(60_000);
    const rows = ["Ada", undefined, "Bob", "Ada", "", undefined].map((text) => ({ text, tags: text ? [1, 2] : [] }));
    const whole = parquetBytes(rows, { text: STRING, tags: list(INT32) });
    let refused = 0;
    for (let at = 0; at < whole.length; at++)
      for (const byte of [0x00, 0x7f, 0x80, 0xff, whole[at]! ^ 0x40]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = byte;
        // The time that the whole test may take is the judge: lengths that are damaged once kept the reader busy for ever.
        await parquetRows(damaged).catch(() => refused++);
      }
    assert.ok(refused > 0);
  });
});
