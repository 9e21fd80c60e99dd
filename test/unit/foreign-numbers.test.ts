/** Labels that are numbers: their names come from the file, from a list beside it or from the user, and never from the workspace. */
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parquetReadObjects } from "hyparquet";
import { readingOptions } from "../../src/commands/reading-options";
import { planImport } from "../../src/datasets/import/plan";
import type { ImportPlan } from "../../src/datasets/import/plan";
import type { ReaderOptions } from "../../src/datasets/format";
import { previewOf } from "../../src/datasets/import/preview";
import { parseNames } from "../../src/datasets/reading/name-lists";
import { counted, filesOf, haveWhole, labelled, readForeign, told, WHOLE } from "./support/foreign";

/** From doccano-transformer's test data (MIT): an export of doccano 1.0, whose labels are the ids of its database. */
const DOCCANO =
  '{"id": 2578, "text": "SOCCER - JAPAN GET LUCKY WIN , CHINA IN SURPRISE DEFEAT .\\nNadim Ladki", "meta": {}, "annotations": [{"label": 12, "start_offset": 9, "end_offset": 14, "user": 1}, {"label": 13, "start_offset": 31, "end_offset": 36, "user": 1}, {"label": 13, "start_offset": 58, "end_offset": 69, "user": 1}], "annotation_approver": null}\n';
const TOKENS = '{"tokens": ["Paris", "met", "Ada", "Lovelace", "there", "then"], "ner_tags": [5, 0, 1, 2, 0, 0]}\n';
const EMOTIONS = "text,label\nI am happy,1\nI am angry,0\nI am sad,3\n";

describe("datasets of others: labels that are numbers", function () {
  this.timeout(60_000);

  it("stay numbers where nothing names them, and the user is told with rows to look at", async () => {
    const doccano = await readForeign({ "all.jsonl": DOCCANO });
    assert.deepEqual(labelled(doccano), ["JAPAN/12", "CHINA/13", "Nadim Ladki/13"]);
    assert.match(told(doccano), /assumed all\.jsonl:1 3 labels that are numbers \(12, 13\)/);
    assert.deepEqual(doccano.unnamed, [{ task: "entities", numbers: [12, 13], samples: ["12: JAPAN", "13: CHINA"] }]);

    const tokens = await readForeign({ "train.jsonl": TOKENS });
    assert.deepEqual(labelled(tokens), ["Paris/5", "Ada/1", "Lovelace/2"]);
    assert.match(told(tokens), /the number 0 of "ner_tags", which 3 of 6 words have/);
    assert.match(told(tokens), /3 labels that are numbers/);
    assert.deepEqual(tokens.documents[0]!.layers.entities.reviewed, [], "nobody said that 0 is outside");

    assert.deepEqual(labelled(await readForeign({ "a.csv": EMOTIONS })), [
      "I am happy/1",
      "I am angry/0",
      "I am sad/3",
    ]);
  });

  it("have the names of a list beside them, of a README, of dataset_info.json, or of the user, who counts first", async () => {
    const names = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"];
    const due = ["Paris/LOC", "Ada Lovelace/PER"];
    const feature = {
      tokens: { dtype: "string" },
      ner_tags: { feature: { names, _type: "ClassLabel" }, _type: "Sequence" },
    };
    const lists: Record<string, string> = {
      "labels.txt": names.join("\n"),
      "label_list.json": JSON.stringify(names),
      "id2label.json": JSON.stringify(Object.fromEntries(names.map((name, id) => [id, name]))),
      "config.json": JSON.stringify({
        model_type: "bert",
        label2id: Object.fromEntries(names.map((name, id) => [name, id])),
      }),
      "dataset_info.json": JSON.stringify({ features: feature }),
      "dataset_infos.json": JSON.stringify({ default: { features: feature } }),
      "README.md": `---\ndataset_info:\n  features:\n  - name: ner_tags\n    sequence:\n      class_label:\n        names:\n${names.map((name, id) => `          '${id}': ${name}\n`).join("")}---\n`,
    };
    for (const [file, text] of Object.entries(lists)) {
      const together = await readForeign({ "train.jsonl": TOKENS, [file]: text });
      assert.deepEqual(labelled(together), due, file);
      const beside = await readForeign({ "train.jsonl": TOKENS }, { beside: filesOf({ [file]: text }) });
      assert.deepEqual(labelled(beside), due, `${file} beside it`);
      assert.equal(beside.unnamed?.length, 0, file);
    }
    const gaps = `---\ndataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n          '1': joy\n          '3': sadness\n---\n`;
    const some = await readForeign({ "a.csv": EMOTIONS, "README.md": gaps });
    assert.deepEqual(
      labelled(some),
      ["I am happy/joy", "I am angry/0", "I am sad/sadness"],
      "names go by their number",
    );
    const said = { entities: parseNames("0=O, 1=B-A, 2=I-A, 5=B-B")! };
    const own = await readForeign({ "train.jsonl": TOKENS, "labels.txt": names.join("\n") }, { names: said });
    assert.deepEqual(labelled(own), ["Paris/B", "Ada Lovelace/A"]);
    const csv = await readForeign(
      { "a.csv": EMOTIONS },
      { beside: filesOf({ "mapping.txt": "0\tanger\n1\tjoy\n2\toptimism\n3\tsadness\n" }) },
    );
    assert.deepEqual(labelled(csv), ["I am happy/joy", "I am angry/anger", "I am sad/sadness"]);
    assert.match(told(csv), /the names in mapping\.txt/);
  });

  it("never take the names of the workspace's own labels, whatever is imported", async () => {
    const root = mkdtempSync(path.join(os.tmpdir(), "glossator-numbers-"));
    const workspace = path.join(root, "work");
    mkdirSync(path.join(workspace, ".glossator"), { recursive: true });
    writeFileSync(
      path.join(workspace, ".glossator/labels.json"),
      JSON.stringify({
        entities: ["PER", "ORG", "LOC"].map((name, id) => ({ id, name })),
        sentiment: [
          { id: 0, name: "negative" },
          { id: 1, name: "positive" },
        ],
      }),
    );
    const plan = (name: string, text: string): Promise<ImportPlan> => {
      writeFileSync(path.join(root, name), text);
      return planImport({ source: path.join(root, name), workspace, into: "", author: "ann" });
    };
    for (const [name, text] of [
      ["d.jsonl", DOCCANO],
      ["t.jsonl", TOKENS],
      ["e.csv", EMOTIONS],
    ] as const) {
      const made = await plan(name, text);
      const { labels, unnamed, losses } = previewOf(made);
      assert.ok(
        labels.length > 0 && labels.every(({ label }) => /^\d+$/.test(label)),
        `${name}: ${JSON.stringify(labels)}`,
      );
      assert.equal(unnamed.length, 1, name);
      assert.ok(losses > 0, name);
    }
    // A list in the same folder is beside the file; so is none of the workspace's.
    writeFileSync(path.join(root, "labels.txt"), "anger\njoy\noptimism\nsadness\n");
    assert.deepEqual(
      previewOf(await plan("e.csv", EMOTIONS))
        .labels.map(({ label }) => label)
        .sort(),
      ["anger", "joy", "sadness"],
    );
  });

  it("are named on the command line by a list, by number, by a file, for one task or all", async () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "glossator-names-"));
    const file = path.join(folder, "names.txt");
    writeFileSync(file, "O\nB-PER\nI-PER\n");
    const names = ["O", "B-PER", "I-PER"];
    const named = async (...labels: readonly string[]): Promise<ReaderOptions["names"]> =>
      (await readingOptions({ labels, rows: "auto", misaligned: "refuse" })).reader.names;
    assert.deepEqual(await named("O,B-PER,I-PER"), { entities: names, sentiment: names });
    assert.deepEqual(await named(file), { entities: names, sentiment: names });
    assert.deepEqual(await named(`entities=${file}`, "sentiment=bad,good"), {
      entities: names,
      sentiment: ["bad", "good"],
    });
    assert.equal((await named("12=PER,13=ORG"))?.entities?.[13], "ORG");
    assert.equal(await named(), undefined);
    await assert.rejects(named("answers=a,b"), /answers has no labels/);
    await assert.rejects(named("entitys=a"), /entitys is no task/);
    await assert.rejects(named(" "), /with commas/);
  });

  it("of a real Parquet file without names are taken as the runs of numbers that they are", async function () {
    if (!haveWhole) return this.skip();
    const source = path.join(WHOLE, "hf/mountain-test.parquet");
    const bytes = [...filesOf(source).values()][0]!;
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer });
    const due: Record<string, number> = {};
    for (const { labels } of rows as { labels: readonly bigint[] }[])
      labels.forEach((one, index) => {
        if (one !== 0n && labels[index - 1] !== one) due[String(one)] = (due[String(one)] ?? 0) + 1;
      });
    assert.deepEqual(counted(await readForeign(source)), due);
    assert.deepEqual(counted(await readForeign(source, { names: { entities: ["O", "B-mountain", "I-mountain"] } })), {
      mountain: due["1"],
    });
  });
});
