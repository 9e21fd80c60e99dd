/** What is in which bundle: each program is loaded with what it needs alone. */
import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { bundle } from "../../scripts/lib/bundle.mjs";

describe("bundles", () => {
  let folder: string;
  let sources: (name: string) => string[];

  before(async function () {
    this.timeout(60_000);
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-bundles-"));
    const { outputs } = await bundle({ outdir: folder, sourcemap: false });
    sources = (name) => {
      const found = Object.entries(outputs).find(([file]) => path.basename(file) === name);
      assert.ok(found, `${name} was made`);
      return Object.entries(found[1].inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([file]) => file);
    };
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const isDriver = (file: string): boolean => file.startsWith("src/datasets/formats/");

  it("readers and writers of formats are where datasets are read and written, and not in the editor's process", () => {
    for (const name of ["datasets.js", "cli.js"]) assert.ok(sources(name).some(isDriver), name);
    for (const name of ["extension.js", "engine.js", "teach.js"])
      assert.deepEqual(sources(name).filter(isDriver), [], name);
  });

  it("the runtime is asked for by the processes that run a model", async () => {
    const asks = async (name: string): Promise<boolean> =>
      (await readFile(path.join(folder, name), "utf8")).includes('require("onnxruntime-node")');
    for (const name of ["engine.js", "teach.js"]) assert.ok(await asks(name), name);
    for (const name of ["extension.js", "datasets.js", "cli.js"]) assert.ok(!(await asks(name)), name);
  });
});
