import { strict as assert } from "node:assert";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import type { SegmentLabels } from "../../src/engine/protocol";
import { readManifest, verifyFiles } from "../../src/model/manifest/manifest";
import type { GraphFile } from "../../src/model/manifest/graph-file";
import type { EncoderManifest } from "../../src/model/manifest/manifest";
import { candidates } from "../../src/model/network/devices";
import { int8Graph } from "../../src/model/network/int8";
import { openSession } from "../../src/model/network/network";
import { OnnxFile } from "../../src/model/onnx/onnx-file";
import { client, modelDir, root } from "./support";

/** English sentences of the samples and the project's own documents. */
async function sentences(): Promise<{ text: string }[]> {
  const files = [
    "samples/elections.txt",
    "samples/penicillin.txt",
    "samples/eiffel-tower.md",
    "README.md",
    "docs/architecture.md",
  ];
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), "utf8")));
  return texts
    .flatMap((text) => text.split(/(?<=[.!?])\s+|\n{2,}/))
    .map((text) => ({ text: text.trim() }))
    .filter(({ text }) => text.length >= 20 && text.length <= 400)
    .slice(0, 200);
}

const names = ({ entities }: SegmentLabels): string[] =>
  (entities ?? []).map(({ start, end, label }) => `${start}–${end} ${label}`);

describe("the int8 forms of the model", function () {
  this.timeout(120_000);

  it("labels nearly as fp32 does, and a sentence the same in any batch", async () => {
    const texts = await sentences();
    const [fp32, int8] = [client({ device: "cpu" }), client({ device: "cpu-int8" })];
    try {
      assert.equal((await int8.start()).device, "cpu-int8");
      const right = await fp32.label(texts, ["entities", "sentiment"]);
      const found = await int8.label(texts, ["entities", "sentiment"]);
      const same = found.filter((result, i) => names(result).join() === names(right[i]!).join()).length;
      assert.ok(same >= 0.93 * texts.length, `${same} of ${texts.length} sentences have the same entities`);
      const opinions = found.filter((result, i) => result.sentiment?.label === right[i]!.sentiment?.label).length;
      assert.ok(opinions >= 0.95 * texts.length, `${opinions} of ${texts.length} sentences have the same sentiment`);
      for (const i of [0, 7, 31]) {
        const [alone] = await int8.label([texts[i]!], ["entities", "sentiment"]);
        assert.deepEqual(names(alone!), names(found[i]!));
        assert.ok(Math.abs(alone!.sentiment!.score - found[i]!.sentiment!.score) < 1e-4);
      }
    } finally {
      await Promise.all([fp32.dispose(), int8.dispose()]);
    }
  });

  it("have seven bits where sums of eight might overflow, and say nearly the same", async () => {
    const { encoder } = (await readManifest(modelDir)) as EncoderManifest;
    const settings = { device: "cpu-int8", threads: 1 } as const;
    const ids = BigInt64Array.from([101, 4935, 16614, 4716, 3000, 2006, 9857, 1998, 3268, 1012, 102].map(BigInt));
    const dims = [1, ids.length];
    const feeds = {
      input_ids: new ort.Tensor("int64", ids, dims),
      attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), dims),
      token_type_ids: new ort.Tensor("int64", new BigInt64Array(ids.length), dims),
    };
    const states = async (graph: GraphFile, bytes?: Uint8Array, output = "hidden_states"): Promise<Float32Array> => {
      const session = await openSession(graph, settings, bytes);
      const out = await session.run(feeds);
      await session.release();
      return out[output]!.data as Float32Array;
    };
    const fp32 = await states(encoder);
    const size = Math.hypot(...fp32);
    const off = (other: Float32Array): number => Math.hypot(...fp32.map((value, i) => value - other[i]!)) / size;
    const [exact, safe] = [
      await states(encoder.int8!, await int8Graph(encoder, true)),
      await states(encoder.int8!, await int8Graph(encoder, false)),
    ];
    assert.ok(off(exact) > 0 && off(exact) < 0.12, `eight bits are off by ${off(exact)}`);
    assert.ok(off(safe) > 0 && off(safe) < 0.15, `seven bits are off by ${off(safe)}`);
    assert.notDeepEqual(exact, safe);
    // The same matrix in 63 steps instead of 127: each is as much larger.
    const graph = await readFile(encoder.int8!.path);
    const [step] = /[\w./]+:step/.exec(graph.toString("latin1"))!;
    const folder = await mkdtemp(join(tmpdir(), "glossator-int8-"));
    try {
      const path = join(folder, "with-step.onnx");
      await writeFile(path, new OnnxFile(graph).withOutput(step));
      const watched = { path: encoder.path, int8: { path } };
      const [fine, coarse] = [
        await states(watched, await int8Graph(watched, true), step),
        await states(watched, await int8Graph(watched, false), step),
      ];
      assert.ok(fine.length > 100);
      fine.forEach((size, i) => assert.ok(Math.abs(coarse[i]! / size - 127 / 63) < 1e-4));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  describe("of a model", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "glossator-int8-"));
      await cp(modelDir, folder, { recursive: true });
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("that lacks it is not tried, and asked for by name gives way to fp32 with the reason", async () => {
      const path = join(folder, "manifest.json");
      const manifest = JSON.parse(await readFile(path, "utf8")) as { encoder: { int8?: unknown } };
      delete manifest.encoder.int8;
      await writeFile(path, JSON.stringify(manifest));
      assert.ok(!candidates(await readManifest(folder)).includes("cpu-int8"));
      assert.ok(candidates(await readManifest(modelDir)).includes("cpu-int8"));
      const engine = client({ modelDir: folder, device: "cpu-int8" });
      try {
        const info = await engine.start();
        assert.equal(info.device, "cpu");
        assert.match(info.deviceReason, /cpu-int8: the model has no int8 form/);
      } finally {
        await engine.dispose();
      }
    });

    for (const part of ["encoder", "entities", "answers"])
      it(`that is damaged is refused by its digest: ${part}`, async () => {
        const path = join(folder, `${part}-int8.onnx`);
        const bytes = await readFile(path);
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 255, bytes.length >> 1);
        await writeFile(path, bytes);
        await assert.rejects(verifyFiles(await readManifest(folder)), new RegExp(`${part}-int8\\.onnx is damaged`));
      });

    it("of the encoder alone leaves the decoders as they are", async () => {
      const path = join(folder, "manifest.json");
      const manifest = JSON.parse(await readFile(path, "utf8")) as { tasks: Record<string, { int8?: unknown }> };
      for (const task of Object.values(manifest.tasks)) delete task.int8;
      await writeFile(path, JSON.stringify(manifest));
      const [engine, whole] = [
        client({ modelDir: folder, device: "cpu-int8" }),
        client({ modelDir, device: "cpu-int8" }),
      ];
      try {
        const texts = [{ text: "Angela Merkel visited Paris." }];
        const [labels] = await engine.label(texts, ["entities", "sentiment"]);
        assert.deepEqual(names(labels!), ["0–13 PER", "22–27 LOC"]);
        assert.equal(engine.info?.device, "cpu-int8");
        // Those that have a form of their own run in it: they say the same, and not to the last digit.
        const [other] = await whole.label(texts, ["entities", "sentiment"]);
        assert.deepEqual(names(other!), names(labels!));
        const scores = ({ entities, sentiment }: SegmentLabels): number[] => [
          entities![0]!.score,
          entities![1]!.score,
          sentiment!.score,
        ];
        const found = scores(other!);
        scores(labels!).forEach((score, i) => {
          assert.notEqual(found[i], score);
          assert.ok(Math.abs(found[i]! - score) < 0.05);
        });
      } finally {
        await Promise.all([engine.dispose(), whole.dispose()]);
      }
    });
  });
});
