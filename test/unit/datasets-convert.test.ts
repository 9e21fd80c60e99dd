/** From files to files without a workspace: what an independent count finds in the source is in the result, or told. */
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { readFileSync } from "node:fs";
import path from "node:path";
import { convertDataset } from "../../src/datasets/convert/convert";
import type { Converted, ConvertOptions } from "../../src/datasets/convert/convert";
import { FORMAT_NAMES, formatOf } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { ReadError } from "../../src/datasets/format";
import { SPANS } from "../../src/documents/tasks";
import { bytesOf } from "./support/round-trip";

const EXCERPTS = path.resolve(__dirname, "../fixtures/excerpts");

const source = async (name: string): Promise<ConvertOptions["sources"][number]> => ({
  name: path.join("in", name),
  files: new Map([[name, await readFile(path.join(EXCERPTS, name))]]),
  refused: [],
});
const again = ({ written }: Converted): ConvertOptions["sources"] => [
  { name: "out", files: bytesOf(written), refused: [] },
];
const textIn = ({ written }: Converted, file: string): string => String(written.files.get(file));
const idsIn = (converted: Converted): (string | undefined)[] =>
  [...textIn(converted, "train.conllu").matchAll(/^# newdoc id = (.*)$/gm)].map(([, id]) => id);

/** Entities of a column file, each with its words, counted by hand. */
function entitiesIn(text: string, word = 0): string[] {
  const found: string[] = [];
  let open: string[] | undefined;
  for (const line of text.split("\n")) {
    const columns = line.split(/[\t ]/);
    const [tag = "", form = ""] = [columns.at(-1), columns[word]];
    if (tag.startsWith("B-")) found.push((open = [tag.slice(2), form]).join(" "));
    else if (tag.startsWith("I-") && open !== undefined) {
      open.push(form);
      found[found.length - 1] = open.join(" ");
    } else open = undefined;
  }
  return found.sort();
}

describe("datasets: convert", function () {
  this.timeout(60_000);
  const wnut = readFileSync(path.join(EXCERPTS, "wnut17.conll"), "utf8");

  for (const to of FORMAT_NAMES.filter((name) => formatOf(name).holds.tasks.includes(SPANS) && name !== "docbin")) {
    it(`to ${to} and back: every entity, and every word where the format has words`, async () => {
      const there = await convertDataset({ sources: [await source("wnut17.conll")], to });
      assert.deepEqual(there.unread, []);
      const back = await convertDataset({ sources: again(there), from: to, to: "conll2003", reviewed: true });
      const file = textIn(back, "train.txt");
      const renamed = (names: readonly string[]): string[] =>
        names.map((name) => name.replace(/^creative[-_]work/, "creative-work")).sort();
      const plain = (names: readonly string[]): string[] =>
        renamed(names).map((name) =>
          name.replace(/^(\S+) (.*)$/, (_, label: string, rest: string) => `${label} ${rest.replaceAll(" ", "")}`),
        );
      assert.deepEqual(plain(entitiesIn(file)), plain(entitiesIn(wnut)));
      if (formatOf(to).holds.words !== true || to === "huggingface" || to === "prodigy") return;
      assert.deepEqual(renamed(entitiesIn(file)), entitiesIn(wnut));
      const words = (text: string): string[] =>
        text
          .split("\n")
          .map((line) => line.split(/[\t ]/)[0]!)
          .filter((one) => one !== "" && one !== "-DOCSTART-");
      assert.deepEqual(words(file), words(wnut));
    });
  }

  it("gives the same bytes for the same input, and names nobody where nobody is named", async () => {
    const options: ConvertOptions = { sources: [await source("wnut17.conll")], to: "huggingface" };
    const [one, other] = [await convertDataset(options), await convertDataset(options)];
    assert.deepEqual(bytesOf(one.written), bytesOf(other.written));
    assert.match(textIn(one, "entities/train.jsonl"), /"author":null/);
    assert.deepEqual(one.written.losses, []);
  });

  it("takes several sources, each for what it is; files of one name stay apart", async () => {
    const sources = [
      await source("wnut17.conll"),
      await source("squad-v2.json"),
      { ...(await source("wnut17.conll")), name: "other/wnut17.conll" },
    ];
    const { sources: taken, written, documents } = await convertDataset({ sources, to: "cas" });
    assert.deepEqual(
      taken.map(({ format }) => format),
      ["conll2003", "squad", "conll2003"] satisfies FormatName[],
    );
    assert.equal(documents, 4);
    assert.equal(written.files.size, 4);
  });

  it("takes names of numbers from a list beside a file, as an import does", async () => {
    const rows = [{ tokens: ["Ada", "left"], ner_tags: [1, 0] }];
    const file = Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const beside = new Map([["labels.txt", Buffer.from("O\nB-PER\nI-PER\n")]]);
    const sources = [{ name: "train.jsonl", files: new Map([["train.jsonl", file]]), refused: [], beside }];
    const { written } = await convertDataset({ sources, to: "conll2003" });
    assert.match(String(written.files.get("train.txt")), /^Ada .*B-PER$/m);
  });

  it("keeps files apart whose names and folders are the same", async () => {
    const sources = await Promise.all(
      ["a", "b"].map(async (top) => ({
        ...(await source("wnut17.conll")),
        name: path.join(top, "data", "wnut17.conll"),
      })),
    );
    const converted = await convertDataset({ sources, to: "conllu" });
    assert.deepEqual(idsIn(converted), ["a/data/wnut17", "b/data/wnut17"]);
  });

  it("keeps a file apart from a document that another file calls by the same name", async () => {
    const row = { text: "Ada left.", label: [[0, 3, "PER"]] };
    const sources = [row, { ...row, text: "Ada came.", glossator: { path: "rows" } }].map((one, index) => {
      const file = index === 0 ? "rows.jsonl" : "other.jsonl";
      return { name: file, files: new Map([[file, Buffer.from(`${JSON.stringify(one)}\n`)]]), refused: [] };
    });
    const converted = await convertDataset({ sources, from: "doccano", to: "conllu", reviewed: true });
    assert.deepEqual(idsIn(converted), ["rows", "rows_"]);
  });

  it("writes nothing outside the target, whatever a dataset calls its documents", async () => {
    const files = new Map(
      ["../../up", "..\\..\\up", "a\\..\\..\\..\\up"].map((name, index) => [
        `${index}.jsonl`,
        Buffer.from(`${JSON.stringify({ text: "Ada", label: [[0, 3, "PER"]], glossator: { path: name } })}\n`),
      ]),
    );
    for (const to of ["brat", "csv", "webanno", "cas", "webannotation"] as const) {
      const { written } = await convertDataset({
        sources: [{ name: "in", files, refused: [] }],
        ...{ from: "doccano", to, reviewed: true },
      });
      assert.ok(written.files.size >= 3, to);
      for (const name of written.files.keys()) {
        assert.ok(!path.posix.relative(".", name).startsWith(".."), `${to}: ${name}`);
        assert.ok(!path.win32.relative("C:\\out", path.win32.join("C:\\out", name)).startsWith(".."), `${to}: ${name}`);
        assert.ok(!name.split(/[\\/]/).includes(".."), `${to}: ${name}`);
      }
    }
  });

  it("says what it cannot read, and that nothing is left to write", async () => {
    const bad = { name: "bad.bin", files: new Map([["bad.bin", new Uint8Array([0, 1, 2])]]), refused: [] };
    await assert.rejects(convertDataset({ sources: [bad], to: "csv" }), (error) => {
      assert.ok(error instanceof ReadError);
      assert.match(error.message, /^bad\.bin: These files look like none of the formats/);
      return true;
    });
    const some = await convertDataset({ sources: [bad, await source("squad-v2.json")], to: "csv" });
    assert.deepEqual(
      some.sources.map(({ format }) => format),
      [undefined, "squad"],
    );
    await assert.rejects(
      convertDataset({ sources: [await source("squad-v2.json")], to: "conll2003" }),
      /nothing in it that CoNLL-2003 can hold \(entities\)/,
    );
  });

  it("touches no workspace: nothing is written but what is given back", async () => {
    const before = await readdir(EXCERPTS);
    await convertDataset({ sources: [await source("gum-academic-census.conllu")], to: "spacy" });
    assert.deepEqual(await readdir(EXCERPTS), before);
  });
});
