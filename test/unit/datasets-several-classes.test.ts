/** Texts with several classes come in from every format that has them, and go out again; the label set allows them from then on, until the import is taken back. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { convertDataset } from "../../src/datasets/convert/convert";
import type { LabelledDocument } from "../../src/datasets/document";
import { formatOf, WRITABLE } from "../../src/datasets/formats";
import type { FormatName } from "../../src/datasets/formats";
import { carryOut } from "../../src/datasets/import/carry-out";
import { planImport } from "../../src/datasets/import/plan";
import type { ImportPlan } from "../../src/datasets/import/plan";
import { previewOf } from "../../src/datasets/import/preview";
import { readSource } from "../../src/datasets/import/source";
import { undoImport } from "../../src/datasets/import/undo";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { writeDataset } from "../../src/datasets/writing/drive";
import type { DecidedLabel } from "../../src/documents/labelled";
import { layersByKind } from "../../src/documents/layers";
import { CLASSES } from "../../src/documents/tasks";
import { withSeveral } from "../../src/labels/labelset";
import { loadLabelSets } from "../../src/labels/labelset-file";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { splitSentences } from "../../src/text/sentences";
import { WHOLE } from "./support/foreign";
import { bytesOf, roundTrip, WRITER_OPTIONS } from "./support/round-trip";

const NAMES = ["negative", "positive", "neutral"];
const SEVERAL = { labels: withSeveral(WRITER_OPTIONS.labels, [CLASSES]) };
/** A DocBin is written by spaCy's Python. */
const HOLDING = WRITABLE.filter((name) => name !== "docbin" && formatOf(name).holds.severalClasses);
const LINES = ["You fool, go home.", "I like the café 🙂 here.", "It rained all day long.", "Nobody knows why."];

const document = fc
  .array(fc.subarray(NAMES), { minLength: LINES.length, maxLength: LINES.length })
  .filter((chosen) => chosen.some((names) => names.length > 1))
  .map((chosen): LabelledDocument => {
    const text = LINES.join("\n");
    const classes = chosen.flatMap((names, line) =>
      names.map((label, index): DecidedLabel => {
        const start = text.indexOf(LINES[line]!);
        const time = `2026-01-02T03:04:0${index}.000Z`;
        return {
          id: `c${line}${index}`,
          start,
          end: start + LINES[line]!.length,
          exact: LINES[line]!,
          label,
          author: "ann",
          time,
        };
      }),
    );
    return { path: "a.txt", text, sentences: splitSentences(text), layers: layersByKind({ classes }), questions: [] };
  });

/** `text: class, class` of each text that was read. */
async function classesIn(files: Readonly<Record<string, string | Uint8Array>>, format?: FormatName): Promise<string[]> {
  const bytes = new Map(
    Object.entries(files).map(([name, text]) => [
      name,
      typeof text === "string" ? new TextEncoder().encode(text) : text,
    ]),
  );
  const { documents } = await readSource({ files: bytes }, format === undefined ? {} : { format });
  return documents.map(({ text, layers }) => `${text}: ${layers[CLASSES].labels.map(({ label }) => label).join(", ")}`);
}

describe("several classes of a text, out and in", () => {
  for (const name of HOLDING) {
    it(`${formatOf(name).title}: come back, each with who decided where the format says so`, async () => {
      const format = formatOf(name);
      const { provenance, paths } = format.holds;
      const own = provenance ? (["author", "time"] as const) : [];
      await fc.assert(
        fc.asyncProperty(document, async (one) => {
          const { written, read } = await roundTrip(format, [one], {
            write: SEVERAL,
            provenance: own,
            rejected: false,
          });
          const told = written.losses.filter(({ kind, label }) => kind === "dropped" && label !== undefined);
          assert.deepEqual(told, []);
          const count = read.documents.reduce((sum, { layers }) => sum + layers[CLASSES].labels.length, 0);
          assert.equal(count, one.layers[CLASSES].labels.length, paths ? "" : "without a place");
        }),
        { numRuns: 15, seed: 7 },
      );
    });
  }

  it("where they exclude each other the later one counts, and the other is named", async () => {
    const [one] = fc.sample(document, { numRuns: 1, seed: 3 });
    const dropped =
      one!.layers[CLASSES].labels.length - new Set(one!.layers[CLASSES].labels.map(({ start }) => start)).size;
    for (const name of ["fasttext", "huggingface", "spacy"] as const) {
      const { losses } = await writeDataset(formatOf(name), [one!], WRITER_OPTIONS);
      assert.equal(losses.filter(({ reason }) => /^labelled \w+ later, by ann$/.test(reason)).length, dropped, name);
    }
  });

  it("have the columns that users of `datasets` expect, in Parquet too", async () => {
    const [one] = fc.sample(document, { numRuns: 1, seed: 3 });
    for (const files of ["jsonl", "parquet"]) {
      const made = await writeDataset(formatOf("huggingface"), [one!], {
        ...WRITER_OPTIONS,
        ...SEVERAL,
        choices: { files },
      });
      const card = String(made.files.get("sentiment/README.md"));
      assert.match(card, /name: "labels"\n\s+list:\n\s+class_label:/);
      const again = await formatOf("huggingface").read!(bytesOf(made), { misaligned: "refuse" });
      assert.deepEqual([...again.labels![CLASSES]!], NAMES);
    }
  });
});

describe("several classes of a text, as others have them", () => {
  const WANTED = ["You fool: toxic, insult", "I like it: praise", "It rains: "];

  it("doccano, fastText, Prodigy, Label Studio, spaCy, rows with lists", async () => {
    assert.deepEqual(
      await classesIn(
        {
          "a.jsonl":
            '{"id": 1, "text": "You fool", "label": ["toxic", "insult"]}\n{"id": 2, "text": "I like it", "label": ["praise"]}\n{"id": 3, "text": "It rains", "label": []}\n',
        },
        "doccano",
      ),
      WANTED,
    );
    assert.deepEqual(
      await classesIn({ "a.txt": "__label__toxic __label__insult You fool\n__label__praise I like it\n" }),
      WANTED.slice(0, 2),
    );
    const options =
      '"options": [{"id": "toxic", "text": "Toxic"}, {"id": "insult", "text": "Insult"}, {"id": "praise", "text": "Praise"}]';
    const task = (text: string, accept: string): string =>
      `{"text": "${text}", ${options}, "accept": ${accept}, "answer": "accept", "_view_id": "choice", "config": {"choice_style": "multiple"}}\n`;
    assert.deepEqual(
      await classesIn({
        "a.jsonl": task("You fool", '["toxic", "insult"]') + task("I like it", '["praise"]') + task("It rains", "[]"),
      }),
      WANTED,
    );
    const chosen = (id: number, text: string, choices: string): string =>
      `{"id": ${id}, "data": {"text": "${text}"}, "annotations": [{"completed_by": 1, "was_cancelled": false, "result": [{"from_name": "c", "to_name": "text", "type": "choices", "value": {"choices": ${choices}}}]}]}`;
    assert.deepEqual(
      await classesIn({
        "a.json": `[${chosen(1, "You fool", '["toxic", "insult"]')}, ${chosen(2, "I like it", '["praise"]')}, ${chosen(3, "It rains", "[]")}]`,
      }),
      WANTED,
    );
    const cats = (...on: string[]): string =>
      JSON.stringify(
        Object.fromEntries(["toxic", "insult", "praise"].map((name) => [name, on.includes(name) ? 1 : 0])),
      );
    assert.deepEqual(
      await classesIn({
        "a.jsonl": `{"text": "You fool", "cats": ${cats("toxic", "insult")}}\n{"text": "I like it", "cats": ${cats("praise")}}\n{"text": "It rains", "cats": ${cats()}}\n`,
      }),
      WANTED,
    );
    assert.deepEqual(
      await classesIn(
        {
          "a.jsonl":
            '{"text": "You fool", "labels": ["toxic", "insult"]}\n{"text": "I like it", "labels": ["praise"]}\n{"text": "It rains", "labels": []}\n',
        },
        "huggingface",
      ),
      WANTED,
    );
  });

  it("a column for each class, in CSV, JSON Lines and Parquet's kin, and what is beside it is told", async () => {
    const csv = "id,comment_text,toxic,insult,praise\n1,You fool,1,1,0\n2,I like it,0,0,1\n3,It rains,0,0,0\n";
    assert.deepEqual(await classesIn({ "a.csv": csv }), WANTED);
    const { losses } = await readSource({ files: new Map([["a.csv", new TextEncoder().encode(csv)]]) }, {});
    assert.deepEqual(
      losses.map(({ kind, count, reason }) => [kind, count, reason]),
      [["beside", 3, 'the column "id"']],
    );
    const tsv = csv
      .replaceAll(",", "\t")
      .replaceAll("1", "True")
      .replaceAll("\t0", "\tFalse")
      .replace("True\tYou", "7\tYou");
    assert.deepEqual(await classesIn({ "a.tsv": tsv }), WANTED);
    const rows = [
      ["You fool", 1, 1, 0],
      ["I like it", 0, 0, 1],
      ["It rains", 0, 0, 0],
    ] as const;
    const jsonl = rows
      .map(([text, toxic, insult, praise], id) => JSON.stringify({ id, text, toxic, insult, praise }))
      .join("\n");
    assert.deepEqual(await classesIn({ "a.jsonl": jsonl }), WANTED);
    // Two columns of zeros and ones are none: nothing says that they are classes.
    const one = 'text,label,seen\n"You fool",toxic,1\n"I like it",praise,0\n';
    assert.deepEqual(await classesIn({ "a.csv": one }), ["You fool: toxic", "I like it: praise"]);
    const flags = "text,is_long,has_link,user_id\nYou fool,1,0,1\nI like it,0,0,0\n";
    await assert.rejects(classesIn({ "a.csv": flags }));
  });

  it("a cell that lists classes", async () => {
    for (const cell of ["['toxic', 'insult']", "toxic; insult", "toxic|insult", '"toxic, insult"'])
      assert.deepEqual(
        await classesIn({
          "a.csv": `text,labels\nYou fool,${cell.startsWith("[") ? `"${cell}"` : cell}\nI like it,praise\n`,
        }),
        WANTED.slice(0, 2),
        cell,
      );
    // A single class may have a comma in its name where its column is called so.
    assert.deepEqual(await classesIn({ "a.csv": 'text,label\nYou fool,"toxic, mild"\n' }), ["You fool: toxic, mild"]);
  });

  it("go from one format to another with all their classes", async () => {
    const files = new Map([
      ["a.txt", new TextEncoder().encode("__label__toxic __label__insult You fool\n__label__praise I like it\n")],
    ]);
    const sources = [{ name: "a.txt", files, refused: [] }];
    for (const [to, held] of [
      ["spacy", /"cats":\{"insult":1,"praise":0,"toxic":1\}/],
      ["huggingface", /"labels":\[0,2\]/],
      ["doccano", /"label":\["insult","toxic"\]/],
      ["prodigy", /"accept":\["insult","toxic"\],"config":\{"choice_style":"multiple"\}/],
      ["fasttext", /^__label__insult __label__toxic You fool$/m],
      ["labelstudio", /choice="multiple"/],
    ] as const) {
      const { written, unread } = await convertDataset({ sources, to });
      assert.match([...written.files.values()].map(String).join("\n"), held, to);
      assert.deepEqual(
        [...written.losses, ...unread].filter(({ kind }) => kind === "dropped" || kind === "merged"),
        [],
        to,
      );
    }
  });

  it("whole files: what is taken is what is counted", async function () {
    this.timeout(60_000);
    const cooking = path.join(WHOLE, "fasttext/cooking.valid");
    if (!existsSync(cooking)) {
      console.log(`      no ${WHOLE}: left out`);
      this.skip();
    }
    const text = await readFile(cooking, "utf8");
    const counted = [...text.matchAll(/(?:^|\s)__label__\S+/g)].length;
    const { documents, losses } = await readSource({ files: new Map([["cooking.valid", Buffer.from(text)]]) }, {});
    const taken = documents.reduce((sum, { layers }) => sum + layers[CLASSES].labels.length, 0);
    assert.ok(counted > documents.length);
    assert.deepEqual([taken, losses], [counted, []]);
  });
});

describe("an import of texts with several classes", () => {
  let folder: string;
  const root = (): string => path.join(folder, "w/.glossator");
  const plan = (name: string): Promise<ImportPlan> =>
    planImport({ source: path.join(folder, name), workspace: path.join(folder, "w"), into: "", author: "ann" });

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "several-classes-"));
    await writeFile(
      path.join(folder, "many.txt"),
      "__label__toxic __label__insult You fool, go home at once and stay there\n__label__praise I like the little café at the corner\n",
    );
    await writeFile(
      path.join(folder, "one.txt"),
      "__label__toxic You fool, go home at once and stay there\n__label__praise I like the little café at the corner\n",
    );
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("has the label set allow them, says so before, and undo takes it back", async () => {
    const single = await plan("one.txt");
    assert.deepEqual([single.several, previewOf(single).several], [[], []]);
    const many = await plan("many.txt");
    assert.deepEqual(previewOf(many).several, [
      '1 text of it has several classes of sentiment: labels.json allows it from then on ("multiple")',
    ]);
    const { act } = await carryOut(many);
    assert.deepEqual((await loadLabelSets(root())).multiple, ["sentiment"]);
    const { documents, labels } = await collectDocuments({ workspace: path.join(folder, "w") });
    assert.deepEqual([documents[0]!.layers[CLASSES].labels.length, labels.multiple], [3, ["sentiment"]]);
    assert.deepEqual((await plan("many.txt")).several, [], "it is allowed now");
    await undoImport(path.join(folder, "w"), act!);
    assert.equal((await loadLabelSets(root())).multiple, undefined);
  });

  it("leaves it allowed where somebody gave a text several since, and tells", async () => {
    const { act, created } = await carryOut(await plan("many.txt"));
    const { multiple = [] } = await loadLabelSets(root());
    const journal = new Journal(root(), created[0]!, "bob");
    const text = await readFile(path.join(folder, "w", created[0]!), "utf8");
    const labels = new DocumentLabels({ text, author: "bob", sink: journal, multiple });
    await labels.classify({ task: "sentiment", span: { start: 0, end: 8 }, names: ["toxic", "praise"] })!.saved;
    const { kept } = await undoImport(path.join(folder, "w"), act!);
    assert.ok(kept.some(({ what }) => what === "several classes of sentiment"));
    assert.deepEqual((await loadLabelSets(root())).multiple, ["sentiment"]);
  });

  it("puts a class beside those of before, and asks where they exclude each other", async () => {
    await carryOut(await plan("one.txt"));
    const count = ({ logs }: ImportPlan): number[] => {
      const compared = logs.map((log) => log.compared);
      return [
        compared.reduce((sum, { additions }) => sum + additions.length, 0),
        compared.reduce((sum, { conflicts }) => sum + conflicts.length, 0),
      ];
    };
    await writeFile(path.join(folder, "one.txt"), "__label__insult You fool, go home at once and stay there\n");
    assert.deepEqual(count(await plan("one.txt")), [0, 1]);
    const all = await readFile(path.join(folder, "many.txt"));
    await writeFile(path.join(folder, "one.txt"), all);
    assert.deepEqual(count(await plan("one.txt")), [1, 0]);
  });
});
