import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { missingDecisions } from "../../src/training/missing";

const modelFolder = path.join(import.meta.dirname, "../../models/glossator-minilm");

describe("decisions that are missing to teach", () => {
  let workspace: string;

  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-missing-"));
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  /** Labels the first words of a document. */
  async function decide(count: number, of: number, label: string): Promise<void> {
    const text = Array.from({ length: of }, (_, i) => `Somebody took ferry${i} home.`).join("\n\n");
    const name = `${label}-${count}.txt`;
    await writeFile(path.join(workspace, name), text);
    await mkdir(path.join(workspace, ".glossator"), { recursive: true });
    const journal = new Journal(path.join(workspace, ".glossator"), name, "ann");
    await journal.load();
    const labels = new DocumentLabels({ text, author: "ann", sink: journal });
    for (let i = 0; i < count; i++) {
      const start = text.indexOf(`ferry${i} `);
      await labels.add("entities", { start, end: start + `ferry${i}`.length }, label).saved;
    }
  }

  const missing = (): Promise<number> =>
    missingDecisions({ workspace, modelFolder, versions: path.join(workspace, "versions") });

  it("are as many as Teach Model asks for", async () => {
    assert.equal(await missing(), 10);
    await decide(3, 5, "MISC");
    assert.equal(await missing(), 7);
    await decide(6, 6, "PER");
    assert.equal(await missing(), 1, "those of all documents together");
    await decide(1, 1, "LOC");
    assert.equal(await missing(), 0);
  });

  it("are not made up for by what cannot be learned from", async () => {
    await mkdir(path.join(workspace, ".glossator"));
    const sets = { entities: [{ id: 0, name: "PER" }] };
    await writeFile(path.join(workspace, ".glossator/labels.json"), JSON.stringify(sets));
    await decide(12, 12, "SHIP");
    await decide(2, 2, "PER");
    assert.equal(await missing(), 8);
    await decide(60, 60, "PER");
    assert.equal(await missing(), 0);
  });
});
