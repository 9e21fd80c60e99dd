import { strict as assert } from "node:assert";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { f16round } from "@petamoriken/float16";
import fc from "fast-check";
import type { ModelError } from "../../src/model/errors";
import { readManifest } from "../../src/model/manifest/manifest";
import type { EncoderManifest } from "../../src/model/manifest/manifest";
import { EncoderNetwork } from "../../src/model/network/network";
import { OnnxFile } from "../../src/model/onnx/onnx-file";
import { regrown } from "../../src/model/training/step-parameters";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { planLabels } from "../../src/model/tasks/labelling";
import { planOutputs } from "../../src/training/outputs";
import { writeModel } from "../../src/training/write-model";

const same = (a: Float32Array, b: Float32Array): boolean => Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

const dir = resolve(__dirname, "../../models/glossator-minilm");

describe("weights in an ONNX file", function () {
  const bytes = readFileSync(join(dir, "entities.onnx"));
  const file = new OnnxFile(bytes);

  it("are read, rows of int8 multiplied by their scales", () => {
    const weight = file.read("output.weight");
    assert.deepEqual(weight.dims, [9, 384]);
    const scales = file.read("output.weight.scale");
    assert.deepEqual(scales.dims, [9, 1]);
    scales.data.forEach((scale, row) => {
      const steps = [...weight.data.subarray(row * 384, (row + 1) * 384)].map((value) => value / scale);
      assert.ok(
        steps.every((step) => Math.abs(step - Math.round(step)) < 1e-4),
        `row ${row}`,
      );
      assert.equal(Math.round(Math.max(...steps.map(Math.abs))), 63);
    });
    assert.deepEqual(file.read("output.bias").dims, [9]);
    assert.throws(() => file.read("output.wait"), /no initializer output\.wait/);
    const constants = new OnnxFile(readFileSync(join(dir, "encoder-int8.onnx")));
    assert.throws(() => constants.read("int8:axis"), /not stored as raw fp32, fp16 or int8/);
    assert.throws(() => constants.read("int8:zeros:384"), /no initializer int8:zeros:384\.scale/);
  });

  it("come back as written, int8 as fp16, and nothing else changes", () => {
    const { dims } = file.read("task_gate.own.down.bias");
    const values = fc.float32Array({
      minLength: dims[0]!,
      maxLength: dims[0]!,
      noNaN: true,
      min: -60_000,
      max: 60_000,
    });
    const old = file.read("output.weight");
    fc.assert(
      fc.property(values, (data) => {
        const halves = { dims: old.dims, data: old.data.map((v, i) => data[i % data.length]! + v) };
        const changes = new Map([
          ["task_gate.own.down.bias", { dims, data }],
          ["output.weight", halves],
        ]);
        const again = new OnnxFile(file.written(changes));
        assert.ok(same(again.read("task_gate.own.down.bias").data, data));
        assert.ok(
          same(
            again.read("output.weight").data,
            halves.data.map((v) => f16round(v)),
          ),
        );
      }),
      { numRuns: 5 },
    );
    const copy = file.written(new Map(["output.weight", "output.bias"].map((name) => [name, file.read(name)])));
    const again = new OnnxFile(copy);
    assert.deepEqual(again.names, file.names);
    const kept = file.names.filter((name) => /(?:weight|bias)$/.test(name) && !name.startsWith("output."));
    assert.ok(kept.length > 20);
    for (const name of kept) assert.ok(same(again.read(name).data, file.read(name).data), name);
  });

  it("are refused where they do not fit", () => {
    const write = (name: string, dims: number[], value = 0): unknown =>
      file.written(new Map([[name, { dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value) }]]));
    assert.throws(() => write("output.wait", [9]), /no initializer/);
    assert.throws(() => write("output.weight", [9, 383]), /has the shape \[9, 384\], not \[9, 383\]/);
    assert.throws(() => write("output.weight", [9, 384], 70_000), /fp16 cannot store/);
    assert.throws(() => write("output.weight", [9, 384], NaN), /NaN/);
    assert.throws(() => new OnnxFile(Buffer.from("no graph")));
    assert.throws(() => new OnnxFile(bytes.subarray(0, 1000)));
    assert.throws(() => new OnnxFile(new Uint8Array()), /no ONNX model/);
  });
});

describe("output layers for other labels", () => {
  it("keep the rows of the labels that stay, under their new number", () => {
    const matrix = { dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
    const grown = regrown(matrix, { from: ["O", "B-A", "I-A"], to: ["O", "B-B", "I-B", "I-A"] });
    assert.deepEqual(grown.dims, [4, 2]);
    assert.deepEqual([...grown.data], [1, 2, 0, 0, 0, 0, 5, 6]);
    assert.throws(() => regrown(matrix, { from: ["O"], to: ["O"] }), /does not fit/);
  });

  it("begin new labels like old ones, and behind them", () => {
    const matrix = { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) };
    const like = new Map([["B-B", { row: "B-A", behind: 2 }]]);
    const change = { from: ["O", "B-A"], to: ["O", "B-A", "B-B"], like };
    assert.deepEqual([...regrown(matrix, change).data], [1, 2, 3, 4, 3, 4]);
    assert.deepEqual([...regrown({ dims: [2], data: Float32Array.of(5, 6) }, change).data], [5, 6, 4]);
  });
});

describe("a model folder with training steps", function () {
  this.timeout(60_000);
  let home: string;
  let manifest: EncoderManifest;
  beforeEach(async () => {
    home = mkdtempSync(join(tmpdir(), "glossator-folder-"));
    manifest = (await readManifest(dir)) as EncoderManifest;
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("names every trained weight, and each is in its graph", () => {
    const { graphs, parts, parameters, frozen, lowerStates } = manifest.steps!;
    assert.ok(graphs.length >= 6 && lowerStates !== undefined);
    let size = 0;
    for (const [part, names] of [...Object.entries(parameters), ...Object.entries(frozen)]) {
      const file = new OnnxFile(readFileSync(parts[part as keyof typeof parts]!.path));
      for (const name of names) assert.ok(file.names.includes(name), `${part}: ${name}`);
      assert.ok(file.read(names[0]!).data.length > 0);
    }
    for (const graph of graphs) size += readFileSync(graph.path).length;
    assert.ok(size < 6e6, `${size} bytes`);
  });

  it("is refused when the section is wrong, naming file and property", async () => {
    const json = JSON.parse(readFileSync(join(dir, "manifest.json"), "utf8")) as { steps: Record<string, unknown> };
    cpSync(dir, home, { recursive: true });
    const refused = async (change: Record<string, unknown>, message: RegExp): Promise<void> => {
      writeFileSync(join(home, "manifest.json"), JSON.stringify({ ...json, steps: { ...json.steps, ...change } }));
      await assert.rejects(readManifest(home), (error: ModelError) => {
        assert.match(error.message, message);
        assert.ok(error.message.includes("manifest.json"));
        return error.code === "manifest-invalid" || error.code === "model-missing";
      });
    };
    const graph = { decoder: "entities", encoderLayers: 0, file: "step-entities.onnx" };
    await refused({ parameters: { words: [] } }, /"steps\.parameters\.words" is no part/);
    await refused({ frozen: { entities: [1] } }, /"steps\.frozen\.entities" must list names/);
    await refused({ graphs: {} }, /"steps\.graphs" must be a list/);
    await refused({ graphs: [{ ...graph, file: "../step-entities.onnx" }] }, /"steps\.graphs\[0\]\.file"/);
    await refused({ graphs: [{ ...graph, file: "step-none.onnx" }] }, /step-none\.onnx is missing/);
    await refused({ graphs: [{ ...graph, decoder: "speech" }] }, /"steps\.graphs\[0\]\.decoder"/);
    await refused({ graphs: [{ ...graph, encoderLayers: -1 }] }, /encoderLayers/);
    await refused({ lowerStates: 3 }, /lowerStates/);
    await refused({ parameters: { cached: ["output.weight"] } }, /"steps\.parameters\.cached" is no part/);
  });

  it("is written whole or not at all, and opens with its new labels", async () => {
    const out = join(home, "models", "mine");
    const { labels } = manifest.tasks.sentiment!;
    const file = new OnnxFile(readFileSync(manifest.tasks.sentiment!.path));
    const change = { from: labels, to: [...labels, "mixed"] };
    const parameters = new Map(
      ["weight", "bias"].map((n) => [`sentiment.output.${n}`, regrown(file.read(`output.${n}`), change)]),
    );
    const model = { parameters, labels: { decoder: "sentiment", change }, name: "mine", version: "2.0.0" } as const;
    const wrong = new Map([["sentiment.output.wait", parameters.get("sentiment.output.bias")!]]);
    await assert.rejects(writeModel(manifest, out, { ...model, parameters: wrong }), /no initializer output\.wait/);
    assert.ok(!existsSync(out));
    assert.deepEqual(readdirSync(join(home, "models")), []);
    await writeModel(manifest, out, { ...model, training: { data: "mine" } });
    const written = (await readManifest(out)) as EncoderManifest;
    assert.deepEqual([written.name, written.version], ["mine", "2.0.0"]);
    assert.deepEqual(written.tasks.sentiment!.labels, change.to);
    const json = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as {
      training: unknown;
      network: { sentiment_labels: string[] };
    };
    const { name, version, digest } = manifest;
    assert.deepEqual(json.training, { data: "mine", parent: { name, version, digest } });
    assert.deepEqual(json.network.sentiment_labels, change.to);
    // Opening checks the digests.
    const network = await EncoderNetwork.open(written, { device: "cpu", threads: 1 });
    await network.close();
  });
});

describe("a model folder that is taught twice", function () {
  this.timeout(60_000);
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-folder-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("gets a new label each time, and opens with both", async () => {
    let manifest = (await readManifest(dir)) as EncoderManifest;
    const first = new OnnxFile(readFileSync(manifest.tasks.sentiment!.path)).read("output.weight");
    for (const label of ["mixed", "sarcastic"]) {
      const { labels, path } = manifest.tasks.sentiment!;
      const file = new OnnxFile(readFileSync(path));
      const change = { from: labels, to: [...labels, label], like: new Map([[label, { row: "neutral", behind: 1 }]]) };
      const parameters = new Map(
        ["weight", "bias"].map((n) => [`sentiment.output.${n}`, regrown(file.read(`output.${n}`), change)]),
      );
      const out = join(home, label);
      const model = { parameters, labels: { decoder: "sentiment", change }, name: "mine", version: "1" } as const;
      await writeModel(manifest, out, { ...model, linked: true });
      manifest = (await readManifest(out)) as EncoderManifest;
    }
    assert.deepEqual(manifest.tasks.sentiment!.labels, ["negative", "positive", "neutral", "mixed", "sarcastic"]);
    const weight = new OnnxFile(readFileSync(manifest.tasks.sentiment!.path)).read("output.weight");
    assert.ok(
      same(
        weight.data.subarray(0, first.data.length),
        first.data.map((v) => f16round(v)),
      ),
    );
    const network = await EncoderNetwork.open(manifest, { device: "cpu", threads: 1 });
    const model = { manifest, tokenizer: await loadTokenizer(manifest.dir), network };
    const { steps } = planLabels(model, [{ text: "What a good film." }], { sentiment: true }, 512);
    const [found] = (await steps[0]!.run()).values();
    await network.close();
    const { label, scores } = found!.sentiment!;
    assert.equal(label, "positive");
    // Rows that begin alike, each less probable by a factor of e.
    const { temperature } = manifest.tasks.sentiment!;
    for (const name of ["mixed", "sarcastic"])
      assert.ok(
        Math.abs(Math.log(scores["neutral"]! / scores[name]!) * temperature - 1) < 0.01,
        JSON.stringify(scores),
      );
  });
});

describe("a model folder with rows that are not served", function () {
  this.timeout(60_000);
  let home: string;
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-folder-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  it("gives the labels that are served alone, and keeps the others for training", async () => {
    const manifest = (await readManifest(dir)) as EncoderManifest;
    const { labels, path } = manifest.tasks.entities!;
    const file = new OnnxFile(readFileSync(path));
    const outputs = planOutputs("entities", manifest.tasks.entities!, ["person"], new Set(["person"]), () => "PER");
    const parameters = new Map(
      ["weight", "bias"].map((n) => [`entities.output.${n}`, regrown(file.read(`output.${n}`), outputs.change)]),
    );
    const served = outputs.served.map((row) => outputs.all[row]!);
    const out = join(home, "mine");
    const changed = { decoder: "entities", change: outputs.change, served } as const;
    await writeModel(manifest, out, { parameters, labels: changed, name: "mine", version: "1", linked: true });
    const written = (await readManifest(out)) as EncoderManifest;
    assert.deepEqual(written.tasks.entities!.labels, ["O", "B-person", "I-person"]);
    assert.deepEqual(written.tasks.entities!.outputs, [...labels, "B-person", "I-person"]);
    const json = JSON.parse(readFileSync(join(out, "manifest.json"), "utf8")) as { format: string };
    // An older reader would take the rows for other labels: it refuses the folder instead.
    assert.equal(json.format, "glossator-model/2");
    const network = await EncoderNetwork.open(written, { device: "cpu", threads: 1 });
    const text = "Yesterday Angela Merkel slept.";
    const model = { manifest: written, tokenizer: await loadTokenizer(out), network };
    const { steps } = planLabels(model, [{ text }], { entities: true }, 512);
    const [found] = (await steps[0]!.run()).values();
    await network.close();
    assert.deepEqual(
      found!.entities!.map(({ start, end, label }) => [label, text.slice(start, end)]),
      [["person", "Angela Merkel"]],
    );
    const lacking = {
      ...(json as object),
      tasks: { entities: { file: "entities.onnx", labels: ["O", "B-x"], outputs: ["O", "B-y"] } },
    };
    rmSync(join(out, "manifest.json"));
    writeFileSync(join(out, "manifest.json"), JSON.stringify(lacking));
    await assert.rejects(readManifest(out), /"tasks\.entities\.outputs" lacks the label "B-x"/);
  });
});

describe("a model folder without its step graphs", () => {
  let copy: string;
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), "glossator-model-"));
    for (const name of readdirSync(dir)) cpSync(join(dir, name), join(copy, name));
  });
  afterEach(() => rmSync(copy, { recursive: true }));
  const isStep = (name: string): boolean => name.startsWith("step-");

  it("is the same model, for labelling alone", async () => {
    for (const name of readdirSync(copy).filter(isStep)) rmSync(join(copy, name));
    const [whole, without] = [await readManifest(dir), await readManifest(copy)];
    assert.ok(whole.steps !== undefined && whole.steps.graphs.length > 0);
    assert.equal(without.steps, undefined);
    assert.equal(without.digest, whole.digest);
  });

  it("is refused where only some of them are missing", async () => {
    rmSync(join(copy, readdirSync(copy).find(isStep)!));
    await assert.rejects(readManifest(copy), /step-.* is missing/);
  });
});
