import { layersByKind } from "../../src/documents/layers";
import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { conll2003 } from "../../src/datasets/formats/conll2003/write";
import { detectFormats } from "../../src/datasets/formats";
import { huggingFace } from "../../src/datasets/formats/huggingface/write";
import { labelledDocument, labelledDocuments } from "./support/documents";
import { bytesOf, roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const PROVENANCE = ["author", "time", "model", "score"] as const;

describe("datasets: Hugging Face, both ways", () => {
  for (const files of ["jsonl", "parquet"]) {
    it(`gives back what it wrote as ${files}, with who, when and which model`, async function () {
      await fc.assert(
        fc.asyncProperty(labelledDocuments({ contexts: true }), async (documents) => {
          await roundTrip(huggingFace, documents, { write: { choices: { files } }, provenance: PROVENANCE });
        }),
        { numRuns: 20 },
      );
    });
  }

  it("knows its files among all formats", async () => {
    const [document] = fc.sample(labelledDocument("a.txt", { reviewed: true }), { numRuns: 1, seed: 3 });
    for (const format of [huggingFace, conll2003]) {
      const files = bytesOf(await writeDataset(format, [document!], WRITER_OPTIONS));
      assert.equal(detectFormats(files)[0]?.name, format === conll2003 ? "conll2003" : "huggingface");
    }
  });
});

describe("datasets: CoNLL-2003, both ways", () => {
  for (const scheme of ["IOB1", "IOB2", "BIOES", "BILOU"]) {
    it(`gives back what it wrote in ${scheme}, up to the losses it reports`, async function () {
      await fc.assert(
        fc.asyncProperty(labelledDocument("a.txt"), async (document) => {
          await roundTrip(conll2003, [document], { write: { choices: { scheme } }, read: { scheme } });
        }),
        { numRuns: 40 },
      );
    });
  }

  it("does not take a word for the end of another", async () => {
    const text = "Room AHU2G1. 1 left.";
    const entity = { id: "1", start: 13, end: 14, exact: "1", label: "MISC", author: "ann" };
    const sentences = [
      { start: 0, end: 12 },
      { start: 13, end: 20 },
    ];
    const layers = layersByKind({ spans: [entity], reviewed: [sentences[1]!], decided: [entity] });
    const document = { path: "a.txt", text, sentences, layers, questions: [] };
    const { aligned } = await roundTrip(conll2003, [document]);
    assert.deepEqual(
      aligned.get("a.txt")?.flatMap(({ layers }) => layers[SPANS].labels.map(({ start, end }) => [start, end])),
      [[13, 14]],
    );
  });
});
