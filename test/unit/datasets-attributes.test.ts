/** What labels say beside their names: read from other people's files, kept by import, log and undo, and written again. */
import assert from "node:assert/strict";
import path from "node:path";
import type { Attributes } from "../../src/documents/attributes";
import { SPANS } from "../../src/documents/tasks";
import { detectFormats, formatOf, WRITABLE } from "../../src/datasets/formats";
import { conflictsOf, previewOf } from "../../src/datasets/import/preview";
import { planImport } from "../../src/datasets/import/plan";
import { carryOut } from "../../src/datasets/import/carry-out";
import { undoImport } from "../../src/datasets/import/undo";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { writeDataset } from "../../src/datasets/writing/drive";
import { readForeign, told } from "./support/foreign";
import type { Foreign, Given } from "./support/foreign";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { SourceWorkspace } from "./support/source-workspace";

const TEXT = "No fever was seen by Ada in Paris.\n";
const ANN = [
  "T1\tFinding 3 8\tfever",
  "T2\tPER 21 24\tAda",
  "T3\tLOC 28 33\tParis",
  "A1\tNegation T1",
  "M1\tCertainty T1 low: maybe",
  "A2\tCertainty T1 high",
  "A3\tNegation E1",
  "A4\tRole T3 true",
].join("\n");
const BRAT = { "a.txt": TEXT, "a.ann": ANN };

const attributesIn = ({ documents }: Pick<Foreign, "documents">): [string, Attributes | undefined][] =>
  documents.flatMap(({ layers }) =>
    layers[SPANS].labels.map(({ exact, attributes }): [string, Attributes | undefined] => [exact, attributes]),
  );

async function of(given: Given): Promise<{ said: [string, Attributes | undefined][]; told: string }> {
  const found = await readForeign(given);
  return { said: attributesIn(found), told: told(found) };
}

const FEVER = { Negation: "true", Certainty: "low: maybe" };

describe("datasets: attributes of labels", () => {
  it("brat: with a value or without; a second value, and one of no label, are told of", async () => {
    const { said, told: lines } = await of(BRAT);
    assert.deepEqual(said, [
      ["fever", FEVER],
      ["Ada", undefined],
      ["Paris", { Role: "true" }],
    ]);
    assert.match(lines, /a\.ann:6 .*A2: the attribute Certainty is there already/);
    assert.match(lines, /a\.ann:7 .*A3: it is of E1, which is no label or relation here/);
    assert.equal(lines.split("\n").length, 2, lines);
  });

  it("CAS JSON: texts, numbers, true and false; what refers to others is told of", async () => {
    const features = { value: "PER", identifier: "Q7", sure: true, rank: 0.5, "@head": 9, note: "", parts: ["a"] };
    const cas = {
      "%FEATURE_STRUCTURES": [
        { "%ID": 1, "%TYPE": "uima.cas.Sofa", sofaID: "_InitialView", sofaString: TEXT },
        {
          ...{ "%ID": 2, "%TYPE": "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", "@sofa": 1 },
          ...{ begin: 21, end: 24, ...features, ["__proto__"]: "p" },
        },
      ],
    };
    const { said, told: lines } = await of({ "a.json": JSON.stringify(cas) });
    assert.deepEqual(said, [
      [
        "Ada",
        Object.fromEntries([
          ["identifier", "Q7"],
          ["sure", "true"],
          ["rank", "0.5"],
          ["__proto__", "p"],
        ]),
      ],
    ]);
    assert.match(lines, /beside .*"head"/);
    assert.match(lines, /beside .*"parts"/);
    assert.equal(lines.split("\n").length, 2, lines);
  });

  it("WebAnno TSV: further columns of a layer, of several labels on one word and of labels over several", async () => {
    const tsv = [
      "#FORMAT=WebAnno TSV 3.3",
      "#T_SP=webanno.custom.Ent|value|kind|note",
      "",
      "",
      "#Text=Ada Bob Eve",
      "1-1\t0-3\tAda\tPER[1]|X[2]\tfull[1]|*[2]\t*[1]|a\\|b[2]\t",
      "1-2\t4-7\tBob\tPER[1]\tfull[1]\t*[1]\t",
      "1-3\t8-11\tEve\tPER\t*\tlast\t",
    ].join("\n");
    const { said, told: lines } = await of({ "a.tsv": tsv });
    assert.deepEqual(said, [
      ["Ada Bob", { kind: "full" }],
      ["Ada", { note: "a|b" }],
      ["Eve", { note: "last" }],
    ]);
    assert.equal(lines, "");
  });

  it("Label Studio: what controls say of a region", async () => {
    const place = { start: 3, end: 8, text: "fever" };
    const one = (from: string, type: string, value: object): object => ({
      ...{ id: "r1", from_name: from, to_name: "text", type, value: { ...place, ...value } },
    });
    const result = [
      one("certainty", "choices", { choices: ["low"] }),
      one("label", "labels", { labels: ["Finding"] }),
      one("signs", "choices", { choices: ["a", "b"] }),
      one("rank", "rating", { rating: 4 }),
      one("note", "textarea", { text: ["seen"] }),
      { ...one("certainty", "choices", { choices: ["low"] }), id: "alone" },
    ];
    const task = { id: 1, data: { text: TEXT }, annotations: [{ was_cancelled: false, result }] };
    const found = await readForeign({ "a.json": JSON.stringify([task]) });
    assert.deepEqual(attributesIn(found), [["fever", { certainty: "low", signs: "a, b", rank: "4", note: "seen" }]]);
    assert.equal(found.documents[0]!.layers.sentiment.labels.length, 1, "a choice of no region is a class");
    assert.match(told(found), /merged .*2 values of "signs"/);
  });

  it("tells of each value of ours that is none, wherever it is kept", async () => {
    const wrong = { list: ["a"], object: { a: 1 }, none: null, long: "x".repeat(20_000) };
    const many = Object.fromEntries(Array.from({ length: 203 }, (_, index) => [`N${index}`, index]));
    const marks = [
      { start: 3, end: 8, label: "Finding", attributes: { sure: true, rank: 2, ...wrong } },
      { start: 21, end: 24, label: "PER", attributes: many },
      { start: 28, end: 33, label: "LOC", attributes: ["a"] },
    ];
    const label = marks.map(({ start, end, label: name }) => [start, end, name]);
    const spans = marks.map(({ start, end, label: name }) => ({ start, end, label: name }));
    const tasks = marks.map(({ attributes, ...span }) => ({
      text: TEXT,
      spans: [span],
      answer: "accept",
      glossator: { attributes },
    }));
    const lines = (rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    const rows = marks.map(
      ({ start, end, label: name, attributes }) =>
        `a.txt,label,entities,${name},${start},${end},${TEXT.slice(start, end)},,,ann,,,,,"${JSON.stringify(attributes).replaceAll('"', '""')}"`,
    );
    const results = marks.map(({ start, end, label: name, attributes }, index) => ({
      ...{ id: `r${index}`, type: "labels", from_name: "label", to_name: "text", meta: { glossator: { attributes } } },
      value: { start, end, text: TEXT.slice(start, end), labels: [name] },
    }));
    const notes = marks.flatMap(({ start, end, label: name, attributes }, index) => [
      `T${index + 1}\t${name} ${start} ${end}\t${TEXT.slice(start, end)}`,
      `#${index + 1}\tProvenance T${index + 1}\t${JSON.stringify({ attributes })}`,
    ]);
    const given: Readonly<Record<string, Given>> = {
      doccano: {
        "a.jsonl": lines([{ text: TEXT, label, glossator: { path: "a.txt", unit: "codepoint", entities: marks } }]),
      },
      prodigy: { "a.jsonl": lines(tasks) },
      csv: {
        "a.csv": [
          "document,kind,task,label,start_codepoint,end_codepoint,text,question,question_id,author,time,model,model_version,score,attributes",
          ...rows,
        ].join("\n"),
        "documents/a.txt": TEXT,
      },
      labelstudio: {
        "a.json": JSON.stringify([
          { id: 1, data: { text: TEXT }, annotations: [{ was_cancelled: false, result: results }] },
        ]),
      },
      brat: { "a.txt": TEXT, "a.ann": notes.join("\n") },
    };
    for (const [format, files] of Object.entries(given)) {
      const found = await readForeign(files);
      assert.equal(found.format, format);
      const said = new Map(attributesIn(found));
      assert.equal(said.size, spans.length, format);
      assert.deepEqual(said.get("fever"), { sure: "true", rank: "2" }, format);
      assert.equal(Object.keys(said.get("Ada")!).length, 200, format);
      assert.equal(said.get("Paris"), undefined, format);
      const reasons = found.losses.filter(({ reason }) => /attributes/.test(reason)).map(({ reason }) => reason);
      assert.equal(reasons.length, Object.keys(wrong).length + 3 + 1, `${format}\n${told(found)}`);
      for (const name of Object.keys(wrong))
        assert.ok(
          reasons.some((reason) => reason.includes(`attributes.${name}" is `)),
          `${format}: ${name}`,
        );
      assert.ok(
        reasons.some((reason) => reason.includes('attributes" is a list, not an object')),
        format,
      );
      assert.ok(
        reasons.some((reason) => reason.includes('attributes.N202" is a number, not one of the first 200')),
        format,
      );
    }
  });

  it("bounds what a label may say, and tells of the rest", async () => {
    const many = Array.from({ length: 300 }, (_, index) => `A${index + 1}\tN${index} T1 v`);
    const long = `A999\tLong T2 ${"x".repeat(20_000)}`;
    const found = await of({ "a.txt": TEXT, "a.ann": [...ANN.split("\n").slice(0, 2), ...many, long].join("\n") });
    assert.equal(Object.keys(found.said[0]![1]!).length, 200);
    assert.equal(found.said[1]![1], undefined);
    assert.equal(found.told.match(/more than 200 on one label/g)?.length, 100);
    assert.match(found.told, /"Long" is longer than 10000 characters/);
  });

  describe("in a workspace", () => {
    let source: SourceWorkspace;
    const labels = async (): Promise<[string, Attributes | undefined][]> =>
      attributesIn(
        (await collectDocuments({ workspace: source.workspace })) as unknown as Pick<Foreign, "documents">,
      ).sort();
    beforeEach(async () => {
      source = await SourceWorkspace.make();
      for (const [name, text] of Object.entries(BRAT)) await source.put(`brat/${name}`, text);
    });
    afterEach(() => source.remove());

    it("are imported, exported, known again, and taken back", async () => {
      const folder = path.join(source.root, "brat");
      const { act } = await source.import(folder);
      const said = await labels();
      assert.deepEqual(said, [
        ["Ada", undefined],
        ["Paris", { Role: "true" }],
        ["fever", FEVER],
      ]);
      const { documents } = await collectDocuments({ workspace: source.workspace });
      for (const name of WRITABLE.filter((one) => one !== "docbin")) {
        const format = formatOf(name);
        const { losses, ...written } = await writeDataset(format, documents, WRITER_OPTIONS);
        const reasons = losses.filter(({ reason }) => reason.includes("attribute")).map(({ reason }) => reason);
        if (!format.holds.attributes) {
          const tasks = format.holds.tasks.includes(SPANS) ? ["Certainty", "Negation", "Role"] : [];
          assert.deepEqual(
            reasons.map((reason) => /"(\w+)"/.exec(reason)?.[1]),
            tasks,
            name,
          );
          continue;
        }
        assert.deepEqual(reasons, [], name);
        const files = bytesOf({ losses, ...written });
        assert.equal(detectFormats(files)[0]?.name, name);
        const read = await format.read!(files, { misaligned: "refuse" });
        assert.deepEqual(attributesIn(read).sort(), said, name);
      }
      const again = previewOf(await planImport({ source: folder, workspace: source.workspace, author: "ann" }));
      assert.deepEqual([again.added, again.same, again.conflicts], [0, 3, 0]);
      await undoImport(source.workspace, act!);
      assert.deepEqual(await labels(), []);
    });

    it("that differ are a conflict, which can take theirs; a file that says nothing of them changes none", async () => {
      await source.import(path.join(source.root, "brat"));
      const other = path.join(source.root, "other");
      await source.put("other/a.txt", TEXT);
      const lines = ANN.split("\n").slice(0, 3);
      await source.put("other/a.ann", [...lines, "A1\tNegation T2"].join("\n"));
      const plan = await planImport({ source: other, workspace: source.workspace, author: "ann" });
      const [conflict, ...more] = conflictsOf(plan);
      assert.deepEqual(
        [conflict?.reason, conflict?.mine[0]?.label, conflict?.theirs.label, more.length],
        ["other attributes", "PER (no attributes)", "PER (Negation: true)", 0],
      );
      assert.equal(previewOf(plan).same, 2);
      await carryOut(plan, { choose: () => "theirs" });
      assert.deepEqual((await labels())[0], ["Ada", { Negation: "true" }]);
      assert.equal((await labels()).length, 3);
    });
  });
});
