import type { Decided, DecidedLabel } from "../../src/documents/labelled";
import { labelsIn, rejectedIn } from "../../src/documents/layers";
import type { ByKind } from "../../src/documents/layers";
import { SPANS } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LabelledDocument } from "../../src/datasets/document";
import { prodigy } from "../../src/datasets/formats/prodigy/write";
import type { ReaderOptions, ReadResult } from "../../src/datasets/format";
import { labelledDocuments } from "./support/documents";
import { roundTrip, WRITER_OPTIONS } from "./support/round-trip";
import { writeDataset } from "../../src/datasets/writing/drive";
import { documentOf } from "./support/labelled";
import type { Contents } from "../../src/datasets/writing/contents";

const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

interface Task {
  readonly text: string;
  readonly tokens?: readonly { text: string; start: number; end: number; id: number; ws: boolean }[];
  readonly spans?: readonly { start: number; end: number; token_start: number; token_end: number; label: string }[];
  readonly answer: string;
  readonly _view_id: string;
}

function read(lines: string | readonly unknown[], options: Partial<ReaderOptions> = {}): ReadResult {
  const text = typeof lines === "string" ? lines : lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  const files = new Map([["db.jsonl", new TextEncoder().encode(text)]]);
  return prodigy.read!(files, { misaligned: "refuse", ...options }) as ReadResult;
}

/** Every task of an export's files. */
function tasks(files: ReadonlyMap<string, Contents>): Task[] {
  return [...files.values()].flatMap((text) =>
    String(text)
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Task),
  );
}

function document(text: string, parts: ByKind<Decided> = {}): LabelledDocument {
  return documentOf("a.txt", text, parts);
}

function label(text: string, exact: string, name: string): DecidedLabel {
  const start = text.indexOf(exact);
  return { id: `${exact}-${name}`, start, end: start + exact.length, exact, label: name, author: "ann" };
}

describe("datasets: Prodigy", () => {
  it("gives back what it wrote; spans begin and end with tokens, counted in code points", async function () {
    this.timeout(60_000);
    const property = fc.asyncProperty(labelledDocuments(), async (documents) => {
      const { written } = await roundTrip(prodigy, documents);
      for (const { text, tokens = [], spans = [] } of tasks(written.files)) {
        const points = Array.from(text);
        for (const [index, token] of tokens.entries()) {
          assert.equal(points.slice(token.start, token.end).join(""), token.text);
          assert.equal(token.id, index);
          assert.equal(token.ws, points[token.end] === " ");
          assert.ok(index === 0 || tokens[index - 1]!.end <= token.start);
        }
        for (const span of spans) {
          assert.equal(tokens[span.token_start]?.start, span.start);
          assert.equal(tokens[span.token_end]?.end, span.end);
        }
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it("writes the vector's spans in code points, and token_end inclusive", async () => {
    const entities = [label(VECTOR, "Zürich", "LOC"), label(VECTOR, "Acme", "ORG")];
    const reviewed = [{ start: 0, end: VECTOR.length }];
    const { files, losses } = await writeDataset(
      prodigy,
      [document(VECTOR, { spans: entities, reviewed })],
      WRITER_OPTIONS,
    );
    assert.deepEqual(losses, []);
    const [task] = tasks(files);
    assert.equal(task?._view_id, "ner_manual");
    assert.deepEqual(
      task.spans?.map(({ start, end, token_start, token_end }) => [start, end, token_start, token_end]),
      [
        [9, 15, 3, 3],
        [26, 30, 6, 6],
      ],
    );
  });

  it("says nothing about text that was not reviewed: labels there are binary tasks of their own", async () => {
    const text = "Ada met Bob. Eve left. Acme paid.";
    const rejected = [{ task: SPANS, ...label(text, "Eve", "ORG") }];
    const entities = [label(text, "Ada", "PER"), label(text, "Acme", "ORG")];
    const reviewed = [{ start: 0, end: 12 }];
    const { files } = await writeDataset(
      prodigy,
      [document(text, { spans: entities, rejected, reviewed })],
      WRITER_OPTIONS,
    );
    assert.deepEqual(
      tasks(files).map(({ text: shown, _view_id, answer, spans }) => [
        shown,
        _view_id,
        answer,
        spans?.map((one) => one.label),
      ]),
      [
        ["Ada met Bob.", "ner_manual", "accept", ["PER"]],
        ["Acme paid.", "ner", "accept", ["ORG"]],
        ["Eve left.", "ner", "reject", ["ORG"]],
      ],
    );
  });

  it("reads Prodigy's own tasks: manual, binary, choice, classes; a rejected span is wrong, the rest of its text is unknown", () => {
    const text = "Pearl Automation, Founded by Apple Veterans";
    const manual = {
      text,
      meta: { source: "The New York Times" },
      _input_hash: 1487477437,
      _task_hash: -1298236362,
      tokens: [{ text: "Pearl", start: 0, end: 5, id: 0 }],
      spans: [{ start: 0, end: 16, token_start: 0, token_end: 1, label: "ORG" }],
      _view_id: "ner_manual",
      _session_id: null,
      answer: "accept",
    };
    const binary = {
      text,
      spans: [{ text: "Apple", start: 29, end: 34, label: "PER", score: 0.31 }],
      meta: { score: 0.31 },
    };
    const options = [
      { id: "POS", text: "Positive" },
      { id: 2, text: "Negative" },
    ];
    const { documents, losses, unit } = read([
      manual,
      { ...binary, answer: "reject", _view_id: "ner" },
      { ...binary, answer: "accept", _session_id: "news-ann", _timestamp: 1700000000 },
      { text: "Fine", options, accept: ["POS"], answer: "accept", config: { choice_style: "single" } },
      { text: "Bad", options, accept: [2], answer: "accept", _annotator_id: "bob" },
      { text: "add docs", label: "DOCUMENTATION", answer: "reject" },
      { text: "add docs", label: "DOCUMENTATION", answer: "accept" },
    ]);
    assert.equal(unit?.value, "codepoint");
    assert.deepEqual(losses, []);
    assert.deepEqual(
      documents.map((one) => ({
        is: labelsIn(one).map(({ exact, label: name }) => `${exact}/${name}`),
        not: rejectedIn(one).map(({ task, exact, label: name }) => `${task} ${exact}/${name}`),
        reviewed: one.layers[SPANS].reviewed.length,
      })),
      [
        { is: ["Pearl Automation/ORG"], not: [], reviewed: 1 },
        { is: [], not: ["entities Apple/PER"], reviewed: 0 },
        { is: ["Apple/PER"], not: [], reviewed: 0 },
        { is: ["Fine/POS"], not: [], reviewed: 0 },
        { is: ["Bad/Negative"], not: [], reviewed: 0 },
        { is: [], not: ["sentiment add docs/DOCUMENTATION"], reviewed: 0 },
        { is: ["add docs/DOCUMENTATION"], not: [], reviewed: 0 },
      ],
    );
    const { author, time, score } = documents[2]!.layers[SPANS].labels[0]!;
    assert.deepEqual({ author, time, score }, { author: "news-ann", time: "2023-11-14T22:13:20.000Z", score: 0.31 });
    assert.ok(documents.every(({ path }) => path === undefined));
  });

  it("lists what was ignored or rejected as a whole, pictures, and what is broken", () => {
    const task = { text: "EU left", spans: [{ start: 0, end: 2, label: "ORG" }] };
    const { documents, losses } = read(
      [
        { ...task, answer: "ignore" },
        { ...task, answer: "reject", _view_id: "ner_manual" },
        { ...task, answer: "accept", relations: [{ head: 0, child: 1, label: "left" }] },
        { image: "data:image/png;base64,AAAA", answer: "accept" },
        { ...task, answer: "perhaps" },
        {
          ...task,
          answer: "accept",
          spans: [{ start: 0, end: 50, label: "ORG" }, { start: "0" }, { start: 0, end: 2 }],
        },
        { ...task, answer: "accept", _task_hash: 5 },
        { ...task, answer: "accept", _task_hash: 5 },
      ]
        .map((row) => JSON.stringify(row))
        .join("\n"),
    );
    assert.equal(documents.length, 4);
    assert.deepEqual(losses.map(({ line, kind }) => `${line} ${kind}`).sort(), [
      "1 left-out",
      "2 left-out",
      "4 dropped",
      "5 dropped",
      "6 dropped",
      "6 dropped",
      "6 dropped",
      "8 assumed",
    ]);
    assert.throws(() => read('{"text": "EU'), /no task with a text.*db\.jsonl:1/);
  });
});
