/** A source that is said to be complete comes out whole: text without a label is text that was looked at. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { planImport } from "../../src/datasets/import/plan";
import { previewOf } from "../../src/datasets/import/preview";
import { SourceWorkspace } from "./support/source-workspace";

const WNUT = path.resolve(__dirname, "../fixtures/excerpts/wnut17.conll");
const BRAT = path.resolve(__dirname, "../../../shared/data/foreign/brat/NCBI-disease");

/** The excerpt as texts with spans, read by hand: every second sentence keeps its labels, the others have none. */
const texts = readFileSync(WNUT, "utf8")
  .trim()
  .split("\n\n")
  .map((block, number) => {
    const spans: { start: number; end: number; label: string }[] = [];
    let text = "";
    for (const line of block.split("\n")) {
      const [word = "", tag = "O"] = line.split("\t");
      if (text !== "") text += " ";
      const last = spans.at(-1);
      if (number % 2 === 0 && tag.startsWith("B-"))
        spans.push({ start: text.length, end: text.length + word.length, label: tag.slice(2) });
      else if (number % 2 === 0 && tag.startsWith("I-")) last!.end = text.length + word.length;
      text += word;
    }
    return { text, spans };
  });

const points = (text: string, at: number): number => Array.from(text.slice(0, at)).length;
const jsonl = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** The same labels as several tools write them; none of them says what was looked at. */
const SOURCES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  brat: Object.fromEntries(
    texts.flatMap(({ text, spans }, number): [string, string][] => [
      [`${number}.txt`, `${text}\n`],
      [
        `${number}.ann`,
        spans
          .map(({ start, end, label }, index) => {
            return `T${index + 1}\t${label.replace("-", "_")} ${points(text, start)} ${points(text, end)}\t${text.slice(start, end)}\n`;
          })
          .join(""),
      ],
    ]),
  ),
  doccano: {
    "all.jsonl": jsonl(
      texts.map(({ text, spans }, id) => ({
        id,
        text,
        label: spans.map(({ start, end, label }) => [start, end, label]),
      })),
    ),
  },
  prodigy: {
    "train.jsonl": jsonl(
      texts.map(({ text, spans }) => ({
        text,
        spans: spans.map(({ start, end, label }) => ({ start: points(text, start), end: points(text, end), label })),
        answer: "accept",
      })),
    ),
  },
};

describe("datasets: sources that are complete", function () {
  this.timeout(60_000);
  let made: SourceWorkspace;
  beforeEach(async () => (made = await SourceWorkspace.make()));
  afterEach(() => made.remove());

  const exported = async (): Promise<string> => {
    const lines = (await (await made.export("conll2003")).text("train.txt")).split("\n");
    return lines
      .flatMap((line) => (line === "" || line.startsWith("-DOCSTART-") ? [] : [line.split(" ")[0]!]))
      .join("");
  };
  const bare = (text: string): string => text.replace(/\s+/g, "");

  for (const [format, files] of Object.entries(SOURCES)) {
    it(`from ${format} come out whole where that is said, and else say that they do not`, async () => {
      for (const [name, contents] of Object.entries(files)) await made.put(`in/${name}`, contents);
      const source = path.join(made.root, "in");
      const options = { source, workspace: made.workspace, author: "ann", into: "", format: format as "brat" };
      const before = previewOf(await planImport(options));
      assert.match(before.reviewed ?? "", /^nothing of it counts as looked at in full .*--reviewed/);
      assert.match(
        previewOf(await planImport({ ...options, reviewed: true })).reviewed ?? "",
        /^all of it counts as looked at \(as was chosen\)/,
      );
      await made.import(source, { format: options.format, reviewed: true });
      assert.equal((await exported()).length, bare(texts.map(({ text }) => text).join("")).length);
      const { losses } = await made.export("conll2003");
      assert.deepEqual(
        losses.filter(({ kind, span }) => kind === "left-out" || (kind === "assumed" && span !== undefined)),
        [],
      );
    });
  }

  it("and what a format takes for complete need not be", async () => {
    const plan = await planImport({ source: WNUT, workspace: made.workspace, author: "ann", into: "" });
    assert.match(previewOf(plan).reviewed ?? "", /^all of it counts as looked at \(as the format says\)/);
    await made.import(WNUT, { reviewed: false });
    const { documents } = await collectDocuments({ workspace: made.workspace });
    assert.deepEqual(
      documents.map(({ layers }) => layers.entities.reviewed),
      [[]],
    );
  });

  it("twenty abstracts in brat: every character", async function () {
    if (!existsSync(BRAT)) this.skip();
    await made.import(BRAT, { reviewed: true });
    const { documents } = await collectDocuments({ workspace: made.workspace });
    assert.equal(documents.length, 20);
    const all = documents.map(({ text }) => bare(text)).join("");
    assert.equal((await exported()).length, all.length);
  });
});
