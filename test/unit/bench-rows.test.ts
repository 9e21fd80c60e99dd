import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const folder = resolve(__dirname, "../../bench");

describe("the benchmarks", () => {
  it("can be loaded, every row, as their command loads them", async function () {
    const rows = [...readFileSync(join(folder, "run.ts"), "utf8").matchAll(/import\("\.\/([\w-]+)"\)/g)];
    assert.ok(rows.length > 5);
    for (const [, name] of rows)
      assert.ok(Object.keys((await import(join(folder, `${name}.ts`))) as object).length > 0);
  });
});
