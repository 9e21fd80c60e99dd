/** A job exported, trained by its one command in PyTorch, and brought back through the gate. */
import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { readManifest } from "../../src/model/manifest/manifest";
import { readOnnx } from "../../src/model/training/step-parameters";
import { exportJob } from "../../src/training/exchange/export-job";
import { importTrained } from "../../src/training/exchange/import-trained";
import { readTaught } from "../../src/training/read-taught";
import { teachWorkspace } from "../../src/training/teach";
import type { TeachRequest } from "../../src/training/request";
import { Versions } from "../../src/training/versions";
import { BASE, sentencesAbout, VEHICLES } from "../fixtures/traffic";
import { modelDir, root } from "./support";

const python = venvPython();
const trainingPackage = resolve(root, "training");

describe("a training job", function () {
  this.timeout(600_000);
  let home: string;
  let workspace: string;

  before(function () {
    if (spawnSync(python, ["-c", "import torch, onnx"]).status !== 0) this.skip();
  });
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "glossator-job-"));
    workspace = join(home, "work");
    mkdirSync(workspace);
    writeFileSync(join(home, "base.txt"), `# From here.\n${BASE.map((line) => `${line}\tme`).join("\n")}\n`);
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  /** Sentences with a vehicle each. */
  async function decide(vehicles: readonly string[]): Promise<void> {
    const said = vehicles.flatMap((what, i) => sentencesAbout(what, i).map((sentence) => [sentence, what] as const));
    const text = said.map(([sentence]) => sentence).join("\n\n");
    writeFileSync(join(workspace, "traffic.txt"), text);
    const journal = new Journal(join(workspace, ".glossator"), "traffic.txt", "ann");
    await journal.load();
    const labels = new DocumentLabels({ text, author: "ann", sink: journal });
    let at = 0;
    for (const [sentence, word] of said) {
      const start = text.indexOf(word, at);
      await labels.add("entities", { start, end: start + word.length }, "VEHICLE").saved;
      at += sentence.length + 2;
    }
    await labels.markReviewed({ start: 0, end: text.length }, "entities").saved;
    await journal.flush();
  }

  const request = (versions = join(home, "versions")): TeachRequest => ({
    ...{ workspace, modelFolder: modelDir, versions, baseText: join(home, "base.txt"), threads: 2 },
    settings: { steps: 14, rows: 8, learningRate: 5e-4, outputLearningRate: 3e-3 },
  });

  /** @param options of `train.py` @param launcher options of Python before it */
  const trained = (folder: string, options: readonly string[] = [], launcher: readonly string[] = []): string =>
    execFileSync(python, [...launcher, join(folder, "train.py"), ...options], {
      encoding: "utf8",
      env: { ...process.env, OMP_NUM_THREADS: "1", PYTHONDONTWRITEBYTECODE: "1" },
    });

  it("is trained by its one command to what the editor's own job makes, and comes back through the same gate", async () => {
    await decide(VEHICLES);
    const folder = join(home, "job");
    const exported = await exportJob({ ...request(), out: folder, trainingPackage });
    assert.deepEqual(exported.few, []);
    assert.deepEqual(readdirSync(folder).sort(), ["README.md", "data", "job.json", "model", "train.py", "training"]);
    // Exactly what Show Training Examples lists.
    const { tasks } = await readTaught(request());
    const rows = readFileSync(join(folder, "data/entities.jsonl"), "utf8").trimEnd().split("\n");
    const listed = tasks.find(({ task }) => task === "entities")!.examples;
    assert.deepEqual(
      rows.map((row) => (JSON.parse(row) as { example: unknown }).example),
      JSON.parse(JSON.stringify(listed)),
    );
    await assert.rejects(importTrained({ ...request(), folder }), /Nothing was trained there yet/);
    assert.match(trained(folder), /all examples: step \d+, loss/);
    const report = await importTrained({ ...request(), folder });
    const [outcome] = report.outcomes;
    assert.ok(outcome?.kind === "judged");
    const { version, verdict } = outcome;
    assert.ok(verdict.accepted, verdict.reasons.join(" "));
    assert.equal(version.elsewhere, "1 × cpu");
    assert.equal((await new Versions(request().versions).active())?.id, version.id);
    const again = await importTrained({ ...request(), folder });
    assert.ok(again.outcomes[0]?.kind === "judged" && again.outcomes[0].version.id === version.id, "the same version");

    // The editor's own job, in storage of its own.
    const own = await teachWorkspace(request(join(home, "own")));
    assert.ok(own.outcomes[0]?.kind === "judged");
    const ours = own.outcomes[0].verdict;
    assert.deepEqual([verdict.all.before, verdict.all.after], [ours.all.before, ours.all.after]);
    const [a, b] = await Promise.all(
      [version, own.outcomes[0].version].map(async (of) => readOnnx((await readManifest(of.folder)).tasks.entities!)),
    );
    for (const name of ["output.weight", "output.bias"]) {
      const [theirs, here] = [a!.read(name), b!.read(name)];
      assert.deepEqual(theirs.dims, here.dims);
      const far = Math.max(...theirs.data.map((value, i) => Math.abs(value - here.data[i]!)));
      assert.ok(far < 5e-3, `${name} differs by ${far}`);
    }
  });

  it("is the same on two processes, those of a Ray cluster too, and is refused by a model that it was not exported from", async () => {
    await decide(VEHICLES);
    const [folder, onRay] = [join(home, "job"), join(home, "ray")];
    await exportJob({ ...request(), out: folder, trainingPackage });
    cpSync(folder, onRay, { recursive: true });
    trained(folder, [], ["-m", "torch.distributed.run", "--nproc-per-node", "2"]);
    trained(onRay, ["--ray", "local", "--workers", "2"]);
    const made = (of: string): readonly string[] =>
      (readdirSync(join(of, "result"), { recursive: true }) as string[])
        .filter((name) => name.endsWith(".onnx"))
        .sort();
    assert.deepEqual(made(onRay), made(folder));
    assert.ok(made(folder).length > 3);
    for (const name of made(folder))
      assert.ok(readFileSync(join(onRay, "result", name)).equals(readFileSync(join(folder, "result", name))), name);
    assert.deepEqual(readdirSync(onRay).sort(), readdirSync(folder).sort(), "and leaves nothing else behind");
    const report = await importTrained({ ...request(), folder });
    assert.ok(report.outcomes[0]?.kind === "judged");
    assert.ok(report.outcomes[0].verdict.accepted);
    assert.equal(report.outcomes[0].version.elsewhere, "2 × cpu");
    const versions = new Versions(request().versions);
    const taught = { ...request(join(home, "other")), modelFolder: report.outcomes[0].version.folder };
    await assert.rejects(importTrained({ ...taught, folder }), /from another model than the one in use/);
    await versions.activate(undefined);
    writeFileSync(join(folder, "result/folds/entities-0.onnx"), "damaged");
    const later = await importTrained({ ...request(join(home, "other")), folder }).catch((error: unknown) => error);
    assert.ok(later instanceof Error && /damaged|no ONNX/.test(later.message), String(later));
    appendFileSync(join(folder, "data/entities.jsonl"), "\n");
    await assert.rejects(importTrained({ ...request(join(home, "other")), folder }), /is not as it was exported/);
  });

  it("is not made of too few decisions, without the package, or over what is there", async () => {
    await decide(VEHICLES.slice(0, 2));
    const out = join(home, "job");
    await assert.rejects(exportJob({ ...request(), out, trainingPackage }), /more to teach/);
    await assert.rejects(exportJob({ ...request(), out, trainingPackage: home }), /training package is not in/);
    mkdirSync(out);
    writeFileSync(join(out, "mine.txt"), "");
    await assert.rejects(exportJob({ ...request(), out, trainingPackage }), /is not empty/);
    assert.deepEqual(
      readdirSync(home).filter((name) => name.startsWith(".")),
      [],
    );
    writeFileSync(join(out, "job.json"), '{"format":"glossator-training-job/9"}');
    await assert.rejects(importTrained({ ...request(), folder: out }), /no job of this version/);
    assert.ok(!existsSync(join(request().versions, "versions")));
  });
});
