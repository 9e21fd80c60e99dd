import { CLASSES, SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { answersIn } from "../../src/documents/answers";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import type { LabelledDocument } from "../../src/datasets/document";
import { exportDataset } from "../../src/datasets/export/export";
import { planImport } from "../../src/datasets/import/plan";
import type { ImportOptions } from "../../src/datasets/import/plan";
import { safePath } from "../../src/datasets/import/paths";
import { conflictsOf, previewOf } from "../../src/datasets/import/preview";
import { importMarkdown } from "../../src/datasets/import/report";
import { lastImport, undoImport } from "../../src/datasets/import/undo";
import { carryOut } from "../../src/datasets/import/carry-out";
import { Journal } from "../../src/labels/log/journal";
import { DocumentLabels } from "../../src/labels/store";

const TEXT = "I 😀 love Zürich and 👨‍👩‍👧 Acme.\r\n\r\nBob met Ada in Paris. It was great.\r\n";

describe("datasets: import", function () {
  let root: string;
  let workspace: string;
  const put = async (name: string, contents: string): Promise<string> => {
    const file = path.join(root, ...name.split("/"));
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, contents);
    return file;
  };
  const options = (source: string, more: Partial<ImportOptions> = {}): ImportOptions => ({
    ...{ source, workspace, author: "ann" },
    ...more,
  });
  const decisions = async (): Promise<readonly LabelledDocument[]> => (await collectDocuments({ workspace })).documents;
  const spansOf = (document: LabelledDocument | undefined): string[] =>
    (document?.layers[SPANS].labels ?? []).map(({ label, exact }) => `${label} ${exact}`).sort();

  beforeEach(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), "glossator-import-"));
    workspace = path.join(root, "work");
    await mkdir(workspace);
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const decide = async (
    document: string,
    text: string,
    what: (labels: DocumentLabels, at: (exact: string) => { start: number; end: number }) => void,
  ): Promise<void> => {
    const journal = new Journal(path.join(workspace, ".glossator"), document, "ann");
    const labels = new DocumentLabels({ text, author: "ann", sink: journal, events: (await journal.load()).events });
    what(labels, (exact) => ({ start: text.indexOf(exact), end: text.indexOf(exact) + exact.length }));
    await journal.flush();
  };

  it("brings an export of one workspace into another, who, when and which model included, and undo takes all of it back", async () => {
    await put("work/a.txt", `\ufeff${TEXT}`);
    await decide("a.txt", TEXT, (labels, at) => {
      labels.setSuggestions(
        "entities",
        { start: 0, end: TEXT.length },
        [{ ...at("Zürich"), label: "LOC", score: 0.75 }],
        { name: "m", version: "7" },
      );
      labels.accept(labels.annotations()[0]!.id);
      labels.add("entities", at("Acme"), "ORG");
      labels.add("sentiment", at("It was great."), "positive");
      labels.answer("Who met Ada?", [at("Bob")]);
      labels.answer("Why?", []);
      labels.markReviewed({ start: 0, end: TEXT.length }, "entities");
    });
    const [before] = await decisions();
    const target = path.join(root, "out");
    await exportDataset({ workspace, format: "huggingface", target, validation: 0 });
    await rm(path.join(workspace, ".glossator"), { recursive: true });

    const plan = await planImport(options(target, { author: "bob" }));
    assert.equal(plan.format, "huggingface");
    const preview = previewOf(plan);
    assert.deepEqual([preview.added, preview.same, preview.conflicts], [5, 0, 0], JSON.stringify(preview));
    assert.deepEqual(await readdir(workspace), ["a.txt"], "a plan writes nothing");
    const { act } = await carryOut(plan);
    const [after] = await decisions();
    const plain = (document: LabelledDocument | undefined): unknown => {
      assert.ok(document);
      const { questions, layers } = document;
      const labels = [...layers[SPANS].labels, ...layers[CLASSES].labels].map((item) => ({ ...item, id: "" }));
      return {
        labels,
        questions: questions.map(({ sourceId, ...item }) => ({ ...item, id: "", was: sourceId ?? item.id })),
        reviewed: layers[SPANS].reviewed,
      };
    };
    assert.deepEqual(plain(after), plain(before));

    const again = previewOf(await planImport(options(target, { author: "bob" })));
    assert.deepEqual([again.added, again.same, again.conflicts], [0, 5, 0]);
    const last = await lastImport(workspace);
    assert.equal(last?.act, act);
    assert.deepEqual(last?.documents, ["a.txt"]);
    assert.deepEqual((await undoImport(workspace, act!)).documents, ["a.txt"]);
    assert.equal(await lastImport(workspace), undefined);
    assert.deepEqual(spansOf((await decisions())[0]), []);
    assert.deepEqual((await decisions())[0]?.layers[SPANS].reviewed, []);
    await assert.rejects(undoImport(workspace, act!), /taken back already/);
    await assert.rejects(undoImport(workspace, "01JXXXXXXXXXXXXXXXXXXXXXXX"), /No decision/);
  });

  it("sets conflicts side by side and overwrites nothing unless told", async () => {
    await put("work/a.txt", TEXT);
    await decide("a.txt", TEXT, (labels, at) => {
      labels.add("entities", at("Bob"), "ORG");
      labels.add("entities", at("Paris"), "LOC");
      labels.answer("Who?", [at("Ada")]);
      labels.markReviewed(at("I 😀 love Zürich and 👨‍👩‍👧 Acme."), "entities");
    });
    const source = await put(
      "in/train.jsonl",
      `${JSON.stringify({
        id: "a.txt#0",
        text: TEXT.slice(0, -2),
        tokens: ["x"],
        ner_tags: [0],
        spans: [
          ["Bob", "PER"],
          ["Paris", "LOC"],
          ["Zürich", "LOC"],
          ["Ada", "PER"],
        ].map(([exact, label]) => {
          const start = Array.from(TEXT.slice(0, TEXT.indexOf(exact!))).length;
          return { start, end: start + Array.from(exact!).length, label };
        }),
        rejected: [],
      })}\n${JSON.stringify({ context: TEXT, question: "Who?", title: "a.txt", answers: { text: ["Bob"], answer_start: [Array.from(TEXT.slice(0, TEXT.indexOf("Bob"))).length] } })}\n`,
    );
    const plan = await planImport(options(source, { format: "huggingface" }));
    assert.deepEqual(
      conflictsOf(plan).map(({ mine, theirs, reason }) => [mine[0]?.label, theirs.label, reason]),
      [
        ["ORG", "PER", "another label"],
        [undefined, "LOC", "this text was reviewed before and has no label here"],
        ["Ada", "Bob", "other answers"],
      ],
    );
    assert.match(
      importMarkdown(plan, "T"),
      /\| a\.txt \| entities \| ORG: Bob \(ann\) \| PER: Bob \| another label \|/,
    );
    await carryOut(plan);
    assert.deepEqual(spansOf((await decisions())[0]), ["LOC Paris", "ORG Bob", "PER Ada"]);
    const report = await carryOut(await planImport(options(source, { format: "huggingface" })), {
      choose: () => "theirs",
    });
    assert.deepEqual(report.conflicts, { mine: 0, theirs: 3, both: 0 });
    const [document] = await decisions();
    assert.deepEqual(spansOf(document), ["LOC Paris", "LOC Zürich", "PER Ada", "PER Bob"]);
    assert.deepEqual(
      document?.questions.map(({ answers }) => answersIn(answers).map(({ exact }) => exact)),
      [["Bob"]],
    );
    await undoImport(workspace, report.act!);
    assert.deepEqual(spansOf((await decisions())[0]), ["LOC Paris", "ORG Bob", "PER Ada"]);
  });

  it("makes documents in the chosen folder only, and refuses every way out of the workspace", async () => {
    const outside = path.join(root, "outside");
    await mkdir(outside);
    await symlink(outside, path.join(workspace, "link"));
    const names = [
      "../evil.txt",
      "/etc/evil.txt",
      "C:\\evil.txt",
      "link/evil.txt",
      ".glossator/log/x",
      "a/../../evil",
      "new.txt",
    ];
    const article = (title: string): unknown => ({
      title,
      paragraphs: [
        {
          context: `Bob met ${title}.`,
          qas: [{ id: title, question: "Who?", answers: [{ text: "Bob", answer_start: 0 }] }],
        },
      ],
    });
    const source = await put("in/dev.json", JSON.stringify({ version: "1.1", data: names.map(article) }));
    const without = await planImport(options(source));
    assert.equal(without.targets.length, 0);
    const plan = await planImport(options(source, { into: "" }));
    assert.deepEqual(
      plan.targets.map((target) => target.path),
      ["new.txt"],
    );
    assert.equal(plan.losses.filter(({ reason }) => /leads out of the workspace/.test(reason)).length, 5);
    assert.equal(plan.losses.filter(({ reason }) => /refused: .*link is a symbolic link/.test(reason)).length, 1);
    const { created } = await carryOut(plan);
    assert.deepEqual(created, ["new.txt"]);
    assert.deepEqual(await readdir(outside), []);
    assert.deepEqual((await readdir(root)).sort(), ["in", "outside", "work"]);
    assert.equal(await readFile(path.join(workspace, "new.txt"), "utf8"), "Bob met new.txt.\n");
    const linked = await planImport(options(source, { into: "link" }));
    assert.equal(linked.targets.filter(({ isNew }) => isNew).length, 0);
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("/", "\\", ".", "..", "a", "é", ":", "C", "\0", " ", "~", ".git"), { maxLength: 12 }),
        (parts) => {
          const name = parts.join("");
          const safe = safePath(name);
          if (safe === undefined) return;
          const relative = path.relative("/w", path.resolve("/w", safe));
          assert.ok(
            relative !== "" && relative !== ".." && !relative.startsWith("../") && !path.isAbsolute(relative),
            name,
          );
        },
      ),
    );
  });

  it("finds labels again in a document that changed, snaps or refuses what is only similar, and lists it", async () => {
    const was = "The quick brown fox met Professor Ada Lovelace in the old town hall of Zürich.";
    await put(
      "work/a.txt",
      `Once more. ${was.replace("Professor Ada Lovelace", "Professor Ana Lovelace").replace("quick", "slow")}`,
    );
    const span = (exact: string, label: string): unknown => ({
      start: was.indexOf(exact),
      end: was.indexOf(exact) + exact.length,
      label,
    });
    const source = await put(
      "in/train.jsonl",
      `${JSON.stringify({ id: "a.txt#0", text: was, tokens: ["x"], ner_tags: [0], spans: [span("Zürich", "LOC"), span("Professor Ada Lovelace", "PER"), span("quick", "MISC")], rejected: [] })}\n`,
    );
    const refused = await planImport(options(source, { format: "huggingface" }));
    assert.equal(previewOf(refused).added, 1);
    assert.deepEqual(
      refused.losses.map(({ kind, label }) => [kind, label]),
      [
        ["dropped", "PER"],
        ["dropped", "MISC"],
        ["dropped", undefined],
      ],
    );
    const snapped = await planImport(options(source, { format: "huggingface", reader: { misaligned: "snap" } }));
    assert.equal(previewOf(snapped).added, 2);
    assert.equal(snapped.losses[0]?.kind, "snapped");
    await carryOut(snapped);
    assert.deepEqual(spansOf((await decisions())[0]), ["LOC Zürich", "PER Professor Ana Lovelace"]);
  });

  it("adds labels the workspace lacks with numbers of their own, and takes CoNLL back onto the document it came from", async () => {
    await put("work/a.txt", TEXT);
    await put("work/.glossator/labels.json", JSON.stringify({ entities: [{ id: 4, name: "LOC" }] }));
    await decide("a.txt", TEXT, (labels, at) => {
      labels.add("entities", at("Paris"), "LOC");
      labels.markReviewed({ start: 0, end: TEXT.length }, "entities");
    });
    const words = [
      "I",
      "😀",
      "love",
      "Zürich",
      "and",
      "👨‍👩‍👧",
      "Acme",
      ".",
      "",
      "Bob",
      "met",
      "Ada",
      "in",
      "Paris",
      ".",
      "It",
      "was",
      "great",
      ".",
    ];
    const tags: Record<string, string> = { Acme: "S-ORG", Bob: "B-PER", met: "E-PER" };
    const source = await put(
      "in/x.conll",
      `${words.map((word) => (word === "" ? "" : `${word}\t${tags[word] ?? "O"}`)).join("\n")}\n`,
    );
    const plan = await planImport(options(source, { author: "bob" }));
    assert.deepEqual([plan.format, plan.read.scheme?.value], ["conll2003", "BIOES"]);
    assert.deepEqual(plan.newLabels, { entities: ["ORG", "PER"], sentiment: [] });
    await carryOut(plan);
    const { documents, labels } = await collectDocuments({ workspace });
    assert.deepEqual(
      labels.entities.map(({ id, name }) => [id, name]),
      [
        [4, "LOC"],
        [5, "ORG"],
        [6, "PER"],
      ],
    );
    assert.deepEqual(spansOf(documents[0]), ["LOC Paris", "ORG Acme", "PER Bob met"]);
  });

  it("keeps annotators apart when asked, and takes everything back when it cannot finish", async () => {
    await put("work/a.txt", TEXT);
    await put("work/b.txt", TEXT);
    const row = (name: string, author: string): string => {
      const start = Array.from(TEXT.slice(0, TEXT.indexOf("Acme"))).length;
      return `${JSON.stringify({ id: `${name}#0`, text: TEXT, tokens: ["x"], ner_tags: [0], spans: [{ start, end: start + 4, label: "ORG", author }], rejected: [] })}\n`;
    };
    const source = await put("in/train.jsonl", row("a.txt", "eve") + row("b.txt", "max"));
    const plan = await planImport(options(source, { annotators: "keep", format: "huggingface" }));
    assert.deepEqual(previewOf(plan).annotators, ["eve", "max"]);
    // A folder where a log should be: the second document cannot be written.
    await mkdir(path.join(workspace, ".glossator", "log", "b.txt", "max.jsonl"), { recursive: true });
    await assert.rejects(carryOut(plan), /could not be written/);
    assert.deepEqual(
      (await decisions()).flatMap((one) => one.layers[SPANS].labels),
      [],
    );
    await rm(path.join(workspace, ".glossator"), { recursive: true });
    await carryOut(plan);
    assert.deepEqual(
      (await decisions()).map((one) => one.layers[SPANS].labels[0]?.author),
      ["eve", "max"],
    );
    assert.deepEqual(await readdir(path.join(workspace, ".glossator", "log", "a.txt")), ["eve.jsonl"]);
  });

  it("says what is wrong with files it cannot read", async () => {
    const cases: [string, string, RegExp][] = [
      [
        "a.json",
        '{"version": "1.1",\n "data": [{"paragraphs": [{"context": "x", "qas": [',
        /a\.json, line 2: not JSON, or cut off/,
      ],
      ["b.bin", "\u0000\u0001\u0002", /look like none of the formats/],
    ];
    for (const [name, contents, expected] of cases) {
      await assert.rejects(planImport(options(await put(`in/${name}`, contents))), expected);
    }
    await assert.rejects(planImport(options(path.join(root, "absent"))), /cannot be read/);
  });
});
