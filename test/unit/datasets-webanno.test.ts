import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { NAMED_ENTITY } from "../../src/datasets/codecs/dkpro-types";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult, ReaderOptions } from "../../src/datasets/format";
import {
  cellValues,
  escapeText,
  escapeValue,
  unescapeText,
  unescapeValue,
} from "../../src/datasets/formats/webanno-tsv/escapes";
import { webannoTsv } from "../../src/datasets/formats/webanno-tsv/write";
import { labelledDocument, labelledDocuments } from "./support/documents";
import { filesOf, labelled, VECTOR } from "./support/labelled";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const read = (files: Readonly<Record<string, string>>, options: Partial<ReaderOptions> = {}): ReadResult =>
  webannoTsv.read!(filesOf(files), { misaligned: "refuse", ...options }) as ReadResult;
const HEADER = `#FORMAT=WebAnno TSV 3.3\n#T_SP=${NAMED_ENTITY}|value\n\n\n`;

describe("datasets: WebAnno TSV", () => {
  it("counts UTF-16 units, the fixed vector", async () => {
    const document = labelled("a.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const { files } = await writeDataset(webannoTsv, [document], WRITER_OPTIONS);
    const rows = [
      `#Text=${VECTOR}`,
      "1-1\t0-1\tI\t_\t",
      "1-2\t2-4\t😀\t_\t",
      "1-3\t5-9\tlove\t_\t",
      "1-4\t10-16\tZürich\tLOC\t",
      "1-5\t17-20\tand\t_\t",
      "1-6\t21-29\t👨‍👩‍👧\t_\t",
      "1-7\t30-34\tAcme\tORG\t",
      "1-8\t34-35\t.\t_\t",
    ];
    assert.equal(files.get("train/a.txt.tsv"), `${HEADER}${rows.join("\n")}\n`);
  });

  it("numbers labels over several tokens and several on one, and writes parts of tokens", async () => {
    const text = "aaaaaa bbbbbb.\nCcc 'x'\r\n";
    const document = labelled("a.txt", text, {
      entities: [
        ["aaaaaa bbb", "A"],
        ["aaaaaa", "B"],
        ["bbbbbb", "C"],
        ["bbbbbb.\nCcc", "D|_->x]"],
        ["bbb", "E"],
      ],
    });
    const { files, losses } = await writeDataset(webannoTsv, [document], WRITER_OPTIONS);
    const body = String(files.get("train/a.txt.tsv")).slice(HEADER.length).split("\n");
    assert.deepEqual(body.slice(0, 8), [
      "#Text=aaaaaa bbbbbb.",
      "1-1\t0-6\taaaaaa\tA[1]|B[2]\t",
      "1-2\t7-13\tbbbbbb\tD\\|\\_\\->x\\][3]|C[4]\t",
      "1-2.1\t7-10\tbbb\tA[1]|E[5]\t",
      "1-3\t13-14\t.\tD\\|\\_\\->x\\][3]\t",
      "",
      "#Text=Ccc 'x'\\r",
      "#Text=",
    ]);
    assert.deepEqual(losses.filter(({ kind }) => kind !== "left-out").length, 1);
    const { documents, losses: lost } = read(Object.fromEntries(files) as Record<string, string>);
    assert.deepEqual(lost, []);
    assert.equal(documents[0]!.text, text);
    assert.deepEqual(documents[0]!.layers[SPANS].labels.map(({ label, exact }) => [label, exact]).sort(), [
      ["A", "aaaaaa bbb"],
      ["B", "aaaaaa"],
      ["C", "bbbbbb"],
      ["D|_->x]", "bbbbbb.\nCcc"],
      ["E", "bbb"],
    ]);
  });

  it("reads back what it wrote, up to what it reports", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written, read: back } = await roundTrip(webannoTsv, documents);
        for (const { path, text } of back.documents) {
          const of = documents.find((document) => document.path === path)!;
          const blanks = written.losses.find(
            (loss) => loss.document === path && loss.reason.includes("becomes blanks"),
          );
          const end = blanks?.span?.end ?? 0;
          assert.equal(text, " ".repeat(end) + of.text.slice(end), "the text is not the document's");
        }
        for (const contents of written.files.values()) checkTokens(String(contents));
      }),
      { numRuns: 80 },
    );
  });

  it("loses no entity between the edges of words", async function () {
    this.timeout(60_000);
    const whole = labelledDocument("a.txt", { ragged: false });
    await fc.assert(
      fc.asyncProperty(whole, async (document) => {
        const { written, read: back } = await roundTrip(webannoTsv, [document]);
        if (written.files.size === 0 || written.losses.some(({ kind }) => kind === "trimmed")) return;
        const spans = (list: readonly { start: number; end: number; label: string }[]): string[] =>
          list.map(({ start, end, label }) => `${start} ${end} ${label}`).sort();
        assert.deepEqual(spans(back.documents[0]!.layers[SPANS].labels), spans(document.layers[SPANS].labels));
      }),
      { numRuns: 60 },
    );
  });

  it("escapes come back, and no cell value holds a bare mark", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "\\",
            "[",
            "]",
            "|",
            "_",
            "->",
            "-",
            ">",
            ";",
            "\t",
            "\n",
            "*",
            "1",
            "t",
            "n",
            "\r",
            "\u0001",
          ),
        ),
        (parts) => {
          const text = parts.join("");
          assert.equal(unescapeValue(escapeValue(text)), text);
          assert.equal(unescapeText(escapeText(text)), text);
          assert.doesNotMatch(escapeText(text), /[\t\n\r]/);
          const [value, ...more] = cellValues(`${escapeValue(text)}[3]|*[4]`);
          assert.deepEqual([value!.id, more], ["3", [{ raw: "*", id: "4" }]]);
          assert.equal(unescapeValue(value!.raw), text);
        },
      ),
    );
  });
});

/** As INCEpTION's deserializer demands it: sentences begin with their first token, tokens in order, cells as many as columns. */
function checkTokens(contents: string): void {
  const lines = contents.slice(0, -1).split("\n");
  const header = lines.indexOf("");
  assert.deepEqual(lines.slice(header, header + 2), ["", ""]);
  const features = lines.slice(1, header).reduce((sum, line) => sum + line.split("|").length - 1, 0);
  let end = 0;
  let text: string | undefined;
  for (const line of lines.slice(header + 2)) {
    if (line === "") {
      text = undefined;
      continue;
    }
    if (line.startsWith("#Text=")) {
      const piece = unescapeText(line.slice(6));
      text = text === undefined ? piece : `${text}\n${piece}`;
      continue;
    }
    const [id, offsets, form, ...cells] = line.split("\t");
    assert.equal(cells.pop(), "");
    assert.equal(cells.length, features);
    assert.ok(cells.every((cell) => cell !== ""));
    const [from, to] = offsets!.split("-").map(Number) as [number, number];
    if (id!.includes(".")) continue;
    assert.ok(from >= end);
    end = to;
    if (id!.endsWith("-1")) assert.ok(text!.startsWith(form!), "the sentence does not begin with its first token");
  }
}

describe("datasets: TSV of WebAnno and INCEpTION", () => {
  /** As INCEpTION 3x exports it: more layers, a relation, a part of no width, sentences apart. */
  const TSV = [
    "#FORMAT=WebAnno TSV 3.3",
    "#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue|coarseValue",
    `#T_SP=${NAMED_ENTITY}|identifier|value`,
    "#T_SP=webanno.custom.Mark|",
    "#T_RL=webanno.custom.Rel|kind|BT_webanno.custom.Mark",
    "",
    "",
    "#Text=I like 😊 Rome .",
    "1-1\t2-3\tI\tPRP\t*\t_\t_\t_\t_\t_\t",
    "1-2\t4-8\tlike\t_\t_\t_\t_\t*[1]\t_\t_\t",
    "1-3\t9-11\t😊\t_\t_\t*[7]|http://x[8]\tLOC[7]|ORG\\_X[8]\t*[1]\t_\t_\t",
    "1-3.1\t9-9\t\t_\t_\t_\t_\t_\t_\t_\t",
    "1-4\t12-16\tRome\t_\t_\t*[7]\tLOC[7]\t_\tin\t1-3[0_1]\t",
    "1-5\t17-18\t.\t_\t_\t*\t*\t_\t_\t_\t",
    "",
    "#Sentence.id=s2",
    "#Text=Two",
    "#Text=lines",
    "2-1\t22-25\tTwo\t_\t_\t_\t_\t_\t_\t_\t",
    "2-2\t26-31\tlines\t_\t_\t*\tEND\t_\t_\t_\t",
  ].join("\n");

  it("takes labels, rebuilds the text by offsets, lists other layers", () => {
    const { documents, losses, unit } = read({ "annotation/x.txt/ann.tsv": TSV.replaceAll("\n", "\r\n") });
    assert.equal(unit?.value, "utf16");
    const [document] = documents;
    assert.equal(document?.path, "x.txt");
    assert.equal(document.text, "  I like 😊 Rome .\n   Two\nlines");
    assert.deepEqual(
      document.layers[SPANS].labels.map(({ label, exact, author }) => [label, exact, author]),
      [
        ["Mark", "like 😊", "ann"],
        ["LOC", "😊 Rome", "ann"],
        ["ORG_X", "😊", "ann"],
        ["END", "lines", "ann"],
      ],
    );
    assert.deepEqual(
      document.layers[SPANS].labels.flatMap(({ label, attributes }) => (attributes ? [[label, attributes]] : [])),
      [["ORG_X", { identifier: "http://x" }]],
    );
    assert.deepEqual(
      document.words?.map(({ start, end }) => document.text.slice(start, end)),
      ["I", "like", "😊", "Rome", ".", "Two", "lines"],
    );
    assert.equal(losses.filter(({ line }) => line === 14).length, 1);
    assert.equal(losses.length, 3);
    for (const part of [/PosValue/, /relations of webanno\.custom\.Rel/])
      assert.ok(losses.some(({ reason }) => part.test(reason)));
  });

  it("finds out that a program counted code points", () => {
    const rows = [
      "#Text=😀 Ada met 😀 Bob",
      "1-1\t0-1\t😀\t_",
      "1-2\t2-5\tAda\tPER",
      "1-3\t6-9\tmet\t_",
      "1-4\t10-11\t😀\t_",
      "1-5\t12-15\tBob\tPER",
    ];
    const { documents, unit, losses } = read({ "a.tsv": HEADER + rows.join("\n") });
    assert.equal(unit?.value, "codepoint");
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada", "Bob"],
    );
  });

  it("lists malformed lines, and takes the rest", () => {
    const rows = [
      "1-1\t0-3\tAda\tPER",
      "#Text=Ada met Bob",
      "1-1\t0-3\tAda\tPER",
      "1-2\t4-7\tnot\tPER",
      "1-3\t8-99\tBob\tPER",
      "1-4\t8-11\tBob",
      "x\ty",
      "",
      "#Text=Eve",
      "2-1\t2-5\tEve\tPER",
      "",
      "#Text=Max",
      "3-1\t99999999-99999999\tMax\tPER",
    ];
    const { documents, losses } = read({ "a.tsv": HEADER + rows.join("\n") });
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada", "Eve"],
    );
    assert.deepEqual(
      losses.map(({ kind, line }) => [kind, line]),
      [
        ["dropped", 5],
        ["dropped", 10],
        ["dropped", 11],
        ["dropped", 8],
        ["dropped", 9],
        ["snapped", 13],
        ["snapped", 16],
        ["dropped", 17],
      ],
    );
    assert.throws(() => read({ "a.tsv": HEADER }), ReadError);
    assert.throws(() => read({ "a.tsv": "#FORMAT=WebAnno TSV 2\n" }), ReadError);
  });
});
