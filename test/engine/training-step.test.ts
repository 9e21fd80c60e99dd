import { strict as assert } from "node:assert";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { planLabels } from "../../src/model/tasks/labelling";
import { readManifest } from "../../src/model/manifest/manifest";
import type { EncoderManifest } from "../../src/model/manifest/manifest";
import { EncoderNetwork } from "../../src/model/network/network";
import { keepStates, LowerEncoder } from "../../src/model/training/kept-states";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { TrainingStep } from "../../src/model/training/training-step";
import type { TeachExample } from "../../src/training/examples/example";
import { planOutputs } from "../../src/training/outputs";
import { batchOf, readTexts, taughtRow } from "../../src/training/rows";
import type { ReadText, TeachRow } from "../../src/training/rows";
import { writeModel } from "../../src/training/write-model";
import { modelDir, root } from "./support";

/** Debian's Chromium brings a software Vulkan device and the loader for it. */
const CHROMIUM = "/usr/lib/chromium";
const python = [venvPython(), "python3"].find(
  (command) => spawnSync(command, ["-c", "import torch, onnx"]).status === 0,
);
const STEPS = 20;
const settings = { device: "cpu", threads: 2 } as const;

/** A sentence that was looked at in full, with the labels on the first occurrence of some words. */
function exampleOf(text: string, ...said: readonly (readonly [words: string, label: string])[]): TeachExample {
  const labels = said.map(([words, label]) => {
    const start = text.indexOf(words);
    return { start, end: start + words.length, label, how: "added" as const };
  });
  const all = { start: 0, end: text.length };
  return {
    ...{ task: "entities", document: "a.txt", span: all, text, labels, rejected: [], reviewed: [all] },
    ...{ unknown: [], weight: 1 },
  };
}

interface Chain {
  losses: number[];
  norms: number[];
  parameters: Record<string, number[]>;
}

/** Steps in a process of their own, since a device's libraries are found by the environment a process begins with. By plan. */
function chains(device: string, rows: number, length: number, plans: readonly string[]): Record<string, Chain> {
  const icd = `${CHROMIUM}/vk_swiftshader_icd.json`;
  const vulkan = { VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, LD_LIBRARY_PATH: CHROMIUM };
  const script = resolve(root, "test/fixtures/run-steps.ts");
  const words = [modelDir, device, STEPS, rows, length].map(String);
  const out = execFileSync(process.execPath, ["--import=tsx", script, ...words, ...plans], {
    cwd: root,
    env: { ...process.env, ...(device === "webgpu" ? vulkan : {}) },
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(out.toString()) as Record<string, Chain>;
}

function agree(found: Chain, expected: Chain, what: string): void {
  const worst = (a: readonly number[], b: readonly number[]): number => {
    assert.equal(a.length, b.length, what);
    return a.reduce((most, value, i) => {
      assert.ok(Number.isFinite(value), `${what} holds ${value}`);
      return Math.max(most, Math.abs(value - b[i]!));
    }, 0);
  };
  assert.ok(worst(found.losses, expected.losses) < 1e-4, `${what}: losses`);
  found.norms.forEach((norm, i) => assert.ok(Math.abs(norm / expected.norms[i]! - 1) < 1e-3, `${what}: gradient norm`));
  assert.deepEqual(Object.keys(found.parameters).sort(), Object.keys(expected.parameters).sort());
  for (const [name, values] of Object.entries(found.parameters))
    assert.ok(worst(values, expected.parameters[name]!) < 1e-4, `${what}: ${name}`);
}

describe("training steps", function () {
  this.timeout(1_200_000);
  let manifest: EncoderManifest;
  before(async () => {
    manifest = (await readManifest(modelDir)) as EncoderManifest;
  });

  it("equal PyTorch over 20 chained steps, for every graph of the default model", function () {
    if (python === undefined) {
      console.log("      left out: needs Python with torch and onnx");
      this.skip();
    }
    const plans = manifest.steps!.graphs.map((g) => `${g.decoder}:${g.encoderLayers > 0 ? "deep" : "shallow"}`);
    assert.ok(plans.length >= 6);
    const words = [join(root, "test/step-reference.py"), modelDir, STEPS, 2, 5].map(String);
    const out = execFileSync(python, [...words, ...plans], {
      maxBuffer: 1 << 28,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const expected = JSON.parse(out.toString()) as Record<string, Chain>;
    const found = chains("cpu", 2, 5, plans);
    for (const plan of plans) agree(found[plan]!, expected[plan]!, plan);
  });

  it("agree with the CPU on WebGPU, on a software Vulkan device", function () {
    if (process.platform !== "linux" || process.arch !== "x64" || !existsSync(`${CHROMIUM}/vk_swiftshader_icd.json`)) {
      console.log("      left out: needs Debian's chromium on Linux x64 for its software Vulkan device");
      this.skip();
    }
    const plans = ["entities:shallow"];
    const [found, expected] = ["webgpu", "cpu"].map((device) => chains(device, 1, 3, plans)[plans[0]!]!);
    agree(found!, expected!, "webgpu");
  });

  it("refuse what does not fit, and keep the parameters when a step goes wrong", async () => {
    const step = await TrainingStep.open(manifest, { decoder: "sentiment" }, settings);
    const hidden_states = { dims: [1, 3, 384], data: new Float32Array(3 * 384).map((_, i) => Math.sin(i)) };
    const attention_mask = { dims: [1, 3], data: new BigInt64Array(3).fill(1n) };
    const labels = { dims: [1], data: BigInt64Array.of(1n) };
    const batch = { hidden_states, attention_mask, labels };
    const before = step.parameters().get("sentiment.output.weight")!.data.slice();
    await assert.rejects(step.run({ hidden_states, labels }, { learningRate: 1e-3 }), /lacks its input attention_mask/);
    await assert.rejects(step.run({ ...batch, words: labels }, { learningRate: 1e-3 }), /no input words/);
    const two = { dims: [2], data: BigInt64Array.of(1n, 0n) };
    await assert.rejects(step.run({ ...batch, labels: two }, { learningRate: 1e-3 }), /labels has the shape \[2\]/);
    await assert.rejects(step.run(batch, { learningRate: -1 }), /learning_rate is -1/);
    const broken = { dims: [1, 3, 384], data: new Float32Array(3 * 384).fill(NaN) };
    await assert.rejects(step.run({ ...batch, hidden_states: broken }, { learningRate: 1e-3 }), /loss of NaN/);
    assert.deepEqual(step.parameters().get("sentiment.output.weight")!.data, before);
    const { loss } = await step.run(batch, { learningRate: 1e-3, tieStrength: 0.1 });
    assert.ok(loss > 0);
    assert.equal(step.count, 1);
    assert.notDeepEqual(step.parameters().get("sentiment.output.weight")!.data, before);
    await step.close();
    await assert.rejects(
      TrainingStep.open({ ...manifest, steps: { ...manifest.steps!, graphs: [] } }, { decoder: "sentiment" }, settings),
      /holds no graph that trains sentiment/,
    );
  });

  it("teach the entity decoder a new label, which the written folder then finds", async () => {
    const places = ["tram", "ferry", "night bus", "cable car", "bicycle"];
    const examples = places.flatMap((what, i) => [
      exampleOf(`Anna Berg took the ${what} home.`, ["Anna Berg", "PER"], [what, "VEHICLE"]),
      exampleOf(`The ${what} was late again on day ${i}.`, [what, "VEHICLE"]),
    ]);
    const decoder = manifest.tasks.entities!;
    const network = await EncoderNetwork.open(manifest, settings);
    const tokenizer = await loadTokenizer(modelDir);
    const used = ["PER", "ORG", "LOC", "MISC", "VEHICLE"];
    const outputs = planOutputs("entities", decoder, used, new Set(["VEHICLE"]), () => undefined);
    const { change, all, served } = outputs;
    const texts = (await readTexts(
      { network, tokenizer },
      "entities",
      examples.map(({ text }) => text),
    )) as ReadText[];
    const rows = examples.map((example, i) => taughtRow("entities", example, texts[i]!, outputs, 1));
    const entityBatch = (some: readonly TeachRow[]) => batchOf("entities", some, served);
    const step = await TrainingStep.open(manifest, { decoder: "entities", labels: change }, settings);
    const losses: number[] = [];
    for (let i = 0; i < 24; i++) {
      const batch = entityBatch(rows.slice((i % 2) * 5, (i % 2) * 5 + 5));
      losses.push(
        (await step.run(batch, { learningRate: 4e-4, outputLearningRate: 2e-3, startStrength: 0.01 })).taskLoss,
      );
    }
    assert.ok(losses.at(-1)! < losses[0]! / 5, `losses ${losses.map((l) => l.toFixed(3)).join(" ")}`);

    const home = mkdtempSync(join(tmpdir(), "glossator-steps-"));
    try {
      const out = join(home, "mine");
      const trained = {
        parameters: step.parameters(),
        labels: { decoder: "entities", change },
        name: "mine",
        version: "0.1.0",
      } as const;
      await writeModel(manifest, out, trained);
      assert.deepEqual(readdirSync(home), ["mine"], "nothing is left beside the new folder");
      const written = (await readManifest(out)) as EncoderManifest;
      assert.notEqual(written.digest, manifest.digest);
      assert.deepEqual(written.tasks.entities!.labels, all);
      const mine = { manifest: written, tokenizer, network: await EncoderNetwork.open(written, settings) };
      const text = "Yesterday Maria Keller missed the tram to the station.";
      const label = async (model: typeof mine): Promise<string[]> => {
        const { steps } = planLabels(model, [{ text }], { entities: true, sentiment: false }, 512);
        const [labels] = (await steps[0]!.run()).values();
        return labels!.entities!.map((e) => `${e.label} ${text.slice(e.start, e.end)}`);
      };
      assert.deepEqual(await label(mine), ["PER Maria Keller", "VEHICLE tram"]);
      assert.deepEqual(await label({ manifest, tokenizer, network }), ["PER Maria Keller"]);
      await mine.network.close();
      // The int8 form has as many outputs, and reads the new weights.
      const [form, old] = [written.tasks.entities!.int8!, decoder.int8!];
      assert.deepEqual([basename(form.path), form.sha256 === old.sha256], [basename(old.path), false]);
      const int8 = await EncoderNetwork.open(written, { ...settings, device: "cpu-int8" });
      const [person, vehicle] = await label({ ...mine, network: int8 });
      assert.deepEqual([person, vehicle], ["PER Maria Keller", "VEHICLE tram"]);
      await int8.close();
      await assert.rejects(writeModel(manifest, out, trained), /exists already/);
      // The steps of the written folder train on from where it is.
      const again = await TrainingStep.open(written, { decoder: "entities" }, settings);
      const { taskLoss } = await again.run(entityBatch(rows.slice(0, 5)), { learningRate: 1e-4 });
      assert.ok(taskLoss < losses[0]! / 5);
      await again.close();
    } finally {
      rmSync(home, { recursive: true, force: true });
      await step.close();
      await network.close();
    }
  });

  it("train the encoder's last layers on the states below them", async () => {
    const tokenizer = await loadTokenizer(modelDir);
    const lower = await LowerEncoder.open(manifest, settings);
    const network = await EncoderNetwork.open(manifest, settings);
    const example = exampleOf("Angela Merkel visited Paris.", ["Angela Merkel", "PER"]);
    const decoder = manifest.tasks.entities!;
    const outputs = planOutputs("entities", decoder, ["PER", "ORG", "LOC", "MISC"], new Set(["PER"]), () => undefined);
    const [read] = (await readTexts({ network, tokenizer }, "entities", [example.text])) as [ReadText];
    const row = taughtRow("entities", example, read, outputs, 1);
    const ids = Int32Array.of(...tokenizer.single.before, ...read.encoding.ids, ...tokenizer.single.after);
    const padded = { row: { item: 0, from: 0, count: read.encoding.ids.length }, ids, firstSegment: ids.length };
    const [below] = await keepStates([padded], lower.encode, tokenizer.padId, 512);
    const first: number[] = [];
    for (const deep of [true, false]) {
      const { hidden_states, ...rest } = batchOf("entities", [deep ? { ...row, ...below! } : row], outputs.served);
      const batch = { ...rest, [deep ? "lower_states" : "hidden_states"]: hidden_states! };
      const step = await TrainingStep.open(manifest, { decoder: "entities", deep }, settings);
      const losses: number[] = [];
      for (let i = 0; i < 5; i++) losses.push((await step.run(batch, { learningRate: 2e-4 })).taskLoss);
      await step.close();
      assert.ok(losses.at(-1)! < losses[0]!, losses.join(" "));
      first.push(losses[0]!);
    }
    // Before anything is learned, lower layers and deep step together are the encoder and the shallow step.
    assert.ok(Math.abs(first[0]! - first[1]!) < 1e-4, first.join(" "));
    await lower.close();
    await network.close();
  });
});
