/** Words and sentences of a dataset come back as they were, counted apart from the program. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import fc from "fast-check";
import type { Decided, TokenizedSentence } from "../../src/documents/labelled";
import { layersByKind } from "../../src/documents/layers";
import { conllu } from "../../src/datasets/formats/conllu/write";
import { writeDataset } from "../../src/datasets/writing/drive";
import { labelledDocument } from "./support/documents";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { hasTokens } from "../../src/datasets/workspace/has-tokens";
import { lastImport, undoImport } from "../../src/datasets/import/undo";
import { planImport } from "../../src/datasets/import/plan";
import { sourceTokens } from "../../src/datasets/import/tokens";
import { previewOf } from "../../src/datasets/import/preview";
import { importMarkdown } from "../../src/datasets/import/report";
import { decodeLine } from "../../src/labels/log/line";
import { logFiles } from "../../src/labels/log/read-log";
import { finish } from "../../src/text/slices";
import { SourceWorkspace } from "./support/source-workspace";

const EXCERPTS = path.resolve(__dirname, "../fixtures/excerpts");
const WNUT = path.join(EXCERPTS, "wnut17.conll");
const GUM = path.join(EXCERPTS, "gum-academic-census.conllu");
const DATA = path.resolve(__dirname, "../../../shared/data");

/** Sentences of a column file, the words of each with blanks between; `column` is the word's. */
function sentences(text: string, column = 0): string[] {
  return text
    .split(/\r?\n[ \t]*\n/)
    .map((block) =>
      block
        .split(/\r?\n/)
        .filter((line) => /[^ \t]/.test(line) && !/^-DOCSTART-|^# (?!-X-)|^#Text=|^#FORMAT|^#T_/.test(line))
        .map((line) => line.split(/\t| (?!.*\t)/)[column]!)
        .join(" "),
    )
    .filter((sentence) => sentence !== "");
}

const rowsOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("datasets: words and sentences of a dataset are kept", function () {
  this.timeout(120_000);
  let made: SourceWorkspace;
  beforeEach(async () => (made = await SourceWorkspace.make()));
  afterEach(() => made.remove());

  const wnut = sentences(readFileSync(WNUT, "utf8"));

  it("from column files into every format that has words", async () => {
    const plan = await planImport({ source: WNUT, workspace: made.workspace, author: "ann", into: "" });
    assert.deepEqual(previewOf(plan).tokens, { sentences: 14, words: wnut.join(" ").split(" ").length });
    assert.match(importMarkdown(plan, "T"), /\*\*Tokens:\*\* 269 words in 14 sentences/);
    await made.import(WNUT);
    assert.deepEqual(sentences(await (await made.export("conll2003")).text("train.txt")), wnut);
    assert.deepEqual(sentences(await (await made.export("conllu")).text("train.conllu"), 1), wnut);
    const rows = rowsOf(await (await made.export("huggingface")).text("entities/train.jsonl"));
    assert.deepEqual(
      rows.map(({ tokens }) => (tokens as string[]).join(" ")),
      wnut,
    );
    assert.deepEqual(sentences(await (await made.export("webanno")).text("train/wnut17.txt.tsv"), 2), wnut);
    const cas = JSON.parse(await (await made.export("cas")).text("train/wnut17.txt.json")) as {
      "%FEATURE_STRUCTURES": { "%TYPE": string; begin: number; end: number; sofaString?: string }[];
    };
    const text = cas["%FEATURE_STRUCTURES"][0]!.sofaString!;
    const of = (type: string): string[] =>
      cas["%FEATURE_STRUCTURES"]
        .filter((one) => one["%TYPE"].endsWith(type))
        .map(({ begin, end }) => text.slice(begin, end));
    assert.deepEqual(of(".Token"), wnut.join(" ").split(" "));
    assert.deepEqual(of(".Sentence"), wnut);
    const tasks = rowsOf(await (await made.export("prodigy")).text("entities/train.jsonl"));
    const words = tasks.flatMap(({ tokens }) => (tokens as { text: string }[]).map((token) => token.text));
    assert.deepEqual(words, wnut.join(" ").split(" "));
  });

  it("and out of each of those again", async () => {
    await made.import(WNUT);
    for (const format of ["conll2003", "huggingface", "webanno", "cas", "xmi"] as const) {
      const { target } = await made.export(format, { tasks: ["entities"] });
      const other = await SourceWorkspace.make();
      try {
        await other.import(target, { format });
        const { documents } = await collectDocuments({ workspace: other.workspace });
        const found = documents.flatMap(({ text, tokenized = [] }) =>
          tokenized.map(({ words }) => words.map(({ start, end }) => text.slice(start, end)).join(" ")),
        );
        // Rows of Hugging Face have their text beside the words, which is what counts there.
        assert.deepEqual(found, format === "huggingface" ? [] : wnut, format);
      } finally {
        await other.remove();
      }
    }
  });

  it("with ours for who wants them, and no word of anybody else's where a text has none", async () => {
    await made.import(WNUT);
    assert.equal(await hasTokens(made.workspace), true);
    const own = sentences(await (await made.export("conll2003", { tokens: "own" })).text("train.txt"));
    assert.notDeepEqual(own, wnut);
    assert.equal(own.join("").replaceAll(" ", ""), wnut.join("").replaceAll(" ", ""));
    const plain = await SourceWorkspace.make();
    try {
      await plain.import(path.join(EXCERPTS, "squad-v2.json"));
      assert.equal(await hasTokens(plain.workspace), false);
    } finally {
      await plain.remove();
    }
  });

  it("where the text is as it was: a sentence that is edited gets words of ours, its neighbours keep theirs", async () => {
    await made.import(WNUT);
    const was = await made.read("wnut17.txt");
    const edited = wnut.find((sentence) => sentence.includes("moisturizer"))!;
    await writeFile(path.join(made.workspace, "wnut17.txt"), `# New\n\n${was.replace("moisturizer", "moisturiser")}`);
    const now = sentences(await (await made.export("conll2003")).text("train.txt"));
    assert.ok(wnut.every((sentence) => sentence === edited || now.includes(sentence)));
    assert.ok(!now.includes(edited) && now.includes("It ' s called HA 5 ."), "of what is left, only that has a label");
  });

  it("on documents that are there, and once: a second import adds none, undo takes them back", async () => {
    const loose = wnut.map((sentence) => sentence.replace(/ ([.,!?'])/g, "$1")).join(" ");
    await made.put("work/wnut17.txt", loose);
    const { act } = await made.import(WNUT, { into: "" });
    assert.deepEqual(sentences(await (await made.export("conll2003")).text("train.txt")), wnut);
    const [file] = await logFiles(path.join(made.workspace, ".glossator"), "wnut17.txt");
    const lines = (await readFile(file!, "utf8")).trimEnd().split("\n");
    assert.equal(lines.filter((line) => decodeLine(line).event?.kind === "tokenized").length, 1);
    assert.equal((await made.import(WNUT)).act, undefined);
    assert.equal((await lastImport(made.workspace))?.act, act);
    await undoImport(made.workspace, act!);
    assert.equal(await hasTokens(made.workspace), false);
  });

  it("from CoNLL-U, ranges of words as the text has them", async () => {
    const source = readFileSync(GUM, "utf8");
    await made.import(GUM);
    const back = sentences(await (await made.export("conllu")).text("train.conllu"), 1);
    const forms: string[] = [];
    for (const block of source.trim().split("\n\n")) {
      let last = 0;
      const words: string[] = [];
      for (const line of block.split("\n").filter((one) => /^\d/.test(one))) {
        const [id = "", form = ""] = line.split("\t");
        const range = /^(\d+)-(\d+)$/.exec(id);
        if (id.includes(".") || (range === null && Number(id) <= last)) continue;
        if (range !== null) last = Number(range[2]);
        words.push(form);
      }
      forms.push(words.join(" "));
    }
    assert.deepEqual(back, forms);
  });

  it("a sentence that lies over one before it is left out alone, whatever comes after it", () => {
    const text = "Ada met Bob. Bob met Ada.";
    const sentence = (start: number, end: number): TokenizedSentence => ({ start, end, words: [{ start, end }] });
    const tokenized = [sentence(0, 7), sentence(4, 20), sentence(13, 25)];
    const read = { text, layers: layersByKind({}), questions: [], tokenized };
    assert.deepEqual(finish(sourceTokens("a.txt", text, [read])), [tokenized[0], tokenized[2]]);
  });

  it("whatever they are: words between blanks of generated documents", async () => {
    const property = fc.asyncProperty(labelledDocument("a.txt", { reviewed: true }), async (given) => {
      const { text } = given;
      const whole = given.sentences.flatMap(({ start, end }): TokenizedSentence[] => {
        const words = [...text.slice(start, end).matchAll(/[\p{L}\p{N}\p{P}\p{M}]+/gu)].map(({ index, 0: word }) => ({
          start: start + index,
          end: start + index + word.length,
        }));
        return words.length === 0 ? [] : [{ start: words[0]!.start, end: words.at(-1)!.end, words }];
      });
      const document = {
        ...given,
        layers: layersByKind<Decided>({ reviewed: given.layers.entities.reviewed }),
        tokenized: whole,
      };
      const files = bytesOf(await writeDataset(conllu, [document], WRITER_OPTIONS));
      const { documents = [] } = files.size === 0 ? {} : await conllu.read!(files, { misaligned: "refuse" });
      const back = documents.map(({ text: piece, words = [] }) =>
        words.map((word) => piece.slice(word.start, word.end)),
      );
      const wanted = whole.map(({ words }) => words.map(({ start, end }) => text.slice(start, end)));
      assert.ok(
        wanted.every((sentence) => back.some((one) => one.join("|") === sentence.join("|"))),
        JSON.stringify([wanted, back]),
      );
    });
    await fc.assert(property, { numRuns: 60 });
  });

  for (const [name, file, count] of [
    ["CoNLL-2003's test set", "conll2003/eng.testb", [3453, 46_435]],
    ["WNUT-17's development set", "wnut17/emerging.dev.conll", [1009, 15_734]],
  ] as const) {
    it(`all ${count[0]} sentences of ${name}`, async function () {
      const source = path.join(DATA, ...file.split("/"));
      if (!existsSync(source)) this.skip();
      const wanted = sentences(readFileSync(source, "utf8"));
      assert.deepEqual([wanted.length, wanted.join(" ").split(" ").length], count);
      await made.import(source);
      assert.deepEqual(sentences(await (await made.export("conll2003")).text("train.txt")), wanted);
    });
  }
});
