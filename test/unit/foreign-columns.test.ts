/** Files with one word a line, as they are published: which column has the words and which the tags is told by what is in them. */
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import path from "node:path";
import { previewOf } from "../../src/datasets/import/preview";
import { planImport } from "../../src/datasets/import/plan";
import { mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import { counted, FIXTURES, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";

const columns = (file: string): string => path.join(FIXTURES, "columns", file);

/** How many entities a column of IOB2 tags begins: the count of somebody who reads the lines and nothing else. */
function begins(file: string, column: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of readFileSync(file, "utf8").split("\n")) {
    const cell = line.startsWith("#") ? undefined : line.split("\t")[column];
    if (cell === undefined || !/^B-(?!O$)/.test(cell)) continue;
    counts[cell.slice(2)] = (counts[cell.slice(2)] ?? 0) + 1;
  }
  return counts;
}

describe("datasets of others: columns of words and tags", function () {
  this.timeout(60_000);

  it("row numbers are no words: WikiNEuRal, BSNLP, UNER", async () => {
    for (const [file, first] of [
      ["wikineural-like.conllu", "Her journey to Tuvalu"],
      ["uner-ewt.iob2", "From the AP comes"],
    ] as const) {
      const found = await readForeign(columns(file));
      assert.equal(found.format, "conll2003", file);
      assert.ok(found.documents[0]!.text.startsWith(first), found.documents[0]!.text.slice(0, 40));
      const due = begins(columns(file), 2);
      assert.deepEqual(counted(found), due, file);
      assert.ok(Object.keys(due).length > 1, file);
    }
    const bsnlp = await readForeign({
      "test.conllu":
        "#DOCSTART\n1\tTrump\tB-PER\n2\tmet\tO\n3\tMichelle\tB-PER\n4\tObama\tI-PER\n\n1\tru\tO\n#DOCSTART\n1\tUSA\tB-LOC\n2\t.\tO\n",
    });
    assert.deepEqual(labelled(bsnlp), ["Trump/PER", "Michelle Obama/PER", "USA/LOC"]);
    assert.equal(bsnlp.documents.length, 2);
  });

  it("of two columns of tags the fuller one is taken, the other is counted as lost, and both can be had: GermEval 2014", async () => {
    const file = columns("germeval2014.tsv");
    const [outer, inner] = [begins(file, 2), begins(file, 3)];
    const found = await readForeign(file);
    assert.deepEqual(counted(found), outer);
    const lost = found.losses.filter(({ kind }) => kind === "dropped");
    const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
    assert.deepEqual(
      lost.map(({ count }) => count),
      [sum(inner)],
    );
    assert.match(told(found), /column 4 has tags, too .*--columns tag=4 takes this one, --columns tag=3\+4 both/);
    assert.deepEqual(counted(await readForeign(file, { columns: { tag: "4" } })), inner);
    assert.equal(sum(counted(await readForeign(file, { columns: { tag: "3+4" } }))), sum(outer) + sum(inner));
    await assert.rejects(
      readForeign(file, { columns: { tag: "9" } }),
      /column 9 is none; its lines have columns 1 to 4/,
    );
    await assert.rejects(readForeign(file, { columns: { word: "1+2" } }), /One column has the words/);
    await assert.rejects(readForeign(file, { columns: { text: "2" } }), /columns for word and tag, not for text/);
  });

  it("tags may stand first, or before parts of speech and chunks, which are no entities", async () => {
    const first = await readForeign({
      "test.bio":
        "O\ta\nB-Rating\tfour\nI-Rating\tstar\nO\trestaurant\nB-Location\twith\n\nO\tany\nB-Cuisine\tasian\nO\tcuisine\n",
    });
    assert.deepEqual(labelled(first), ["four star/Rating", "with/Location", "asian/Cuisine"]);
    const second = await readForeign({
      "a.conll":
        "-DOCSTART-\tO\t-X-\t-X-\n\nSOCCER\tO\tNN\tI-NP\nJAPAN\tB-LOC\tNNP\tI-NP\nGET\tO\tVB\tI-VP\nLUCKY\tO\tNNP\tI-NP\n\nNadim\tB-PER\tNNP\tI-NP\nLadki\tI-PER\tNNP\tI-NP\n",
    });
    assert.deepEqual(labelled(second), ["JAPAN/LOC", "Nadim Ladki/PER"]);
    const beside = second.losses.filter(({ kind }) => kind === "beside");
    assert.deepEqual(
      beside.map(({ count }) => count),
      [6, 6],
      "parts of speech and chunks, of six words each",
    );
    const chunks = await readForeign({
      "chunks.txt": "He PRP B-NP\nreckons VBZ B-VP\nthe DT B-NP\ndeficit NN I-NP\n. . O\n",
    });
    assert.deepEqual(labelled(chunks), ["He/NP", "reckons/VP", "the deficit/NP"], "where there is nothing else");
  });

  it("names without prefixes are tags, and a tab keeps a word with a blank whole", async () => {
    const stanford = await readForeign({
      "emma.tsv": "CHAPTER\tO\nI\tO\nEmma\tPERS\nWoodhouse\tPERS\n,\tO\nhandsome\tO\nHighbury\tLOC\n.\tO\n",
    });
    assert.deepEqual(labelled(stanford), ["Emma Woodhouse/PERS", "Highbury/LOC"]);
    const blank = await readForeign({ "a.tsv": "10 000\tB-NUM\tx\npeople\tO\tx\nin\tO\tx\nRome\tB-LOC\tx\n" });
    assert.deepEqual(labelled(blank), ["10 000/NUM", "Rome/LOC"]);
  });

  it("an underscore parts a prefix from its label as a hyphen does", async () => {
    const text = "Ada\tB_PER\nLovelace\tI_PER\ncame\tO\n\nBob\tB_PER\nsaw\tO\nRome\tB_LOC\n";
    for (const name of ["a.conll", "a.txt"])
      assert.deepEqual(labelled(await readForeign({ [name]: text })), ["Ada Lovelace/PER", "Bob/PER", "Rome/LOC"]);
    const rows = { tokens: ["Ada", "Lovelace", "came"], ner_tags: ["B_PER", "I_PER", "O"] };
    assert.deepEqual(labelled(await readForeign({ "a.jsonl": `${JSON.stringify(rows)}\n` })), ["Ada Lovelace/PER"]);
  });

  it("are in the preview with some lines", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-columns-"));
    writeFileSync(path.join(root, "a.tsv"), readFileSync(columns("germeval2014.tsv")));
    const { tables } = previewOf(
      await planImport({ source: path.join(root, "a.tsv"), workspace: root, into: "", author: "ann" }),
    );
    assert.deepEqual(
      tables[0]!.columns.map(({ name, role }) => [name, role]),
      [
        ["1", undefined],
        ["2", "word"],
        ["3", "tag"],
        ["4", undefined],
      ],
    );
    assert.equal(tables[0]!.rows.length, 5);
  });

  it("of whole files are those that a count of lines finds", async function () {
    if (!haveWhole) return this.skip();
    const files: [string, number][] = [
      ["conll/bsnlp-ru-test.conllu", 2],
      ["conll/gum-test.conll", 1],
      ["conll/mit-movie-engtest.bio", 1],
      ["conll/ncbi-iob-test.tsv", 1],
      ["conll/wnut17-test.annotated", 1],
      ["conll/promptner-test_ner.txt", 1],
      ["made/restauranttest.bio", 0],
      ["made/tag-second.conll", 1],
    ];
    for (const [name, column] of files) {
      const found = await readForeign(path.join(WHOLE, name));
      const astray = found.losses.filter(
        ({ kind, reason }) => kind === "assumed" && /an entity was begun there/.test(reason),
      ).length;
      const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);
      assert.equal(sum(counted(found)), sum(begins(path.join(WHOLE, name), column)) + astray, name);
    }
  });
});
