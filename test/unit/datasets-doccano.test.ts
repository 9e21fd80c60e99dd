import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { doccano } from "../../src/datasets/formats/doccano/write";
import type { ReaderOptions, ReadResult } from "../../src/datasets/format";
import { roundTrip } from "./support/round-trip";
import { labelledDocuments } from "./support/documents";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

function read(
  lines: string | readonly unknown[],
  options: Partial<ReaderOptions> = {},
  name = "all.jsonl",
): ReadResult {
  const text = typeof lines === "string" ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const files = new Map([[name, new TextEncoder().encode(text)]]);
  return doccano.read!(files, { misaligned: "refuse", ...options }) as ReadResult;
}

const exacts = ({ documents }: ReadResult): string[][] =>
  documents.map(({ layers }) => layers[SPANS].labels.map(({ exact, label }) => `${exact}/${label}`));

describe("datasets: doccano", () => {
  for (const offsets of ["utf16", "codepoint"]) {
    it(`gives back what it wrote, in ${offsets}`, async function () {
      this.timeout(60_000);
      const property = fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { read: back } = await roundTrip(doccano, documents, { write: { choices: { offsets } } });
        if (back.unit !== undefined) assert.equal(back.unit.value, offsets);
      });
      await fc.assert(property, { numRuns: 60 });
    });
  }

  it("finds out the unit from where spans begin and end, and says why", () => {
    const utf16 = read([
      {
        id: 1,
        text: VECTOR,
        label: [
          [10, 16, "LOC"],
          [30, 34, "ORG"],
        ],
        Comments: [],
      },
    ]);
    assert.deepEqual(exacts(utf16), [["Zürich/LOC", "Acme/ORG"]]);
    assert.equal(utf16.unit?.value, "utf16");
    const points = read([
      {
        id: 1,
        text: VECTOR,
        label: [
          [9, 15, "LOC"],
          [26, 30, "ORG"],
        ],
        Comments: [],
      },
    ]);
    assert.deepEqual(exacts(points), [["Zürich/LOC", "Acme/ORG"]]);
    assert.equal(points.unit?.value, "codepoint");
    assert.match(points.unit.reason, /2 spans.*2 in code points/);
    assert.deepEqual(points.losses, []);
    const ascii = read([{ text: "Acme", label: [[0, 4, "ORG"]] }]);
    assert.equal(ascii.unit?.value, "utf16");
    assert.match(ascii.unit.reason, /usual/);
    const forced = read([{ text: VECTOR, label: [[9, 15, "LOC"]] }], { unit: "utf16" });
    assert.deepEqual(exacts(forced), [[" Züric/LOC"]]);
  });

  it("reads every shape doccano's versions and project types write", () => {
    const rows = [
      { id: 1, text: "EU rejects German call", label: [[0, 2, "ORG"]], Comments: [] },
      { id: 2, data: "EU rejects", label: [[0, 2, "ORG"]] },
      { id: 3, text: "EU rejects", labels: [[0, 2, "ORG"]], meta: {}, annotation_approver: null },
      { id: 4, text: "EU rejects", label: [{ id: 7, label: "ORG", start_offset: 0, end_offset: 2 }] },
      {
        id: 5,
        text: "Google was founded by Page",
        entities: [
          { id: 0, label: "ORG", start_offset: 0, end_offset: 6 },
          { id: 1, label: "PER", start_offset: 22, end_offset: 26 },
        ],
        relations: [{ id: 0, from_id: 0, to_id: 1, type: "foundedBy" }],
        Comments: ["sure?"],
      },
      { id: 6, text: "Terrible customer service.", label: ["negative"] },
      { id: 7, text: "Great", label: "positive" },
      { id: 8, text: "Find a flight to SFO", entities: [[17, 20, "City"]], cats: ["flight"] },
    ];
    const { documents, losses } = read(rows);
    assert.deepEqual(exacts({ documents, losses }), [
      ["EU/ORG"],
      ["EU/ORG"],
      ["EU/ORG"],
      ["EU/ORG"],
      ["Google/ORG", "Page/PER"],
      [],
      [],
      ["SFO/City"],
    ]);
    assert.deepEqual(
      documents.map(({ layers }) => layers[CLASSES].labels.map(({ label, start, end }) => [label, start, end])),
      [[], [], [], [], [], [["negative", 0, 26]], [["positive", 0, 5]], [["flight", 0, 20]]],
    );
    assert.deepEqual(
      losses.map(({ kind, file, line, label, reason }) => [kind, file, line, label, reason]),
      [["dropped", "all.jsonl", 5, undefined, "1 comment(s) have no place here"]],
    );
    assert.ok(documents.every(({ layers }) => layers[SPANS].reviewed.length === 0));
  });

  it("reads objects over several lines and lists, as doccano's own examples and its JSON export are", () => {
    const one = { text: "EU 1", entities: [{ id: 0, label: "ORG", start_offset: 0, end_offset: 2 }], relations: [] };
    const pretty = `${JSON.stringify(one, undefined, 2)}\n${JSON.stringify({ ...one, text: "EU 2" }, undefined, 4)}\n`;
    assert.deepEqual(exacts(read(pretty)), [["EU/ORG"], ["EU/ORG"]]);
    assert.deepEqual(
      read(JSON.stringify([one, one], undefined, 2), {}, "all.json").documents.map(({ line }) => line),
      [2, 14],
    );
  });

  it("reports what is broken by file and line and takes the rest", () => {
    const good = (text: string): string => JSON.stringify({ text, label: [[0, 2, "ORG"]] });
    const lines = [
      good("EU one"),
      '{"text": "EU two", "label": [[0, 2, "OR',
      "[1]",
      '{"label": []}',
      '{"id": 3, "text": "EU three", "label": [[0, 99, "ORG"], [5, 2, "ORG"], ["a", 2, "ORG"], [0, 2, 7], [0, 2, null]]}',
      '{"id": 3, "text": "EU four", "label": [[0, 2, "ORG"], 3, "positive"]}',
    ];
    const { documents, losses } = read(`\ufeff${lines.join("\r\n")}`);
    assert.deepEqual(exacts({ documents, losses }), [["EU/ORG"], ["EU/7"], ["EU/ORG"]]);
    assert.deepEqual(losses.map(({ line, kind }) => [line, kind]).sort(), [
      [2, "dropped"],
      [3, "dropped"],
      [4, "dropped"],
      [5, "assumed"],
      [5, "dropped"],
      [5, "dropped"],
      [5, "dropped"],
      [5, "dropped"],
      [6, "assumed"],
      [6, "assumed"],
    ]);
    assert.ok(losses.every(({ file }) => file === "all.jsonl"));
    assert.match(losses.find(({ line }) => line === 6)?.reason ?? "", /number 3|id 3/);
    assert.throws(() => read('{"a": 1}\n'), /No line has a text.*all\.jsonl:1/);
  });

  it("names the numbers of labels where the user gave their names, and snaps where asked to", () => {
    const row = { text: "😀 EU", label: [[2, 9, 1]] };
    const { documents, losses } = read([row], {
      names: { entities: ["PER", "ORG"] },
      unit: "utf16",
      misaligned: "snap",
    });
    assert.deepEqual(exacts({ documents, losses }), [[" EU/ORG"]]);
    assert.deepEqual(
      losses.map(({ kind, span }) => [kind, span]),
      [["snapped", { start: 2, end: 5 }]],
    );
  });
});
