import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { client } from "./support";

/** Debian's Chromium brings a software Vulkan device and the loader for it. */
const CHROMIUM = "/usr/lib/chromium";

describe("WebGPU on a software Vulkan device", function () {
  this.timeout(240_000);
  const saved = { ...process.env };

  before(function () {
    if (process.platform !== "linux" || process.arch !== "x64" || !existsSync(`${CHROMIUM}/vk_swiftshader_icd.json`)) {
      console.log("      left out: needs Debian's chromium on Linux x64 for its software Vulkan device");
      this.skip();
    }
    const icd = `${CHROMIUM}/vk_swiftshader_icd.json`;
    Object.assign(process.env, { VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd, LD_LIBRARY_PATH: CHROMIUM });
  });
  after(() => {
    for (const name of ["VK_ICD_FILENAMES", "VK_DRIVER_FILES", "LD_LIBRARY_PATH"]) {
      if (saved[name] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = saved[name];
    }
  });

  it("agrees with the CPU, is used when asked for, and loses the race when not", async () => {
    const segments = [{ text: "Angela Merkel visited Paris." }];
    const cpu = client();
    const gpu = client({ device: "webgpu" });
    const auto = client({ device: "auto" });
    try {
      const [expected] = await cpu.label(segments, ["entities", "sentiment"]);
      const info = await gpu.start();
      assert.equal(info.device, "webgpu", info.deviceReason);
      const [found] = await gpu.label(segments, ["entities", "sentiment"]);
      assert.deepEqual(
        found!.entities!.map(({ start, end, label }) => [start, end, label]),
        expected!.entities!.map(({ start, end, label }) => [start, end, label]),
      );
      found!.entities!.forEach((e, i) => assert.ok(Math.abs(e.score - expected!.entities![i]!.score) < 1e-3));
      assert.ok(Math.abs(found!.sentiment!.score - expected!.sentiment!.score) < 1e-3);
      const chosen = await auto.start();
      assert.match(chosen.device, /^cpu/);
      assert.match(chosen.deviceReason, /webgpu: [\d.]+ ms/);
    } finally {
      await Promise.all([cpu.dispose(), gpu.dispose(), auto.dispose()]);
    }
  });
});
