/** Rows become documents sensibly: many short ones a hundred together, each with its own labels and words; real documents stay apart. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { planImport } from "../../src/datasets/import/plan";
import { previewOf } from "../../src/datasets/import/preview";
import { undoImport } from "../../src/datasets/import/undo";
import { SourceWorkspace } from "./support/source-workspace";

const COUNT = 1234;
/** Every tenth row reads the same, with other labels every second time. */
const rows = Array.from({ length: COUNT }, (_, index) => {
  const same = index % 10 === 0;
  const text = same ? "Ada met Bob." : `Ada met Bob ${index} times.`;
  const label = index % 20 === 0 ? [[0, 3, "PER"]] : [[8, 11, "PER"]];
  return { id: index, text, label };
});
const doccano = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const tokens = rows
  .map(({ text }) => text.split(" "))
  .map(
    (words) =>
      `${JSON.stringify({ tokens: words, ner_tags: words.map((word) => (word === "Ada" ? "B-PER" : "O")) })}\n`,
  )
  .join("");

describe("datasets: rows", function () {
  this.timeout(60_000);
  let made: SourceWorkspace;
  beforeEach(async () => (made = await SourceWorkspace.make()));
  afterEach(() => made.remove());
  const documents = async (): Promise<string[]> =>
    (await readdir(made.workspace)).filter((name) => name !== ".glossator");

  it("are put together where they are many and short, which the preview says, and keep their labels each", async () => {
    const source = await made.put("in/all.jsonl", doccano);
    const plan = await planImport({ source, workspace: made.workspace, author: "ann", into: "" });
    assert.deepEqual(previewOf(plan).rows, [
      "the 1234 texts of all.jsonl are put together to 13 documents; --rows apart makes one of each",
    ]);
    const { act, created, losses } = await made.import(source);
    assert.deepEqual([created.length, created[0], created.at(-1)], [13, "all-01.txt", "all-13.txt"]);
    assert.deepEqual(losses, []);
    const found = (await collectDocuments({ workspace: made.workspace })).documents.flatMap(({ text, layers }) =>
      [...layers.entities.labels]
        .sort((a, b) => a.start - b.start)
        .map(({ start, exact }) => {
          const line = text.slice(text.lastIndexOf("\n", start) + 1, text.indexOf("\n", start));
          return `${line}: ${exact}`;
        }),
    );
    const wanted = rows.map(({ text, label }) => `${text}: ${text.slice(Number(label[0]![0]), Number(label[0]![1]))}`);
    assert.deepEqual(found, wanted);
    const again = await planImport({ source, workspace: made.workspace, author: "ann", into: "" });
    assert.deepEqual([previewOf(again).added, previewOf(again).same], [0, COUNT]);
    await undoImport(made.workspace, act!);
    assert.deepEqual(await documents(), []);
  });

  it("of tokens come out as the rows they were", async () => {
    await made.import(await made.put("in/train.jsonl", tokens));
    assert.equal((await documents()).length, 13);
    const back = (await (await made.export("huggingface")).text("entities/train.jsonl")).trimEnd().split("\n");
    const words = (line: string): string => (JSON.parse(line) as { tokens: string[] }).tokens.join(" ");
    assert.deepEqual(back.map(words), tokens.trimEnd().split("\n").map(words));
  });

  it("are a document each, or put together, where the user says so, and where they are few or long", async () => {
    const few = await made.put("in/few.jsonl", doccano.split("\n").slice(0, 150).join("\n"));
    const count = async (source: string, choice?: "apart" | "together"): Promise<number> => {
      const plan = await planImport({
        ...{ source, workspace: made.workspace, author: "ann", into: "" },
        ...(choice && { rows: choice }),
      });
      return plan.targets.length;
    };
    assert.deepEqual([await count(few), await count(few, "together")], [150, 2]);
    assert.equal(await count(await made.put("in/all.jsonl", doccano), "apart"), COUNT);
    const long = rows.map((row) => `${JSON.stringify({ ...row, text: `${row.text}${" More of it.".repeat(100)}` })}\n`);
    assert.equal(await count(await made.put("in/long.jsonl", long.join(""))), COUNT);
    const blocks = rows.map(
      ({ text }) =>
        `-DOCSTART- -X- -X- O\n\n${`${text
          .split(" ")
          .map((word) => `${word} O\n`)
          .join("")}\n`.repeat(2)}`,
    );
    assert.equal(await count(await made.put("in/docs.conll", `${blocks.join("")}Ada B-PER\n`)), COUNT);
  });
});
