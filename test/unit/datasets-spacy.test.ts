import type { Decided, DecidedLabel } from "../../src/documents/labelled";
import type { ByKind } from "../../src/documents/layers";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LabelledDocument } from "../../src/datasets/document";
import type { ReaderOptions, ReadResult } from "../../src/datasets/format";
import { spacy } from "../../src/datasets/formats/spacy/write";
import { labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import { documentOf } from "./support/labelled";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

function read(lines: string | readonly unknown[], options: Partial<ReaderOptions> = {}): ReadResult {
  const text = typeof lines === "string" ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const files = new Map([["train.jsonl", new TextEncoder().encode(text)]]);
  return spacy.read!(files, { misaligned: "refuse", ...options }) as ReadResult;
}

function document(text: string, more: ByKind<Decided>): LabelledDocument {
  return documentOf("a.txt", text, { reviewed: [{ start: 0, end: text.length }], ...more });
}

function label(text: string, exact: string, name: string): DecidedLabel {
  const start = text.indexOf(exact);
  return { id: exact, start, end: start + exact.length, exact, label: name, author: "ann" };
}

describe("datasets: spaCy JSONL", () => {
  it("gives back what it wrote up to the losses it reports, with who decided and when", async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(labelledDocuments(), async (documents) => {
      const { written } = await roundTrip(spacy, documents, { provenance: ["author", "time", "model", "score"] });
      for (const text of written.files.values()) {
        for (const line of String(text).split("\n").slice(0, -1)) {
          const { entities = [] } = JSON.parse(line) as { entities?: [number, number, string][] };
          for (const [index, [start]] of entities.entries())
            assert.ok(index === 0 || entities[index - 1]![1] <= start, "spaCy refuses entities that overlap");
        }
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("writes code points, overlapping entities in spans, and every class with a number", async () => {
    const entities = [label(VECTOR, "Zürich", "LOC"), label(VECTOR, "Zürich and 👨‍👩‍👧 Acme", "ORG")];
    const sentiment = [label(VECTOR, VECTOR, "positive")];
    const { files, losses, counts } = await writeDataset(
      spacy,
      [document(VECTOR, { spans: entities, classes: sentiment })],
      WRITER_OPTIONS,
    );
    assert.deepEqual(counts, { "entities/train.jsonl": 1, "sentiment/train.jsonl": 1 });
    const row = JSON.parse(String(files.get("entities/train.jsonl"))) as Record<string, unknown>;
    assert.deepEqual(row["entities"], [[9, 30, "ORG"]]);
    assert.deepEqual(row["spans"], {
      sc: [
        [9, 30, "ORG"],
        [9, 15, "LOC"],
      ],
    });
    const { cats } = JSON.parse(String(files.get("sentiment/train.jsonl"))) as Record<string, unknown>;
    assert.deepEqual(cats, { negative: 0, positive: 1, neutral: 0 });
    assert.deepEqual(
      losses.map(({ kind, label: name }) => [kind, name]),
      [["split", "LOC"]],
    );
  });

  it("reads what people exchange: lists and objects, span groups, classes; finds out the unit", () => {
    const rows = [
      { text: VECTOR, entities: [[9, 15, "LOC"], { start: 26, end: 30, label: "ORG" }] },
      { text: "EU left", spans: { sc: [[0, 2, "ORG", "Q458"]], other: [[0, 7, "EVENT"]] } },
      { text: "Great", cats: { POS: 1.0, NEG: 0.0, LOUD: true } },
    ];
    const { documents, unit, losses } = read(rows);
    assert.deepEqual(losses, []);
    assert.equal(unit?.value, "codepoint");
    assert.deepEqual(
      documents.map((one) =>
        [...one.layers[SPANS].labels, ...one.layers[CLASSES].labels].map(
          ({ exact, label: name }) => `${exact}/${name}`,
        ),
      ),
      [
        ["Zürich/LOC", "Acme/ORG"],
        ["EU/ORG", "EU left/EVENT"],
        ["Great/POS", "Great/LOUD"],
      ],
    );
    assert.deepEqual(
      documents.map(({ layers }) => layers[SPANS].reviewed.length),
      [1, 0, 0],
    );
    assert.equal(read([{ text: VECTOR, entities: [[10, 16, "LOC"]] }]).unit?.value, "utf16");
    const besides = read([{ text: "EU left", entities: [[0, 2, "ORG"]], sentences: [{ start: 0, end: 7 }] }]);
    assert.deepEqual(
      besides.documents.map(({ layers }) => layers[SPANS].labels.length),
      [1],
    );
  });

  it("reports what is broken by line", () => {
    const { documents, losses } = read(
      [
        '{"text": "EU", "entities": [[0, 2, "ORG"], [0, 9, "ORG"], ["0", 2, "ORG"], [0, 2, 3], [0, 1, null]], "cats": [1]}',
        '{"text": "EU", "cats": {"A": "yes"}}',
        '{"entities": []}',
        '{"text": "EU", "enti',
      ].join("\n"),
    );
    assert.equal(documents.length, 2);
    assert.deepEqual(losses.map(({ line, kind }) => `${line} ${kind}`).sort(), [
      "1 dropped",
      "1 dropped",
      "1 dropped",
      "1 dropped",
      "1 renamed",
      "2 dropped",
      "3 dropped",
      "4 dropped",
    ]);
    assert.throws(() => read("[]"), /no row with a text/);
  });
});
