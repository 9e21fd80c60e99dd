/** Two programs at one workspace at the same time. */
import { strict as assert } from "node:assert";
import { mkdtempSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { exportDataset } from "../../src/datasets/export/export";
import { ExportError } from "../../src/datasets/export/target";
import { defaultLabelSets, withLabel } from "../../src/labels/labelset";
import { addLabelSets, loadLabelSets } from "../../src/labels/labelset-file";
import { DocumentLabels } from "../../src/labels/store";
import { Journal } from "../../src/labels/log/journal";
import { LockError, withLock } from "../../src/labels/log/lock";

const folder = (): string => mkdtempSync(path.join(os.tmpdir(), "glossator-two-"));

describe("two writers", function () {
  it("adding labels at once loses none, and gives each an id of its own", async () => {
    const root = folder();
    const names = Array.from({ length: 12 }, (_, i) => `LABEL${i}`);
    await Promise.all(
      names.map((name) =>
        addLabelSets(root, { entities: [name], sentiment: [] }, withLabel(defaultLabelSets(), "entities", { name })),
      ),
    );
    const { entities } = await loadLabelSets(root);
    for (const name of names)
      assert.ok(
        entities.some((label) => label.name === name),
        name,
      );
    assert.equal(new Set(entities.map(({ id }) => id)).size, entities.length);
    assert.deepEqual(readdirSync(root), ["labels.json"]);
  });

  it("a lock that a crash left behind is taken over; one that is held is waited for, then named", async () => {
    const file = path.join(folder(), "x.json");
    writeFileSync(`${file}.lock`, "");
    await assert.rejects(
      withLock(file, () => Promise.resolve(), 100),
      (error) => error instanceof LockError && error.message.includes("x.json.lock"),
    );
    utimesSync(`${file}.lock`, new Date(0), new Date(0));
    assert.equal(await withLock(file, () => Promise.resolve(7)), 7);
  });

  it("of two exports to one folder one is there whole, and the other says so", async () => {
    const workspace = folder();
    writeFileSync(path.join(workspace, "a.txt"), "Ada met Bob.");
    const sink = new Journal(path.join(workspace, ".glossator"), "a.txt", "ann");
    const labels = new DocumentLabels({ text: "Ada met Bob.", author: "ann", sink });
    await labels.add("entities", { start: 0, end: 3 }, "PER").saved;
    const target = path.join(workspace, "out");
    const both = await Promise.allSettled([1, 2].map(() => exportDataset({ workspace, target, format: "brat" })));
    const failed = both.filter((one) => one.status === "rejected");
    assert.ok(failed.length <= 1);
    for (const { reason } of failed) {
      assert.ok(reason instanceof ExportError);
      assert.match(reason.message, /another export|not empty/);
    }
    assert.ok(readdirSync(target).includes("losses.json"));
    assert.deepEqual(readdirSync(workspace).sort(), [".glossator", "a.txt", "out"]);
  });
});
