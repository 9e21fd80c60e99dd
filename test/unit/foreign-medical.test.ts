/** PubAnnotation's JSON, and the training data of spaCy 2: counted, and what has no place here told. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { CLASSES, SPANS } from "../../src/documents/tasks";
import { counted, FIXTURES, labelled, readForeign, told } from "./support/foreign";

const json = (value: unknown): string => JSON.stringify(value, undefined, 1);
const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);

describe("datasets of others: PubAnnotation", () => {
  const span = (begin: number, end: number): object => ({ begin, end });

  it("takes denotations of one piece, and tells of those of several", async () => {
    const file = path.join(FIXTURES, "rows/craft.pubannotation.json");
    const inFile = readFileSync(file, "utf8").match(/"obj":/g)!.length;
    const found = await readForeign(file);
    assert.equal(found.format, "pubannotation");
    assert.deepEqual(labelled(found), ["Embryonic stem cells/CL:0002322", "ES cells/CL:0002322"]);
    assert.equal(found.documents[0]!.path, "PMC116589");
    const lost = found.losses.filter(({ reason }) => /a denotation of 2 pieces/.test(reason));
    assert.equal(sum(counted(found)) + lost.length, inFile);
    assert.equal(found.losses.length, lost.length, told(found));
    const snapped = await readForeign(file, { misaligned: "snap" });
    assert.equal(sum(counted(snapped)), inFile);
    assert.ok(labelled(snapped).includes("embryonic stem (ES) cells/CL:0002322"));
  });

  it("takes relations and attributes, tells of the rest by what it says, and reads several projects on one text", async () => {
    const text = "IRF-4 😀 induced by IFN-α therapy";
    const row = {
      ...{ text, sourcedb: "PubMed", sourceid: 123, divid: 0, namespaces: [{ prefix: "_base", uri: "http://x.org/" }] },
      denotations: [
        { id: "T1", span: span(0, 5), obj: "Protein" },
        { id: "T2", span: [span(19, 24)], obj: "Protein" },
        { id: "T3", span: span(90, 99), obj: "Far" },
        { id: "T4", span: span(0, 5) },
        { id: "T5", obj: "Nowhere" },
      ],
      relations: [{ id: "R1", subj: "T1", pred: "interactWith", obj: "T2" }],
      attributes: [
        { id: "A1", subj: "T1", pred: "negated", obj: true },
        { id: "A2", subj: "T2", pred: "negated", obj: true },
        { id: "A3", subj: "T2", pred: "negated", obj: false },
      ],
      modifications: [{ id: "M1", pred: "Speculation", obj: "R1" }],
      blocks: [{ id: "B1", span: span(0, 5), obj: "sentence" }],
      tracks: [{ project: "ann", denotations: [{ id: "T1", span: span(19, 24), obj: "Drug" }] }],
      note: "x",
    };
    const found = await readForeign({ "a.json": json(row) });
    assert.deepEqual(labelled(found), ["IRF-4/Protein", "IFN-α/Protein", "IFN-α/Drug"]);
    assert.equal(found.unit?.value, "codepoint");
    assert.equal(found.documents[0]!.path, "PubMed-123-0");
    assert.deepEqual(
      found.documents[0]!.layers[SPANS].labels.map(({ author }) => author),
      [undefined, undefined, "ann"],
    );
    assert.deepEqual(
      found.documents[0]!.layers[SPANS].labels.map(({ attributes }) => attributes),
      [{ negated: "true" }, { negated: "true" }, undefined],
    );
    const lines = told(found);
    for (const pattern of [
      /dropped .* 1 the attribute "negated" is there already/,
      /dropped .* 1 modifications .*Speculation/,
      /dropped .* 1 blocks .*sentence/,
      /dropped .* 1 .*past the end of the text/,
      /dropped .* 1 the label is no name: absent/,
      /dropped .* 1 "denotations\[4\]\.span" is absent/,
      /beside .* 1 the field "note"/,
    ])
      assert.match(lines, pattern);
    assert.equal(found.losses.length, 7, lines);
    const [first, second] = found.documents[0]!.layers[SPANS].labels;
    assert.deepEqual(
      found.documents[0]!.relations!.map(({ type, from, to }) => [type, from, to]),
      [["interactWith", first!.id, second!.id]],
    );
    const lined = await readForeign({
      "a.jsonl": `${JSON.stringify(row)}\n${JSON.stringify({ ...row, sourceid: 4 })}\n`,
    });
    assert.equal(lined.documents.length, 2);
    await assert.rejects(readForeign({ "a.json": json({ denotations: [] }) }), /no text with denotations.*no "text"/);
  });
});

describe("datasets of others: spaCy 2", () => {
  it("reads the tokens of paragraphs, counted", async () => {
    const file = path.join(FIXTURES, "rows/spacy2.json");
    const inFile = readFileSync(file, "utf8").match(/"ner": "[BU]-/g)!.length;
    const found = await readForeign(file);
    assert.equal(found.format, "spacy");
    assert.equal(sum(counted(found)), inFile);
    assert.ok(labelled(found).includes("Sebastian Thrun/PERSON") && labelled(found).includes("earlier this week/DATE"));
    const [document] = found.documents;
    assert.deepEqual(
      [document!.kind, document!.sentences!.length, document!.layers[SPANS].reviewed.length],
      ["tokens", 3, 3],
    );
    assert.equal(document!.words!.length, readFileSync(file, "utf8").match(/"orth"/g)!.length);
    assert.equal(told(found), "");
  });

  it("finds tokens in the text, keeps words, takes classes, tells of the rest", async () => {
    const token = (orth: string, ner?: string, more: object = {}): object => ({
      orth,
      ...(ner !== undefined && { ner }),
      ...more,
    });
    const raw = "I 😀  love Zürich.\nAda Bauer left";
    const sentences = [
      {
        tokens: [
          token("I", "O"),
          token("😀", "O"),
          token("love", "O", { tag: "VB" }),
          token("Zürich", "U-LOC", { tag: "NNP" }),
          token(".", "O"),
        ],
      },
      {
        tokens: [token("\n", "O"), token("Ada", "B-PER"), token("Bauer", "L-PER"), token("left", "-")],
        brackets: [{ first: 0, last: 1, label: "NP" }],
      },
    ];
    const paragraphs = [
      {
        raw,
        sentences,
        cats: [
          { label: "GOOD", value: 1 },
          { label: "BAD", value: 0 },
        ],
      },
      { raw: "Not this", sentences: [{ tokens: [token("Other", "U-ORG"), token("this", "O")] }] },
      {
        raw: "Fine.",
        sentences: [{ tokens: [token("Fine", "O"), token(".", "O")] }],
        cats: [{ label: "GOOD", value: 1 }],
      },
      { sentences: [] },
      { raw: 3, sentences: "none" },
    ];
    const found = await readForeign({ "train.json": json([{ id: 0, paragraphs }]) });
    assert.deepEqual(labelled(found), ["Zürich/LOC", "Ada Bauer/PER", `${raw}/GOOD`, "Fine./GOOD"]);
    const [first, , fine] = found.documents;
    assert.deepEqual(
      first!.words!.map(({ start, end }) => raw.slice(start, end)),
      ["I", "😀", "love", "Zürich", ".", "Ada", "Bauer", "left"],
    );
    assert.deepEqual(
      first!.layers[SPANS].reviewed.map(({ start, end }) => raw.slice(start, end)),
      ["I 😀  love Zürich."],
    );
    assert.deepEqual([fine!.layers[SPANS].reviewed.length, fine!.layers[CLASSES].labels.length], [0, 1]);
    const lines = told(found);
    for (const pattern of [
      /dropped train\.json:\d+ 1 its tokens are not in the paragraph's text/,
      /dropped train\.json:\d+ 1 a paragraph without text/,
      /beside train\.json: 2 the field "tag" of tokens/,
      /beside train\.json: 1 brackets of sentences/,
    ])
      assert.match(lines, pattern);
  });
});
