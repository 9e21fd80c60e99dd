/** What an import made is gone when it is taken back, and nothing else is. */
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { carryOut } from "../../src/datasets/import/carry-out";
import { planImport } from "../../src/datasets/import/plan";
import { lastImport, undoImport } from "../../src/datasets/import/undo";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";
import { SourceWorkspace } from "./support/source-workspace";

const CONLL = path.resolve(__dirname, "../fixtures/excerpts/wnut17.conll");

describe("datasets: an import is taken back whole", function () {
  this.timeout(60_000);
  let made: SourceWorkspace;
  beforeEach(async () => (made = await SourceWorkspace.make()));
  afterEach(() => made.remove());

  /** Every file and folder of the workspace, files with what is in them. */
  const everything = async (): Promise<Record<string, string | null>> => {
    const entries = await readdir(made.workspace, { recursive: true, withFileTypes: true });
    const pairs = entries.map(async (entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(made.workspace, file), entry.isFile() ? await readFile(file, "utf8") : null] as const;
    });
    return Object.fromEntries((await Promise.all(pairs)).sort(([a], [b]) => (a < b ? -1 : 1)));
  };
  const decide = async (document: string, label: string): Promise<void> => {
    const text = await made.read(document);
    const sink = new Journal(path.join(made.workspace, ".glossator"), document, "ann");
    const labels = new DocumentLabels({ text, author: "ann", sink, events: (await sink.load()).events });
    labels.add("entities", { start: 0, end: 3 }, label);
    await sink.flush();
  };
  const labels = async (): Promise<string[]> => {
    const json = await readFile(path.join(made.workspace, ".glossator", "labels.json"), "utf8");
    return (JSON.parse(json) as { entities: { name: string }[] }).entities.map(({ name }) => name);
  };

  it("from an empty folder: documents, folders, logs, labels.json, and its own record", async () => {
    await made.put("work/notes.txt", "Mine.\n");
    const before = await everything();
    const { act, created } = await made.import(CONLL, { into: "new/deep" });
    assert.deepEqual(created, ["new/deep/wnut17.txt"]);
    assert.ok((await labels()).includes("creative-work"));
    const undone = await undoImport(made.workspace, act!);
    assert.deepEqual([undone.removed, undone.kept], [created, []]);
    assert.ok(undone.labels.entities.includes("creative-work"));
    assert.equal(await lastImport(made.workspace), undefined);
    assert.deepEqual(await everything(), { ...before, ".glossator": null, [path.join(".glossator", "log")]: null });
    await assert.rejects(undoImport(made.workspace, act!), /No decision|taken back already/);
  });

  it("beside labels and documents that were there: they stay byte for byte", async () => {
    await made.put("work/wnut17.txt", "Another text, about Gardena.\n");
    await made.put(
      "work/.glossator/labels.json",
      JSON.stringify({ entities: [{ id: 4, name: "location", key: "l" }] }),
    );
    await decide("wnut17.txt", "location");
    const [text, log] = [await made.read("wnut17.txt"), await made.read(".glossator/log/wnut17.txt/ann.jsonl")];
    const other = await made.put("in/other.conll", await readFile(CONLL, "utf8"));
    const second = await made.import(other);
    assert.deepEqual(await labels(), ["location", "creative-work", "person", "product"]);
    const undone = await undoImport(made.workspace, second.act!);
    assert.deepEqual(undone.kept, []);
    assert.deepEqual(await labels(), ["location"]);
    assert.deepEqual(
      [await made.read("wnut17.txt"), await made.read(".glossator/log/wnut17.txt/ann.jsonl")],
      [text, log],
    );
    assert.ok(!existsSync(path.join(made.workspace, "other.txt")));
  });

  it("what was changed or used since stays, and is told", async () => {
    const copies = ["a", "b", "c"].map(async (name) => made.put(`in/${name}.conll`, await readFile(CONLL, "utf8")));
    await Promise.all(copies);
    const { act, created } = await made.import(path.join(made.root, "in"));
    assert.deepEqual(created, ["a.txt", "b.txt", "c.txt"]);
    await writeFile(path.join(made.workspace, "a.txt"), `${await made.read("a.txt")}More.\n`);
    await decide("b.txt", "creative-work");
    const file = path.join(made.workspace, ".glossator", "labels.json");
    await writeFile(
      file,
      (await readFile(file, "utf8")).replace('"name": "person"', '"name": "person",\n "guideline": "Bands."'),
    );
    const undone = await undoImport(made.workspace, act!);
    assert.deepEqual(undone.removed, ["c.txt"]);
    assert.deepEqual(undone.kept, [
      { what: "a.txt", reason: "it was changed since" },
      { what: "b.txt", reason: "somebody decided on it since" },
      { what: "entities creative-work", reason: "decisions use it" },
      { what: "entities person", reason: "it was given a colour, a key or a guideline since" },
    ]);
    assert.deepEqual(await labels(), ["PER", "ORG", "LOC", "MISC", "creative-work", "person"]);
    assert.deepEqual((await readdir(made.workspace)).sort(), [".glossator", "a.txt", "b.txt"]);
  });

  it("where taking back what was written fails as well, its record stays, and undo takes the rest back", async () => {
    await made.put("work/notes.txt", "Mine.\n");
    const before = await everything();
    const plan = await planImport({ source: CONLL, workspace: made.workspace, author: "ann", into: "in" });
    const file = path.join(made.workspace, ".glossator", "labels.json");
    let json = "";
    // Somebody writes the file of labels just then.
    const onProgress = (): void => {
      json = readFileSync(file, "utf8");
      writeFileSync(file, "{");
      throw new Error("The disk is full.");
    };
    await assert.rejects(carryOut(plan, { onProgress }), /disk is full/);
    await writeFile(file, json);
    const left = await lastImport(made.workspace);
    assert.ok((await labels()).includes("creative-work") && left !== undefined);
    assert.ok((await undoImport(made.workspace, left.act)).labels.entities.includes("creative-work"));
    assert.deepEqual(await everything(), { ...before, ".glossator": null, [path.join(".glossator", "log")]: null });
  });

  it("when it cannot finish, and where a record names what no import makes", async () => {
    const before = await everything();
    const plan = await planImport({ source: CONLL, workspace: made.workspace, author: "ann", into: "in" });
    // A folder where its log should be.
    await mkdir(path.join(made.workspace, ".glossator", "log", "in", "wnut17.txt", "ann.jsonl"), { recursive: true });
    await assert.rejects(carryOut(plan), /could not be written/);
    await rm(path.join(made.workspace, ".glossator"), { recursive: true });
    assert.deepEqual(await everything(), before);

    await made.put("work/code.js", "1\n");
    await made.put("outside.txt", "1\n");
    const digest = "4355a46b19d348dc2f57c046f8ef63d4";
    const created = ["code.js", "../outside.txt", ".git/x.txt"].map((document) => ({ path: document, digest }));
    const record = { time: "2026-01-01T00:00:00Z", format: "csv", created, folders: [".."], labels: {} };
    await made.put("work/.glossator/imports/01ABC.json", JSON.stringify(record));
    assert.deepEqual((await undoImport(made.workspace, "01ABC")).removed, []);
    assert.ok(existsSync(path.join(made.workspace, "code.js")) && existsSync(path.join(made.root, "outside.txt")));
  });
});
