import assert from "node:assert/strict";
import fc from "fast-check";
import { agreementOf } from "../../src/labels/agreement/agreement";
import { sentenceLabels } from "../../src/labels/agreement/agreement-units";
import type { ComparedDocument } from "../../src/labels/agreement/agreement-units";
import type { PlacedLabel } from "../../src/labels/annotation";
import type { AnnotatorLabels } from "../../src/labels/agreement/annotators";
import {
  RatingTable,
  cohensKappa,
  fleissKappa,
  krippendorffsAlpha,
  observedAgreement,
  pairOf,
} from "../../src/labels/agreement/coefficients";
import type { RatedUnits } from "../../src/labels/agreement/coefficients";
import { disagreementsOf } from "../../src/labels/agreement/disagreements";
import { exactMatches, matchF1, overlapMatches } from "../../src/labels/agreement/span-matching";
import { commonText } from "../../src/text/spans";
import { splitWords } from "../../src/text/words";
import { annotator as annotatorOf } from "./support/annotator";
import type { Said } from "./support/annotator";

/** A table from one line of categories a rater; `*`: not rated. */
function rated(...lines: string[]): readonly RatedUnits[] {
  const raters = lines.map((line) => line.split(" "));
  const table = new RatingTable();
  for (let unit = 0; unit < raters[0]!.length; unit++)
    table.add(raters.map((rater) => (rater[unit] === "*" ? undefined : rater[unit])));
  return table.rows;
}

const close = (actual: number | undefined, expected: number, digits = 3): void =>
  assert.equal(actual?.toFixed(digits), expected.toFixed(digits));

describe("agreement coefficients", () => {
  it("Krippendorff's alpha: his own worked examples A, B and C", () => {
    // K. Krippendorff 2011, Computing Krippendorff's Alpha-Reliability: 0.095, 0.692, 0.743.
    close(krippendorffsAlpha(rated("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")), 0.095);
    close(krippendorffsAlpha(rated("a a b b d c c c e d d a", "b a b b b c c c e d d d")), 0.692);
    const withGaps = [
      "1 2 3 3 2 1 4 1 2 * * *",
      "1 2 3 3 2 2 4 1 2 5 * 3",
      "* 3 3 3 2 3 4 2 2 5 1 *",
      "1 2 3 3 2 4 4 1 2 5 1 *",
    ];
    close(krippendorffsAlpha(rated(...withGaps)), 0.743);
  });

  it("Cohen's kappa: 50 proposals read by two people, and scikit-learn's example", () => {
    // By hand: p_o = (20 + 15) / 50 = 0.7, p_e = 0.5 · 0.6 + 0.5 · 0.4 = 0.5, kappa = 0.2 / 0.5.
    const table = new RatingTable();
    table.add(["yes", "yes"], 20);
    table.add(["yes", "no"], 5);
    table.add(["no", "yes"], 10);
    table.add(["no", "no"], 15);
    close(cohensKappa(table.rows), 0.4);
    close(observedAgreement(table.rows), 0.7);
    // scikit-learn's documentation of cohen_kappa_score: 0.6875.
    close(cohensKappa(rated("neg pos neg neu pos", "neg pos neg neu neg")), 0.6875, 4);
  });

  it("Fleiss' kappa: the worked example of ten subjects and fourteen raters", () => {
    // https://en.wikipedia.org/wiki/Fleiss%27_kappa#Worked_example: P = 0.378, P_e = 0.213, kappa = 0.210.
    const counts = [
      [0, 0, 0, 0, 14],
      [0, 2, 6, 4, 2],
      [0, 0, 3, 5, 6],
      [0, 3, 9, 2, 0],
      [2, 2, 8, 1, 1],
      [7, 7, 0, 0, 0],
      [3, 2, 6, 3, 0],
      [2, 5, 3, 2, 2],
      [6, 5, 2, 1, 0],
      [0, 2, 2, 3, 7],
    ];
    const table = new RatingTable();
    for (const row of counts) table.add(row.flatMap((n, category) => Array<string>(n).fill(String(category))));
    close(fleissKappa(table.rows), 0.21);
    // A unit that somebody did not rate has no part in it.
    table.add([undefined, ...Array<string>(13).fill("0")]);
    close(fleissKappa(table.rows), 0.21);
  });

  it("are not defined where chance agrees on everything or nothing is rated", () => {
    assert.equal(cohensKappa(rated("a a", "a a")), undefined);
    assert.equal(fleissKappa(rated("a a", "a a")), undefined);
    assert.equal(krippendorffsAlpha(rated("a a", "a a")), undefined);
    assert.equal(cohensKappa([]), undefined);
    assert.equal(fleissKappa([]), undefined);
    assert.equal(krippendorffsAlpha(rated("a *", "* b")), undefined);
    assert.deepEqual(pairOf(rated("a *", "* b"), 0, 1), []);
  });

  it("hold what their definitions promise, on any ratings", () => {
    const category = fc.constantFrom("a", "b", "c", undefined);
    const units = fc.array(fc.array(category, { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(units, (list) => {
        const table = new RatingTable();
        for (const values of list) table.add(values);
        const reversed = table.rows.map(({ values, count }) => ({ values: values.toReversed(), count }));
        const [alpha, fleiss] = [krippendorffsAlpha(table.rows), fleissKappa(table.rows)];
        const cohen = cohensKappa(pairOf(table.rows, 0, 1));
        for (const value of [alpha, fleiss, cohen])
          if (value !== undefined) assert.ok(value >= -1 - 1e-9 && value <= 1 + 1e-9, String(value));
        const same = (a?: number, b?: number): void =>
          assert.ok(a === b || Math.abs((a ?? NaN) - (b ?? NaN)) < 1e-9, `${a} and ${b}`);
        same(krippendorffsAlpha(reversed), alpha);
        same(fleissKappa(reversed), fleiss);
        same(cohensKappa(pairOf(table.rows, 1, 0)), cohen);
        // Of complete ratings by n raters of N units: 1 − alpha = (1 − kappa of Fleiss)(1 − 1 / (n N)).
        const complete = table.rows.filter(({ values }) => !values.includes(undefined));
        const n = complete.reduce((sum, { count }) => sum + count, 0) * 3;
        const fromFleiss = fleissKappa(complete);
        if (fromFleiss !== undefined) same(1 - krippendorffsAlpha(complete)!, (1 - fromFleiss) * (1 - 1 / n));
      }),
    );
  });
});

const TEXT = "Ada met Bob in Rome. It was bad. Eve left.";
const SENTENCES = [
  { start: 0, end: 20 },
  { start: 21, end: 32 },
  { start: 33, end: 42 },
];

function on(exact: string, label: string): PlacedLabel {
  const start = TEXT.indexOf(exact);
  assert.ok(start >= 0, exact);
  return { start, end: start + exact.length, label };
}

function annotator(author: string, of: Said): AnnotatorLabels {
  return annotatorOf(author, TEXT, of);
}

function document(...annotators: AnnotatorLabels[]): ComparedDocument {
  return { path: "a.txt", annotators, words: splitWords(TEXT), sentences: SENTENCES };
}

const FIRST = { entities: [{ start: 0, end: 20 }], sentiment: [], answers: [] };
const ALL = { entities: [{ start: 0, end: TEXT.length }], sentiment: [], answers: [] };

describe("agreement of annotators", () => {
  const ann = annotator("ann", {
    entities: [on("Ada", "PER"), on("Bob", "PER"), on("Rome", "LOC"), on("Eve", "PER")],
    sentiment: [on("It was bad.", "negative"), on("Eve left.", "neutral")],
    reviewed: ALL,
    questions: [
      { question: "Where?", answers: [on("in Rome", "answer")] },
      { question: "When?", answers: "none" },
    ],
  });
  const bob = annotator("bob", {
    entities: [on("Ada", "PER"), on("Bob in", "PER"), on("Rome", "ORG")],
    sentiment: [on("It was bad.", "negative"), on("Eve left.", "negative"), on("Ada met Bob in Rome.", "neutral")],
    reviewed: FIRST,
    questions: [
      { question: "Where?", answers: [on("Rome", "answer")] },
      { question: "When?", answers: "none" },
      { question: "Who?", answers: [on("Ada", "answer")] },
    ],
  });

  it("compares words both reviewed or labelled, sentences both labelled, questions both decided", () => {
    const { annotators, documents, tasks } = agreementOf([document(ann, bob)]);
    assert.deepEqual(annotators, ["ann", "bob"]);
    assert.equal(documents, 1);
    const [entities] = tasks.entities.pairs;
    // Ada met Bob in Rome . : PER O PER O LOC O against PER O PER PER ORG O; Eve was reviewed by ann alone.
    assert.equal(entities?.units, 6);
    close(entities.observed, 4 / 6);
    // p_e = (2·3 + 3·2 + 1·0 + 0·1) / 36, kappa = (4/6 − 12/36) / (1 − 12/36).
    close(entities.cohensKappa, 0.5);
    assert.deepEqual(entities.exact, { matched: 1, first: 3, second: 3, f1: 1 / 3 });
    assert.deepEqual(entities.overlap, { matched: 2, first: 3, second: 3, f1: 2 / 3 });
    assert.deepEqual(Object.keys(entities.labels), ["LOC", "ORG", "PER"]);
    // PER against the rest: p_o = 5/6, p_e = (2·3 + 4·3) / 36 = 1/2.
    close(entities.labels["PER"]?.cohensKappa, 2 / 3);
    assert.deepEqual(entities.labels["LOC"]?.exact, { matched: 0, first: 1, second: 0, f1: 0 });

    const [sentiment] = tasks.sentiment.pairs;
    assert.equal(sentiment?.units, 2);
    assert.equal(sentiment.observed, 0.5);
    assert.equal(sentiment.exact, undefined);
    const [answers] = tasks.answers.pairs;
    assert.equal(answers?.units, 2);
    assert.equal(answers.observed, 1);
    assert.equal(answers.cohensKappa, 1);
    assert.equal(answers.exact?.f1, 0);
    assert.equal(answers.overlap?.f1, 1);
    assert.deepEqual(tasks.answers.labels, {});
  });

  it("measures the text that the list of disagreements is about, reviewed or only labelled", () => {
    const lists = [
      [on("Ada", "PER"), on("Rome", "LOC"), on("Eve left", "PER")],
      [on("Ada", "ORG"), on("Rome", "ORG"), on("Eve", "PER")],
    ] as const;
    const people = lists.map((entities, index) => annotator(`a${index}`, { entities }));
    const found = disagreementsOf(document(...people));
    assert.equal(found.length, 3);
    const [pair] = agreementOf([document(...people)]).tasks.entities.pairs;
    // Ada, Rome, Eve, left: of these words both speak, and agree on Eve.
    assert.equal(pair?.units, 4);
    assert.equal(pair.observed, 1 / 4);
    assert.deepEqual(pair.exact, { matched: 0, first: 3, second: 3, f1: 0 });
    // Whoever says nothing of a word is not taken to say that there is none.
    const third = annotator("a2", { entities: [on("Bob", "PER")] });
    assert.equal(disagreementsOf(document(...people, third)).length, 3);
    assert.equal(agreementOf([document(...people, third)]).tasks.entities.pairs.length, 1);
  });

  it("says nothing of text that only one reviewed, or of a lone annotator", () => {
    const { tasks, documents } = agreementOf([
      document(ann),
      document(annotator("bob", { entities: bob.layers.entities.labels })),
    ]);
    assert.equal(documents, 0);
    for (const task of Object.values(tasks)) {
      assert.equal(task.units, 0);
      assert.deepEqual(task.pairs, []);
      assert.equal(task.krippendorffsAlpha, undefined);
    }
  });

  it("counts three annotators together, and those who missed units only where they can be", () => {
    const cid = annotator("cid", { entities: [on("Ada", "PER")], reviewed: FIRST });
    const { entities } = agreementOf([document(ann, bob, cid), document(ann, bob)]).tasks;
    assert.deepEqual(entities.annotators, ["ann", "bob", "cid"]);
    assert.equal(entities.units, 12);
    assert.equal(entities.completeUnits, 6);
    assert.equal(entities.pairs.length, 3);
    const words = ["PER O PER O LOC O", "PER O PER PER ORG O", "PER O O O O O"];
    close(entities.fleissKappa, fleissKappa(rated(...words))!, 6);
    const gaps = [words[0]!, words[1]!, "* * * * * *"].map((line, i) => `${words[i]!} ${line}`);
    close(entities.krippendorffsAlpha, krippendorffsAlpha(rated(...gaps))!, 6);
    close(entities.labels["PER"]?.fleissKappa, fleissKappa(rated("1 0 1 0 0 0", "1 0 1 1 0 0", "1 0 0 0 0 0"))!, 6);
  });

  it("takes a word under two labels for a category of its own, and for each of them by label", () => {
    const both = annotator("a", { entities: [on("Ada", "ORG"), on("Ada met", "PER")], reviewed: FIRST });
    const one = annotator("b", { entities: [on("Ada met", "PER")], reviewed: FIRST });
    const [pair] = agreementOf([document(both, one)]).tasks.entities.pairs;
    close(pair?.observed, 5 / 6);
    assert.equal(pair?.labels["PER"]?.observed, 1);
    close(pair.labels["ORG"]?.observed, 5 / 6);
  });

  it("puts a sentence's label where most of it lies", () => {
    const found = sentenceLabels(SENTENCES, [
      { start: 15, end: 31, label: "negative" },
      { start: 33, end: 40, label: "neutral" },
      { start: 33, end: 42, label: "positive" },
    ]);
    assert.deepEqual(found, [[], ["negative"], ["positive"]]);
  });

  it("finds common text", () => {
    const [a, b] = [
      [
        { start: 0, end: 5 },
        { start: 8, end: 20 },
      ],
      [
        { start: 4, end: 9 },
        { start: 10, end: 11 },
      ],
    ];
    const common = [
      { start: 4, end: 5 },
      { start: 8, end: 9 },
      { start: 10, end: 11 },
    ];
    assert.deepEqual(commonText(a, b), common);
    assert.deepEqual(commonText(b, a), common);
  });
});

describe("matching spans", () => {
  const label = fc.record({
    start: fc.nat(30),
    length: fc.integer({ min: 1, max: 8 }),
    label: fc.constantFrom("A", "B"),
  });
  const spans = fc
    .array(label, { maxLength: 12 })
    .map((list) => list.map(({ start, length, label: name }) => ({ start, end: start + length, label: name })));
  /** Spans of which none contains another of its label, as {@link overlapMatches} asks of an optimal answer. */
  const proper = spans.map((list) =>
    list.filter(
      (a, i) =>
        !list.some(
          (b, j) =>
            i !== j &&
            a.label === b.label &&
            b.start <= a.start &&
            a.end <= b.end &&
            (j < i || b.start < a.start || a.end < b.end),
        ),
    ),
  );

  /** As many pairs as there can be, found by augmenting paths. */
  function most(first: readonly PlacedLabel[], second: readonly PlacedLabel[]): number {
    const partner = new Map<number, number>();
    const place = (i: number, seen: Set<number>): boolean =>
      second.some((b, j) => {
        const a = first[i]!;
        if (seen.has(j) || a.label !== b.label || a.start >= b.end || b.start >= a.end) return false;
        seen.add(j);
        if (partner.has(j) && !place(partner.get(j)!, seen)) return false;
        partner.set(j, i);
        return true;
      });
    return first.filter((_, i) => place(i, new Set())).length;
  }

  it("makes as many pairs as can be, the same both ways, and never fewer than exact ones", () => {
    fc.assert(
      fc.property(proper, proper, (a, b) => {
        const overlap = overlapMatches(a, b);
        assert.equal(overlap.matched, most(a, b));
        assert.equal(overlapMatches(b, a).matched, overlap.matched);
        const exact = exactMatches(a, b);
        assert.ok(exact.matched <= overlap.matched);
        assert.deepEqual([exact.first, exact.second], [overlap.first, overlap.second]);
      }),
    );
  });

  it("gives F1, and none where there is no span", () => {
    assert.equal(matchF1({ matched: 2, first: 3, second: 5 }), 0.5);
    assert.equal(matchF1({ matched: 0, first: 0, second: 0 }), undefined);
    assert.deepEqual(exactMatches([on("Ada", "PER"), on("Ada", "PER")], [on("Ada", "PER")]), {
      matched: 1,
      first: 1,
      second: 1,
    });
  });
});

describe("disagreements", () => {
  const said = (found: ReturnType<typeof disagreementsOf>): unknown =>
    found.map(({ task, region, question, versions }) => [
      task,
      question ?? TEXT.slice(region.start, region.end),
      ...versions.map(
        ({ author, labels }) =>
          `${author}:${labels.map(({ start, end, label }) => `${TEXT.slice(start, end)}/${label}`).join("+")}`,
      ),
    ]);

  it("are stretches of overlapping labels, with silence only from those who reviewed them", () => {
    const a = annotator("a", {
      entities: [on("Ada", "PER"), on("Bob", "PER"), on("Rome", "LOC"), on("Eve", "PER")],
      reviewed: ALL,
    });
    const b = annotator("b", {
      entities: [on("Ada", "PER"), on("Bob in", "PER"), on("in Rome", "LOC")],
      reviewed: FIRST,
    });
    const c = annotator("c", { entities: [on("Eve", "PER")] });
    assert.deepEqual(said(disagreementsOf(document(a, b, c))), [
      ["entities", "Bob in Rome", "a:Bob/PER+Rome/LOC", "b:Bob in/PER+in Rome/LOC"],
    ]);
    const reader = annotator("d", { reviewed: ALL });
    assert.deepEqual(said(disagreementsOf(document(c, reader))), [["entities", "Eve", "c:Eve/PER", "d:"]]);
  });

  it("are sentences with different labels and questions with different answers", () => {
    const a = annotator("a", {
      sentiment: [on("It was bad.", "negative"), on("Eve left.", "neutral")],
      questions: [
        { question: "Who?", answers: [on("Eve", "answer"), on("Ada", "answer")] },
        { question: "Why?", answers: "none" },
      ],
    });
    const b = annotator("b", {
      sentiment: [on("It was bad.", "negative"), on("Eve left", "negative")],
      questions: [
        { question: "Who?", answers: [on("Ada", "answer"), on("Eve", "answer")] },
        { question: "Why?", answers: [on("bad", "answer")] },
      ],
    });
    assert.deepEqual(said(disagreementsOf(document(a, b))), [
      ["sentiment", "Eve left.", "a:Eve left./neutral", "b:Eve left./negative"],
      ["answers", "Why?", "a:", "b:bad/answer"],
    ]);
  });

  it("are settled by an adjudication that knew the versions, and come back when one changes", () => {
    const a = annotator("a", { entities: [on("Rome", "LOC")] });
    const b = annotator("b", { entities: [on("Rome", "ORG")] });
    const adjudication = (event: string, first: string) => ({
      ...{
        id: event,
        event,
        time: "2026-01-01T00:00:00.000Z",
        task: "entities" as const,
        author: "judge",
        region: on("Rome", "LOC"),
        labels: [],
      },
      versions: [
        { author: "a", labels: [on("Rome", first)] },
        { author: "b", labels: [on("Rome", "ORG")] },
      ],
    });
    const judged = (...adjudications: ReturnType<typeof adjudication>[]): string[] =>
      disagreementsOf(document(a, b, annotator("judge", { adjudications }))).map(({ settled, outdated }) =>
        settled ? `settled by ${settled.event}` : outdated ? `outdated ${outdated.event}` : "open",
      );
    assert.deepEqual(judged(), ["open"]);
    assert.deepEqual(judged(adjudication("1", "LOC")), ["settled by 1"]);
    assert.deepEqual(judged(adjudication("1", "MISC")), ["outdated 1"]);
    // The later one counts, whatever the order of the logs.
    assert.deepEqual(judged(adjudication("2", "LOC"), adjudication("1", "MISC")), ["settled by 2"]);
    assert.deepEqual(judged(adjudication("1", "LOC"), adjudication("2", "MISC")), ["outdated 2"]);
  });
});
