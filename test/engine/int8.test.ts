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
    const { encoder, maximumTokens } = (await readManifest(modelDir)) as EncoderManifest;
    assert.ok(maximumTokens > 12);
    const settings = { device: "cpu-int8", threads: 1 } as const;
    const ids = BigInt64Array.from([101, 4935, 16614, 4716, 3000, 2006, 9857, 1998, 3268, 1012, 102].map(BigInt));
    const dims = [1, ids.length];
    const feeds = {
      input_ids: new ort.Tensor("int64", ids, dims),
      attention_mask: new ort.Tensor("int64", new BigInt64Array(ids.length).fill(1n), dims),
      token_type_ids: new ort.Tensor("int64", new BigInt64Array(ids.length), dims),
    };
    const states = async (graph: GraphFile, bytes?: Uint8Array): Promise<Float32Array> => {
      const session = await openSession(graph, settings, bytes);
      const out = await session.run(feeds);
      await session.release();
      return out["hidden_states"]!.data as Float32Array;
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
      const engine = client({ modelDir: folder, device: "cpu-int8" });
      try {
        const [labels] = await engine.label([{ text: "Angela Merkel visited Paris." }], ["entities"]);
        assert.deepEqual(names(labels!), ["0–13 PER", "22–27 LOC"]);
        assert.equal(engine.info?.device, "cpu-int8");
      } finally {
        await engine.dispose();
      }
    });
  });
});
