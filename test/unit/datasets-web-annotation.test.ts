import type { Decided } from "../../src/documents/labelled";
import { layersByKind } from "../../src/documents/layers";
import { QUESTIONS, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult, ReaderOptions } from "../../src/datasets/format";
import { webAnnotation } from "../../src/datasets/formats/web-annotation/write";
import { labelledDocuments } from "./support/documents";
import { decisions, filesOf, labelled, VECTOR } from "./support/labelled";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const read = (files: Readonly<Record<string, string>>, options: Partial<ReaderOptions> = {}): ReadResult =>
  webAnnotation.read!(filesOf(files), { misaligned: "refuse", ...options }) as ReadResult;

interface Annotation {
  readonly target: { readonly source: string; readonly selector: readonly Readonly<Record<string, unknown>>[] };
}

describe("datasets: W3C Web Annotation", () => {
  it("quotes, and counts code points, the fixed vector", async () => {
    const document = labelled("ä b.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const { files } = await writeDataset(webAnnotation, [document], WRITER_OPTIONS);
    const { items } = JSON.parse(String(files.get("train.jsonld"))) as { items: Annotation[] };
    assert.equal(items[0]!.target.source, "documents/%C3%A4%20b.txt");
    assert.deepEqual(
      items.map(({ target }) => target.selector),
      [
        [
          { type: "TextQuoteSelector", exact: "Zürich", prefix: "I 😀 love ", suffix: " and 👨‍👩‍👧 Acme." },
          { type: "TextPositionSelector", start: 9, end: 15 },
        ],
        [
          { type: "TextQuoteSelector", exact: "Acme", prefix: "I 😀 love Zürich and 👨‍👩‍👧 ", suffix: "." },
          { type: "TextPositionSelector", start: 26, end: 30 },
        ],
      ],
    );
    assert.equal(files.get("documents/ä b.txt"), VECTOR);
  });

  it("finds every answer of a question in the quote of the first where the text is not there, and leaves out what is not in it", async () => {
    const target = (exact: string, prefix: string, suffix: string): unknown => ({
      source: "gone.txt",
      selector: [{ type: "TextQuoteSelector", exact, prefix, suffix }],
    });
    const annotation = {
      motivation: "questioning",
      body: { type: "TextualBody", value: "Who met whom?" },
      target: [target("Bob", "", " met Ada."), target("Ada", "Bob met ", "."), target("Eve", "nobody, not ", "")],
    };
    const bytes = new TextEncoder().encode(JSON.stringify([annotation]));
    const { documents, losses } = await webAnnotation.read!(new Map([["a.json", bytes]]), { misaligned: "refuse" });
    const [question] = documents[0]!.questions;
    assert.deepEqual(
      answersIn(question!.answers).map(({ start, end, exact }) => [documents[0]!.text.slice(start, end), exact]),
      [
        ["Bob", "Bob"],
        ["Ada", "Ada"],
      ],
    );
    assert.ok(losses.some(({ exact, reason }) => exact === "Eve" && /not in the text/.test(reason)));
  });

  it("reads back what it wrote, decision by decision", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written, read: back } = await roundTrip(webAnnotation, documents);
        assert.deepEqual(written.losses, []);
        for (const contents of written.files.values()) assert.doesNotMatch(String(contents), /\p{Cs}/u);
        for (const document of documents) {
          const mine = back.documents.find(({ path }) => path === document.path);
          if (mine === undefined) continue;
          assert.equal(mine.text, document.text);
          assert.deepEqual(decisions(mine), decisions(document));
          assert.deepEqual(mine.layers[SPANS].reviewed, document.layers[SPANS].reviewed);
        }
      }),
      { numRuns: 80 },
    );
  });

  it("keeps a leading U+FEFF, odd paths and plausible answers", async () => {
    const asked = labelled("../a.txt", "\ufeffAda met Bob", {
      questions: [
        ["Who?", ["Ada"]],
        ["Why?", []],
      ],
    });
    const document = {
      ...asked,
      layers: layersByKind<Decided>({
        rejected: [{ task: QUESTIONS, start: 9, end: 12, exact: "Bob", label: "answer", question: "Who?" }],
      }),
    };
    const questions = document.questions.map((item) => ({ ...item, plausible: [{ start: 9, end: 12, exact: "Bob" }] }));
    const { files } = await writeDataset(webAnnotation, [{ ...document, questions }], WRITER_OPTIONS);
    const back = read(Object.fromEntries(files) as Record<string, string>).documents[0]!;
    assert.equal(back.path, document.path);
    assert.equal(back.text, document.text);
    assert.deepEqual(decisions(back), decisions({ ...document, questions }));
  });

  it("is one annotation a line: what is cut off costs the last one only", async () => {
    const document = labelled("a.txt", "Ada met Bob in Rome", {
      entities: [
        ["Ada", "PER"],
        ["Bob", "PER"],
        ["Rome", "LOC"],
      ],
    });
    const files = Object.fromEntries((await writeDataset(webAnnotation, [document], WRITER_OPTIONS)).files) as Record<
      string,
      string
    >;
    const page = files["train.jsonld"]!;
    const { documents, losses } = read({ ...files, "train.jsonld": page.slice(0, page.lastIndexOf("Rome") + 20) });
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada", "Bob"],
    );
    assert.deepEqual(losses.map(({ file, line }) => [file, line]).at(0), ["train.jsonld", 4]);
  });
});

describe("datasets: Web Annotations of other tools", () => {
  /** As Recogito's text annotator gives them: no source, and UTF-16 units. */
  const RECOGITO = [
    {
      "@context": "http://www.w3.org/ns/anno.jsonld",
      id: "#c2f1",
      type: "Annotation",
      body: [
        { type: "TextualBody", purpose: "tagging", value: "LOC" },
        { type: "TextualBody", purpose: "commenting", value: "nice" },
      ],
      target: {
        selector: [
          { type: "TextQuoteSelector", exact: "Zürich" },
          { type: "TextPositionSelector", start: 10, end: 16 },
        ],
      },
    },
    {
      type: "Annotation",
      body: { type: "TextualBody", purpose: "tagging", value: "ORG" },
      target: {
        selector: [
          { type: "TextQuoteSelector", exact: "Acme" },
          { type: "TextPositionSelector", start: 30, end: 34 },
        ],
      },
    },
  ];

  it("finds out the unit, takes the only text there is, reports bodies without a place", () => {
    const { documents, unit, losses } = read({ "a.json": JSON.stringify(RECOGITO), "a.txt": VECTOR });
    assert.equal(unit?.value, "utf16");
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ label, start }) => [label, start]),
      [
        ["LOC", 10],
        ["ORG", 30],
      ],
    );
    assert.equal(documents[0]!.path, "a.txt");
    assert.equal(losses.length, 1);
  });

  it("gives an excerpt where the text is not among the files", () => {
    const row = {
      "@context": "http://www.w3.org/ns/anno.jsonld",
      type: "Annotation",
      motivation: "tagging",
      creator: "acct:ann@example.org",
      created: "2026-01-02T03:04:05Z",
      body: { type: "TextualBody", value: "PER" },
      target: {
        source: "https://example.org/a.html",
        selector: { type: "TextQuoteSelector", exact: "Ada", prefix: "Then ", suffix: " came" },
      },
    };
    const { documents, losses } = read({ "a.jsonld": JSON.stringify(row) });
    assert.deepEqual(losses, []);
    const [document] = documents;
    assert.deepEqual(
      [document?.kind, document?.text, document?.path],
      ["excerpt", "Then Ada came", "example.org/a.html"],
    );
    assert.deepEqual(document?.layers[SPANS].labels, [
      {
        start: 5,
        end: 8,
        exact: "Ada",
        label: "PER",
        author: "acct:ann@example.org",
        time: "2026-01-02T03:04:05.000Z",
        line: 1,
      },
    ]);
  });

  it("lists what it cannot take, by line", () => {
    const target = (start: number, end: number, exact = "Ada"): object => {
      return {
        source: "a.txt",
        selector: [
          { type: "TextQuoteSelector", exact },
          { type: "TextPositionSelector", start, end },
        ],
      };
    };
    const body = { type: "TextualBody", purpose: "tagging", value: "PER" };
    const rows = [
      { type: "Annotation", body, target: target(0, 3) },
      { type: "Annotation", body, target: target(5, 999) },
      { type: "Annotation", body, target: target(3, 0) },
      { type: "Annotation", body, target: "a.txt" },
      { type: "Annotation", motivation: "linking", body: "https://example.org", target: target(0, 3) },
      { type: "Annotation" },
      { type: "Annotation", body, target: { source: "b.txt", selector: [{ type: "XPathSelector", value: "/p" }] } },
    ];
    const page = `{"@context":"http://www.w3.org/ns/anno.jsonld","items":[\n${rows.map((row) => JSON.stringify(row)).join(",\n")}\n]}`;
    const { documents, losses } = read({ "p.json": page, "a.txt": "Ada" });
    assert.equal(documents[0]!.layers[SPANS].labels.length, 1);
    assert.deepEqual(losses.map(({ line }) => line).sort(), [3, 4, 5, 6, 7, 8]);
    assert.throws(() => read({ "p.json": "{}" }), ReadError);
  });
});
