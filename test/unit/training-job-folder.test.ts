import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readExamples, sha256 } from "../../src/training/exchange/job-folder";
import type { JobTask } from "../../src/training/exchange/job-folder";
import type { TeachExample } from "../../src/training/examples/example";

const EXAMPLE: TeachExample = {
  task: "entities",
  document: "a.txt",
  span: { start: 0, end: 12 },
  text: "Ada met Bob.",
  labels: [{ start: 0, end: 3, label: "PER", how: "added" }],
  rejected: [],
  reviewed: [{ start: 0, end: 12 }],
  unknown: [],
  weight: 2,
};

describe("the examples of a job's folder", () => {
  let folder: string;
  before(() => mkdirSync(join((folder = mkdtempSync(join(tmpdir(), "glossator-job-"))), "data")));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Reads what somebody put there, with a digest that fits it. */
  const read = (...lines: string[]): Promise<TeachExample[]> => {
    const text = lines.map((line) => `${line}\n`).join("");
    writeFileSync(join(folder, "data/entities.jsonl"), text);
    const data = { file: "data/entities.jsonl", sha256: sha256(text) };
    return readExamples(folder, { task: "entities", data } as JobTask);
  };
  const line = (more: object = {}): string => JSON.stringify({ example: { ...EXAMPLE, ...more } });

  it("are read back as they were", async () => {
    assert.deepEqual(await read(line(), line({ labels: [] })), [EXAMPLE, { ...EXAMPLE, labels: [] }]);
  });

  it("are refused by line where one is none, whatever its digest", async () => {
    const label = EXAMPLE.labels[0];
    const damaged = [
      ...["null", "3", "[]", "{}", '{"example":null}', '{"example":[]}'],
      line({ task: "sentiment" }),
      line({ text: 3 }),
      line({ weight: "2" }),
      line({ labels: null }),
      line({ labels: [null] }),
      line({ labels: [{ ...label, end: 13 }] }),
      line({ labels: [{ ...label, start: -1 }] }),
      line({ labels: [{ ...label, how: "toString" }] }),
      line({ rejected: "none" }),
      line({ reviewed: [{ start: 0 }] }),
      line({ unknown: {} }),
      line({ span: null }),
    ];
    for (const one of damaged)
      await assert.rejects(
        read(line(), one),
        /entities\.jsonl is damaged: line 2 holds no example\. Export the job anew/,
        one,
      );
    await assert.rejects(read(line(), "{"), /damaged: it is not JSON/);
  });
});
