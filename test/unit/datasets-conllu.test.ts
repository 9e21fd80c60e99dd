import type { DecidedLabel } from "../../src/documents/labelled";
import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { conllu } from "../../src/datasets/formats/conllu/write";
import type { ReaderOptions, ReadResult } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import { documentOf } from "./support/labelled";

function read(lines: readonly string[], options: Partial<ReaderOptions> = {}): ReadResult {
  const files = new Map([["a.conllu", new TextEncoder().encode(`${lines.join("\n")}\n`)]]);
  return conllu.read!(files, { misaligned: "refuse", ...options }) as ReadResult;
}

/** A line with a form and MISC. */
const row = (id: string | number, form: string, misc = "_"): string =>
  [id, form, ...Array<string>(7).fill("_"), misc].join("\t");

const shown = ({ documents }: ReadResult): string[][] =>
  documents.map(({ layers }) => layers[SPANS].labels.map(({ exact, label }) => `${exact}/${label}`).sort());

function label(text: string, exact: string, name: string): DecidedLabel {
  const start = text.indexOf(exact);
  return { id: exact, start, end: start + exact.length, exact, label: name, author: "ann" };
}

describe("datasets: CoNLL-U", () => {
  for (const misc of ["Entity+NE", "Entity", "NE"]) {
    it(`gives back what it wrote up to the losses it reports: ${misc}`, async function () {
      this.timeout(60_000);
      const property = fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written } = await roundTrip(conllu, documents, { write: { choices: { misc } } });
        for (const file of written.files.values()) {
          for (const line of String(file).split("\n"))
            assert.ok(line === "" || line.startsWith("#") || line.split("\t").length === 10, line);
        }
        const overlaps = written.losses.filter(
          ({ kind, reason }) => kind === "dropped" && reason.startsWith("overlaps"),
        );
        if (misc !== "NE") assert.deepEqual(overlaps, []);
      });
      await fc.assert(property, { numRuns: 40 });
    });
  }

  it("writes nested entities as brackets, the longest as tags, and names that brackets cannot hold under others", async () => {
    const text = "Ada at Bank of Zürich.";
    const document = documentOf("a b.txt", text, {
      spans: [label(text, "Bank of Zürich", "ORG"), label(text, "Zürich", "LOC"), label(text, "Ada", "A-(B)")],
      reviewed: [{ start: 0, end: text.length }],
    });
    const names = ["ORG", "LOC", "A-(B)"].map((name, id) => ({ id, name }));
    const labels = { entities: names, sentiment: [] };
    const { files, losses, counts } = await writeDataset(conllu, [document], { ...WRITER_OPTIONS, labels });
    assert.deepEqual(counts, { "train.conllu": 1 });
    assert.equal(
      files.get("train.conllu"),
      [
        "# newdoc id = a b.txt",
        "# global.Entity = eid-etype",
        "# sent_id = d1s1",
        "# start_utf16 = 0",
        "# text = Ada at Bank of Zürich.",
        row(1, "Ada", "Entity=(e1-A__B_)|NE=B-A__B_"),
        row(2, "at", "NE=O"),
        row(3, "Bank", "Entity=(e2-ORG|NE=B-ORG"),
        row(4, "of", "NE=I-ORG"),
        row(5, "Zürich", "Entity=(e3-LOC)e2)|NE=I-ORG|SpaceAfter=No"),
        row(6, ".", "NE=O"),
        "",
        "",
      ].join("\n"),
    );
    assert.deepEqual(
      losses.map(({ kind, label: name }) => [kind, name]),
      [
        ["renamed", "A-(B)"],
        ["dropped", undefined],
      ],
    );
  });

  it("reads brackets of GUM and CorefUD, tags under several keys, ranges and empty nodes", () => {
    const gum = read([
      "# newdoc id = GUM_x",
      "# global.Entity = GRP-etype-infstat-minspan-link-identity",
      row(1, "The", "Entity=(1-person-giv:act-1,2-coref"),
      row(2, "aunt"),
      row(3, "of", "SpaceAfter=No"),
      row(4, "Ada", "Entity=(2-person-new-1-sgl)1)"),
    ]);
    assert.deepEqual(shown(gum), [["Ada/person", "The aunt ofAda/person"]]);
    assert.equal(gum.documents[0]?.path, "GUM_x");
    const bare = read([
      row(1, "Ada", "Entity=(PER-1)"),
      row(2, "Acme", "Entity=(ORG-2"),
      row(3, "Ltd", "Entity=ORG-2)"),
    ]);
    assert.deepEqual(shown(bare), [["Acme Ltd/ORG", "Ada/PER"]]);
    for (const key of ["NE=", "name=", "NER=", ""]) {
      const tagged = read([
        row("1-2", "don't", "SpaceAfter=No"),
        row(1, "do", `${key}O`),
        row(2, "n't", `${key}O`),
        row("2.1", "[gap]"),
        row(3, "Ada", `${key}B-PER`),
        row(4, "Byron", `${key}L-PER`),
      ]);
      assert.deepEqual([shown(tagged), tagged.scheme?.value, tagged.losses], [[["Ada Byron/PER"]], "BILOU", []]);
      assert.equal(tagged.documents[0]?.text, "don'tAda Byron");
    }
  });

  it("reports lines and brackets that do not fit, and text without entities", () => {
    const odd = read([
      row(1, "a", "Entity=(e1-PER"),
      "2\tb",
      row(3, "c", "Entity=e9)"),
      row(4, "d", "Entity=(e2)"),
      row(5, "e", "Entity=(e3[1/2]-ORG)"),
      "",
      row(1, "f"),
    ]);
    assert.deepEqual(
      shown(odd),
      [[]].map(() => ["e/ORG"]),
    );
    assert.deepEqual(odd.losses.map(({ line, kind }) => `${line} ${kind}`).sort(), [
      "1 dropped",
      "2 dropped",
      "3 dropped",
      "4 dropped",
      "5 split",
    ]);
    const none = read([row(1, "f")]);
    assert.deepEqual(none.documents[0]?.layers[SPANS].reviewed, []);
    assert.match(none.losses[0]?.reason ?? "", /no entities in MISC/);
    assert.throws(() => read(["nothing"]), /no lines with CoNLL-U's ten columns/);
  });
});
