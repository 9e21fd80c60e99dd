import assert from "node:assert/strict";
import path from "node:path";
import { chooseDocuments } from "../../src/datasets/import/choose-documents";
import { ReadError } from "../../src/datasets/format";
import { onlySplits, splitOf, splitsOf } from "../../src/datasets/import/source-splits";

describe("datasets: splits of a source", () => {
  it("are told by words of a file's name, as the field's files have them, or by a folder", () => {
    const names: [string, string | undefined][] = [
      ["train-v1.1.json", "train"],
      ["dev-v2.0.json", "validation"],
      ["data/test-00000-of-00001.parquet", "test"],
      ["eng.testa", "validation"],
      ["eng.testb", "test"],
      ["en_ewt-ud-dev.conllu", "validation"],
      ["entities/validation.jsonl", "validation"],
      ["train/doc1.ann", "train"],
      ["README.md", undefined],
      ["testament.txt", undefined],
      ["annotation.conf", undefined],
    ];
    assert.deepEqual(
      names.map(([name]) => splitOf(name)),
      names.map(([, split]) => split),
    );
    assert.deepEqual(splitsOf(names.map(([name]) => name)), ["train", "validation", "test"]);
  });

  it("leave files of no split in, and one that is not there is an error", () => {
    const bytes = new Uint8Array();
    const files = new Map(["README.md", "test.jsonl", "train.jsonl"].map((name) => [name, bytes]));
    assert.deepEqual([...onlySplits(files, ["train"]).keys()], ["README.md", "train.jsonl"]);
    assert.throws(() => onlySplits(files, ["train", "validation"]), ReadError);
  });
});

describe("datasets: documents by name", () => {
  const workspace = path.resolve("somewhere");
  const known = ["a.txt", "notes/b.txt", "notes/more/c.txt", "notes2/d.txt"];

  it("are files, folders with all in them, or the whole workspace, relative or absolute", () => {
    const of = (...names: string[]): readonly string[] => chooseDocuments(workspace, known, names).documents;
    assert.deepEqual(of("./a.txt", "notes/"), ["a.txt", "notes/b.txt", "notes/more/c.txt"]);
    assert.deepEqual(of(path.join(workspace, "notes", "more")), ["notes/more/c.txt"]);
    assert.deepEqual(of("."), known);
  });

  it("names that stand for nothing are told, those outside the workspace among them", () => {
    const { documents, unknown } = chooseDocuments(workspace, known, ["a.txt", "b.txt", "..", "note"]);
    assert.deepEqual(documents, ["a.txt"]);
    assert.deepEqual(unknown, ["b.txt", "..", "note"]);
  });
});
