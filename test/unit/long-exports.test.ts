// Exports of more than is kept at once: what is packed meanwhile, and files that are never one string.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { PackedList } from "../../src/datasets/packed-list";
import { commaLines, LongText } from "../../src/datasets/writing/contents";
import { writeFolder } from "../../src/datasets/export/target";
import { writeDataset } from "../../src/datasets/writing/drive";
import { formatOf, WRITABLE } from "../../src/datasets/formats";
import type { LabelledDocument } from "../../src/datasets/document";
import { SPANS } from "../../src/documents/tasks";
import { labelled } from "./support/labelled";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { SourceWorkspace } from "./support/source-workspace";

/** Documents that are reviewed whole: names, an opinion, a question with and one without an answer; not all of it is ASCII. */
function documents(count: number, sentences = 40): LabelledDocument[] {
  const text = "Ada met Zoë 😀 in Oslo. Nobody was there.\n".repeat(sentences);
  return Array.from({ length: count }, (_, i) =>
    labelled(`${String(i).padStart(4, "0")}.txt`, text, {
      entities: [
        ["Zoë", "PER"],
        ["Oslo", "LOC"],
      ],
      sentiment: [["Nobody was there.", "negative"]],
      questions: [
        ["Who was met?", ["Zoë"]],
        ["Why?", []],
      ],
      reviewed: true,
    }),
  );
}

describe("long exports", () => {
  let source: SourceWorkspace;
  before(async () => (source = await SourceWorkspace.make()));
  after(() => source.remove());

  it("keep values packed as they are, in order, any number of times", () => {
    const list = new PackedList<unknown>(100);
    const values = Array.from({ length: 50 }, (_, i) => ({ text: `${i} \ud83d cut`, none: undefined, list: [i, "é"] }));
    assert.deepEqual([...list], []);
    for (const value of values) list.add(value, 30);
    assert.ok(list.isLong);
    assert.equal(list.length, 50);
    assert.deepEqual([...list], values);
    assert.deepEqual([...list], values, "and once more");
    const short = new PackedList<unknown>(100);
    short.add(values[0], 30);
    assert.ok(!short.isLong);
    assert.equal([...short][0], values[0], "what is short is no copy");
  });

  it("put the rows of a list together as JSON knows them", () => {
    const list = (rows: string[]): unknown => JSON.parse([...commaLines("[", rows, "]")].join(""));
    assert.deepEqual(list([]), []);
    assert.deepEqual(list(["1"]), [1]);
    assert.deepEqual(list(["1", "[2]", "3"]), [1, [2], 3]);
  });

  it("write the same bytes for documents that are read anew each time, in every format", async () => {
    const all = documents(12);
    const packed = new PackedList<LabelledDocument>(1);
    for (const document of all) packed.add(document, 1000);
    for (const name of WRITABLE.filter((format) => format !== "docbin")) {
      const format = formatOf(name);
      const once = await writeDataset(format, all, WRITER_OPTIONS);
      const anew = await writeDataset(format, packed, WRITER_OPTIONS, 0);
      assert.ok(once.files.size > 0, name);
      assert.deepEqual(bytesOf(anew), bytesOf(once), name);
      assert.deepEqual(anew.losses, once.losses, name);
      assert.deepEqual(anew.counts, once.counts, name);
    }
  });

  it("sort documents that come in no order", async () => {
    const format = formatOf("huggingface");
    const all = documents(5);
    const mixed = [3, 0, 4, 1, 2].map((i) => all[i]!);
    assert.deepEqual(
      bytesOf(await writeDataset(format, mixed, WRITER_OPTIONS)),
      bytesOf(await writeDataset(format, all, WRITER_OPTIONS)),
    );
  });

  it("put files on disk that are too long for one piece, each row once", async function () {
    this.timeout(120_000);
    for (const [name, count, sentences] of [
      ["huggingface", 500, 40],
      ["labelstudio", 100, 1100],
    ] as const) {
      const all = documents(count, sentences);
      const written = await writeDataset(formatOf(name), all, WRITER_OPTIONS);
      const long = [...written.files].filter(([, contents]) => contents instanceof LongText);
      assert.notEqual(long.length, 0, `${name} has no long file`);
      const target = path.join(source.root, name);
      await writeFolder(target, written.files, undefined, undefined);
      for (const [file, contents] of long)
        assert.equal(readFileSync(path.join(target, file), "utf8"), String(contents));
      const read = await formatOf(name).read!(bytesOf(written), { misaligned: "refuse" });
      const decided = read.documents.reduce(
        (sum, one) => sum + one.layers[SPANS].labels.length + one.questions.length,
        0,
      );
      assert.equal(decided, 4 * count, name);
    }
  });

  it("leave nothing behind when they are stopped between two pieces of a file", async () => {
    const stop = new AbortController();
    const parts = function* (): Generator<string> {
      for (let i = 0; i < 100; i++) {
        if (i === 50) stop.abort(new Error("stopped"));
        yield "x".repeat(300_000);
      }
    };
    const target = path.join(source.root, "stopped");
    const files = new Map([["long.txt", new LongText(parts)]]);
    await assert.rejects(writeFolder(target, files, undefined, stop.signal), /^Error: stopped$/);
    assert.throws(() => readFileSync(path.join(target, "long.txt")), /ENOENT/);
  });
});
