import { CLASSES, SPANS } from "../../src/documents/tasks";
import { rejectedIn } from "../../src/documents/layers";
import assert from "node:assert/strict";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import { WRITABLE, formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { ReadError } from "../../src/datasets/format";
import type { DatasetFiles, ReadResult } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const FORMATS: readonly FormatName[] = ["doccano", "prodigy", "labelstudio", "spacy", "conllu"];

/** Reads, and holds the reader to what every reader owes: only {@link ReadError}, spans that hold their text, losses with a file. */
async function readSafely(format: FormatName, files: DatasetFiles): Promise<ReadResult | undefined> {
  try {
    const result = await formatOf(format).read!(files, { misaligned: "snap" });
    for (const one of result.documents) {
      for (const item of [
        ...one.layers[SPANS].labels,
        ...one.layers[CLASSES].labels,
        ...rejectedIn(one),
        ...one.questions.flatMap((q) => answersIn(q.answers)),
      ])
        assert.equal(one.text.slice(item.start, item.end), item.exact);
    }
    for (const { file, reason } of result.losses) assert.ok(file !== undefined || /no entities/.test(reason), reason);
    return result;
  } catch (error) {
    assert.ok(error instanceof ReadError, String((error as Error).stack));
    return undefined;
  }
}

describe("datasets: malformed files", function () {
  this.timeout(120_000);

  for (const format of FORMATS) {
    it(`${format}: a file cut off or damaged anywhere gives a report, and what comes before the damage is read`, async () => {
      const damage = fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.option(fc.nat(255)) });
      const property = fc.asyncProperty(labelledDocuments(), damage, async (documents, { at, byte }) => {
        const written = await writeDataset(formatOf(format), documents, WRITER_OPTIONS);
        const whole = bytesOf(written);
        const [name] = [...whole.keys()].filter((file) => !file.endsWith(".xml"));
        if (name === undefined) return;
        const all = await readSafely(format, new Map([[name, whole.get(name)!]]));
        assert.ok(all);
        const bytes = whole.get(name)!;
        const place = Math.floor(bytes.length * at);
        const spoilt = byte === null ? bytes.slice(0, place) : Uint8Array.from(bytes);
        if (byte !== null) spoilt[place] = byte;
        const read = await readSafely(format, new Map([[name, spoilt]]));
        if (byte !== null || read === undefined) return;
        // Rows that end before the cut are all there.
        const before = new TextDecoder().decode(bytes.slice(0, place)).split("\n").length - 1;
        const kept = all.documents.filter(({ line = Infinity }) => line <= before - (format === "labelstudio" ? 1 : 0));
        if (format !== "conllu") assert.deepEqual(read.documents.slice(0, kept.length), kept);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  }

  // DocBin is read by a Python of its own.
  for (const format of WRITABLE.filter((name) => formatOf(name).read !== undefined && name !== "docbin")) {
    it(`${format}: whichever of its files is damaged, and where, nothing else is thrown than what a user can read, and no span lies`, async () => {
      const damage = fc.record({
        which: fc.nat(),
        at: fc.double({ min: 0, max: 0.999, noNaN: true }),
        byte: fc.option(fc.nat(255)),
      });
      const property = fc.asyncProperty(labelledDocuments(), damage, async (documents, { which, at, byte }) => {
        const whole = bytesOf(await writeDataset(formatOf(format), documents, WRITER_OPTIONS));
        const name = [...whole.keys()][which % Math.max(1, whole.size)];
        if (name === undefined) return;
        const bytes = whole.get(name)!;
        const place = Math.floor(bytes.length * at);
        const spoilt = byte === null ? bytes.slice(0, place) : Uint8Array.from(bytes);
        if (byte !== null) spoilt[place] = byte;
        await readSafely(format, new Map([...whole, [name, spoilt]]));
      });
      await fc.assert(property, { numRuns: 60 });
    });
  }

  it("a file of 100 MB is read, with the broken line in it named", async () => {
    const text = "Angela Merkel met Barack Obama in Paris and talked for a long while. ".repeat(140);
    const row = JSON.stringify({
      text,
      label: [
        [0, 13, "PER"],
        [34, 39, "LOC"],
      ],
    });
    const count = Math.ceil(100e6 / row.length);
    const lines = Array.from({ length: count }, (_, index) => (index === count - 2 ? row.slice(0, 500) : row));
    const files = new Map([["big.jsonl", new TextEncoder().encode(lines.join("\n"))]]);
    const result = await formatOf("doccano").read!(files, { misaligned: "refuse" });
    assert.equal(result.documents.length, count - 1);
    assert.deepEqual(
      result.losses.map(({ file, line, kind }) => [file, line, kind]),
      [["big.jsonl", count - 1, "dropped"]],
    );
    assert.equal(result.documents.at(-1)?.layers[SPANS].labels[1]?.exact, "Paris");
  });

  it("UTF-16 with a mark is read; bytes that are no text are named with their line", async () => {
    const row = '{"text": "Zürich", "label": [[0, 6, "LOC"]]}\n';
    const utf16 = new Uint8Array(Buffer.from(`\ufeff${row}`, "utf16le"));
    const result = await formatOf("doccano").read!(new Map([["a.jsonl", utf16]]), { misaligned: "refuse" });
    assert.equal(result.documents[0]?.layers[SPANS].labels[0]?.exact, "Zürich");
    const latin1 = new Uint8Array(Buffer.from(`${row.replace("ü", "u")}${row}`, "latin1"));
    await assert.rejects(
      async () => formatOf("doccano").read!(new Map([["a.jsonl", latin1]]), { misaligned: "refuse" }),
      (error: Error) => error instanceof ReadError && /a\.jsonl, line 2: not UTF-8/.test(error.message),
    );
  });
});
