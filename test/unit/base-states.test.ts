import { strict as assert } from "node:assert";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { setFloat16 } from "@petamoriken/float16";
import { narrowed, widened } from "../../src/model/onnx/halves";
import { BaseStates } from "../../src/training/base-states";
import type { StatesOfText } from "../../src/training/base-states";

const text = (ids: readonly number[], from = 0): StatesOfText => ({
  encoding: { ids },
  length: ids.length + 2,
  states: Float32Array.from({ length: (ids.length + 2) * 4 }, (_, i) => (from + i) / 7),
});
const TEXTS = [text([7]), text([7, 8, 9], 100), text([], 5)];

describe("states of the base text", () => {
  let home: string;
  let folder: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), "glossator-states-"));
    folder = join(home, "states");
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const opened = async (encoder: string | undefined = "e", texts = ["a", "b"]): Promise<BaseStates> => {
    const states = new BaseStates(folder, encoder, texts);
    await states.load();
    return states;
  };
  const kept = async (): Promise<string> => {
    await (await opened()).keep(TEXTS);
    const [file] = readdirSync(folder);
    return join(folder, file!);
  };

  it("come back to the bit, by the tokens of a text", async () => {
    await kept();
    const states = await opened();
    for (const { encoding, length, states: values } of TEXTS)
      assert.deepEqual(states.of(encoding.ids, length), { length, states: values });
    assert.equal(states.of([8], 3), undefined);
    assert.equal(states.of([7], 4), undefined, "with other special tokens");
  });

  it("are those of one encoder and one text, and take the place of others", async () => {
    const before = await kept();
    for (const other of [await opened("f"), await opened("e", ["a", "c"])]) assert.equal(other.of([7], 3), undefined);
    await (await opened("f")).keep(TEXTS);
    assert.equal(readdirSync(folder).length, 1);
    assert.notEqual(join(folder, readdirSync(folder)[0]!), before);
    const nobodys = new BaseStates(folder, undefined, ["a", "b"]);
    await nobodys.load();
    await nobodys.keep(TEXTS);
    assert.equal(readdirSync(folder).length, 1, "an encoder without a digest may be any");
  });

  it("are not read where a byte of the file is another, or is missing, and are then kept anew", async () => {
    const file = await kept();
    const whole = readFileSync(file);
    const flipped = Buffer.from(whole);
    flipped[whole.length - 5]! ^= 1;
    const damaged = [flipped, whole.subarray(0, whole.length - 4), whole.subarray(0, 30), Buffer.alloc(0)];
    for (const bytes of damaged) {
      writeFileSync(file, bytes);
      writeFileSync(`${file}.part`, bytes);
      const states = await opened();
      assert.equal(states.of([7], 3), undefined);
      await states.keep(TEXTS);
      assert.deepEqual(readFileSync(file), whole);
      assert.deepEqual(readdirSync(folder), [file.slice(folder.length + 1)]);
    }
  });

  it("are done without where they cannot be kept, or are too many", async () => {
    // A file in the place of the folder: nobody can write there, not even root.
    writeFileSync(folder, "");
    await (await opened()).keep(TEXTS);
    rmSync(folder);
    mkdirSync(folder);
    const width = 1 << 20;
    const large = { encoding: { ids: [1] }, length: 17, states: new Float32Array(17 * width) };
    await (await opened()).keep([large]);
    assert.deepEqual(readdirSync(folder), []);
    if (process.getuid?.() === 0 || process.platform === "win32") return;
    chmodSync(folder, 0o555);
    await (await opened()).keep(TEXTS);
    chmodSync(folder, 0o755);
    assert.deepEqual(readdirSync(folder), []);
  });
});

describe("halves", () => {
  it("are those of the library, also where they have fewer digits", () => {
    const view = new DataView(new ArrayBuffer(4));
    const edges = [
      0,
      -0,
      2 ** -24,
      2 ** -25,
      2 ** -25 + 2 ** -48,
      2 ** -14,
      2 ** -14 - 2 ** -38,
      65_504,
      65_519,
      2049,
      2051,
    ];
    const size = fc.oneof(
      fc.double({ min: -1, max: 1 }),
      fc.double({ min: -1e-4, max: 1e-4 }),
      fc.double({ min: -65_519, max: 65_519 }),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(size, fc.constantFrom(...edges, ...edges.map((edge) => -edge)))), (values) => {
        const data = Float32Array.from(values.filter((value) => !Number.isNaN(value)));
        const halves = narrowed(data);
        const right = Array.from(data, (value) => {
          setFloat16(view, 0, value);
          return view.getUint16(0);
        });
        assert.deepEqual([...halves], right);
        assert.deepEqual(narrowed(widened(halves)), halves);
      }),
      { numRuns: 300 },
    );
    for (const value of [65_520, -Infinity, NaN])
      assert.throws(() => narrowed(Float32Array.of(value)), new RangeError(`${value}`));
  });
});
