/** Everything that comes in is taken or told of: odd shapes, wrong types, damaged files among others, logs that cannot be read. */
import { CLASSES, SPANS } from "../../src/documents/tasks";
import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, truncateSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { answersIn } from "../../src/documents/answers";
import type { FormatName } from "../../src/datasets/formats";
import { collectDocuments } from "../../src/datasets/workspace/collect";
import { readDataset } from "../../src/datasets/reading/read-dataset";
import type { ReadResult } from "../../src/datasets/format";
import { encodeLine } from "../../src/labels/log/line";
import { makeQuote } from "../../src/text/anchors";
import type { DecisionEvent } from "../../src/labels/events";
import { activeActs } from "../../src/labels/state";
import { ownMs } from "./support/own-time";

const read = (name: FormatName, files: Record<string, string>): Promise<ReadResult> =>
  readDataset(name, new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])), {
    misaligned: "refuse",
  });
const told = ({ losses }: ReadResult): string =>
  losses.map(({ file, line, reason }) => `${file}:${line}: ${reason}`).join("\n");

const CONTEXT = "Ada met Bob in Paris.";
const squad = (answers: unknown, more: object = {}): string =>
  JSON.stringify({
    data: [{ title: "a", paragraphs: [{ context: CONTEXT, qas: [{ id: "1", question: "Who?", answers, ...more }] }] }],
  });

describe("datasets: what comes in is taken or told of", function () {
  it("answers in every shape that is written are answers; a shape that is not known is no lack of them", async () => {
    const right = [
      [{ text: "Bob", answer_start: 8 }],
      { text: "Bob", answer_start: 8 },
      { text: ["Bob"], answer_start: [8] },
    ];
    const rows = (answers: unknown): string => JSON.stringify({ id: "1", context: CONTEXT, question: "Who?", answers });
    for (const answers of right) {
      for (const result of [
        await read("squad", { "a.json": squad(answers) }),
        await read("huggingface", { "a.jsonl": rows(answers) }),
      ]) {
        assert.deepEqual(
          answersIn(result.documents[0]!.questions[0]!.answers).map(({ exact }) => exact),
          ["Bob"],
        );
      }
    }
    for (const answers of [
      "Bob",
      8,
      true,
      { text: ["Bob"], answer_start: [] },
      { text: 1 },
      { 0: "Bob" },
      [[]],
      ["Bob"],
    ]) {
      for (const result of [
        await read("squad", { "a.json": squad(answers) }),
        await read("huggingface", { "a.jsonl": rows(answers) }),
      ]) {
        assert.deepEqual(
          result.documents.flatMap(({ questions }) => questions),
          [],
          JSON.stringify(answers),
        );
        assert.notEqual(told(result), "", JSON.stringify(answers));
      }
    }
    const odd = await read("squad", { "a.json": squad([], { is_impossible: "yes" }) });
    assert.match(told(odd), /is_impossible/);
    const none = await read("huggingface", { "a.jsonl": rows({ text: [], answer_start: [] }) });
    assert.deepEqual(none.documents[0]?.questions[0]?.answers, "none");
    assert.deepEqual(none.losses, []);
  });

  it("labels of a wrong type are told of, in every format of JSON", async () => {
    const text = "Ada met Bob.";
    const odd: unknown[] = ["PER", 5, { a: 1 }, [[[]]], [5], ["x"], true];
    for (const value of odd) {
      const cases: [FormatName, unknown][] = [
        ["huggingface", { text, label: [value] }],
        ["doccano", { text, label: value }],
        ["prodigy", { text, spans: value, answer: "accept" }],
        ["spacy", { text, entities: value }],
        ["labelstudio", [{ data: { text }, annotations: [{ result: value }] }]],
        ["labelstudio", [{ data: { text }, annotations: value }]],
      ];
      for (const [name, row] of cases) {
        const file = Array.isArray(row) ? { "a.json": JSON.stringify(row) } : { "a.jsonl": `${JSON.stringify(row)}\n` };
        const result = await read(name, file).catch((error: unknown) => error as Error);
        if (result instanceof Error) continue;
        const labels = result.documents.flatMap((one) => [...one.layers[SPANS].labels, ...one.layers[CLASSES].labels]);
        assert.ok(labels.length > 0 || result.losses.length > 0, `${name} ${JSON.stringify(row)}`);
      }
    }
  });

  it("counts of files add up: taken, told of, or named as not looked at", async () => {
    const good = "EU B-ORG\nrejects O\n\n";
    const files = {
      "a.conll": good,
      "b.conll": "",
      "c.conll": "\u0000\u0001broken",
      "d.conll": "EU",
      "e.bin": "xx",
      "README.md": "# x",
    };
    const result = await read("conll2003", files);
    const named = new Set([...result.documents.map(({ file }) => file), ...result.losses.map(({ file }) => file)]);
    for (const file of ["a.conll", "c.conll", "d.conll", "e.bin"]) assert.ok(named.has(file), file);
    const some = await read("prodigy", {
      "a.jsonl": '{"text":"Ada","spans":[],"answer":"accept","_view_id":"ner_manual"}\n',
      "b.jsonl": '{"te',
    });
    assert.match(told(some), /b\.jsonl/);
  });

  it("values nested without end and objects with a toString of their own are told of, not thrown", async () => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    const rows = [
      `{"text":"Ada met Bob.","spans":${deep},"label":${deep}}`,
      '{"text":"Ada","spans":[{"start":{"toString":1},"end":{"valueOf":2},"label":{"toString":3}}],"label":[{"toString":1}]}',
    ];
    for (const name of ["huggingface", "doccano", "prodigy", "spacy"] as const) {
      for (const row of rows) {
        const result = await read(name, { "a.jsonl": `${row}\n` }).catch((error: unknown) => error as Error);
        if (result instanceof Error) assert.equal(result.name, "ReadError", result.stack);
      }
    }
  });

  it("objects that do not end are read in time that grows with the file", async () => {
    for (const unit of ["{", "{\n", '{"a":"b"\n', '{"a":{"b":1\n', '{"a":\n', "[{", '{"text":"x"\n{"']) {
      const start = ownMs();
      await read("labelstudio", { "a.json": `[${unit.repeat(500_000 / unit.length)}` }).catch(
        (error: unknown) => error as Error,
      );
      assert.ok(ownMs() - start < 8000, `${JSON.stringify(unit)}: ${Math.round(ownMs() - start)} ms`);
    }
  });

  it("an undo of an undo of an undo, however long, is settled; a log that is too large costs its own document, by name", async () => {
    const text = "Ada met Bob.";
    const span = { start: 0, end: 3 };
    const pad = (i: number): string => `e${String(i).padStart(6, "0")}`;
    const head = { v: 1, time: "2026-01-01T00:00:00Z", author: "a", task: "entities", unit: "utf16" } as const;
    const added: DecisionEvent = {
      ...head,
      id: pad(9000),
      act: pad(9000),
      kind: "added",
      annotation: "x",
      new: { label: "PER", span, quote: makeQuote(text, span) },
    };
    // Each undoes the one after it: the order that needs the deepest recursion.
    const undos = Array.from({ length: 9000 }, (_, i): DecisionEvent => ({
      ...head,
      id: pad(i),
      act: pad(i),
      kind: "undone",
      undoes: pad(i + 1),
    }));
    assert.equal(activeActs([...undos, added])(pad(9000)), true);
    assert.equal(activeActs([...undos.slice(1), added])(pad(9000)), false);
    const workspace = mkdtempSync(path.join(os.tmpdir(), "glossator-account-"));
    for (const name of ["a.txt", "b.txt"]) {
      writeFileSync(path.join(workspace, name), text);
      mkdirSync(path.join(workspace, ".glossator", "log", name), { recursive: true });
    }
    writeFileSync(
      path.join(workspace, ".glossator", "log", "a.txt", "a.jsonl"),
      [...undos, added].map(encodeLine).join(""),
    );
    // More than one string of this program holds; nothing of it is on the disk.
    const large = path.join(workspace, ".glossator", "log", "b.txt", "b.jsonl");
    writeFileSync(large, "");
    truncateSync(large, 300e6);
    const { documents, losses } = await collectDocuments({ workspace });
    assert.deepEqual(
      losses.filter(({ document }) => document === "b.txt").map(({ reason }) => /not read: .*at most/.test(reason)),
      [true],
    );
    assert.deepEqual(
      documents.map(({ path: file, layers }) => `${file} ${layers[SPANS].labels.length}`),
      ["a.txt 1"],
    );
  });
});
