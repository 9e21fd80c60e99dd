/** Rows of JSON and Parquet in the shapes that the world has them in; and files of which nothing is taken, which are no success. */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { parquetReadObjects } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { parquetWriteBuffer } from "hyparquet-writer";
import { SPANS } from "../../src/documents/tasks";
import { planImport } from "../../src/datasets/import/plan";
import type { ImportPlan } from "../../src/datasets/import/plan";
import { lossLines } from "../../src/commands/loss-lines";
import { counted, FIXTURES, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";

const lines = (...rows: unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
const sum = (of: Record<string, number>): number => Object.values(of).reduce((a, b) => a + b, 0);

describe("datasets of others: rows", function () {
  this.timeout(60_000);

  it("takes a text with a class for that, also where a list of entities is beside it, empty or not", async () => {
    const empty = { text: "I love it.", label: "pos", entities: [] };
    const ada = { text: "Ada hates it.", label: "neg", entities: [[0, 3, "PER"]] };
    for (const rows of [
      [empty, empty, empty, empty, ada],
      [ada, empty],
      [empty, { ...empty, text: "So do I." }],
    ]) {
      const found = await readForeign({ "a.jsonl": lines(...rows) });
      const wanted = rows.flatMap((row) => [...(row === ada ? ["Ada/PER"] : []), `${row.text}/${row.label}`]);
      assert.deepEqual([labelled(found), told(found)], [wanted, ""]);
      assert.ok(
        found.documents.every(({ layers }) => layers[SPANS].reviewed.length === 0),
        "an empty list beside a class is no word on entities",
      );
    }
    // Where the first rows are spaCy's own, the classes of those after them are taken, too.
    const plain = { text: "Bob came.", entities: [[0, 3, "PER"]] };
    const late = await readForeign({ "a.jsonl": lines(plain, plain, plain, empty, { ...empty, label: 3 }) });
    assert.equal(late.format, "spacy");
    assert.deepEqual(labelled(late), ["Bob/PER", "Bob/PER", "Bob/PER", "I love it./pos"]);
    assert.deepEqual(
      late.documents.map(({ layers }) => layers[SPANS].reviewed.length),
      [1, 1, 1, 0, 0],
    );
    assert.match(told(late), /^beside a\.jsonl:5 1 the field "label"$/);
  });

  it("with lists of classes have several classes, by name or by number", async () => {
    const rows = [
      { text: "I am happy.", labels: [0, 2], id: "a" },
      { text: "Nothing.", labels: [], id: "b" },
      { text: "So sad!", labels: [1], id: "c" },
    ];
    const found = await readForeign({ "train.jsonl": lines(...rows), "labels.txt": "joy\nsadness\nlove\n" });
    assert.deepEqual(labelled(found), ["I am happy./joy", "I am happy./love", "So sad!/sadness"]);
    assert.equal(found.documents.length, 3);
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: "text", data: ["Fine", "Bad"], type: "STRING" },
        { name: "labels", data: [["good", "short"], ["bad"]], type: "JSON" },
      ],
    });
    assert.deepEqual(labelled(await readForeign({ "a.parquet": new Uint8Array(parquet) })), [
      "Fine/good",
      "Fine/short",
      "Bad/bad",
    ]);
  });

  it("in Arrow, as save_to_disk leaves them, have words and names of tags, and a mark of byte order is text", async () => {
    const found = await readForeign(path.join(FIXTURES, "rows/saved"));
    assert.equal(found.format, "huggingface");
    assert.deepEqual(labelled(found), ["Ada Lovelace/PER", "Öx/LOC"]);
    assert.ok(found.documents[0]!.text.endsWith("Öx \ufeffx"));
    const said = ['2 the field "id"', '2 the field "label"'].map(
      (what) => `beside test/data-00000-of-00001.arrow: ${what}`,
    );
    assert.equal(told(found), said.join("\n"));
  });

  it("in Arrow that is damaged anywhere are told, and read in a moment", async () => {
    const name = "data-00000-of-00001.arrow";
    const whole = readFileSync(path.join(FIXTURES, "rows/saved/test", name));
    const saidOf = (bytes: Uint8Array): Promise<string> =>
      readForeign({ [name]: bytes }).then(told, (error: unknown) => String(error));
    for (const length of [0, 7, 400, 744, 1200, 1352])
      assert.match(await saidOf(whole.subarray(0, length)), /not a whole Arrow file|the file has no end/, `${length}`);
    // Lengths of vectors and of columns that would be read for ever.
    for (const [at, bit] of [
      [44, 3],
      [818, 3],
      [1274, 3],
    ] as const) {
      const damaged = Buffer.from(whole);
      damaged[at]! ^= 1 << bit;
      assert.match(await saidOf(damaged), /not a whole Arrow file/, `${at}`);
    }
  });

  it("with lists of spans have spans, whatever their fields are called", async () => {
    const text = "😀 Ada met Bob in Paris.";
    const shapes: unknown[] = [
      {
        text,
        entities: [
          { start: 2, end: 5, label: "PER" },
          { start: 17, end: 22, label: "LOC" },
        ],
      },
      {
        text,
        spans: [
          { start_offset: 2, end_offset: 5, entity_type: "PER" },
          { start_offset: 17, end_offset: 22, entity_type: "LOC" },
        ],
      },
      {
        sentence: text,
        privacy_mask: [
          { value: "Ada", start: 2, end: 5, label: "PER" },
          { value: "Paris", start: 17, end: 22, label: "LOC" },
        ],
      },
      {
        text,
        label: [
          [2, 5, "PER"],
          [17, 22, "LOC"],
        ],
      },
      {
        text,
        entities: [
          { offset: 2, length: 3, category: "PER" },
          { offset: 17, length: 5, category: "LOC" },
        ],
      },
    ];
    for (const shape of shapes) {
      const { readHuggingFace } = await import("../../src/datasets/formats/huggingface/read");
      for (const json of [
        lines(shape),
        JSON.stringify([shape]),
        JSON.stringify({ version: 1, data: [shape] }, undefined, 2),
      ]) {
        const found = await readHuggingFace(new Map([["a.json", Buffer.from(json)]]), { misaligned: "refuse" });
        assert.deepEqual(labelled(found), ["Ada/PER", "Paris/LOC"], json);
      }
    }
    const odd = await readForeign({
      "a.jsonl": lines({
        text,
        entities: [{ start: 2, end: 5, label: "PER" }, { start: 9 }, { start: 7, end: 99, label: "X" }],
      }),
    });
    assert.deepEqual(labelled(odd), ["Ada/PER"]);
    assert.equal(odd.losses.filter(({ kind }) => kind === "dropped").length, 2, told(odd));
  });

  it("that are one span of a text each label its words, and not the whole text", async () => {
    const sentence = "😀 Ada met Bob in Paris.";
    const of = [
      [{ start: 2, end: 5 }, "Ada", "PER"],
      [{ start: 17, end: 22 }, "Paris", "LOC"],
    ] as const;
    const shapes: readonly ((at: { start: number; end: number }, exact: string, label: string) => object)[] = [
      (at, _, label) => ({ text: sentence, ...at, label }),
      ({ start, end }, exact, label) => ({ sentence, text: exact, start_char: start, end_char: end, category: label }),
      ({ start, end }, word, label) => ({ content: sentence, begin: start, to: end, label, word }),
      (at, _, label) => ({ context: sentence, ...at, label }),
    ];
    for (const shape of shapes) {
      const rows = of.map(([at, exact, label]) => shape(at, exact, label));
      for (const json of [lines(...rows), JSON.stringify(rows)]) {
        const found = await readForeign({ "a.json": json });
        assert.deepEqual([labelled(found), told(found)], [["Ada/PER", "Paris/LOC"], ""], json);
      }
      // As numbers that nothing names they are numbers still, and of the words alone.
      const numbered = await readForeign({ "a.jsonl": lines(shape({ start: 2, end: 5 }, "Ada", 1 as never)) });
      assert.deepEqual(labelled(numbered), ["Ada/1"]);
    }
    // Whose text is as long as what its offsets hold, that says where in some other text it stands.
    const said = { text: "A fine film.", start: 120, end: 132, label: "positive" };
    const whole = await readForeign({ "a.jsonl": lines(said) });
    assert.deepEqual(labelled(whole), ["A fine film./positive"]);
    assert.match(told(whole), /start/);
    // One that holds no words of its text is told, and labels nothing.
    const cut = await readForeign({
      "a.jsonl": lines({ text: sentence, start: 2, end: 4, label: "PER", word: "Bob" }),
    });
    assert.deepEqual(labelled(cut), []);
    assert.notEqual(told(cut), "");
  });

  it("with a text and a tag for each of its words label these, in tables too, as pandas and NumPy print them", async () => {
    const rows = [
      { text: "Ada Lovelace lives in Paris .", labels: "B-PER I-PER O O B-LOC O" },
      { text: "Bob left .", labels: "B-PER O O" },
      { text: "It rained .", labels: "O O O" },
    ];
    const wanted = ["Ada Lovelace/PER", "Paris/LOC", "Bob/PER"];
    const table = (head: string, cells: readonly (readonly string[])[]): string =>
      [head, ...cells.map((row) => row.map((cell) => `"${cell}"`).join(","))].join("\n") + "\n";
    const split = rows.map(({ text, labels }) => [text.split(" "), labels.split(" ")] as const);
    const python = (list: readonly string[]): string => `[${list.map((one) => `'${one}'`).join(", ")}]`;
    for (const files of [
      { "a.jsonl": lines(...rows) },
      { "a.jsonl": lines(...rows.map(({ text, labels }) => ({ text, labels: labels.split(" ") }))) },
      { "a.jsonl": lines(...rows.map(({ text, labels }) => ({ tokens: text, tags: labels }))) },
      {
        "a.csv": table(
          "text,labels",
          rows.map(({ text, labels }) => [text, labels]),
        ),
      },
      {
        "a.csv": table(
          "id,tokens,ner_tags",
          split.map(([a, b], i) => [String(i), python(a), python(b)]),
        ),
      },
      {
        "a.csv": table(
          "tokens,ner_tags",
          split.map(([a, b]) => [python(a), python(b)].map((one) => one.replaceAll(",", ""))),
        ),
      },
    ]) {
      const found = await readForeign(files);
      assert.deepEqual(labelled(found), wanted, `${found.format} ${JSON.stringify(files).slice(0, 200)}`);
      assert.ok(
        found.losses.every(({ kind }) => kind === "beside"),
        told(found),
      );
      assert.equal(found.documents.filter(({ layers }) => layers[SPANS].reviewed.length > 0).length, 3, "read whole");
    }
    // Numbers as NumPy prints them have no names: 0 is outside, and the others stay numbers.
    const numbers = await readForeign({ "a.csv": "tokens,ner_tags\n\"['Ada' 'left' 'us']\",[1 0 0]\n" });
    assert.deepEqual(labelled(numbers), ["Ada/1"]);
    // A word a row stays that; a class beside a text of as many words is one.
    const words = await readForeign({ "a.csv": "word,tag\nAda,B-PER\nLovelace,I-PER\nleft,O\n" });
    assert.deepEqual(labelled(words), ["Ada Lovelace/PER"]);
    const one = await readForeign({
      "a.jsonl": lines({ text: "Great", label: "good" }, { text: "So so", label: "very bad" }),
    });
    assert.deepEqual(labelled(one), ["Great/good", "So so/very bad"]);
  });

  it("with words of their text and a label for them label these, where they stand there once, and no other", async () => {
    const rows = [
      { text: "😀 Ada lives in Paris.", entity: "Ada", type: "PER" },
      { text: "😀 Ada lives in Paris.", entity: "Paris", type: "LOC" },
      { text: "Bob met Bob.", entity: "Bob", type: "PER" },
    ];
    const csv = `text,entity,type\n${rows.map((row) => `"${row.text}",${row.entity},${row.type}\n`).join("")}`;
    for (const files of [{ "a.jsonl": lines(...rows) }, { "a.csv": csv }]) {
      const found = await readForeign(files);
      assert.deepEqual(labelled(found), ["Ada/PER", "Paris/LOC"], found.format);
      assert.match(told(found), /more than once/);
      assert.equal(found.losses.length, 1);
    }
    const gone = await readForeign({ "a.jsonl": lines(rows[0], { text: "Nobody came.", entity: "Ada", type: "PER" }) });
    assert.deepEqual(labelled(gone), ["Ada/PER"]);
    assert.match(told(gone), /not in the row's text/);
    // An opinion about words is one of the text, as it was; and so is a column that happens to be called so.
    const about = await readForeign({ "a.csv": "sentence,entity,sentiment\nI like Ada.,Ada,positive\n" });
    assert.deepEqual(labelled(about), ["I like Ada./positive"]);
    const other = await readForeign({
      "a.csv": "text,entity,label\nI like Ada.,ACME,positive\nSo do I.,ACME,negative\n",
    });
    assert.deepEqual(labelled(other), ["I like Ada./positive", "So do I./negative"]);
  });

  it("of Dataturks end after their last character, and a list of spans needs no name that we know", async () => {
    const content = "😀 Ada lives in Paris.";
    const points = (start: number, end: number, text: string): object[] => [{ start, end, text }];
    const turk = {
      content,
      annotation: [
        { label: ["PER"], points: points(2, 4, "Ada") },
        { label: ["LOC", "CITY"], points: points(15, 19, "Paris") },
      ],
      extras: null,
    };
    const found = await readForeign({ "a.json": lines(turk) });
    assert.deepEqual([labelled(found), told(found)], [["Ada/PER", "Paris/LOC", "Paris/CITY"], ""]);
    const open = { content, annotation: [{ label: ["PER"], points: points(2, 5, "Ada") }] };
    assert.deepEqual(labelled(await readForeign({ "a.json": lines(open) })), ["Ada/PER"], "an end that is left out");
    const own = { text: content, highlights: [{ start: 2, end: 5, tag: "PER" }] };
    for (const json of [lines(own), JSON.stringify({ annotations: [own] }), JSON.stringify({ records: [own, own] })])
      assert.deepEqual(new Set(labelled(await readForeign({ "a.json": json }))), new Set(["Ada/PER"]), json);
  });

  it("in a list or an object are read as rows a line are, GLiNER's spans of words too", async () => {
    const row = { tokens: ["EU", "rejects", "German", "call"], ner_tags: ["B-ORG", "O", "B-MISC", "O"] };
    for (const json of [JSON.stringify([row]), JSON.stringify({ data: [row] }), JSON.stringify([row], undefined, 2)])
      assert.deepEqual(labelled(await readForeign({ "a.json": json })), ["EU/ORG", "German/MISC"], json);
    const gliner = [
      {
        tokenized_text: ["Ada", "Lovelace", "lived", "in", "London", "."],
        ner: [
          [0, 1, "person"],
          [4, 4, "city"],
          [5, 9, "x"],
        ],
      },
    ];
    const found = await readForeign({ "pile.json": JSON.stringify(gliner) });
    assert.deepEqual(labelled(found), ["Ada Lovelace/person", "London/city"]);
    assert.match(told(found), /dropped pile\.json:1 1 .* is no span of its 6 words/);
  });

  it("in an object are all of its lists, each with its line, and the object is no row", async () => {
    const row = (token: string): unknown => ({ tokens: [token, "came"], ner_tags: ["B-PER", "O"] });
    const splits = { version: 2, train: [row("Ada"), row("Bob")], validation: [row("Eve")], test: [row("Sam")] };
    for (const json of [JSON.stringify(splits), JSON.stringify(splits, undefined, 1)]) {
      const found = await readForeign({ "a.json": json });
      assert.deepEqual(labelled(found), ["Ada/PER", "Bob/PER", "Eve/PER", "Sam/PER"], json);
      assert.equal(told(found), 'beside a.json: 1 the field "version"', json);
      for (const { text, line } of found.documents)
        assert.ok(
          json
            .split("\n")
            .slice(line! - 1)
            .join("")
            .includes(text.split(" ")[0]!),
          text,
        );
    }
    const meta = { info: { train: [1], '"test"': "test" }, train: [row("Ada")], validation: [] };
    const inner = await readForeign({ "a.json": JSON.stringify(meta) });
    assert.deepEqual(labelled(inner), ["Ada/PER"], "a field within another is none of the object's");
    assert.equal(told(inner), 'beside a.json: 1 the field "info"');
    const items = lines({ text: "One", label: "x", items: [{ a: 1 }] }, { text: "Two", label: "y", items: [] });
    assert.deepEqual(labelled(await readForeign({ "a.jsonl": items })), ["One/x", "Two/y"], "rows with lists are rows");
  });

  it("tell of every field that was not taken, also where it is called like one of texts or labels", async () => {
    const words = { tokens: ["find", "Rome"], ner_tags: ["O", "B-LOC"], intent: "search" };
    assert.match(told(await readForeign({ "a.jsonl": lines(words) })), /^beside a\.jsonl: 1 the field "intent"$/);
    const texts = { text: "Fine", label: "good", query: "how was it?", entities: ["x"] };
    const both = await readForeign({ "a.jsonl": lines(texts) });
    assert.deepEqual(labelled(both), ["Fine/good"]);
    assert.equal(told(both), 'beside a.jsonl: 1 the field "query"\nbeside a.jsonl: 1 the field "entities"');
    const none = { text: "Fine", label: "good", mentions: [] };
    assert.equal(told(await readForeign({ "a.jsonl": lines(none) })), "", "an empty list is nothing lost");
    const wikiann = { tokens: ["Ada", "met", "Bob"], ner_tags: [1, 0, 1], spans: ["PER: Ada", "PER: Bob"] };
    const found = await readForeign({ "a.jsonl": lines({ ...wikiann, ner_tags: [1, 0, 0] }) });
    assert.deepEqual(labelled(found), ["Ada/1"], "0 is no label beside spans that are none of ours, too");
    assert.match(told(found), /the number 0 of "ner_tags", which 2 of 3 words have/);
  });

  it("whose columns were chosen have the unit that their spans fit", async () => {
    const { readHuggingFace } = await import("../../src/datasets/formats/huggingface/read");
    const row = {
      body_of_it: "😀 Ada met Bob.",
      marks: [
        [3, 6, "PER"],
        [11, 14, "PER"],
      ],
    };
    const options = { misaligned: "refuse", columns: { text: "body_of_it", label: "marks" } } as const;
    const found = await readHuggingFace(new Map([["a.jsonl", Buffer.from(lines(row))]]), options);
    assert.equal(found.unit?.value, "utf16");
    assert.deepEqual(labelled(found), ["Ada/PER", "Bob/PER"]);
  });

  it("of a table have the line that they begin on, and its delimiter", async () => {
    const { readHuggingFace } = await import("../../src/datasets/formats/huggingface/read");
    const table = 'text;label\n"One\nand more";a\nTwo;b\n';
    const found = await readHuggingFace(new Map([["a.csv", Buffer.from(table)]]), { misaligned: "refuse" });
    assert.deepEqual(labelled(found), ["One\nand more/a", "Two/b"]);
    assert.deepEqual(
      found.documents.map(({ line }) => line),
      [2, 4],
    );
  });

  it("of doccano's classification are doccano's, with their users", async () => {
    const found = await readForeign({
      "classification.jsonl": lines(
        {
          id: 2591,
          text: "Terrible customer service.",
          annotations: [{ label: 15, user: 1 }],
          meta: {},
          annotation_approver: null,
        },
        { id: 2592, text: "Great price.", annotations: [{ label: 17, user: 2 }], meta: {}, annotation_approver: null },
      ),
    });
    assert.equal(found.format, "doccano");
    assert.deepEqual(labelled(found), ["Terrible customer service./15", "Great price./17"]);
    assert.deepEqual(
      found.documents.map(({ layers }) => layers.sentiment.labels[0]!.author),
      ["1", "2"],
    );
  });

  it("without a label that is known are told with their fields, and the columns can be chosen", async () => {
    const rows = lines({ body_of_it: "Ada met Bob.", marks: [[0, 3, "PER"]] }, { body_of_it: "Nothing.", marks: [] });
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-rows-"));
    const workspace = path.join(root, "work");
    mkdirSync(workspace);
    writeFileSync(path.join(root, "a.jsonl"), rows);
    const plan = (columns?: Record<string, string>): Promise<ImportPlan> =>
      planImport({
        source: path.join(root, "a.jsonl"),
        workspace,
        into: "",
        author: "ann",
        ...(columns && { reader: { columns } }),
      });
    await assert.rejects(
      plan(),
      /fields "body_of_it" \(a text\), "marks" \(a list, of which the first is a list\): say which .*--columns text=NAME,label=NAME/,
    );
    const chosen = await plan({ text: "body_of_it", label: "marks" });
    assert.equal(
      chosen.logs.reduce((total, { compared }) => total + compared.additions.length, 0),
      1,
    );
    const { readDataset } = await import("../../src/datasets/reading/read-dataset");
    const asked = await readDataset(
      "huggingface",
      new Map([["a.jsonl", Buffer.from(lines({ text: "Ada", mood: "x" }, { text: "Bob" }))]]),
      { misaligned: "refuse" },
    );
    assert.match(
      told(asked),
      /dropped a\.jsonl: 1 no label was taken from its 2 rows, which have the fields "text" \(a text\), "mood" \(a text\)/,
    );
  });

  it("that have no document here are refused once, with what helps", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-homeless-"));
    writeFileSync(
      path.join(root, "a.csv"),
      `text,label\n${Array.from({ length: 50 }, (_, i) => `Text ${i},x\n`).join("")}`,
    );
    mkdirSync(path.join(root, "work"));
    const { losses } = await planImport({
      source: path.join(root, "a.csv"),
      workspace: path.join(root, "work"),
      author: "ann",
    });
    const refused = losses.filter(({ kind }) => kind === "dropped");
    assert.equal(refused.length, 1);
    assert.equal(refused[0]!.count, 50);
    assert.match(refused[0]!.reason, /^50 of 50 texts have no document in the workspace.*--into FOLDER/);
    const screen = lossLines([
      ...Array.from({ length: 30 }, (_, line) => ({
        kind: "dropped" as const,
        file: "a.csv",
        line,
        reason: `row ${line} is "odd"`,
      })),
      ...refused,
    ]);
    assert.equal(screen.length, 2);
    assert.match(screen[1]!, /^a\.csv:0, a\.csv:1, a\.csv:2, …: 30 × row 0 is "odd" \(and the like\)$/);
  });

  it("in a gzip file are those that are packed in it", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-gzip-"));
    mkdirSync(path.join(root, "work"));
    const rows = lines({ tokens: ["EU", "rejects"], ner_tags: ["B-ORG", "O"] });
    writeFileSync(path.join(root, "train.jsonl.gz"), gzipSync(rows));
    const options = { workspace: path.join(root, "work"), into: "", author: "ann" };
    const { logs } = await planImport({ source: path.join(root, "train.jsonl.gz"), ...options });
    assert.deepEqual(
      logs.map(({ document, compared }) => [document, compared.additions.length]),
      [["train.txt", 1]],
    );
    writeFileSync(path.join(root, "cut.jsonl.gz"), gzipSync(rows).subarray(0, 30));
    await assert.rejects(planImport({ source: path.join(root, "cut.jsonl.gz"), ...options }), /cannot be unpacked/);
  });

  it("of whole files hold what a count in them finds", async function () {
    if (!haveWhole) return this.skip();
    const rowsOf = async (name: string): Promise<Record<string, unknown>[]> =>
      parquetReadObjects({ file: new Uint8Array(readFileSync(path.join(WHOLE, name))).buffer, compressors });
    const dicts = await rowsOf("made/text-entities-dicts.parquet");
    const due = dicts.reduce((total, { entities }) => total + (entities as unknown[]).length, 0);
    assert.ok(due > 50);
    assert.equal(sum(counted(await readForeign(path.join(WHOLE, "made/text-entities-dicts.parquet")))), due);
    const many = await rowsOf("made/goemotions-style.parquet");
    const classes = many.reduce((total, { labels }) => total + (labels as unknown[]).length, 0);
    assert.equal(sum(counted(await readForeign(path.join(WHOLE, "made/goemotions-style.parquet")))), classes);
    const gliner = JSON.parse(readFileSync(path.join(WHOLE, "made/gliner.json"), "utf8")) as { ner: unknown[] }[];
    assert.equal(
      sum(counted(await readForeign(path.join(WHOLE, "made/gliner.json")))),
      gliner.reduce((total, { ner }) => total + ner.length, 0),
    );
    assert.equal(
      sum(counted(await readForeign(path.join(WHOLE, "made/hfcsv")))),
      readFileSync(path.join(WHOLE, "made/hfcsv/train.csv"), "utf8").trim().split("\n").length - 1,
    );
  });
});
