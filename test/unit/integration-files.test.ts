import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const folder = path.resolve(__dirname, "../integration");

describe("the suite inside the extension host", () => {
  it("runs every file of tests that is there", () => {
    const index = readFileSync(path.join(folder, "index.ts"), "utf8");
    const files = readdirSync(folder, { recursive: true })
      .map((name) => String(name).split(path.sep).join("/"))
      .filter((name) => name.endsWith(".test.ts"));
    assert.ok(files.length > 5);
    for (const name of files) assert.ok(index.includes(`import("./${name.slice(0, -3)}")`), name);
  });
});
