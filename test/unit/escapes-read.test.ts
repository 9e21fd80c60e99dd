import { strict as assert } from "node:assert";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { readInput } from "../../src/commands/input";
import { isTextFile } from "../../src/datasets/workspace/text-files";
import { wordsIn } from "../../src/datasets/source-tokens";
import { resizeByWord } from "../../src/editor/base/resize";
import { AskWork, IndexWork } from "../../src/engine/passage-work";
import type { SegmentLabels } from "../../src/engine/protocol";
import { LabelWork } from "../../src/engine/work";
import { isOwnFile } from "../../src/files/names";
import { CheckedOffsets } from "../../src/text/checked-offsets";
import { wholeEscapes } from "../../src/text/json-lines/escapes";
import { segmentDocument, sentenceText } from "../../src/text/document";
import { occurrences } from "../../src/text/occurrences";
import { wordInRead } from "../../src/text/word-at";
import { cutsWord } from "../../src/text/word-borders";
import { withoutFills } from "../../src/training/examples/example";

const json = String.raw`{"text": "J\u00fcrgen M\u00fcller said \"no\".\nParis isn\u2019t C:\\new."}`;
const { sentences } = segmentDocument(json, "jsonl");
const [sentence] = sentences as [(typeof sentences)[0]];
const filled = sentenceText(json, sentence);
const said = 'Jürgen Müller said "no".';
/** Where some words are in what is read of the first sentence. */
const at = (words: string) => ({ start: said.indexOf(words), end: said.indexOf(words) + words.length });
const written = (span: { start: number; end: number }): string =>
  json.slice(sentence.start + span.start, sentence.start + span.end);

describe("escapes that are read", () => {
  it("are cut by no selection", () => {
    const text = String.raw`a\u00fcb \\\\n \ud83d\ude00 \"x\q`;
    const whole = (from: number, to: number): string => {
      const { start, end } = wholeEscapes(text, { start: from, end: to });
      return text.slice(start, end);
    };
    for (let from = 0; from <= text.length; from++)
      for (let to = from; to <= text.length; to++) {
        const span = whole(from, to);
        // As a parser of JSON reads a string: an escape is read whole, or the string is none.
        assert.match(span, /^(?:[^\\]|\\u[\da-f]{4}|\\[\\n"q])*$/, `${from} to ${to}: ${span}`);
        assert.ok(span.includes(text.slice(from, to)));
      }
    assert.equal(whole(1, 1 + 5), String.raw`\u00fc`);
    assert.equal(whole(text.indexOf("ude00"), text.indexOf(String.raw` \"`)), String.raw`\ud83d\ude00`);
    assert.equal(whole(0, text.indexOf("n ") + 1), String.raw`a\u00fcb \\\\n`, "whose n is a letter");
  });

  it("are no part of what the model gets, and labels are placed around them", async () => {
    const words = [{ start: 0, end: 1 }];
    const work = new LabelWork([{ text: filled }, { text: "plain" }, { text: filled, words }], ["entities"], {});
    const request = work.request();
    assert.ok(request?.kind === "label");
    assert.deepEqual(request.segments, [{ text: said }, { text: "plain" }, { text: filled, words }]);
    const name = { ...at("Jürgen Müller"), label: "PER", score: 1 };
    const readings = { tags: ["O"], insideBegins: false, probabilities: new Float32Array(1) };
    const found: SegmentLabels = {
      entities: [name, { ...at('"no"'), label: "X", score: 1 }],
      words: { entities: { ...readings, words: [{ ...at("Müller"), index: 1 }] } },
    };
    work.labels([
      [0, found],
      [1, { entities: [] }],
      [2, { entities: [] }],
    ]);
    work.done();
    const [labels] = await work.result;
    assert.deepEqual(labels!.entities!.map(written), [String.raw`J\u00fcrgen M\u00fcller`, String.raw`\"no\"`]);
    assert.deepEqual(labels!.words!.entities!.words.map(written), [String.raw`M\u00fcller`]);
  });

  it("are no part of what is asked about, and answers and borders are placed around them", async () => {
    const border = filled.indexOf("said");
    const work = new AskWork("Who?", ["plain", filled], new Set(), { borders: [[2], [border]] });
    const request = work.request();
    assert.ok(request?.kind === "ask");
    assert.deepEqual(
      [request.contexts, request.borders],
      [
        ["plain", said],
        [[2], [said.indexOf("said")]],
      ],
    );
    const indexed = new IndexWork(["plain", filled], new Set(), {}).request();
    assert.deepEqual(indexed?.kind === "index" && indexed.contexts, request.contexts);
    const answer = { ...at("Müller"), context: 1, text: "Müller", score: 1, noAnswer: 0 };
    work.done({ answers: [answer, { ...answer, context: 0, start: 0, end: 5, text: "plain" }] });
    const [first, second] = await work.result;
    assert.equal(written(first!), String.raw`M\u00fcller`);
    assert.equal(first!.text, filled.slice(first!.start, first!.end));
    assert.equal(second!.text, "plain");
  });

  it("pass the check of what goes out, which finds what was not read there", () => {
    const checked = new CheckedOffsets({ path: "a.jsonl", text: json }, "utf16");
    assert.ok(checked.span(sentence, filled));
    assert.throws(() => checked.span(sentence, filled.replace("said", "paid")), /holds/);
    assert.throws(() => checked.span(sentence, filled.replace("ü", "ö")), /holds/);
  });

  it("are within words of exports, and no example that is taught has fills", () => {
    const layers = {} as never;
    const document = { path: "a.jsonl", text: json, sentences, layers, questions: [] };
    assert.deepEqual(
      wordsIn(document, sentence).map(({ start, end }) => json.slice(start, end)),
      [...[String.raw`J\u00fcrgen`, String.raw`M\u00fcller`], ...["said", String.raw`\"`, "no", String.raw`\"`, "."]],
    );
    const start = filled.indexOf("M", 1) - 0;
    const label = { start, end: start + String.raw`M\u00fcller`.length, label: "PER", how: "added" as const };
    const common = { task: "entities" as const, document: "a", span: sentence, rejected: [], unknown: [], weight: 1 };
    const whole = { start: 0, end: filled.length };
    const example = withoutFills({ ...common, text: filled, labels: [label], reviewed: [whole] });
    assert.equal(example.text, said);
    assert.deepEqual(example.labels, [{ ...label, ...at("Müller") }]);
    assert.deepEqual(example.reviewed, [{ start: 0, end: said.length }]);
  });

  it("are no borders of words, and blanks that are written as escapes are", () => {
    const cuts = (words: string, from = 0): boolean => {
      const start = json.indexOf(words, from);
      assert.ok(start >= 0, words);
      return cutsWord(json, { start, end: start + words.length });
    };
    for (const part of ["M", "ller", "u00fcller", String.raw`M\u00`, String.raw`M\u00fc`])
      assert.ok(cuts(part, 18), part);
    for (const whole of [String.raw`M\u00fcller`, "Paris", "no", "said"]) assert.ok(!cuts(whole), whole);
    assert.equal(occurrences(json, "Paris").length, 1);
    // Paths and formulas are no JSON.
    assert.ok(!cutsWord(String.raw`C:\new`, { start: 3, end: 6 }));
    assert.deepEqual(occurrences(String.raw`\textit \text`, "text").length, 1);
  });

  it("are in the word at a cursor, and in a word that a label takes in", () => {
    for (const [offset, word] of [
      [3, String.raw`J\u00fcrgen`],
      [filled.indexOf("ller"), String.raw`M\u00fcller`],
      [filled.indexOf("no"), "no"],
    ] as const)
      assert.equal(written(wordInRead(filled, offset)!), word);
    const start = json.indexOf("J");
    const first = { start, end: start + String.raw`J\u00fcrgen`.length };
    const wider = resizeByWord(json, first, "widenRight")!;
    assert.equal(json.slice(wider.start, wider.end), String.raw`J\u00fcrgen M\u00fcller`);
  });
});

describe("files of JSON Lines", () => {
  it("are among the texts of a workspace where their language is wanted, logs never", () => {
    assert.ok(isTextFile("a/b.jsonl", ["jsonl"]));
    assert.ok(!isTextFile("a/b.jsonl", ["plaintext", "markdown"]));
    assert.ok(!isTextFile(".glossator/log/b.jsonl", ["jsonl"]));
    assert.deepEqual(
      ["/w/.glossator/log/a.jsonl", "C:\\w\\.Glossator\\x", "/w/glossator/log/a", "a.glossator"].map(isOwnFile),
      [...[true, true, false, false]],
    );
  });

  it("of our own are not read by the command line", async () => {
    const signal = new AbortController().signal;
    await assert.rejects(readInput("x/.glossator/log/a.jsonl", Readable.from([]), signal), /of Glossator's own/);
    const file = join(mkdtempSync(join(tmpdir(), "glossator-")), "a.jsonl");
    writeFileSync(file, json);
    assert.equal((await readInput(file, Readable.from([]), signal)).text, json);
  });
});
