/**
 * What is on disk keeps its meaning: logs written by version 0.1.0, read and exported by today's code, give the files that they gave when
 * the fixtures were made. `GLOSSATOR_GOLDEN=write` makes them anew; look at the difference before committing it.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { exportDataset } from "../../src/datasets/export/export";
import { WRITABLE } from "../../src/datasets/formats";

const fixtures = path.resolve(__dirname, "../fixtures");
const workspace = path.join(fixtures, "workspace");
const writes = process.env["GLOSSATOR_GOLDEN"] === "write";

/** Every file below a folder, by its path with `/`. */
async function filesBelow(folder: string): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    found.set(path.relative(folder, file).split(path.sep).join("/"), await readFile(file));
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Bytes as text, line ends told apart, where they are text: a difference is then readable. */
const shown = (bytes: Buffer): string =>
  bytes.includes(0) ? bytes.toString("base64") : bytes.toString("utf8").replaceAll("\r", "\\r");

describe("logs of version 0.1.0", () => {
  let target: string;
  beforeEach(async () => {
    target = await mkdtemp(path.join(os.tmpdir(), "glossator-golden-"));
  });
  afterEach(() => rm(target, { recursive: true, force: true }));

  // A DocBin is written by spaCy, whose version decides the bytes.
  for (const format of WRITABLE.filter((name) => name !== "docbin")) {
    it(`give the same ${format} files`, async () => {
      const golden = path.join(fixtures, "golden", format);
      const before = await filesBelow(workspace);
      await exportDataset({ workspace, format, target: path.join(target, format), seed: 1, validation: 0.25, test: 0 });
      const made = await filesBelow(path.join(target, format));
      if (writes) {
        await rm(golden, { recursive: true, force: true });
        await cp(path.join(target, format), golden, { recursive: true });
      }
      assert.ok(existsSync(golden), `no golden files: ${golden}`);
      const wanted = await filesBelow(golden);
      assert.deepEqual([...made.keys()], [...wanted.keys()]);
      for (const [name, bytes] of made) assert.equal(shown(bytes), shown(wanted.get(name)!), `${format}: ${name}`);
      assert.deepEqual(await filesBelow(workspace), before, "an export only reads");
    });
  }
});
