import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import fc from "fast-check";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { docbin } from "../../src/datasets/formats/spacy/docbin";
import { PythonError } from "../../src/datasets/reading/python";
import { ReadError } from "../../src/datasets/format";
import { labelledDocument, labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const PYTHON = venvPython();

/** Without importing it: that takes seconds. */
function hasSpacy(): boolean {
  const find = "import importlib.util, sys; sys.exit(importlib.util.find_spec('spacy') is None)";
  return existsSync(PYTHON) && spawnSync(PYTHON, ["-I", "-c", find]).status === 0;
}

describe("datasets: spaCy DocBin", function () {
  this.timeout(300_000);

  it("says what to do without a Python, and with one that has no spaCy", async () => {
    const [document] = fc.sample(labelledDocument("a.txt", { reviewed: true }), { numRuns: 1, seed: 1 });
    assert.ok(document);
    const write = async (python?: string): Promise<unknown> =>
      writeDataset(docbin, [document], { ...WRITER_OPTIONS, ...(python !== undefined && { python }) });
    await assert.rejects(write(), (error: Error) => error instanceof PythonError && /--python/.test(error.message));
    await assert.rejects(
      write("/no/such/python"),
      (error: Error) => error instanceof PythonError && /cannot be run/.test(error.message),
    );
    await assert.rejects(write(process.execPath), PythonError);
    const files = new Map([["a.spacy", new Uint8Array([1, 2, 3])]]);
    await assert.rejects(async () => docbin.read!(files, { misaligned: "refuse" }), ReadError);
  });

  it("gives back what spaCy wrote up to the losses it reports, unreviewed text missing and not outside", async function () {
    if (!hasSpacy()) this.skip();
    const samples = fc.sample(labelledDocuments(), { numRuns: 15, seed: 7 });
    // Starting spaCy takes a second: one export of many documents.
    const documents = samples.flatMap((some, index) => some.map((one) => ({ ...one, path: `${index}/${one.path}` })));
    const { written, read } = await roundTrip(docbin, documents, {
      write: { python: PYTHON },
      read: { python: PYTHON },
      provenance: ["author", "time", "model", "score"],
    });
    assert.deepEqual([...written.files.keys()], ["entities/train.spacy", "sentiment/train.spacy"]);
    assert.deepEqual(
      written.losses.filter(({ kind }) => kind === "assumed"),
      [],
    );
    assert.ok(read.documents.length > 15);
  });

  it("names a file that is no DocBin", async function () {
    if (!hasSpacy()) this.skip();
    const files = new Map([["a.spacy", new Uint8Array([1, 2, 3])]]);
    await assert.rejects(
      async () => docbin.read!(files, { misaligned: "refuse", python: PYTHON }),
      (error: Error) => error instanceof ReadError && /spaCy cannot read it/.test(error.message),
    );
  });
});
