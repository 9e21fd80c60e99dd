/** Exports of annotation tools: what they mean is taken, and what has no place here is said by kind and count. */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { planImport } from "../../src/datasets/import/plan";
import { counted, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";

const json = (value: unknown): string => JSON.stringify(value, undefined, 2);
const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);

describe("datasets of others: exports of tools", function () {
  this.timeout(60_000);

  it("Web Annotation: a body without a purpose is a comment, unless the annotation has a motivation", async () => {
    const target = { source: "a.txt", selector: { type: "TextPositionSelector", start: 0, end: 3 } };
    const rows = [
      {
        "@context": "http://www.w3.org/ns/anno.jsonld",
        type: "Annotation",
        body: { type: "TextualBody", value: "I like this" },
        target,
      },
      { type: "Annotation", motivation: "tagging", body: { type: "TextualBody", value: "PER" }, target },
      {
        type: "Annotation",
        body: [
          { type: "TextualBody", purpose: "tagging", value: "NAME" },
          { type: "TextualBody", value: "is it?" },
        ],
        target,
      },
    ];
    const found = await readForeign({ "a.json": json(rows), "a.txt": "Ada came." });
    assert.deepEqual(labelled(found), ["Ada/PER", "Ada/NAME"]);
    const comments = found.losses.filter(({ reason }) => /without a purpose, so a comment/.test(reason));
    assert.deepEqual(
      comments.map(({ exact }) => exact),
      ["I like this", "is it?"],
    );
  });

  it("Hypothesis: tags are labels, the page is the document, comments are said", async () => {
    const row = (tags: string[], exact: string, text = ""): unknown => ({
      ...{
        id: exact,
        user: "acct:ann@hypothes.is",
        uri: "https://www.example.org/a/page?x=1",
        created: "2024-01-02T03:04:05.678901+00:00",
      },
      ...{
        text,
        tags,
        target: [
          {
            source: "https://www.example.org/a/page?x=1",
            selector: [{ type: "TextQuoteSelector", exact, prefix: "so ", suffix: " it" }],
          },
        ],
      },
    });
    const found = await readForeign({
      "hypothesis.json": json({
        total: 3,
        rows: [row(["claim", "key"], "we know"), row(["doubt"], "who can say", "hm"), row([], "and so on")],
      }),
    });
    assert.deepEqual(labelled(found), ["we know/claim", "we know/key", "who can say/doubt"]);
    assert.ok(found.documents.every((one) => one.path === "example.org/a/page"));
    assert.equal(found.documents[0]!.layers.entities.labels[0]!.author, "acct:ann@hypothes.is");
    assert.match(told(found), /beside .*a comment/);
    assert.match(told(found), /dropped .*without tags has no label/);
  });

  it("Label Studio: JSON-MIN is read, and projects of pictures make no documents", async () => {
    const min = await readForeign({
      "min.json": json([
        {
          ...{
            id: 1,
            text: "Ada met Bob.",
            ner: [
              { start: 0, end: 3, text: "Ada", labels: ["PER"] },
              { start: 8, end: 11, text: "Bob", labels: ["PER", "MAN"] },
            ],
          },
          ...{
            sentiment: "neutral",
            title: "A note",
            annotator: 4,
            annotation_id: 9,
            created_at: "2024-01-02T03:04:05Z",
            updated_at: "2024-01-02T03:04:06Z",
            lead_time: 1.5,
          },
        },
      ]),
    });
    assert.equal(min.format, "labelstudio");
    assert.deepEqual(labelled(min), ["Ada/PER", "Bob/PER", "Bob/MAN", "Ada met Bob./neutral"]);
    assert.equal(min.documents[0]!.layers.entities.labels[0]!.author, "4");
    assert.match(told(min), /beside min\.json:\d+ 1 the field "title"/);
    const result = [
      { from_name: "box", to_name: "image", type: "rectanglelabels", value: { x: 1, y: 1, rectanglelabels: ["car"] } },
    ];
    const pictures = {
      id: 1,
      data: { image: "https://example.org/a.png" },
      annotations: [{ id: 1, result: [...result, ...result] }],
    };
    await assert.rejects(readForeign({ "a.json": json([pictures]) }), /no task with a text.*an address: pictures/s);
    const mixed = await readForeign({
      "a.json": json([pictures, { id: 2, data: { text: "Fine." }, annotations: [{ id: 2, result: [] }] }]),
    });
    assert.equal(mixed.documents.length, 1);
    assert.deepEqual(
      mixed.losses.filter(({ kind }) => kind === "dropped").map(({ count }) => count),
      [2],
    );
  });

  it("HTML: all named references of the standard are one character each", async () => {
    const html = "<p>Caf&eacute; &NotEqualTilde; &amp Z&uuml;rich</p>";
    const result = (start: number, end: number, text: string): unknown => ({
      ...{ from_name: "l", to_name: "t", type: "hypertextlabels", id: text },
      value: {
        hypertextlabels: ["X"],
        globalOffsets: { start, end },
        start: "/p[1]/text()[1]",
        end: "/p[1]/text()[1]",
        text,
      },
    });
    const visible = "Café ≂̸ & Zürich";
    const at = visible.indexOf("Zürich");
    const found = await readForeign({
      "a.json": json([
        {
          id: 1,
          data: { text: html },
          annotations: [{ id: 1, result: [result(0, 4, "Café"), result(at, at + 6, "Zürich")] }],
        },
      ]),
    });
    assert.equal(found.documents[0]!.text, visible);
    assert.deepEqual(labelled(found), ["Café/X", "Zürich/X"]);
  });

  it("spaCy: tuples of a text and a dictionary, in a list, a line each, or as an annotator exports them", async () => {
    const tuples = [
      ["Who is Shaka Khan?", { entities: [[7, 17, "PERSON"]] }],
      [
        'I like "London" and Berlin.',
        {
          entities: [
            [8, 14, "LOC"],
            [20, 26, "LOC"],
          ],
          cats: { TRAVEL: 1, FOOD: 0 },
        },
      ],
    ];
    const due = ["Shaka Khan/PERSON", "London/LOC", "Berlin/LOC", 'I like "London" and Berlin./TRAVEL'];
    for (const [name, text] of [
      ["a.json", json(tuples)],
      ["a.jsonl", tuples.map((one) => `${JSON.stringify(one)}\n`).join("")],
      ["b.json", json({ classes: ["PERSON", "LOC"], annotations: [null, ...tuples] })],
    ] as const) {
      const found = await readForeign({ [name]: text });
      assert.equal(found.format, "spacy");
      assert.deepEqual(labelled(found), due, name);
      assert.deepEqual(found.losses, [], name);
    }
    const heads = await readForeign({
      "intent.json": json([["find a cafe", { heads: [0, 2, 0], deps: ["ROOT", "-", "PLACE"] }]]),
    });
    assert.match(told(heads), /dropped/);
    const listed = await readForeign({
      "intent.jsonl": '{"text": "Find a flight to Tacoma", "entities": [[17, 23, "City"]], "cats": ["flight"]}\n',
    });
    assert.deepEqual(labelled(listed), ["Tacoma/City", "Find a flight to Tacoma/flight"]);
  });

  it("what lies beside labels is said by kind and count: fields of rows, columns of CoNLL-U", async () => {
    const row = (id: number): string =>
      `${JSON.stringify({ id, text: "Ada", label: [[0, 3, "PER"]], meta: { a: 1 }, split: "x" })}\n`;
    const doccano = await readForeign({ "a.jsonl": row(1) + row(2) });
    assert.deepEqual(
      doccano.losses.filter(({ kind }) => kind === "beside").map(({ reason, count }) => [reason, count]),
      [
        ['the field "meta"', 2],
        ['the field "split"', 2],
      ],
    );
    const words =
      "# text = Ada came\n1\tAda\tAda\tPROPN\tNNP\tNumber=Sing\t2\tnsubj\t_\tNE=B-PER\n2\tcame\tcome\tVERB\tVBD\t_\t0\troot\t_\tNE=O\n\n";
    const conllu = await readForeign({ "a.conllu": words });
    assert.deepEqual(labelled(conllu), ["Ada/PER"]);
    const kinds = conllu.losses
      .filter(({ kind }) => kind === "beside")
      .map(({ reason, count }) => `${count} ${reason}`);
    assert.deepEqual(kinds.sort(), [
      "1 the column FEATS",
      "2 the column DEPREL",
      "2 the column HEAD",
      "2 the column LEMMA",
      "2 the column UPOS",
      "2 the column XPOS",
    ]);
  });

  it("labels that are there twice are taken once, and that is said", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-twins-"));
    mkdirSync(path.join(root, "work"));
    writeFileSync(
      path.join(root, "a.csv"),
      "text,start,end,label\nAda came here.,0,3,PER\nAda came here.,0,3,PER\nAda came here.,9,13,LOC\n",
    );
    const { losses, logs } = await planImport({
      source: path.join(root, "a.csv"),
      workspace: path.join(root, "work"),
      into: "",
      author: "ann",
    });
    assert.equal(
      logs.reduce((total, { compared }) => total + compared.additions.length, 0),
      2,
    );
    assert.deepEqual(
      losses.map(({ kind, count }) => [kind, count]),
      [["merged", 1]],
    );
  });

  it("of whole files hold what a count in them finds", async function () {
    if (!haveWhole) return this.skip();
    const parsed = (name: string): unknown => JSON.parse(readFileSync(path.join(WHOLE, name), "utf8"));
    for (const name of ["ner_demo-train", "spancat-train"]) {
      const due = (
        parsed(`spacy/${name}.json`) as [string, { entities?: unknown[]; spans?: Record<string, unknown[]> }][]
      ).reduce(
        (total, [, { entities = [], spans = {} }]) => total + entities.length + Object.values(spans).flat().length,
        0,
      );
      assert.ok(due > 0, name);
      assert.equal(sum(counted(await readForeign(path.join(WHOLE, `spacy/${name}.json`)))), due, name);
    }
    const annotator = parsed("spacy/tecoholic-v1.4.json") as {
      annotations: ([string, { entities: unknown[] }] | null)[];
    };
    const due = annotator.annotations.reduce((total, one) => total + (one?.[1].entities.length ?? 0), 0);
    const found = await readForeign(path.join(WHOLE, "spacy/tecoholic-v1.4.json"));
    const lost = found.losses.filter(({ kind, task }) => kind === "dropped" && task === "entities").length;
    assert.equal(sum(counted(found)) + lost, due);
    const disc = await readForeign(path.join(WHOLE, "made/disc"));
    const spans = readFileSync(path.join(WHOLE, "made/disc/a.ann"), "utf8").trim().split("\n");
    assert.equal(sum(counted(disc)) + disc.losses.filter(({ kind }) => kind === "dropped").length, spans.length);
    assert.ok(disc.losses.length > 0);
    await assert.rejects(readForeign(path.join(WHOLE, "ls/images-yolo.json")), /an address/);
  });
});
