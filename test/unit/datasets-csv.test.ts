import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { csv } from "../../src/datasets/formats/csv/write";
import { guarded, unguarded } from "../../src/datasets/formats/csv/columns";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult, ReaderOptions } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { decisions, filesOf, labelled, VECTOR } from "./support/labelled";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import type { Contents } from "../../src/datasets/writing/contents";

const read = (files: Readonly<Record<string, Contents>>, options: Partial<ReaderOptions> = {}): ReadResult =>
  csv.read!(filesOf(files), { misaligned: "refuse", ...options }) as ReadResult;

describe("datasets: CSV", () => {
  it("names the unit in the header and counts in it, the fixed vector", async () => {
    const document = labelled("a.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const expected = { codepoint: ["9,15", "26,30"], utf16: ["10,16", "30,34"], byte: ["12,19", "43,47"] } as const;
    for (const [unit, [first, second]] of Object.entries(expected)) {
      const { files } = await writeDataset(csv, [document], { ...WRITER_OPTIONS, choices: { unit } });
      const [header, ...rows] = String(files.get("train.csv")).trimEnd().split("\n");
      assert.match(header!, new RegExp(`^document,file,kind,task,label,start_${unit},end_${unit},text,`));
      assert.deepEqual(rows, [
        `a.txt,,label,entities,LOC,${first},Zürich,,,ann,,,,`,
        `a.txt,,label,entities,ORG,${second},Acme,,,ann,,,,`,
      ]);
    }
  });

  it("reads back what it wrote, decision by decision, in every unit", async function () {
    this.timeout(60_000);
    const unit = fc.constantFrom("codepoint", "utf16", "byte");
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), unit, async (documents, chosen) => {
        const { written, read: back } = await roundTrip(csv, documents, { write: { choices: { unit: chosen } } });
        // Relations have no place in a table: they are told of, and nothing else is lost.
        const joins = documents.reduce((sum, { relations }) => sum + (relations?.length ?? 0), 0);
        const told = written.losses.filter(({ reason }) => reason.startsWith("a relation: "));
        assert.equal(told.length, written.losses.length);
        assert.equal(
          told.reduce((sum, { count = 1 }) => sum + count, 0),
          joins,
        );
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

  it("no cell begins a formula, and every cell comes back", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("'", "=", "+", "-", "@", "\t", "\r", "\n", "＝", "1", "a", '"')),
        (parts) => {
          const cell = parts.join("");
          assert.doesNotMatch(guarded(cell), /^[=+\-@\t\r\n＝]/);
          assert.equal(unguarded(guarded(cell)), cell);
        },
      ),
    );
  });

  it("keeps formulas, quotes, line breaks and odd paths", async () => {
    const text = '=HYPERLINK(1)\n\'a,"b"\r\n-1 @x \ttab';
    const document = labelled("../-a.txt", text, {
      entities: [
        ["=HYPERLINK(1)", "=X"],
        ['\'a,"b"\r\n-1', "'Y"],
        ["@x", "-Z"],
        ["\ttab", "T"],
      ],
      questions: [
        ["=1+1?\n", ["-1"]],
        ["@why", []],
      ],
    });
    const { files } = await writeDataset(csv, [document], WRITER_OPTIONS);
    const cells = parse(String(files.get("train.csv"))).flat();
    assert.ok(cells.includes("'=HYPERLINK(1)"));
    for (const cell of cells) assert.doesNotMatch(cell, /^[=+\-@\t\r]/);
    const back = read(Object.fromEntries(files));
    assert.deepEqual(back.losses, []);
    assert.equal(back.documents[0]!.path, document.path);
    assert.deepEqual(decisions(back.documents[0]!), decisions(document));
  });
});

describe("datasets: CSV of others", () => {
  it("takes spans by other names, with ; and a byte order mark, in the unit that fits", () => {
    const table = "\ufeffFilename;Start;End;Entity Type;Mention\r\na.txt;10;16;LOC;Zürich\r\na.txt;30;34;ORG;Acme\r\n";
    const { documents, unit, losses } = read({ "x/spans.csv": table, "x/a.txt": VECTOR });
    assert.equal(unit?.value, "utf16");
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact, label, line }) => [exact, label, line]),
      [
        ["Zürich", "LOC", 2],
        ["Acme", "ORG", 3],
      ],
    );
  });

  it("takes texts with classes, and numbers as they are unless they have names", () => {
    const table = 'text,label\n"Good, very good",positive\n\n"Bad\nfilm",0\nGood,1\n';
    const { documents, losses } = read({ "a.csv": table });
    assert.deepEqual(
      documents.map(({ kind, text, line, layers }) => [kind, text, layers[CLASSES].labels[0]?.label, line]),
      [
        ["excerpt", "Good, very good", "positive", 2],
        ["excerpt", "Bad\nfilm", "0", 4],
        ["excerpt", "Good", "1", 6],
      ],
    );
    assert.deepEqual(
      losses.map(({ kind, line }) => [kind, line]),
      [["assumed", 4]],
    );
    const named = read({ "a.csv": table.replaceAll("label", "sentiment") }, { names: { sentiment: ["bad", "good"] } });
    assert.equal(named.losses.length, 0);
    assert.deepEqual(
      named.documents.map(({ layers }) => layers[CLASSES].labels[0]?.label),
      ["positive", "bad", "good"],
    );
  });

  it("lists rows it cannot take by line, and loses no other", () => {
    const table = [
      "document,label,start,end,text",
      "a.txt,PER,0,3,Ada",
      "a.txt,PER,4,99,Bob",
      'a.txt,PER,0,3,"Ada"x',
      "a.txt,PER,x,3,Ada",
      "a.txt,,0,3,Ada",
      "a.txt,PER,0",
      "b.txt,PER,0,3,",
      'a.txt,PER,8,11,"Bob',
      "a.txt,PER,8,11,Bob",
      "",
    ].join("\n");
    const { documents, losses } = read({ "a.csv": table, "a.txt": "Ada met Bob" });
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ start }) => start),
      [0, 8],
    );
    assert.deepEqual(
      losses.map(({ line }) => line).sort((a, b) => a! - b!),
      [3, 4, 5, 6, 7, 8, 9],
    );
    const snapped = read({ "a.csv": table, "a.txt": "Ada met Bob" }, { misaligned: "snap" });
    assert.ok(snapped.losses.some(({ kind, line }) => kind === "snapped" && line === 3));
  });

  it("says what is missing, and which line is no UTF-8", () => {
    assert.throws(() => read({ "a.csv": "a,b\n1,2\n" }), ReadError);
    const cut = Uint8Array.from([...Buffer.from("text,label\nZürich"), 0xfc, ...Buffer.from("rich,LOC\n")]);
    assert.throws(() => read({ "a.csv": cut }), /line 2/);
  });
});
