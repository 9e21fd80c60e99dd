/** Archives as a source: each member is read as a file would be, and what means harm is named and not opened. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { ReadError } from "../../src/datasets/format";
import { oneFile, sourceFiles } from "../../src/datasets/import/files";
import { allowance, unpacked } from "../../src/datasets/import/packed";
import { planImport } from "../../src/datasets/import/plan";
import { readSource } from "../../src/datasets/import/source";
import { FIXTURES, labelled } from "./support/foreign";
import { zip } from "./support/zip";
import type { Member } from "./support/zip";

const ROWS = '{"text":"Ada met Bob.","entities":[[0,3,"PER"],[8,11,"PER"]]}\n';

describe("datasets: archives", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), "glossator-zip-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const source = (members: readonly Member[], name = "a.zip"): string => {
    const file = path.join(folder, name);
    writeFileSync(file, zip(members));
    return file;
  };
  const refused = async (members: readonly Member[]): Promise<string[]> => {
    const found = await sourceFiles(source([...members, { name: "ok.jsonl", bytes: ROWS }]));
    assert.ok(found.files.has("ok.jsonl"));
    return found.refused.map(({ file, reason }) => `${file}: ${reason}`);
  };

  it("are read as the folder that they hold would be, archives in them too", async () => {
    const xmi = readFileSync(path.join(FIXTURES, "xmi/huggingface.xmi"));
    const inner = zip([
      { name: "ben.xmi", bytes: xmi },
      { name: "TypeSystem.xml", bytes: "<typeSystemDescription/>", method: 0 },
    ]);
    const file = source([
      { name: "annotation/", mode: 0o040755 },
      { name: "annotation/h.txt/ben.zip", bytes: inner, mode: 0o100644 },
      { name: "__MACOSX/._x", bytes: "x" },
      { name: ".DS_Store", bytes: "x" },
    ]);
    const found = await sourceFiles(file);
    assert.deepEqual(
      [...found.files.keys()],
      ["annotation/h.txt/ben.zip/TypeSystem.xml", "annotation/h.txt/ben.zip/ben.xmi"],
    );
    const read = await readSource(found, {});
    assert.equal(read.format, "xmi");
    assert.equal(labelled(read).length, 5);
    assert.deepEqual(new Set(read.documents[0]!.layers.entities.labels.map(({ author }) => author)), new Set(["ben"]));
    assert.deepEqual([read.losses, found.refused], [[], []]);
  });

  it("are a source of an import, alone or in a folder, with members in gzip", async () => {
    source([
      { name: "train.jsonl.gz", bytes: gzipSync(ROWS) },
      { name: "test.jsonl", bytes: ROWS },
    ]);
    for (const [chosen, names] of [
      [path.join(folder, "a.zip"), ["test.jsonl", "train.jsonl"]],
      [folder, ["a.zip/test.jsonl", "a.zip/train.jsonl"]],
    ] as const) {
      assert.deepEqual([...(await sourceFiles(chosen)).files.keys()], names);
      const workspace = mkdtempSync(path.join(os.tmpdir(), "glossator-zip-"));
      const plan = await planImport({ source: chosen, workspace, author: "ann", into: "" });
      assert.equal(plan.targets.length, 2);
      rmSync(workspace, { recursive: true });
    }
  });

  it("lead nowhere: paths out, links, devices, names twice, what is encrypted", async () => {
    const members: readonly Member[] = [
      { name: "../up.jsonl", bytes: ROWS },
      { name: "a/../../up.jsonl", bytes: ROWS },
      { name: "/etc/passwd", bytes: ROWS },
      { name: "C:/x.jsonl", bytes: ROWS },
      { name: "..\\up.jsonl", bytes: ROWS },
      { name: "link.jsonl", bytes: "/etc/passwd", mode: 0o120777 },
      { name: "pipe.jsonl", bytes: "", mode: 0o010644 },
      { name: "secret.jsonl", bytes: ROWS, flags: 0x801 },
      { name: "odd.jsonl", bytes: ROWS, method: 99 },
      { name: "twice.jsonl", bytes: ROWS },
      { name: "twice.jsonl", bytes: "other" },
      { name: "__proto__", bytes: ROWS },
    ];
    const told = await refused(members);
    assert.equal(told.length, 10, told.join("\n"));
    assert.equal(told.filter((one) => /its path leads out/.test(one)).length, 5);
    for (const pattern of [
      /^link\.jsonl: .*symbolic link/,
      /^pipe\.jsonl: .*neither file nor folder/,
      /^secret\.jsonl: .*encrypted/,
      /^odd\.jsonl: .*packed in a way/,
      /^twice\.jsonl: .*another member of this name/,
    ])
      assert.ok(
        told.some((one) => pattern.test(one)),
        told.join("\n"),
      );
  });

  it("that are damaged lose what is damaged", async () => {
    const told = await refused([
      { name: "sum.jsonl", bytes: ROWS, crc: 1 },
      { name: "short.jsonl", bytes: ROWS, size: 5 },
      { name: "long.jsonl", bytes: ROWS, size: 500 },
      { name: "bad.jsonl.gz", bytes: Buffer.from([0x1f, 0x8b, 1, 2, 3]) },
      { name: "bad.zip", bytes: "PK\x03\x04 no archive" },
    ]);
    assert.equal(told.length, 5, told.join("\n"));
    assert.equal(told.filter((one) => /it is damaged/.test(one)).length, 3);
    await assert.rejects(sourceFiles(source([])), /There are no files in a\.zip/);
    const whole = zip([{ name: "a.jsonl", bytes: ROWS }]);
    for (let end = 4; end < whole.length; end += 7)
      await assert.rejects(oneFile("cut.zip", whole.subarray(0, end)), ReadError, String(end));
    writeFileSync(path.join(folder, "cut.zip"), whole.subarray(0, 40));
    writeFileSync(path.join(folder, "cut.jsonl.gz"), gzipSync(ROWS).subarray(0, 30));
    rmSync(path.join(folder, "a.zip"));
    await assert.rejects(sourceFiles(folder), /There are no files in .* cut\.jsonl\.gz: it was not opened/);
    writeFileSync(path.join(folder, "ok.jsonl"), ROWS);
    const found = await sourceFiles(folder);
    assert.deepEqual([...found.files.keys()], ["ok.jsonl"]);
    assert.deepEqual(
      found.refused.map(({ file }) => file),
      ["cut.jsonl.gz", "cut.zip"],
    );
  });

  it("that mean to fill the memory are refused by what they claim, and by what they hold", async () => {
    const bomb = zip([1, 2, 3].map((index) => ({ name: `${index}.txt`, bytes: "x", size: 400_000_000 })));
    await assert.rejects(oneFile("bomb.zip", bomb), /would unpack to 1200 MB; at most 1000 MB/);
    const large = await oneFile(
      "a.zip",
      zip([
        { name: "l.txt", size: 600_000_000 },
        { name: "s.txt", bytes: "s" },
      ]),
    );
    assert.match(large.refused[0]!.reason, /600 MB; at most 500 MB/);
    let nested = zip([{ name: "x.txt", bytes: "x" }]);
    for (let depth = 0; depth < 5; depth++) nested = zip([{ name: "n.zip", bytes: nested }]);
    await assert.rejects(oneFile("n.zip", nested), /archives lie in each other too deep/);
    const left = { ...allowance(), bytes: 1000 };
    await assert.rejects(
      unpacked("a.zip", zip([{ name: "a.txt", bytes: "x".repeat(2000) }]), "", left),
      /would unpack to/,
    );
    const gz = await unpacked("a.zip", zip([{ name: "a.txt.gz", bytes: gzipSync("x".repeat(9000)) }]), "", left);
    assert.match(gz.refused[0]!.reason, /cannot be unpacked/);
    const some = { ...allowance(), files: 2 };
    await assert.rejects(
      unpacked("a.zip", zip(["a", "b", "c"].map((name) => ({ name }))), "", some),
      /more than 2 files/,
    );
  });

  it("stop where they are told to", async () => {
    const stop = new AbortController();
    stop.abort(new Error("enough"));
    await assert.rejects(oneFile("a.zip", zip([{ name: "a.jsonl", bytes: ROWS }]), stop.signal), /enough/);
  });
});
