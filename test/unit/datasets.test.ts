import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { answerExamples, contextAround } from "../../src/datasets/answer-examples";
import { documentFrom } from "../../src/datasets/collect";
import { writeConll2003 } from "../../src/datasets/conll2003";
import { bioNames } from "../../src/datasets/document";
import type { LabelledDocument, WriterOptions } from "../../src/datasets/document";
import { ExportError, exportDataset } from "../../src/datasets/export";
import { writeHuggingFace } from "../../src/datasets/huggingface";
import { lossesMarkdown } from "../../src/datasets/losses";
import { drawSplits } from "../../src/datasets/splits";
import { writeSquad } from "../../src/datasets/squad";
import { cutWords, splitWords } from "../../src/datasets/words";
import { CodePoints, SpanCheckError } from "../../src/datasets/writing";
import type { DecisionEvent } from "../../src/labels/events";
import { Journal } from "../../src/labels/journal";
import { defaultLabelSets } from "../../src/labels/labelset";
import { DocumentLabels } from "../../src/labels/store";
import { splitSentences } from "../../src/text/sentences";

const OPTIONS: WriterOptions = { labels: defaultLabelSets(), seed: 1, validation: 0, test: 0 };
const VECTOR = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

type Decide = (labels: DocumentLabels, at: (exact: string) => { start: number; end: number }) => void;

/** A document with decisions made through the store. */
function labelled(file: string, text: string, decide: Decide, now: string = text): LabelledDocument {
  const events: DecisionEvent[] = [];
  const sink = { append: (more: readonly DecisionEvent[]) => Promise.resolve(void events.push(...more)) };
  decide(new DocumentLabels({ text, author: "ann", sink }), (exact) => {
    const start = text.indexOf(exact);
    assert.ok(start >= 0, exact);
    return { start, end: start + exact.length };
  });
  return documentFrom(file, now, [events], splitSentences(now));
}

function rows<T>(files: ReadonlyMap<string, string | Uint8Array>, name: string): T[] {
  const contents = files.get(name);
  assert.ok(typeof contents === "string", `${name} is missing; there are ${[...files.keys()].join(", ")}`);
  // As Python's str.splitlines() cuts.
  return contents
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .slice(0, -1)
    .map((line) => JSON.parse(line) as T);
}

interface EntityRow {
  readonly id: string;
  readonly text: string;
  readonly tokens: readonly string[];
  readonly ner_tags: readonly number[];
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: string }[];
}
interface AnswerRow {
  readonly id: string;
  readonly context: string;
  readonly question: string;
  readonly answers: { readonly text: readonly string[]; readonly answer_start: readonly number[] };
}

// Compiled once: a class as large as \p{C} takes a millisecond.
const INVISIBLE = /^[\s\p{C}\p{M}\u0085]*$/u;

const points = (text: string, start: number, end: number): string => Array.from(text).slice(start, end).join("");

describe("datasets: words", () => {
  it("keep emoji sequences whole, set punctuation and CJK apart, skip what is invisible", () => {
    const text = "Don't pay 3.5€ 👨‍👩‍👧 🇨🇭 # co\u00adop 東京は\u200b\ud83d é\r\n";
    const words = splitWords(text).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(words, [
      "Don",
      "'",
      "t",
      "pay",
      "3",
      ".",
      "5",
      "€",
      "👨‍👩‍👧",
      "🇨🇭",
      "#",
      "co\u00adop",
      "東",
      "京",
      "は",
      "é",
    ]);
  });

  it("are in order, hold no white space, and cover all that is visible", function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(
        fc.array(fc.nat(0x10ffff), { maxLength: 60 }).map((codes) => String.fromCodePoint(...codes)),
        fc.array(fc.nat(60)),
        (text, at) => {
          const words = cutWords(
            splitWords(text),
            at.sort((a, b) => a - b),
          );
          let end = 0;
          for (const word of words) {
            assert.match(text.slice(end, word.start), INVISIBLE);
            assert.ok(word.start >= end && word.end > word.start);
            assert.doesNotMatch(text.slice(word.start, word.end), /\s/);
            end = word.end;
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe("datasets: Hugging Face", () => {
  it("writes entities in code points, checked against the text", () => {
    const document = labelled("a.txt", VECTOR, (labels, at) => {
      labels.add("entities", at("Zürich"), "LOC");
      labels.add("entities", at("Acme"), "ORG");
      labels.markReviewed({ start: 0, end: VECTOR.length }, "entities");
    });
    const { files, losses, counts } = writeHuggingFace([document], OPTIONS);
    assert.deepEqual(losses, []);
    assert.deepEqual(counts, { "entities/train.jsonl": 1 });
    const [row] = rows<EntityRow>(files, "entities/train.jsonl");
    assert.ok(row);
    const places = row.spans.map(({ start, end, label }) => ({ start, end, label }));
    assert.deepEqual(places, [
      { start: 9, end: 15, label: "LOC" },
      { start: 26, end: 30, label: "ORG" },
    ]);
    assert.deepEqual(row.tokens, ["I", "😀", "love", "Zürich", "and", "👨‍👩‍👧", "Acme", "."]);
    const names = bioNames(OPTIONS.labels.entities);
    assert.deepEqual(
      row.ner_tags.map((tag) => names[tag]),
      ["O", "O", "O", "B-LOC", "O", "O", "B-ORG", "O"],
    );
    const readme = String(files.get("entities/README.md"));
    assert.match(readme, /class_label:\n\s+names:\n\s+"0": "O"\n\s+"1": "B-PER"\n\s+"2": "I-PER"\n\s+"3": "B-ORG"/);
    assert.match(readme, /- split: "train"\n\s+path: "train\.jsonl"/);
  });

  it("leaves out what was not reviewed, and says so", () => {
    const text = "Ada came. Bob left. Eve stayed.\n\nNobody else was there.";
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("entities", at("Ada"), "PER");
      labels.markReviewed(at("Eve stayed."), "entities");
    });
    const { files, losses } = writeHuggingFace([document], OPTIONS);
    assert.deepEqual(
      rows<EntityRow>(files, "entities/train.jsonl").map((row) => row.text),
      ["Ada came.", "Eve stayed."],
    );
    assert.deepEqual(
      losses.map(({ kind, exact }) => [kind, exact]),
      [
        ["assumed", "Ada came."],
        ["left-out", "Bob left."],
        ["left-out", "Nobody else was there."],
      ],
    );
  });

  it("lists nested, repeated and partial-word entities, joins sentences that an entity crosses, keeps CRLF", () => {
    const text = "The University of Zürich won.\r\nAHU2G1 is good. Yes! Band played.";
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("entities", at("University of Zürich"), "ORG");
      labels.add("entities", at("Zürich"), "LOC");
      labels.add("entities", at("AHU"), "MISC");
      labels.add("entities", at(" good"), "MISC");
      labels.add("entities", at("Yes! Band"), "ORG");
      labels.markReviewed({ start: 0, end: text.length }, "entities");
    });
    const { files, losses } = writeHuggingFace([document], OPTIONS);
    const read = rows<EntityRow>(files, "entities/train.jsonl");
    assert.ok(read.some((row) => row.text === "Yes! Band played."));
    assert.deepEqual(
      losses.map(({ kind, exact }) => [kind, exact]),
      [
        ["partial", "Zürich"],
        ["split", "AHU"],
        ["partial", " good"],
      ],
    );
    const all = read.flatMap((row) => row.spans.map(({ start, end }) => points(row.text, start, end)));
    assert.deepEqual(all, ["University of Zürich", "Zürich", "AHU", " good", "Yes! Band"]);
    assert.ok(read.some((row) => row.tokens.includes("AHU") && row.tokens.includes("2G1")));
  });

  it("writes sentiment with fixed ids and answers with code points", () => {
    const text = `${VECTOR} It was great.`;
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("sentiment", at("It was great."), "positive");
      labels.answer("Which firm?", [at("Acme")]);
      labels.answer("Why?", []);
    });
    const { files } = writeHuggingFace([document], OPTIONS);
    const by = { author: "ann", time: document.sentiment[0]?.time, model: null, model_version: null, score: null };
    assert.deepEqual(rows(files, "sentiment/train.jsonl"), [
      { id: `a.txt#${VECTOR.length + 1}`, text: "It was great.", label: 1, ...by },
    ]);
    const [firm, why] = rows<AnswerRow>(files, "answers/train.jsonl");
    assert.deepEqual(firm?.answers, { text: ["Acme"], answer_start: [26] });
    assert.deepEqual(why?.answers, { text: [], answer_start: [] });
    assert.equal(firm.context, text);
  });

  it("reports labels that are in no set, stale decisions and half surrogates, and writes none of them", () => {
    const text = "Ada met Bob.\n\nEve \ud83d saw Max.\n\nOld Zürich fell.";
    const document = labelled(
      "a.txt",
      text,
      (labels, at) => {
        labels.add("entities", at("Ada"), "HERO");
        labels.add("entities", at("Max"), "PER");
        labels.add("entities", at("Old Zürich fell"), "MISC");
        labels.answer("Which?", [at("Old Zürich fell")]);
      },
      text.replace("Old Zürich fell.", "All is new, quite so."),
    );
    const { files, losses } = writeHuggingFace([document], OPTIONS);
    assert.equal(files.size, 0);
    const reasons = losses.map(({ reason }) => reason).join("\n");
    for (const reason of [/stale/, /not in labels\.json/, /half a surrogate pair/]) assert.match(reasons, reason);
    assert.equal(losses.filter(({ reason }) => reason.startsWith("stale")).length, 2);
  });

  it("every row's spans hold in code points, for any text and any spans", () => {
    const unit = fc.constantFrom(
      "a",
      "Z",
      " ",
      "\n",
      "\r\n",
      "😀",
      "é",
      "e\u0301",
      "東",
      "👨‍👩‍👧",
      ".",
      "\u2028",
      "\u00a0",
      "\u200b",
    );
    fc.assert(
      fc.property(
        fc.array(unit, { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(6))),
        (parts, spans) => {
          const text = parts.join("");
          const starts = parts.map((_, index) => parts.slice(0, index).join("").length);
          const document = labelled("a.txt", text, (labels) => {
            for (const [from, length] of spans) {
              const start = starts[from % parts.length]!;
              const end = starts[(from % parts.length) + length + 1] ?? text.length;
              if (
                labels
                  .annotations({ region: { start, end } })
                  .some(({ span }) => span.start === start && span.end === end)
              )
                continue;
              labels.add("entities", { start, end }, "ORG");
              labels.answer(`Q${from}:${length}?`, [{ start, end }]);
            }
          });
          const { files } = writeHuggingFace([document], OPTIONS);
          assert.deepEqual(writeHuggingFace([document], OPTIONS).files, files);
          if (files.has("entities/train.jsonl")) {
            for (const row of rows<EntityRow>(files, "entities/train.jsonl")) {
              assert.equal(row.tokens.length, row.ner_tags.length);
              assert.ok(row.ner_tags.every((tag, index) => tag % 2 === 1 || tag === 0 || row.ner_tags[index - 1]! > 0));
              for (const { start, end } of row.spans) assert.ok(start < end && end <= Array.from(row.text).length);
            }
          }
          if (files.has("answers/train.jsonl")) {
            for (const { context, answers } of rows<AnswerRow>(files, "answers/train.jsonl")) {
              for (const [index, answer] of answers.text.entries()) {
                const start = answers.answer_start[index]!;
                assert.equal(points(context, start, start + Array.from(answer).length), answer);
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  }).timeout(30_000);

  it("refuses a span that does not hold its text", () => {
    const document = labelled("a.txt", VECTOR, (labels, at) => labels.add("entities", at("Acme"), "ORG"));
    const inside = new CodePoints(document, { start: 0, end: 10 });
    assert.throws(() => inside.span({ start: 2, end: 3 }), RangeError);
    const odd = { ...document, text: "\ud83d".concat(VECTOR) };
    assert.doesNotThrow(() => new CodePoints(odd, { start: 1, end: 5 }).span({ start: 1, end: 2 }));
    assert.ok(new SpanCheckError("x") instanceof Error);
  });
});

describe("datasets: CoNLL-2003", () => {
  it("writes four columns, IOB2, documents and sentences apart", () => {
    const first = labelled("b.txt", "Ada Lovelace met Bob Smith. 東京 is big.", (labels, at) => {
      labels.add("entities", at("Ada Lovelace"), "PER");
      labels.add("entities", at("東京"), "LOC");
      labels.markReviewed({ start: 0, end: 100 }, "entities");
      labels.add("sentiment", at("東京 is big."), "positive");
    });
    const second = labelled("a.txt", "Eve\u00a0X ate.", (labels, at) =>
      labels.add("entities", at("Eve\u00a0X"), "PER"),
    );
    const { files, losses, counts } = writeConll2003([first, second], OPTIONS);
    const expected = [
      ["-DOCSTART- -X- -X- O", "", "Eve -X- -X- B-PER", "X -X- -X- I-PER", "ate -X- -X- O", ". -X- -X- O", ""],
      [
        "-DOCSTART- -X- -X- O",
        "",
        "Ada -X- -X- B-PER",
        "Lovelace -X- -X- I-PER",
        "met -X- -X- O",
        "Bob -X- -X- O",
        "Smith -X- -X- O",
        ". -X- -X- O",
        "",
      ],
      ["東 -X- -X- B-LOC", "京 -X- -X- I-LOC", "is -X- -X- O", "big -X- -X- O", ". -X- -X- O", "", ""],
    ].flat();
    assert.equal(files.get("train.txt"), expected.join("\n"));
    assert.deepEqual(counts, { "train.txt": 3 });
    assert.ok(losses.some(({ kind, task }) => kind === "dropped" && task === "sentiment"));
  });
});

describe("datasets: SQuAD", () => {
  interface Squad {
    readonly version: string;
    readonly data: readonly {
      readonly title: string;
      readonly paragraphs: readonly {
        readonly context: string;
        readonly qas: readonly {
          readonly is_impossible?: boolean;
          readonly answers: readonly { readonly text: string; readonly answer_start: number }[];
        }[];
      }[];
    }[];
  }
  const read = (document: LabelledDocument): Squad =>
    JSON.parse(writeSquad([document], OPTIONS).files.get("train.json") as string) as Squad;

  it("is v1.1 with answers only, v2.0 with a question that has none", () => {
    const decide: Decide = (labels, at) => labels.answer("Which firm?", [at("Acme"), at("Zürich")]);
    const v1 = read(labelled("a.txt", VECTOR, decide));
    assert.equal(v1.version, "1.1");
    const [qa] = v1.data[0]!.paragraphs[0]!.qas;
    assert.deepEqual(qa?.answers, [
      { text: "Zürich", answer_start: 9 },
      { text: "Acme", answer_start: 26 },
    ]);
    assert.ok(!("is_impossible" in qa));
    const v2 = read(
      labelled("a.txt", VECTOR, (labels, at) => {
        decide(labels, at);
        labels.setAnswers("Why?", [{ ...at("love"), score: 0.4 }], { name: "m", version: "1" });
        labels.answer("Why?", []);
      }),
    );
    assert.equal(v2.version, "v2.0");
    assert.deepEqual(
      v2.data[0]!.paragraphs[0]!.qas.map(({ is_impossible: none }) => none),
      [false, true],
    );
    assert.match(JSON.stringify(v2), /"plausible_answers":\[\{"text":"love","answer_start":4\}\]/);
  });

  it("cuts a context out of a long document and reports answers that do not fit together", () => {
    const filler = "Nothing happens here 😀. ".repeat(60);
    const text = Array.from({ length: 12 }, (_, index) => `${filler}Name${index} came.`).join("\r\n\r\n");
    const document = labelled("a.txt", text, (labels, at) => {
      labels.answer("Who?", [at("Name0"), at("Name11")]);
      labels.answer("Why?", []);
    });
    const { examples, losses } = answerExamples(document);
    assert.equal(examples.length, 3);
    assert.deepEqual(losses.map(({ kind }) => kind).sort(), ["split", "trimmed"]);
    for (const { context } of examples) assert.ok(context.end - context.start <= 4000);
    const said = read(document).data[0]!.paragraphs.flatMap(({ context, qas }) =>
      qas.flatMap(({ answers }) =>
        answers.map((a) => points(context, a.answer_start, a.answer_start + a.text.length) === a.text),
      ),
    );
    assert.deepEqual(said, [true, true]);
  });

  it("a context always holds its span, is not too long, and cuts no pair", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "😀", " ", "\n\n", "東"), { maxLength: 80 }),
        fc.nat(80),
        fc.nat(10),
        (parts, from, length) => {
          const text = parts.join("");
          const start = parts.slice(0, from).join("").length;
          const end = parts.slice(0, from + length).join("").length;
          const context = contextAround(text, { start, end }, 20);
          assert.ok(context.start <= start && end <= context.end && context.start >= 0 && context.end <= text.length);
          assert.ok(context.end - context.start <= Math.max(20, end - start) || text.length <= 20);
          assert.doesNotMatch(text.slice(context.start, context.end), /\p{Cs}/u);
        },
      ),
    );
  });
});

describe("datasets: splits", () => {
  it("are drawn by document, the same every time, and report what is too little", () => {
    const none = new Map<string, number>();
    const paths = Array.from({ length: 10 }, (_, index) => ({ path: `${index}.txt`, labels: none }));
    const shares = { seed: 3, validation: 0.2, test: 0.1 };
    const { of, losses } = drawSplits(paths, shares);
    const count = (name: string): number => [...of.values()].filter((split) => split === name).length;
    assert.deepEqual([count("train"), count("validation"), count("test"), losses.length], [7, 2, 1, 0]);
    assert.deepEqual(drawSplits([...paths].reverse(), shares).of, of);
    assert.notDeepEqual(drawSplits(paths, { ...shares, seed: 4 }).of, of);
    assert.equal(drawSplits([{ path: "a", labels: none }], shares).losses.length, 2);
    assert.throws(() => drawSplits(paths, { seed: 0, validation: 0.6, test: 0.5 }), RangeError);
  });
});

describe("datasets: stratified splits", () => {
  it("give each label its share, never more documents than asked, whatever the labels", () => {
    const label = fc.constantFrom("a", "b", "c", "d");
    const document = fc.array(fc.tuple(label, fc.integer({ min: 1, max: 4 })), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 60 }), fc.nat(9), (contents, seed) => {
        const documents = contents.map((labels, index) => ({ path: `${index}.txt`, labels: new Map(labels) }));
        const { of } = drawSplits(documents, { seed, validation: 0.25, test: 0.25 });
        assert.equal(of.size, documents.length);
        for (const split of ["validation", "test"]) {
          const count = [...of.values()].filter((one) => one === split).length;
          assert.equal(count, Math.floor(documents.length * 0.25));
        }
      }),
      { numRuns: 60 },
    );
    // One document in ten has the rare label: by chance alone, it would often be missing from what is held out.
    const documents = Array.from({ length: 40 }, (_, index) => ({
      path: `${index}.txt`,
      labels: new Map(index % 10 === 0 ? [["rare", 1]] : [["common", 2]]),
    }));
    for (let seed = 0; seed < 20; seed++) {
      const { of } = drawSplits(documents, { seed, validation: 0.25, test: 0.25 });
      const rare = documents.filter(({ labels }) => labels.has("rare")).map(({ path: name }) => of.get(name));
      assert.deepEqual(rare.sort(), ["test", "train", "train", "validation"], `seed ${seed}`);
    }
  });
});

describe("datasets: export from a workspace", () => {
  let workspace: string;
  beforeEach(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), "glossator-export-"));
    await mkdir(path.join(workspace, "docs"));
    for (const [name, text] of [
      ["docs/a.md", "# Zürich\r\n\r\nAda met *Bob*. It was [great](http://x.y)."],
      ["b.txt", `\ufeff${VECTOR}`],
    ] as const) {
      await writeFile(path.join(workspace, name), text);
      const shown = text.replace(/^\ufeff/, "");
      const labels = new DocumentLabels({
        text: shown,
        author: "ann",
        sink: new Journal(path.join(workspace, ".glossator"), name, "ann"),
      });
      const start = shown.indexOf("Zürich");
      await labels.add("entities", { start, end: start + 6 }, "LOC").saved;
      await labels.markReviewed({ start: 0, end: shown.length }, "entities").saved;
    }
  });
  afterEach(() => rm(workspace, { recursive: true, force: true }));

  it("writes the folder whole, with reports; Markdown's syntax is no word", async () => {
    const seen: number[] = [];
    const target = path.join(workspace, "out");
    const report = await exportDataset({
      workspace,
      target,
      format: "huggingface",
      onProgress: ({ done }) => seen.push(done),
    });
    assert.deepEqual(seen, [1, 2]);
    assert.deepEqual(report.files, ["LOSSES.md", "entities/README.md", "entities/train.jsonl", "losses.json"]);
    const files = new Map([["rows", await readFile(path.join(target, "entities/train.jsonl"), "utf8")]]);
    const tokens = rows<EntityRow>(files, "rows").map((row) => row.tokens.join(" "));
    assert.ok(
      tokens.some((line) => line.startsWith("I 😀 love Zürich")),
      "a byte order mark is no part of the text",
    );
    assert.ok(tokens.includes("Ada met Bob ."), tokens.join(" | "));
    assert.deepEqual((await readdir(workspace)).sort(), [".glossator", "b.txt", "docs", "out"]);
    const losses = JSON.parse(await readFile(path.join(target, "losses.json"), "utf8")) as { losses: unknown[] };
    assert.equal(losses.losses.length, report.losses.length);
  });

  it("overwrites only what an export made, and only when told", async () => {
    const target = path.join(workspace, "out");
    const options = { workspace, target, format: "conll2003" } as const;
    await mkdir(target);
    await exportDataset(options);
    const before = await readFile(path.join(target, "train.txt"), "utf8");
    await assert.rejects(exportDataset(options), ExportError);
    await exportDataset({ ...options, overwrite: true });
    assert.equal(await readFile(path.join(target, "train.txt"), "utf8"), before);
    await assert.rejects(
      exportDataset({ ...options, target: path.join(workspace, "docs"), overwrite: true }),
      /no earlier export/,
    );
    await assert.rejects(exportDataset({ ...options, target: path.join(workspace, "b.txt") }), /is a file/);
    assert.equal((await readdir(path.join(workspace, "docs"))).length, 1);
  });

  it("names documents that are gone and lines that are broken; stops when told", async () => {
    await rm(path.join(workspace, "b.txt"));
    const log = new Journal(path.join(workspace, ".glossator"), "docs/a.md", "ann").path;
    await writeFile(log, `${await readFile(log, "utf8")}{"v":1,"id":"x`);
    const options = { workspace, target: path.join(workspace, "out"), format: "huggingface" } as const;
    const { losses, issues } = await exportDataset(options);
    assert.ok(losses.some(({ document, reason }) => document === "b.txt" && reason.includes("does not exist")));
    assert.deepEqual(
      issues.map(({ line, kind }) => [line, kind]),
      [[3, "torn"]],
    );
    await assert.rejects(
      exportDataset({ ...options, target: path.join(workspace, "more"), signal: AbortSignal.abort() }),
      { name: "AbortError" },
    );
    await assert.rejects(
      exportDataset({ ...options, format: "squad", target: path.join(workspace, "none") }),
      /nothing to export/,
    );
    assert.deepEqual((await readdir(workspace)).sort(), [".glossator", "docs", "out"]);
  });

  it("does not read a document outside the workspace", async () => {
    const outside = `../${path.basename(workspace)}-secret.txt`;
    const value = { label: "PER", span: { start: 0, end: 3 }, quote: { exact: "Ada", prefix: "", suffix: "" } };
    const head = {
      v: 1,
      id: "1",
      act: "1",
      time: "2026-01-01T00:00:00Z",
      author: "x",
      task: "entities",
      unit: "utf16",
    } as const;
    await new Journal(path.join(workspace, ".glossator"), outside, "x").append([
      { ...head, kind: "added", annotation: "1", new: value },
    ]);
    await writeFile(path.join(workspace, outside), "Ada");
    try {
      const { losses } = await exportDataset({ workspace, target: path.join(workspace, "out"), format: "conll2003" });
      assert.ok(
        losses.some(({ document, reason }) => document === outside && reason.includes("outside the workspace")),
      );
    } finally {
      await rm(path.join(workspace, outside));
    }
  });

  it("makes a report that people can read, safe from the text in it", () => {
    const report = lossesMarkdown([
      { kind: "dropped", document: "a|b.txt", span: { start: 1, end: 2 }, exact: "<b>\n|", reason: "why" },
    ]);
    assert.match(report, /\| a\\\|b\.txt \| {2}\| 1–2 \| {2}\| \\<b\\> \\\| \| why \|/);
    assert.match(lossesMarkdown([]), /Nothing/);
    const many = Array.from({ length: 5 }, (_, i) => ({
      kind: "dropped" as const,
      document: `${i}.txt`,
      reason: "why",
    }));
    const cut = lossesMarkdown(many, "export", 2);
    assert.match(cut, /Left out \(5\)/);
    assert.match(cut, /1\.txt[^]*… and 3 more; `LOSSES\.md` holds all/);
    assert.doesNotMatch(cut, /2\.txt/);
    assert.match(lossesMarkdown(many), /4\.txt/);
  });
});
