import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import type { Tokenizer } from "../../src/model/tokenizer/tokenizer";
import { finish } from "../../src/text/slices";
import { answerProbes } from "../../src/training/answers/probes";
import { answerBatch, heldWindow, taughtRows } from "../../src/training/answers/windows";
import type { ReadWindow } from "../../src/training/answers/windows";
import { replayedPairs } from "../../src/training/answers/course";
import { answerExamples, mostRecent } from "../../src/training/examples/answers";
import type { AnswerExample, AnswerExamples } from "../../src/training/examples/answers";
import { ANSWERS, judge } from "../../src/training/gate";
import type { Verdict } from "../../src/training/gate";
import { answerCounts, scoreOf, sumOf } from "../../src/training/score";
import type { ExampleCounts } from "../../src/training/score";
import { exportedText, saidIn } from "../../src/training/report";
import { Decider } from "./support/decided";

const dir = resolve(__dirname, "../../models/glossator-minilm");

const examplesOf = (by: Decider): AnswerExamples => finish(answerExamples(by.document(), "answers"));
const placed = ({ passages }: AnswerExample): string[] =>
  passages.map(({ text, answers }) => answers.map(({ start, end }) => text.slice(start, end)).join("|"));

/** Paragraphs on different things, each longer than what shares a passage with another. */
const page = (about: readonly string[]): string =>
  about
    .map((line) => `${line} ${"There was nothing else to be said of it that year. ".repeat(24).trim()}`)
    .join("\n\n");

describe("examples from answered questions", () => {
  it("hold the passage that the question is answered in, with the place of the answer", () => {
    const by = new Decider("a.txt", "Anna Berg left Oslo in May. The firm Acme grew. Nobody came.");
    by.labels.answer("Who left Oslo?", [by.at("Anna Berg")]);
    const { examples, left } = examplesOf(by);
    assert.deepEqual(left, []);
    const [example] = examples;
    assert.deepEqual(
      [example!.text, example!.how, example!.weight, example!.answers],
      ["Who left Oslo?", "added", 2, ["Anna Berg"]],
    );
    assert.deepEqual(placed(example!), ["Anna Berg"]);
    assert.equal(example!.passages[0]!.weight, 2);
  });

  it("read the escapes of JSON Lines, as the model does when it is asked", () => {
    const by = new Decider(
      "a.jsonl",
      '{"id": 1, "text": "J\\u00fcrgen M\\u00fcller left Oslo in May. The firm Acme grew."}\n',
    );
    by.labels.answer("Who left Oslo?", [by.at("J\\u00fcrgen M\\u00fcller")]);
    const [example] = examplesOf(by).examples;
    assert.deepEqual(example!.answers, ["Jürgen Müller"]);
    assert.deepEqual(placed(example!), ["Jürgen Müller"]);
    assert.equal(example!.passages[0]!.text, "Jürgen Müller left Oslo in May. The firm Acme grew.");
    assert.equal(scoreOf(sumOf([answerCounts(example!, "Jürgen Müller")])).f1, 1);
  });

  it("weigh an accepted suggestion 1, and one that replaces a suggestion 2", () => {
    const by = new Decider("a.txt", "Anna Berg left Oslo in May. The firm Acme grew.");
    const model = { name: "model", version: "1" };
    by.labels.setAnswers("Who left?", [{ ...by.at("Anna Berg"), score: 0.8 }], model);
    by.labels.accept(by.labels.annotations({ status: "suggested" })[0]!.id);
    by.labels.setAnswers("Who grew?", [{ ...by.at("firm"), score: 0.8 }], model);
    by.labels.answer("Who grew?", [by.at("Acme")]);
    assert.deepEqual(
      examplesOf(by).examples.map(({ text, how, weight }) => [text, how, weight]),
      [
        ["Who left?", "accepted", 1],
        ["Who grew?", "corrected", 2],
      ],
    );
  });

  it("read a question without an answer in the passages that a search finds first, which share its weight", () => {
    const by = new Decider(
      "a.txt",
      page(["Tea is drunk.", "Ships sink.", "Trams run.", "Ferries carry tea.", "Cows eat."]),
    );
    by.labels.answer("Who sells tea to ferries?", []);
    const [example] = examplesOf(by).examples;
    assert.equal(example!.answers, "none");
    assert.equal(example!.passages.length, 3);
    assert.ok(example!.passages[0]!.text.includes("Ferries carry tea."));
    assert.ok(example!.passages.every(({ answers }) => answers.length === 0));
    assert.equal(
      example!.passages.reduce((sum, { weight }) => sum + weight, 0),
      example!.weight,
    );
    assert.deepEqual(saidIn(example!), ["added: no answer, in 3 passages"]);
  });

  it("take every place of an answer, and beside them a passage of which nothing was said", () => {
    const by = new Decider("a.txt", page(["Ann met Bob.", "Ann met Eve.", "Ann met nobody.", "Ann met Bob again."]));
    const second = by.text.indexOf("Eve");
    by.labels.answer("Whom did Ann meet?", [by.at("Bob"), { start: second, end: second + 3 }]);
    const [example] = examplesOf(by).examples;
    assert.deepEqual(placed(example!), ["Bob", "Eve", ""]);
    const [bob, eve, beside] = example!.passages;
    assert.deepEqual([bob!.weight, eve!.weight], [1, 1]);
    // The other "Bob" may well be an answer that nobody marked.
    assert.ok(beside!.text.includes("Ann met nobody.") && !beside!.text.includes("Bob"));
    assert.equal(beside!.weight, 0);
    assert.deepEqual(saidIn(example!), [
      'added: "Bob" or "Eve", in 2 places',
      "1 other passage held to what was said there",
    ]);
  });

  it("leave out what no passage holds, what was only rejected, and what somebody answered otherwise later, and say so", () => {
    const by = new Decider("a.txt", page(["Ann left.", "Bob came."]));
    by.labels.answer("What is all of it?", [{ start: 0, end: by.text.length }]);
    by.labels.setAnswers("Who left?", [{ ...by.at("Ann"), score: 0.8 }], { name: "model", version: "1" });
    by.labels.reject(by.labels.annotations({ status: "suggested" })[0]!.id);
    const { examples, left } = examplesOf(by);
    assert.deepEqual(examples, []);
    assert.deepEqual(
      left.map(({ exact, reason }) => [exact, reason.split(":")[0]!.split(",")[0]]),
      [
        ["What is all of it?", "no passage holds its answer whole"],
        ["Who left?", "an answer was rejected"],
      ],
    );
    const document = by.document();
    const question = { id: "1", question: "Who left?", plausible: [], answers: "none" as const };
    const found = finish(
      answerExamples(
        {
          ...document,
          questions: [question, { ...question, id: "2", answers: [{ ...by.at("Ann"), exact: "Ann" }] }],
        },
        "answers",
      ),
    );
    assert.deepEqual(found.examples.map(placed), [["Ann", ""]]);
    assert.deepEqual(
      found.left.map(({ reason }) => reason),
      ["it was answered otherwise later"],
    );
  });

  it("keep to the paragraph that a dataset's question is about", () => {
    const by = new Decider("a.txt", "Ann left Oslo.\n\nBob left Rome.\n\nEve left Bonn.");
    const document = by.document();
    const questions = [
      { id: "1", question: "Who left?", plausible: [], answers: "none" as const, context: by.at("Bob left Rome.") },
    ];
    const { examples } = finish(answerExamples({ ...document, questions }, "answers"));
    assert.deepEqual(
      examples[0]!.passages.map(({ text }) => text),
      ["Bob left Rome."],
    );
  });

  it("take what a log may hold of anybody: long questions, many answers, many parts of a large document", () => {
    const by = new Decider("a.txt", page(Array.from({ length: 400 }, (_, i) => `Ann met Bob ${i}.`)));
    const document = by.document();
    const bob = { ...by.at("Bob 1."), exact: "Bob 1." };
    const length = by.text.length;
    const hostile = [
      { id: "1", question: "who ".repeat(100_000), plausible: [], answers: [bob] as const },
      { id: "2", question: "Who?", plausible: [], answers: Array.from({ length: 20_000 }, () => bob) as never },
      ...Array.from({ length: 200 }, (_, i) => ({
        ...{ id: `3${i}`, question: `Who ${i}?`, plausible: [], answers: "none" as const },
        context: { start: i, end: length - i },
      })),
    ];
    const { examples, left } = finish(answerExamples({ ...document, questions: hostile }, "answers"));
    assert.equal(examples.length, 201);
    assert.match(left[0]!.reason, /longer than 1000 characters/);
    assert.ok(examples.every(({ passages }) => passages.length <= 3));
    assert.ok(examples.at(-1)!.passages.every(({ start, end }) => start >= 199 && end <= length - 199));
  });

  it("are at most as many as one job reads: the latest", () => {
    const by = new Decider("a.txt", "Anna Berg left Oslo in May.");
    by.labels.answer("Who left Oslo?", [by.at("Anna Berg")]);
    const [example] = examplesOf(by).examples;
    const many = Array.from({ length: 450 }, (_, i) => ({ ...example!, id: String(i).padStart(4, "0") }));
    const { examples, left } = mostRecent(many);
    assert.deepEqual([examples.length, examples[0]!.id, left.length], [400, "0050", 50]);
  });
});

describe("windows of questions", () => {
  let tokenizer: Tokenizer;
  before(async () => {
    tokenizer = await loadTokenizer(dir);
  });

  const windowOf = (text: string, ...answers: string[]): ReadWindow => {
    const encoding = tokenizer.encode(text);
    const length = encoding.ids.length + 3;
    return {
      ...{ length, states: new Float32Array(length * 2), encoding, shift: 2 },
      row: { item: 0, from: 0, count: encoding.ids.length },
      passage: {
        ...{ question: "?", text, borders: [] },
        answers: answers.map((answer) => ({
          start: text.indexOf(answer),
          end: text.indexOf(answer) + answer.length,
        })),
      },
      starts: new Float32Array(length).fill(1),
      ends: new Float32Array(length).fill(2),
    };
  };

  it("are a row for each place, which share the weight, and one at position 0 where there is no answer", () => {
    const places = taughtRows(windowOf("Anna Berg left Oslo.", "Anna Berg", "Oslo"), 2);
    assert.deepEqual(
      places.map(({ start, end, weight }) => [start, end, weight]),
      [
        [2, 3, 1],
        [5, 5, 1],
      ],
    );
    assert.deepEqual(
      taughtRows(windowOf("Nobody left."), 1).map(({ start, end, weight }) => [start, end, weight]),
      [[0, 0, 1]],
    );
    const [held] = taughtRows(windowOf("Nobody left."), 0);
    assert.deepEqual([held!.start, held!.end, held!.weight, held!.hold], [-100, -100, 0, 1]);
    const cut = windowOf("Anna Berg left Oslo.", "Oslo");
    assert.deepEqual(taughtRows({ ...cut, row: { ...cut.row, count: 2 } }, 1), []);
  });

  it("go into a step padded, with the old logits, and with the tokens in which an answer may lie", () => {
    const [long, short] = [windowOf("Anna Berg left Oslo.", "Oslo"), windowOf("No.")];
    const batch = answerBatch([...taughtRows(long, 2), heldWindow(short)]);
    assert.deepEqual(batch["starts"]!.data, BigInt64Array.of(5n, -100n));
    assert.deepEqual(batch["weights"]!.data, Float32Array.of(2, 0));
    assert.deepEqual(batch["replay_weights"]!.data, Float32Array.of(0, 1));
    const rowOf = (name: string, r: number): number[] => {
      const { data, dims } = batch[name]!;
      return Array.from(data as ArrayLike<number | bigint>, Number).slice(r * dims[1]!, (r + 1) * dims[1]!);
    };
    assert.deepEqual(rowOf("passage_mask", 1), [0, 0, 1, 1, 0, 0, 0, 0]);
    assert.deepEqual(rowOf("attention_mask", 1), [1, 1, 1, 1, 1, 0, 0, 0]);
    assert.deepEqual(rowOf("reference_end_logits", 1), [2, 2, 2, 2, 2, -1e4, -1e4, -1e4]);
  });
});

describe("a job for another machine", () => {
  it("says how many answers it leaves out", () => {
    const tasks = [{ task: "entities", decisions: 12, examples: 11 }] as const;
    const said = exportedText({
      folder: "job",
      tasks,
      few: [],
      without: [{ task: "answers", decisions: 4 }],
      left: [],
    });
    assert.ok(said.includes("answers: 4 decisions left out, since a job for another machine holds labels alone."));
  });
});

describe("the score of answers", () => {
  const asked = (...answers: string[]): Pick<AnswerExample, "answers"> => ({
    answers: answers.length === 0 ? "none" : (answers as [string]),
  });

  it("is SQuAD's F1, a mean over questions, also of those without an answer", () => {
    const counts = [
      answerCounts(asked("in the old town", "the town"), "town"),
      answerCounts(asked("Anna Berg"), "Berg left"),
      answerCounts(asked("Anna Berg"), ""),
      answerCounts(asked(), ""),
      answerCounts(asked(), "Anna"),
    ];
    assert.equal(scoreOf(sumOf(counts)).f1, (1 + 0.5 + 0 + 1 + 0) / 5);
    assert.equal(scoreOf(sumOf(counts, "answer")).f1, 0.5);
    assert.equal(scoreOf(sumOf(counts, "no answer")).f1, 0.5);
  });

  it("tells how far other answers are as before, where the model was sure", () => {
    const given = (text: string, score: number) => ({ text, closest: text, score });
    const before = [given("Anna Berg", 0.95), given("Oslo", 0.97), given("", 0.99), given("May", 0.2)];
    const after = [given("Berg", 0.9), given("Oslo", 0.5), given("June", 0.5), given("June", 0.9)];
    const { agreement, sure } = answerProbes(before, after);
    assert.equal(sure, 3);
    assert.ok(Math.abs(agreement - (2 / 3 + 1 + 0) / 3) < 1e-9);
  });

  it("lets a version pass that answers better, and none that does not, forgets, or finds answers where there are none", () => {
    const many = (f1: number, none: number): ExampleCounts[] => [
      ...Array.from({ length: 20 }, (_, i) => ({ answer: shareOf(Math.min(1, f1 + (i % 5) / 20)) })),
      ...Array.from({ length: 8 }, () => ({ "no answer": shareOf(none) })),
    ];
    const shareOf = (right: number) => ({ right, wrong: 1 - right, missed: 1 - right });
    const verdict = (after: readonly ExampleCounts[], agreement = 0.995): Verdict =>
      judge(["answer", "no answer"], { before: many(0.4, 1), after }, { agreement, sure: 50 }, 1, ANSWERS);
    assert.deepEqual(verdict(many(0.7, 1)).reasons, [
      "F1 on decisions that were held out rose from 64.3 to 85.7.",
      "On other text 99.5 % of the answers that it was sure of are as before.",
    ]);
    assert.match(verdict(many(0.4, 1)).reasons.join(), /not better: F1 64.3 before, 64.3 after/);
    assert.match(verdict(many(0.7, 1), 0.97).reasons.join(), /changes 3.0 % of the answers .* at most 2 % may change/);
    assert.match(verdict(many(0.9, 0)).reasons.join(), /no answer got worse: F1 100.0 before, 0.0 after/);
    for (const bad of [verdict(many(0.4, 1)), verdict(many(0.7, 1), 0.97), verdict(many(0.9, 0))])
      assert.equal(bad.accepted, false);
  });

  it("replays each question once: with its sentence, with that among others, or with others alone", () => {
    const questions = "abcdefg".split("").map((text) => ({ text: `${text}.`, question: `${text}?` }));
    const pairs = (of: typeof questions): string[] =>
      replayedPairs(of).map(({ question, text }) => `${question} ${text}`);
    assert.deepEqual(pairs(questions), [
      "a? a.",
      "b? b. c. d. e. f.",
      "c? d. e. f. g. a.",
      "d? d.",
      "e? f. e. g. a. b.",
      "f? g. a. b. c. d.",
      "g? g.",
    ]);
    assert.deepEqual(pairs(questions.slice(0, 3)), ["a? a.", "b? b. c. a.", "c? a. b."]);
    assert.deepEqual(pairs(questions.slice(0, 1)), ["a? a."]);
  });
});
