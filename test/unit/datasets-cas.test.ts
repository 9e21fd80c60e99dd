import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { casJson } from "../../src/datasets/formats/cas/write";
import { NAMED_ENTITY, SENTENCE, TOKEN } from "../../src/datasets/codecs/dkpro-types";
import { ReadError } from "../../src/datasets/format";
import type { ReadResult, ReaderOptions } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { decisions, filesOf, labelled, VECTOR } from "./support/labelled";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";

const read = (files: Readonly<Record<string, unknown>>, options: Partial<ReaderOptions> = {}): ReadResult => {
  const texts = Object.entries(files).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return casJson.read!(filesOf(Object.fromEntries(texts) as Record<string, string>), {
    misaligned: "refuse",
    ...options,
  }) as ReadResult;
};

interface Cas {
  readonly "%TYPES": Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly "%FEATURE_STRUCTURES": readonly Readonly<Record<string, unknown>>[];
  readonly "%VIEWS": Readonly<Record<string, { readonly "%SOFA": number; readonly "%MEMBERS": readonly number[] }>>;
}

describe("datasets: UIMA CAS JSON", () => {
  it("counts UTF-16 units, the fixed vector, and has sentences and tokens", async () => {
    const document = labelled("a.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const { files } = await writeDataset(casJson, [document], WRITER_OPTIONS);
    const cas = JSON.parse(String(files.get("train/a.txt.json"))) as Cas;
    const of = (type: string): unknown[] =>
      cas["%FEATURE_STRUCTURES"]
        .filter((row) => row["%TYPE"] === type)
        .map(({ begin, end, value }) => [begin, end, value]);
    assert.deepEqual(of(NAMED_ENTITY), [
      [10, 16, "LOC"],
      [30, 34, "ORG"],
    ]);
    assert.deepEqual(of(SENTENCE), [[0, 35, undefined]]);
    assert.equal(of(TOKEN).length, 8);
    const ids = cas["%FEATURE_STRUCTURES"].map((row) => row["%ID"]);
    assert.deepEqual(
      ids,
      ids.map((_, index) => index + 1),
    );
    assert.deepEqual(cas["%VIEWS"]["_InitialView"], { "%SOFA": 1, "%MEMBERS": ids.slice(1) });
    for (const row of cas["%FEATURE_STRUCTURES"].slice(1)) assert.ok(cas["%TYPES"][String(row["%TYPE"])]);
  });

  it("reads what comes before the place where a file is cut off, and says so", async () => {
    const document = labelled("a.txt", VECTOR, {
      entities: [
        ["Zürich", "LOC"],
        ["Acme", "ORG"],
      ],
    });
    const { files } = await writeDataset(casJson, [document], WRITER_OPTIONS);
    const whole = String(files.get("train/a.txt.json"));
    const last = whole.lastIndexOf('"ORG"');
    assert.ok(last > whole.indexOf('"LOC"'));
    const cases: [number, string[]][] = [
      [last, ["LOC Zürich"]],
      [whole.indexOf('"%VIEWS"') + 10, ["LOC Zürich", "ORG Acme"]],
    ];
    for (const [at, expected] of cases) {
      const { documents, losses } = read({ "a.txt.json": whole.slice(0, at) });
      assert.deepEqual(
        documents[0]?.layers[SPANS].labels.map(({ label, exact }) => `${label} ${exact}`),
        expected,
      );
      assert.ok(losses.some(({ reason }) => /cut off/.test(reason)));
    }
  });

  it("reads back what it wrote, decision by decision", async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(labelledDocuments(), async (documents) => {
        const { written, read: back } = await roundTrip(casJson, documents);
        assert.ok(written.losses.every(({ kind }) => kind === "left-out"));
        for (const document of documents) {
          const mine = back.documents.find(({ path }) => path === document.path);
          if (mine === undefined) continue;
          assert.equal(mine.text, document.text);
          assert.deepEqual(decisions(mine), decisions(document));
          assert.deepEqual(mine.layers[SPANS].reviewed, document.layers[SPANS].reviewed);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("datasets: CAS of other tools", () => {
  const text = "I 😀 Ada met Zoë in Rome.";
  const sofa = {
    "%ID": 1,
    "%TYPE": "uima.cas.Sofa",
    sofaNum: 1,
    sofaID: "_InitialView",
    mimeType: "text",
    sofaString: text,
  };
  const entity = (id: number, begin: unknown, end: unknown, value?: string): object => {
    return { "%ID": id, "%TYPE": NAMED_ENTITY, "@sofa": 1, begin, end, ...(value !== undefined && { value }) };
  };
  const cas = (structures: unknown, members?: readonly number[]): object => {
    const views = members === undefined ? {} : { _InitialView: { "%SOFA": 1, "%MEMBERS": members } };
    return { "%TYPES": {}, "%FEATURE_STRUCTURES": structures, "%VIEWS": views };
  };

  it("takes entities and the layers people made; lists the rest by type", () => {
    const structures = [
      sofa,
      entity(2, 5, 8, "PER"),
      { "%ID": 3, "%TYPE": "custom.Firm", "@sofa": 1, begin: 20, end: 24, value: "CITY" },
      {
        "%ID": 4,
        "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS",
        "@sofa": 1,
        begin: 5,
        end: 8,
        PosValue: "NNP",
      },
      { "%ID": 5, "%TYPE": "webanno.custom.Link", "@sofa": 1, begin: 5, end: 8, "@Governor": 2 },
      { "%ID": 6, "%TYPE": TOKEN, "@sofa": 1, begin: 5, end: 8 },
      {
        "%ID": 7,
        "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData",
        "@sofa": 1,
        begin: 0,
        end: 26,
        documentTitle: "x/a.txt",
      },
      entity(8, 0, 1, "GONE"),
      entity(9, 0, 1),
    ];
    const { documents, losses, unit } = read({ "a.json": cas(structures, [2, 3, 4, 5, 6, 7, 9]) });
    assert.equal(unit?.value, "utf16");
    assert.equal(documents[0]!.path, "x/a.txt");
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ label, exact }) => [label, exact]),
      [
        ["PER", "Ada"],
        ["CITY", "Rome"],
      ],
    );
    assert.equal(losses.length, 3);
    assert.ok(losses.some(({ reason }) => reason.includes("%ID 9") && reason.includes("without a value")));
    assert.ok(losses.some(({ reason }) => reason.includes("POS")));
    assert.ok(losses.some(({ reason }) => reason.includes("webanno.custom.Link")));
  });

  it("finds out that a program counted code points", () => {
    const structures = [sofa, entity(2, 4, 7, "PER"), entity(3, 12, 15, "PER"), entity(4, 19, 23, "LOC")];
    const { documents, unit } = read({ "a.json": cas(structures) });
    assert.equal(unit?.value, "codepoint");
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada", "Zoë", "Rome"],
    );
  });

  it("takes structures under their ids, and offsets with the mark of anchors", () => {
    const without = { ...sofa, "%ID": undefined };
    const structures = { 1: without, 2: { "%TYPE": NAMED_ENTITY, "@sofa": 1, "^begin": 5, "^end": 8, value: "PER" } };
    const { documents, losses } = read({ "a.json": cas(structures, [2]) });
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada"],
    );
    assert.equal(documents[0]!.path, "a");
  });

  it("lists what is malformed, and loses nothing else", () => {
    const structures = [
      sofa,
      entity(2, 5, 8, "PER"),
      entity(2, 5, 8, "DOUBLE"),
      entity(3, 5, 99, "FAR"),
      entity(4, 3, 4, "CUT"),
      entity(5, 8, 5, "BACK"),
      entity(6, undefined, "x", "ODD"),
      "no object",
      { "%ID": "x", "%TYPE": NAMED_ENTITY },
      { "%ID": 9, "%TYPE": "uima.cas.Sofa", sofaNum: 2, sofaID: "other", sofaString: "x" },
    ];
    const files = { "a.json": cas(structures), "b.json": JSON.stringify(cas([sofa])).slice(0, -40), "c.json": cas([]) };
    const { documents, losses } = read(files);
    assert.deepEqual(
      documents.map(({ layers }) => layers[SPANS].labels.map(({ label }) => label)),
      [["PER"]],
    );
    const reasons = losses.map(({ file, reason }) => `${file}: ${reason}`).join("\n");
    for (const part of [
      /a\.json: .*the %ID 2 is taken/,
      /a\.json: %ID 3: .*outside the text/,
      /a\.json: %ID 4: .*inside a surrogate pair/,
      /a\.json: %ID 5: .*hold nothing/,
      /a\.json: %ID 6: .*no numbers/,
      /a\.json: feature structure 8/,
      /a\.json: feature structure 9/,
      /a\.json: the view other/,
      /b\.json: not JSON, or cut off/,
      /c\.json: no text in it/,
    ])
      assert.match(reasons, part);
    assert.equal(losses.length, 10);
    assert.equal(losses.find(({ file }) => file === "b.json")?.line, 1);
    const snapped = read({ "a.json": files["a.json"] }, { misaligned: "snap" });
    assert.deepEqual(
      snapped.documents[0]!.layers[SPANS].labels.map(({ exact }) => exact),
      ["Ada", "Ada met Zoë in Rome.", "😀"],
    );
    assert.throws(() => read({ "c.json": cas([]) }), ReadError);
  });
});
