/** Relations between labels: read from other people's files, kept by import, log and undo, and written again; what has no place is counted. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Labelled } from "../../src/documents/labelled";
import { layersByKind } from "../../src/documents/layers";
import { labelsById } from "../../src/documents/relations";
import { detectFormats, formatOf, WRITABLE } from "../../src/datasets/formats";
import { carryOut } from "../../src/datasets/import/carry-out";
import { planImport } from "../../src/datasets/import/plan";
import { previewOf } from "../../src/datasets/import/preview";
import { undoImport } from "../../src/datasets/import/undo";
import { lossCount } from "../../src/datasets/losses";
import { withKnownLabels } from "../../src/datasets/lost-relations";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { writeDataset } from "../../src/datasets/writing/drive";
import { haveWhole, readForeign, told, WHOLE } from "./support/foreign";
import type { Given } from "./support/foreign";
import { bytesOf, WRITER_OPTIONS } from "./support/round-trip";
import { SourceWorkspace } from "./support/source-workspace";

const TEXT = "Ada works for Acme in Paris, and met Bob.\n";
const ANN = [
  "T1\tPER 0 3\tAda",
  "T2\tORG 14 18\tAcme",
  "T3\tLOC 22 27\tParis",
  "T4\tMeet 33 36\tmet",
  "T5\tPER 37 40\tBob",
  "E1\tMeet:T4 Who:T1 Whom:T5",
  "R1\tworksFor Arg1:T1 Arg2:T2",
  "R2\tisIn Arg2:T3 Arg1:T2",
  "R3\tworksFor Arg1:T1 Arg2:T2",
  "R4\tknows Arg1:T1 Arg2:T9",
  "*\tEquiv T1 T4 T5",
  "A1\tsure R1 very",
].join("\n");
const BRAT = { "a.txt": TEXT, "a.ann": ANN };

/** `from type to`, with what it says besides. */
function said(document: Labelled): string[] {
  const labels = labelsById(document);
  return (document.relations ?? [])
    .map(({ type, from, to, attributes }) =>
      [labels.get(from)!.exact, type, labels.get(to)!.exact, ...(attributes ? [JSON.stringify(attributes)] : [])].join(
        " ",
      ),
    )
    .sort();
}

async function of(given: Given): Promise<{ said: string[]; told: string }> {
  const found = await readForeign(given);
  return { said: found.documents.flatMap(said), told: told(found) };
}

const EXPECTED = [
  "Acme isIn Paris",
  "Ada Equiv met",
  'Ada worksFor Acme {"sure":"very"}',
  "met Equiv Bob",
  "met Who Ada",
  "met Whom Bob",
];

describe("datasets: relations between labels", () => {
  it("brat: relations, what is equal, and events as relations of their triggers", async () => {
    const found = await of(BRAT);
    assert.deepEqual(found.said, [...EXPECTED, "Ada worksFor Acme"].sort());
    assert.match(found.told, /^dropped a\.ann:10 1 a relation: a label that it joins was not taken$/);
  });

  it("CAS JSON: relation layers, references, and slots with roles", async () => {
    const at = (exact: string): object => ({
      ...{ "@sofa": 1, begin: TEXT.indexOf(exact), end: TEXT.indexOf(exact) + exact.length },
    });
    const entity = "de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity";
    const structures = [
      { "%ID": 1, "%TYPE": "uima.cas.Sofa", sofaID: "_InitialView", sofaString: TEXT },
      { "%ID": 2, "%TYPE": entity, ...at("Ada"), value: "PER", "@boss": 4, "@nobody": 77 },
      { "%ID": 3, "%TYPE": entity, ...at("Acme"), value: "ORG" },
      { "%ID": 4, "%TYPE": entity, ...at("Bob"), value: "PER" },
      {
        "%ID": 5,
        "%TYPE": "custom.Rel",
        ...at("Acme"),
        "@Governor": 2,
        "@Dependent": 3,
        value: "worksFor",
        since: 1840,
      },
      { "%ID": 6, "%TYPE": "custom.Event", ...at("met"), value: "Meet", "@args": 7 },
      { "%ID": 7, "%TYPE": "custom.Link[]", "%ELEMENTS": [8, 9] },
      { "%ID": 8, "%TYPE": "custom.Link", role: "Who", "@target": 2 },
      { "%ID": 9, "%TYPE": "custom.Link", "@target": 4 },
      { "%ID": 10, "%TYPE": "custom.Rel", ...at("Acme"), "@Governor": 2, "@Dependent": 1, value: "isA" },
    ];
    const found = await of({ "a.json": JSON.stringify({ "%FEATURE_STRUCTURES": structures }) });
    assert.deepEqual(found.said, ["Ada boss Bob", 'Ada worksFor Acme {"since":"1840"}', "met Who Ada", "met args Bob"]);
    assert.match(found.told, /beside .*"nobody"/);
    assert.match(found.told, /dropped .*custom\.Rel: it is a relation, and not between two labels/);
    assert.equal(found.told.split("\n").length, 2, found.told);
  });

  it("WebAnno TSV: relations by word and number, further columns, and those of words alone told", async () => {
    const tsv = [
      "#FORMAT=WebAnno TSV 3.3",
      "#T_SP=webanno.custom.Ent|value",
      "#T_RL=webanno.custom.Rel|value|note|BT_webanno.custom.Ent",
      "#T_RL=webanno.custom.Dep|value|BT_de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token",
      "",
      "",
      "#Text=Ada Bob Eve",
      "1-1\t0-3\tAda\tPER[1]|X[2]\t_\t_\t_\t_\t_\t",
      "1-2\t4-7\tBob\tPER[1]\t_\t_\t_\t_\t_\t",
      "1-3\t8-11\tEve\tPER\tlikes|*\t*|why\t1-1[1_0]|1-1[2_0]\tsubj\t1-2\t",
    ].join("\n");
    const found = await of({ "a.tsv": tsv });
    assert.deepEqual(found.said, ['Ada Rel Eve {"note":"why"}', "Ada Bob likes Eve"].sort());
    assert.match(found.told, /^dropped a\.tsv: 1 1 values: relations of webanno\.custom\.Dep has no place here$/);
  });

  it("Label Studio: both ways are two; Prodigy: by token; Web Annotation: a link of two annotations", async () => {
    const region = (id: string, exact: string): object => {
      const start = TEXT.indexOf(exact);
      const value = { start, end: start + exact.length, text: exact, labels: ["X"] };
      return { id, from_name: "label", to_name: "text", type: "labels", value };
    };
    const result = [
      region("a", "Ada"),
      region("b", "Bob"),
      { type: "relation", from_id: "a", to_id: "b", direction: "bi", labels: ["knows"] },
      { type: "relation", from_id: "a", to_id: "b", direction: "left" },
      { type: "relation", from_id: "a", to_id: "z", labels: ["lost"] },
    ];
    const studio = await of({ "a.json": JSON.stringify([{ id: 1, data: { text: TEXT }, annotations: [{ result }] }]) });
    assert.deepEqual(studio.said, ["Ada knows Bob", "Bob knows Ada", "Bob relation Ada"]);
    assert.match(studio.told, /a relation: a label that it joins was not taken/);
    const task = {
      text: TEXT,
      spans: [
        { start: 0, end: 3, token_start: 0, token_end: 0, label: "PER" },
        { start: 14, end: 18, token_start: 3, token_end: 3, label: "ORG" },
      ],
      relations: [
        { head: 0, child: 3, label: "worksFor" },
        { head: 0, child: 1, label: "lost" },
      ],
      answer: "accept",
    };
    const prodigy = await of({ "a.jsonl": JSON.stringify(task) });
    assert.deepEqual(prodigy.said, ["Ada worksFor Acme"]);
    assert.match(prodigy.told, /dropped .* a relation: a label that it joins was not taken/);
    const note = (id: string, start: number, end: number): object => ({
      ...{ id, type: "Annotation", body: { type: "TextualBody", value: "X", purpose: "tagging" } },
      target: { source: "a.txt", selector: { type: "TextPositionSelector", start, end } },
    });
    const link = (target: unknown, value: string): object => ({
      ...{ id: `#${value}`, type: "Annotation", motivation: "linking", target },
      body: { type: "TextualBody", value, purpose: "tagging" },
    });
    const rows = [
      link([{ id: "#one" }, { id: "#two" }], "knows"),
      note("#one", 0, 3),
      note("#two", 37, 40),
      link(["#one", "#three"], "lost"),
    ];
    const web = await of({ "a.json": JSON.stringify(rows), "a.txt": TEXT });
    assert.deepEqual(web.said, ["Ada knows Bob"]);
    assert.match(web.told, /dropped .* a relation: what it links are not two labels of one text/);
  });

  it("bounds how many a document has, and tells of the rest, and of names that are none", () => {
    const label = { id: "a", start: 0, end: 3, exact: "Ada", label: "PER" };
    const document: Labelled = {
      ...{ text: "Ada", questions: [], layers: layersByKind({ spans: [label] }) },
      relations: ["x", "y", "y", " a\n b ", ""].map((type) => ({ type, from: "a", to: "a" })),
    };
    const losses: Parameters<typeof withKnownLabels>[1] = [];
    const kept = withKnownLabels(document, losses, { file: "a" }, 2);
    assert.deepEqual(
      kept.relations!.map(({ type }) => type),
      ["x", "y"],
    );
    assert.equal(lossCount(losses.filter(({ kind }) => kind === "dropped")), 3);
    assert.match(losses.map(({ reason }) => reason).join(), /no type.*"a b" here.*no more than 2/);
  });

  describe("in a workspace", () => {
    let source: SourceWorkspace;
    const relations = async (): Promise<string[]> =>
      (await collectDocuments({ workspace: source.workspace })).documents.flatMap(said);
    beforeEach(async () => {
      source = await SourceWorkspace.make();
      for (const [name, text] of Object.entries(BRAT)) await source.put(`brat/${name}`, text);
    });
    afterEach(() => source.remove());

    it("are imported, exported, known again, and taken back", async () => {
      const folder = path.join(source.root, "brat");
      const { act, losses: lost } = await source.import(folder);
      assert.deepEqual(await relations(), EXPECTED);
      assert.ok(lost.some(({ kind, count, reason }) => kind === "merged" && count === 1 && /relations/.test(reason)));
      const { documents } = await collectDocuments({ workspace: source.workspace });
      for (const name of WRITABLE.filter((one) => one !== "docbin")) {
        const format = formatOf(name);
        const written = await writeDataset(format, documents, WRITER_OPTIONS);
        const missing = lossCount(written.losses.filter(({ reason }) => reason.startsWith("a relation: ")));
        if (format.holds.relations !== true) {
          assert.equal(missing, EXPECTED.length, name);
          continue;
        }
        assert.equal(missing, 0, name);
        const files = bytesOf(written);
        assert.equal(detectFormats(files)[0]?.name, name);
        const read = await format.read!(files, { misaligned: "refuse" });
        assert.deepEqual(read.documents.flatMap(said).sort(), EXPECTED, name);
      }
      const again = previewOf(await planImport({ source: folder, workspace: source.workspace, author: "ann" }));
      assert.deepEqual([again.added, again.same, again.conflicts], [0, 5 + EXPECTED.length, 0]);
      await undoImport(source.workspace, act!);
      assert.deepEqual(await relations(), []);
    });

    it("go on with the label that is taken in place of mine, and are told of where mine is kept", async () => {
      await source.import(path.join(source.root, "brat"));
      await source.put("other/a.txt", TEXT);
      const lines = ["T1\tCOMPANY 14 18\tAcme", "T2\tPER 37 40\tBob", "R1\towns Arg1:T2 Arg2:T1"];
      await source.put("other/a.ann", lines.join("\n"));
      const other = { source: path.join(source.root, "other"), workspace: source.workspace, author: "ann" };
      const kept = await carryOut(await planImport(other));
      assert.ok(kept.losses.some(({ label, reason }) => label === "owns" && /gave way to yours/.test(reason)));
      assert.deepEqual(await relations(), EXPECTED);
      await carryOut(await planImport(other), { choose: () => "theirs" });
      assert.deepEqual(await relations(), [...EXPECTED, "Bob owns Acme"].sort());
    });
  });

  it("of whole files are those that a count of lines finds", async function () {
    if (!haveWhole) return this.skip();
    this.timeout(120_000);
    for (const [folder, due] of [
      ["tut-bio", 54],
      ["BioNLP-ST_2011_EPI", 111],
      ["TDT", 1169],
      ["CoNLL-ST_2006", 4559],
    ] as const) {
      const root = path.join(WHOLE, "brat", folder);
      const lines = readdirSync(root).filter((name) => name.endsWith(".ann"));
      let inFile = 0;
      for (const line of lines.flatMap((name) => readFileSync(path.join(root, name), "utf8").split("\n"))) {
        const [id = "", data = ""] = line.split("\t");
        if (/^R\d/.test(id)) inFile++;
        if (/^E\d/.test(id)) inFile += data.trim().split(/ +/).length - 1;
        if (id === "*") inFile += data.trim().split(/ +/).length - 2;
      }
      const found = await readForeign(root);
      const taken = found.documents.reduce((sum, { relations = [] }) => sum + relations.length, 0);
      const lost = lossCount(found.losses.filter(({ reason }) => reason.startsWith("a relation: ")));
      assert.deepEqual([taken + lost, lost], [inFile, 0], folder);
      assert.equal(taken, due, folder);
    }
    const file = path.join(WHOLE, "prodigy/rel_annotations.jsonl");
    const rows = readFileSync(file, "utf8").trim().split("\n");
    const inFile = rows.reduce((sum, row) => sum + (JSON.parse(row) as { relations: unknown[] }).relations.length, 0);
    const prodigy = await readForeign(file);
    assert.equal(
      prodigy.documents.reduce((sum, { relations = [] }) => sum + relations.length, 0),
      inFile,
    );
    assert.equal(inFile, 267);
  });
});
