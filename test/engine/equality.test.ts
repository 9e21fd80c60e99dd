import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { planAnswers } from "../../src/model/tasks/answering";
import { planLabels } from "../../src/model/tasks/labelling";
import { readManifest } from "../../src/model/manifest/manifest";
import type { Model } from "../../src/model/model";
import { EncoderNetwork } from "../../src/model/network/network";
import type { Network } from "../../src/model/network/network";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import { OffsetMap } from "../../src/text/offsets";
import { insideWord } from "../../src/text/word-borders";

const root = path.resolve(__dirname, "../..");
const corpora = path.resolve(root, "../shared/data/corpora");
const folder = path.join(root, "models/glossator-minilm");
const QUESTION = "Who did it, and where?";
const DOCUMENTS = 1000;
/** Both sides add in another order: what is left is rounding. */
const TOLERANCE = 1e-4;

const training = path.join(root, "training");
const environment = { ...process.env, PYTHONPATH: training, PYTHONDONTWRITEBYTECODE: "1" };
const python = [venvPython(), "python3"].find(
  (command) => spawnSync(command, ["-c", "import torch, onnx, tokenizers"], { env: environment }).status === 0,
);

/** What `logits-reference.py` writes for a document: spans in code points. */
interface Reference {
  readonly entityLogits: string;
  readonly sentimentLogits: string;
  readonly entities: readonly (readonly [number, number, string])[];
  readonly sentiment: string;
  readonly answer: readonly [number, number];
}

/** Paragraphs of 40 to 400 characters, evenly spread over the English corpora. */
function documents(): string[] {
  const stories = readdirSync(path.join(corpora, "stories")).map((name) => path.join("stories", name));
  const paragraphs = [...stories.sort(), "war-and-peace_pg2600.txt", "tinyshakespeare_1.1MB.txt"].flatMap((name) =>
    readFileSync(path.join(corpora, name), "utf8")
      .split(/\r?\n\s*\r?\n/)
      .map((paragraph) => paragraph.trim())
      .filter(({ length }) => length >= 40 && length <= 400),
  );
  return Array.from({ length: DOCUMENTS }, (_, i) => paragraphs[Math.floor((i * paragraphs.length) / DOCUMENTS)]!);
}

async function references(texts: readonly string[]): Promise<Reference[]> {
  const child = spawn(python!, [path.join(root, "test/logits-reference.py"), folder, QUESTION], { env: environment });
  child.stdin.end(texts.map((text) => `${JSON.stringify(text)}\n`).join(""));
  let problem = "";
  child.stderr.on("data", (chunk: Buffer) => (problem += chunk.toString()));
  const rows: Reference[] = [];
  for await (const line of createInterface({ input: child.stdout })) rows.push(JSON.parse(line) as Reference);
  assert.equal(rows.length, texts.length, problem);
  return rows;
}

function floats(base64: string): Float32Array {
  const bytes = Buffer.from(base64, "base64");
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let i = 0; i < b.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    // NaN must not pass for a small difference.
    if (!(difference <= most)) most = difference;
  }
  return most;
}

/** The end of the word that an offset lies in or behind. Code points, in and out. */
function wordEnd(text: string, map: OffsetMap, end: number): number {
  let at = map.toUtf16(end, "codepoint");
  while (at < text.length && insideWord(text, at, at)) at++;
  return map.fromUtf16(at, "codepoint");
}

describe("numbers, against PyTorch over 1,000 documents", function () {
  this.timeout(480_000);
  let model: Model | undefined;
  let texts: string[] = [];
  let expected: Reference[] = [];

  before(async function () {
    if (!existsSync(corpora) || python === undefined) {
      const missing = python === undefined ? "PyTorch" : "the folder ../shared/data";
      console.log(`      left out: logits and labels were not compared with PyTorch: ${missing} is absent`);
      if (process.env["CI"] === "true") throw new Error(`${missing} is absent`);
      this.skip();
    }
    texts = documents();
    const manifest = await readManifest(folder);
    const network = await EncoderNetwork.open(
      { ...manifest, encoder: manifest.encoder! },
      { device: "cpu", threads: 2 },
    );
    model = { manifest, network, tokenizer: await loadTokenizer(folder) };
    expected = await references(texts);
  });
  const opened = (): Model => model ?? assert.fail("no model");
  after(async () => {
    await model?.network.close();
  });

  it("entities and sentiment: logits within 1e-4, labels the same", async () => {
    const { network: real, manifest, tokenizer } = opened();
    const tags = manifest.tasks.entities!.labels.length;
    const classes = manifest.tasks.sentiment!.labels.length;
    let logits: Record<string, Float32Array> = {};
    const network = Object.create(real) as Network;
    network.decode = async (task, ...rest) => {
      const out = await real.decode(task, ...rest);
      logits[task] = out["logits"]!;
      return out;
    };
    let [most, entities] = [0, 0];
    const plan = planLabels(
      { manifest, tokenizer, network },
      texts.map((text) => ({ text })),
      { entities: true, sentiment: true },
      1,
    );
    for (const step of plan.steps) {
      logits = {};
      for (const [item, labels] of await step.run()) {
        const reference = expected[item]!;
        const [perToken, perText] = [floats(reference.entityLogits), floats(reference.sentimentLogits)];
        assert.equal(perText.length, classes);
        most = Math.max(most, largestDifference(logits["entities"]!.subarray(tags), perToken));
        most = Math.max(most, largestDifference(logits["sentiment"]!, perText));
        const map = new OffsetMap(texts[item] ?? "");
        const found = labels.entities!.map(({ start, end, label }) => [
          map.fromUtf16(start, "codepoint"),
          map.fromUtf16(end, "codepoint"),
          label,
        ]);
        // A name ends where its word ends, which PyTorch's side, reading tokens, does not look at.
        const whole = reference.entities.map(([start, end, label]) => [start, wordEnd(texts[item]!, map, end), label]);
        assert.deepEqual(found, whole, texts[item]);
        assert.equal(labels.sentiment!.label, reference.sentiment, texts[item]);
        entities += found.length;
      }
    }
    assert.ok(entities > DOCUMENTS / 2, `only ${entities} entities: too few to show anything`);
    assert.ok(most <= TOLERANCE, `largest difference ${most}`);
    console.log(`      largest difference of a logit ${most.toExponential(1)}, ${entities} entities the same`);
  });

  it("answers: the same spans", async () => {
    for (const step of planAnswers(opened(), QUESTION, texts, 1, 1024)) {
      for (const [item, [best]] of await step.run()) {
        const map = new OffsetMap(texts[item] ?? "");
        const found = [map.fromUtf16(best!.start, "codepoint"), map.fromUtf16(best!.end, "codepoint")];
        assert.deepEqual(found, expected[item]!.answer, texts[item]);
      }
    }
  });
});
