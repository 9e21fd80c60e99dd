/** Our exports as the field's own tools read them: `datasets` and `seqeval`. */
import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { conll2003 } from "../../src/datasets/formats/conll2003/write";
import type { DatasetFormat } from "../../src/datasets/format";
import { huggingFace } from "../../src/datasets/formats/huggingface/write";
import { labelledDocuments } from "./support/documents";
import { WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const root = path.resolve(__dirname, "../..");
const script = path.join(root, "test/datasets-reference.py");

function pythonWith(...modules: string[]): string | undefined {
  const check = `import ${modules.join(", ")}`;
  return [venvPython(), "python3"].find((one) => spawnSync(one, ["-c", check]).status === 0);
}

describe("datasets: read by the field's own tools", function () {
  this.timeout(180_000);
  let folder: string;
  const documents = fc
    .sample(labelledDocuments({ ragged: false }), { numRuns: 12, seed: 11 })
    .flatMap((some, run) => some.map((one) => ({ ...one, path: `${run}/${one.path}` })));
  const write = async (format: DatasetFormat, choices: Record<string, string>): Promise<void> => {
    const { files } = await writeDataset(format, documents, { ...WRITER_OPTIONS, choices });
    for (const [name, contents] of files) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await writeFile(path.join(folder, name), contents);
    }
  };
  const read = (python: string, ...args: string[]): unknown => {
    const env = { ...process.env, HF_HUB_OFFLINE: "1", PYTHONUTF8: "1" };
    return JSON.parse(
      execFileSync(python, [script, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }),
    );
  };
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "glossator-python-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const files of ["jsonl", "parquet"]) {
    it(`datasets reads ${files}: spans in code points, tags by name, answers where they are`, async function () {
      const python = pythonWith("datasets");
      if (python === undefined) {
        console.log("      left out: the Python package `datasets` is not installed");
        this.skip();
      }
      await write(huggingFace, { files });
      const found = read(python, "huggingface", folder) as {
        entities: { id: string; spans: [string, string, string][]; tags: string[] }[];
        sentiment: [string, string][];
        answers: boolean[][];
      };
      const spans = found.entities.flatMap((row) =>
        row.spans.map(([exact, label, author]) => `${label} ${exact} ${author}`),
      );
      const wanted = documents.flatMap((one) =>
        one.layers[SPANS].labels.map(({ label, exact, author }) => `${label} ${exact} ${author}`),
      );
      assert.deepEqual(spans.sort(), wanted.sort());
      assert.ok(found.entities.some(({ tags }) => tags.some((tag) => tag.startsWith("B-"))));
      const moods = documents.flatMap((one) =>
        one.layers[CLASSES].labels.map(({ exact, label }) => `${label} ${exact}`),
      );
      assert.deepEqual(found.sentiment.map(([text, label]) => `${label} ${text}`).sort(), moods.sort());
      assert.ok(found.answers.length > 0 && found.answers.flat().every((holds) => holds));
    });
  }

  for (const scheme of ["IOB1", "IOB2", "BIOES", "BILOU"]) {
    it(`seqeval finds the same entities in ${scheme} as our reader`, async function () {
      const python = pythonWith("seqeval");
      if (python === undefined) {
        console.log("      left out: the Python package `seqeval` is not installed");
        this.skip();
      }
      await write(conll2003, { scheme });
      const theirs = (read(python, "conll", path.join(folder, "train.txt"), scheme) as [string, string][][]).flat();
      const { files } = await writeDataset(conll2003, documents, { ...WRITER_OPTIONS, choices: { scheme } });
      const bytes = new Map([["train.txt", new TextEncoder().encode(files.get("train.txt") as string)]]);
      const { documents: back, losses } = await conll2003.read!(bytes, { misaligned: "refuse", scheme });
      assert.deepEqual(losses, []);
      const ours = back.flatMap((one) => one.layers[SPANS].labels.map(({ exact, label }) => [exact, label]));
      assert.deepEqual(theirs, ours);
      assert.ok(ours.length > 10);
    });
  }
});
