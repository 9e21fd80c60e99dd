import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EngineInfo, SegmentLabels } from "../../src/engine/protocol";
import { CorpusError, readConll, readLines, readSquad, readSst2, sample } from "../../src/evaluation/corpora";
import { evaluateConll, evaluateSst2, segmentOfWords } from "../../src/evaluation/evaluate";
import type { Engine } from "../../src/evaluation/evaluate";
import { evaluateSquad, evaluateSquadFile } from "../../src/evaluation/evaluate-answers";
import { answerF1, answerScore, entitiesOf, entityScores, normaliseAnswer, share } from "../../src/evaluation/metrics";
import { encodeTags } from "../../src/text/tags";

const tags = (line: string): string[] => line.split(" ");

describe("metrics", () => {
  it("counts shares, and nothing of nothing as 0", () => {
    assert.deepEqual(share(3, 4), { value: 0.75, correct: 3, total: 4 });
    assert.deepEqual(share(0, 0), { value: 0, correct: 0, total: 0 });
  });

  it("reads IOB1, IOB2, BIOES and BILOU as conlleval reads them", () => {
    for (const [given, bio2] of [
      ["I-PER I-PER B-PER O I-LOC I-ORG", "B-PER I-PER B-PER O B-LOC B-ORG"],
      ["B-PER I-PER B-PER O B-LOC B-ORG", "B-PER I-PER B-PER O B-LOC B-ORG"],
      ["B-PER E-PER S-PER I-LOC E-LOC I-LOC", "B-PER I-PER B-PER B-LOC I-LOC B-LOC"],
      ["U-MISC B-ORG L-ORG I-ORG O", "B-MISC B-ORG I-ORG B-ORG O"],
      ["O I-PER O I-PER", "O B-PER O B-PER"],
    ] as const) {
      const entities = entitiesOf(tags(given)).map(({ from, to, type }) => ({
        first: from,
        last: to - 1,
        label: type,
      }));
      assert.deepEqual(encodeTags(tags(given).length, entities, "IOB2"), tags(bio2), given);
    }
  });

  it("finds entities up to the end of the sentence, neighbours of one type, and those a stray I- opens", () => {
    assert.deepEqual(entitiesOf(tags("B-PER I-PER B-PER O B-LOC I-ORG I-ORG")), [
      { from: 0, to: 2, type: "PER" },
      { from: 2, to: 3, type: "PER" },
      { from: 4, to: 5, type: "LOC" },
      { from: 5, to: 7, type: "ORG" },
    ]);
    assert.deepEqual(entitiesOf(tags("O O")), []);
    assert.deepEqual(entitiesOf([]), []);
  });

  it("scores entities strictly and micro-averaged: a wrong type or a wrong end is wrong", () => {
    const reference = ["B-PER I-PER O B-LOC", "B-ORG O", "O O", "B-PER I-PER"];
    const predicted = ["B-PER I-PER O B-ORG", "O O", "O B-PER", "B-PER O"];
    const read = (lines: string[]) => lines.map((line) => entitiesOf(tags(line)));
    const scores = entityScores(read(predicted), read(reference));
    assert.deepEqual([scores.correct, scores.found, scores.reference], [1, 4, 4]);
    assert.deepEqual([scores.f1, scores.precision, scores.recall], [0.25, 0.25, 0.25]);
    assert.deepEqual(Object.keys(scores.types), ["LOC", "ORG", "PER"]);
    assert.deepEqual(scores.types["PER"], {
      f1: 0.4,
      precision: 1 / 3,
      recall: 0.5,
      correct: 1,
      found: 3,
      reference: 2,
    });
    assert.equal(scores.types["LOC"]!.f1, 0);
    assert.equal(scores.types["ORG"]!.found, 1);
    assert.equal(entityScores(read(reference), read(reference)).f1, 1);
    assert.equal(entityScores([], []).f1, 0);
    assert.throws(() => entityScores([], [[]]), RangeError);
  });

  it("normalises answers as the official SQuAD script does", () => {
    for (const [given, expected] of [
      ["The  Cat's, hat!", "cats hat"],
      ["an apple a day", "apple day"],
      ["A.B.C.", "abc"],
      ["a-b", "ab"],
      ["Théa and the\u00a0other", "théa and other"],
      ["Athens", "athens"],
      ["“quoted” — 1,000", "“quoted” — 1000"],
      ["the", ""],
      ["\t a \n", ""],
    ] as const)
      assert.equal(normaliseAnswer(given), expected, given);
  });

  it("scores answers by shared words, each counted as often as both have it", () => {
    assert.equal(answerF1("the big cat", "cat"), 2 / 3);
    assert.equal(answerF1("x x", "x"), 2 / 3);
    assert.equal(answerF1("x x y", "y x x"), 1);
    assert.equal(answerF1("dog", "cat"), 0);
    assert.equal(answerF1("", "cat"), 0);
    assert.equal(answerF1("constructor", "toString"), 0);
  });

  it("takes the best reference of each question and the mean over questions", () => {
    const score = answerScore(["The Broncos", "in 1999 or so", ""], [["Denver Broncos", "Broncos"], ["1999"], ["x"]]);
    assert.equal(score.total, 3);
    assert.equal(score.exactMatch, 1 / 3);
    assert.ok(Math.abs(score.f1 - (1 + 0.4) / 3) < 1e-12);
    assert.deepEqual(answerScore([], []), { exactMatch: 0, f1: 0, total: 0 });
    assert.throws(() => answerScore(["x"], []), RangeError);
  });
});

describe("evaluation corpora", () => {
  let folder: string;
  const put = (name: string, text: string | Uint8Array): string => {
    const file = join(folder, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  };
  const refuses = (promise: Promise<unknown>, message: RegExp) =>
    assert.rejects(promise, (error) => error instanceof CorpusError && message.test(error.message));

  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "glossator-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("reads SST-2, and names the line that is wrong", async () => {
    const good = put("dev.tsv", "label\tsentence\r\n1\tgreat fun\r\n0\ta 1\tmess \r\n");
    assert.deepEqual(await readSst2(good), [
      { text: "great fun", positive: true },
      { text: "a 1\tmess", positive: false },
    ]);
    await refuses(readSst2(put("bad.tsv", "label\tsentence\n1\tfine\n2\todd\n")), /line 3/);
    await refuses(readSst2(put("none.tsv", "label\tsentence\n")), /no examples/);
    await refuses(readSst2(join(folder, "absent")), /missing/);
    await refuses(readSst2(put("latin", Buffer.from([0x30, 0x09, 0xe9]))), /not UTF-8/);
    await refuses(readLines(put("blank", " \n\n")), /no examples/);
  });

  it("reads CoNLL-2003 columns with its IOB1 tags, the last sentence without a blank line included", async () => {
    const file = put(
      "x",
      "-DOCSTART- -X- O O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\n-DOCSTART- -X- O O\n\nAnn NNP I-NP I-PER\nBob NNP I-NP B-PER",
    );
    assert.deepEqual(await readConll(file), [
      { words: ["EU", "rejects"], entities: [{ from: 0, to: 1, type: "ORG" }], document: 0 },
      {
        words: ["Ann", "Bob"],
        document: 1,
        entities: [
          { from: 0, to: 1, type: "PER" },
          { from: 1, to: 2, type: "PER" },
        ],
      },
    ]);
    await refuses(readConll(put("y", "EU I-ORG\nword\n")), /line 2/);
    await refuses(readConll(put("z", "EU ORG\n")), /line 1/);
  });

  it("reads SQuAD, and says when a file is something else", async () => {
    const qas = [{ id: "1", question: "Who?", answers: [{ text: "Ann", answer_start: 0 }, { text: "A" }] }];
    const file = put(
      "dev.json",
      JSON.stringify({ data: [{ title: "t", paragraphs: [{ context: "Ann ran.", qas }] }] }),
    );
    assert.deepEqual(await readSquad(file), [
      { title: "t", context: "Ann ran.", question: "Who?", answers: ["Ann", "A"] },
    ]);
    await refuses(readSquad(put("no.json", "{")), /not in SQuAD's format/);
    await refuses(readSquad(put("other.json", "{}")), /not in SQuAD's format/);
    await refuses(readSquad(put("empty.json", '{"data":[]}')), /no examples/);
  });

  it("draws the same sample everywhere, in order, others with another seed", () => {
    const items = Array.from({ length: 100 }, (_, i) => i);
    assert.deepEqual(sample(items, 5, 0), sample([...items], 5, 0));
    assert.notDeepEqual(sample(items, 5, 0), sample(items, 5, 1));
    const drawn = sample(items, 50, 3);
    assert.deepEqual(
      [...drawn].sort((a, b) => a - b),
      drawn,
    );
    assert.equal(new Set(drawn).size, 50);
    assert.equal(sample(items, undefined, 0).length, 100);
    assert.equal(sample(items, 200, 0).length, 100);
  });

  const info = {
    labels: { sentiment: ["neutral", "negative", "positive"] },
    unmarked: { sentiment: "neutral" },
  } as unknown as EngineInfo;
  const engine = (says: (text: string) => SegmentLabels, answer = ""): Engine => ({
    info,
    label: (segments) => Promise.resolve(segments.map(({ text }) => says(text))),
    ask: () =>
      Promise.resolve(
        answer === "" ? [] : [{ context: 0, start: 0, end: answer.length, text: answer, score: 1, noAnswer: 0 }],
      ),
    index: (contexts) => Promise.resolve({ passages: contexts.length, setAside: 0 }),
    rank: () => Promise.reject(new Error("nobody asked to rank")),
  });

  it("counts opinions between the two classes, strictly, and without a mark", async () => {
    put("sst2/dev.tsv", "label\tsentence\n1\tgood\n1\tmeh\n0\tbad\n0\twrong\n");
    put("sst5/objective.txt", "A plain fact.\nAn opinion.\n");
    const said: Record<string, [number, number, number]> = {
      good: [0.1, 0.1, 0.8],
      meh: [0.6, 0.1, 0.3],
      bad: [0.2, 0.7, 0.1],
      wrong: [0.2, 0.3, 0.5],
      "A plain fact.": [0.9, 0.05, 0.05],
      "An opinion.": [0.1, 0.8, 0.1],
    };
    const names = ["neutral", "negative", "positive"];
    const scores = await evaluateSst2(
      engine((text) => {
        const p = said[text]!;
        const score = Math.max(...p);
        const all = Object.fromEntries(names.map((name, i) => [name, p[i]!]));
        return { sentiment: { label: names[p.indexOf(score)]!, score, scores: all } };
      }),
      { data: folder },
    );
    assert.deepEqual(scores.accuracy, share(3, 4));
    assert.deepEqual(scores.strict, share(2, 4));
    assert.deepEqual(scores.unmarked, share(1, 4));
    assert.deepEqual(scores.statements, share(1, 2));
    await refuses(
      evaluateSst2({ ...engine(() => ({})), info: { ...info, labels: { sentiment: ["joy"] } } }, { data: folder }),
      /joy/,
    );
  });

  it("maps entities back to words, and refuses those that end inside one", async () => {
    const { text, words } = segmentOfWords(["EU", "rejects", "Zürich"]);
    assert.equal(text, "EU rejects Zürich");
    assert.deepEqual(
      words.map(({ start, end }) => text.slice(start, end)),
      ["EU", "rejects", "Zürich"],
    );
    for (const part of ["testa", "testb"])
      put(`conll2003/eng.${part}`, "EU X I-ORG\nrejects X O\nNew X I-LOC\nYork X I-LOC\n");
    const of = (start: number, end: number, label: string) => ({ start, end, label, score: 1 });
    const right = await evaluateConll(
      engine(() => ({ entities: [of(0, 2, "ORG"), of(11, 19, "LOC")] })),
      { data: folder },
    );
    assert.equal(right.testb.f1, 1);
    const half = await evaluateConll(
      engine(() => ({ entities: [of(0, 2, "ORG"), of(11, 14, "LOC")] })),
      { data: folder },
    );
    assert.equal(half.testa.f1, 0.5);
    await assert.rejects(
      evaluateConll(
        engine(() => ({ entities: [of(0, 1, "ORG")] })),
        { data: folder },
      ),
      RangeError,
    );
    await refuses(
      evaluateConll(
        engine(() => ({ error: "set aside" })),
        { data: folder },
      ),
      /example 1 .* set aside/,
    );
  });

  it("scores a question without an answer as 0", async () => {
    const [all, none] = [
      { exactMatch: 1, f1: 1, total: 2 },
      { exactMatch: 0, f1: 0, total: 2 },
    ];
    const qas = [1, 2].map((id) => ({ id, question: "Who?", answers: [{ text: "Ann" }] }));
    put("squad/dev-v1.1.json", JSON.stringify({ data: [{ paragraphs: [{ context: "Ann ran.", qas }] }] }));
    assert.deepEqual(
      await evaluateSquad(
        engine(() => ({}), "Ann"),
        { data: folder },
      ),
      all,
    );
    assert.deepEqual(
      await evaluateSquad(
        engine(() => ({})),
        { data: folder },
      ),
      none,
    );
  });

  it("counts how often the gold paragraph is found, by words, by meaning, by both", async () => {
    const paragraphs = Array.from({ length: 30 }, (_, i) => ({
      context: `Paragraph ${i}.`,
      qas: [{ question: `Where is ${i}?`, answers: [{ text: "here" }] }],
    }));
    put("squad/dev-v1.1.json", JSON.stringify({ data: [{ paragraphs }] }));
    const from = (first: number) => Array.from({ length: 20 }, (_, i) => (first + i) % 30);
    let asked = 0;
    const searching: Engine = {
      ...engine(() => ({}), "here"),
      ask: (_, contexts) => {
        if (contexts.length === 30) asked++;
        else assert.equal(contexts.length, 1);
        const text = contexts.length === 30 ? "here" : "there";
        return Promise.resolve([{ context: 0, start: 0, end: text.length, text, score: 1, noAnswer: 0 }]);
      },
      rank: (questions) =>
        Promise.resolve(
          questions.map((question) => {
            const gold = Number(/\d+/.exec(question)![0]);
            return { words: from(gold - 4 + 30), meaning: from(gold - 5 + 30), both: from(gold + 1) };
          }),
        ),
    };
    const scores = await evaluateSquadFile(searching, { data: folder });
    assert.equal(scores.paragraphs, 30);
    assert.equal(asked, 30);
    assert.deepEqual(scores.recall.words, { at5: share(30, 30), at20: share(30, 30) });
    assert.deepEqual(scores.recall.meaning, { at5: share(0, 30), at20: share(30, 30) });
    assert.deepEqual(scores.recall.both, { at5: share(0, 30), at20: share(0, 30) });
    assert.deepEqual(scores.answers, { exactMatch: 1, f1: 1, total: 30 });
    assert.deepEqual(scores.alone, { exactMatch: 0, f1: 0, total: 30 });
  });
});
