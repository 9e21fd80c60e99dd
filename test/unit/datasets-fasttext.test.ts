import { CLASSES } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { fastText } from "../../src/datasets/formats/fasttext/format";
import { detectFormats } from "../../src/datasets/formats";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult } from "../../src/datasets/format";
import { labelledDocument } from "./support/documents";
import { filesOf, labelled } from "./support/labelled";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const read = (text: string): ReadResult =>
  fastText.read!(filesOf({ "a.txt": text }), { misaligned: "refuse" }) as ReadResult;

describe("datasets: fastText", () => {
  it("is a label and a text a line, with no word that reads as a label", async () => {
    const text = "It\r\nwas  great.\n\nA __label__x film.\n\nAda.";
    const document = labelled("a.txt", text, {
      sentiment: [
        ["It\r\nwas  great.", "positive"],
        ["A __label__x film.", "negative"],
      ],
      entities: [["Ada", "PER"]],
    });
    const { files, losses } = await writeDataset(fastText, [document], WRITER_OPTIONS);
    assert.equal(files.get("train.txt"), "__label__positive It was great.\n__label__negative A __ label__x film.\n");
    assert.deepEqual(
      losses.map(({ kind, label }) => [kind, label]),
      [
        ["dropped", "PER"],
        ["left-out", undefined],
        ["merged", "positive"],
        ["split", "negative"],
        ["dropped", undefined],
        ["assumed", undefined],
      ],
    );
  });

  it("reads back what it wrote, up to what it reports", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(labelledDocument("a.txt"), async (document) => {
        const { written } = await roundTrip(fastText, [document]);
        for (const contents of written.files.values()) {
          for (const line of String(contents).trimEnd().split("\n")) assert.match(line, /^__label__\S+ \S/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("is known by labels at the beginning of lines, or at their end", () => {
    const known = (text: string): string | undefined => detectFormats(filesOf({ "a.txt": text }))[0]?.name;
    assert.equal(known("__label__good It was.\n"), "fasttext");
    assert.equal(known("It was. __label__good\nIt was not. __label__bad __label__sad\n"), "fasttext");
    assert.equal(known("Labels are called __label__ in it.\n"), undefined);
  });

  it("takes labels before or in the text, all of them; lists lines without one", () => {
    const { documents, losses } = read(
      "__label__a Good  film\n\n__label__b __label__c Bad\nno label\n__label__d\nit is __label__e so\n__label__ x\n",
    );
    assert.deepEqual(
      documents.map(({ text, line, layers }) => [
        text,
        layers[CLASSES].labels.map(({ label }) => label).join(" "),
        line,
      ]),
      [
        ["Good  film", "a", 1],
        ["Bad", "b c", 3],
        ["it is so", "e", 6],
      ],
    );
    assert.deepEqual(
      losses.map(({ line }) => line),
      [4, 5, 7],
    );
    assert.throws(() => read("hello"), ReadError);
  });
});
