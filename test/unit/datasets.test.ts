import { CLASSES } from "../../src/documents/tasks";
import assert from "node:assert/strict";
import fc from "fast-check";
import { answerExamples, contextAround } from "../../src/datasets/examples/answers";
import { documentFrom } from "../../src/datasets/workspace/collect";
import { conll2003 } from "../../src/datasets/formats/conll2003/write";
import { bioNames } from "../../src/datasets/document";
import type { LabelledDocument, WriterOptions } from "../../src/datasets/document";
import { huggingFace } from "../../src/datasets/formats/huggingface/write";
import { squad } from "../../src/datasets/formats/squad/write";
import type { DecisionEvent } from "../../src/labels/events";
import { defaultLabelSets } from "../../src/labels/labelset";
import { DocumentLabels } from "../../src/labels/store";
import { finish } from "../../src/text/slices";
import { splitSentences } from "../../src/text/sentences";
import { writeDataset } from "../../src/datasets/writing/drive";
import type { Contents } from "../../src/datasets/writing/contents";

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
  return finish(documentFrom(file, now, [events], splitSentences(now)));
}

function rows<T>(files: ReadonlyMap<string, Contents>, name: string): T[] {
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

const points = (text: string, start: number, end: number): string => Array.from(text).slice(start, end).join("");

describe("datasets: Hugging Face", () => {
  it("writes entities in code points, checked against the text", async () => {
    const document = labelled("a.txt", VECTOR, (labels, at) => {
      labels.add("entities", at("Zürich"), "LOC");
      labels.add("entities", at("Acme"), "ORG");
      labels.markReviewed({ start: 0, end: VECTOR.length }, "entities");
    });
    const { files, losses, counts } = await writeDataset(huggingFace, [document], OPTIONS);
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

  it("leaves out what was not reviewed, and says so", async () => {
    const text = "Ada came. Bob left. Eve stayed.\n\nNobody else was there.";
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("entities", at("Ada"), "PER");
      labels.markReviewed(at("Eve stayed."), "entities");
    });
    const { files, losses } = await writeDataset(huggingFace, [document], OPTIONS);
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

  it("lists nested, repeated and partial-word entities, joins sentences that an entity crosses, keeps CRLF", async () => {
    const text = "The University of Zürich won.\r\nAHU2G1 is good. Yes! Band played.";
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("entities", at("University of Zürich"), "ORG");
      labels.add("entities", at("Zürich"), "LOC");
      labels.add("entities", at("AHU"), "MISC");
      labels.add("entities", at(" good"), "MISC");
      labels.add("entities", at("Yes! Band"), "ORG");
      labels.markReviewed({ start: 0, end: text.length }, "entities");
    });
    const { files, losses } = await writeDataset(huggingFace, [document], OPTIONS);
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

  it("writes sentiment with fixed ids and answers with code points", async () => {
    const text = `${VECTOR} It was great.`;
    const document = labelled("a.txt", text, (labels, at) => {
      labels.add("sentiment", at("It was great."), "positive");
      labels.answer("Which firm?", [at("Acme")]);
      labels.answer("Why?", []);
    });
    const { files } = await writeDataset(huggingFace, [document], OPTIONS);
    const by = {
      author: "ann",
      time: document.layers[CLASSES].labels[0]?.time,
      model: null,
      model_version: null,
      score: null,
    };
    assert.deepEqual(rows(files, "sentiment/train.jsonl"), [
      { id: `a.txt#${VECTOR.length + 1}`, text: "It was great.", label: 1, ...by },
    ]);
    const [firm, why] = rows<AnswerRow>(files, "answers/train.jsonl");
    assert.deepEqual(firm?.answers, { text: ["Acme"], answer_start: [26] });
    assert.deepEqual(why?.answers, { text: [], answer_start: [] });
    assert.equal(firm.context, text);
  });

  it("reports labels that are in no set, stale decisions and half surrogates, and writes none of them", async () => {
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
    const { files, losses } = await writeDataset(huggingFace, [document], OPTIONS);
    assert.equal(files.size, 0);
    const reasons = losses.map(({ reason }) => reason).join("\n");
    for (const reason of [/stale/, /not in labels\.json/, /half a surrogate pair/]) assert.match(reasons, reason);
    assert.equal(losses.filter(({ reason }) => reason.startsWith("stale")).length, 2);
  });

  it("every row's spans hold in code points, for any text and any spans", async () => {
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
    await fc.assert(
      fc.asyncProperty(
        fc.array(unit, { minLength: 1, maxLength: 40 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(6))),
        async (parts, spans) => {
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
          const { files } = await writeDataset(huggingFace, [document], OPTIONS);
          assert.deepEqual((await writeDataset(huggingFace, [document], OPTIONS)).files, files);
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
});

describe("datasets: CoNLL-2003", () => {
  it("writes four columns, IOB2, documents and sentences apart", async () => {
    const first = labelled("b.txt", "Ada Lovelace met Bob Smith. 東京 is big.", (labels, at) => {
      labels.add("entities", at("Ada Lovelace"), "PER");
      labels.add("entities", at("東京"), "LOC");
      labels.markReviewed({ start: 0, end: 100 }, "entities");
      labels.add("sentiment", at("東京 is big."), "positive");
    });
    const second = labelled("a.txt", "Eve\u00a0X ate.", (labels, at) =>
      labels.add("entities", at("Eve\u00a0X"), "PER"),
    );
    const { files, losses, counts } = await writeDataset(conll2003, [first, second], OPTIONS);
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
  const read = async (document: LabelledDocument): Promise<Squad> =>
    JSON.parse((await writeDataset(squad, [document], OPTIONS)).files.get("train.json") as string) as Squad;

  it("is v1.1 with answers only, v2.0 with a question that has none", async () => {
    const decide: Decide = (labels, at) => labels.answer("Which firm?", [at("Acme"), at("Zürich")]);
    const v1 = await read(labelled("a.txt", VECTOR, decide));
    assert.equal(v1.version, "1.1");
    const [qa] = v1.data[0]!.paragraphs[0]!.qas;
    assert.deepEqual(qa?.answers, [
      { text: "Zürich", answer_start: 9 },
      { text: "Acme", answer_start: 26 },
    ]);
    assert.ok(!("is_impossible" in qa));
    const v2 = await read(
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

  it("cuts a context out of a long document and reports answers that do not fit together", async () => {
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
    const said = (await read(document)).data[0]!.paragraphs.flatMap(({ context, qas }) =>
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
