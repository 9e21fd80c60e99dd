import assert from "node:assert/strict";
import { areaUnderCurve, bestThreshold, noAnswerScores } from "../../src/evaluation/no-answer";
import type { Judged } from "../../src/evaluation/no-answer";

const row = (
  group: string,
  answerable: boolean,
  margin: number,
  f1 = 0,
  noAnswer = 1 / (1 + Math.exp(margin)),
): Judged => ({ group, answerable, noAnswer, margin, f1 });

describe("questions without an answer", () => {
  it("are told apart by as much as pairs in the right order, ties counted half", () => {
    assert.equal(areaUnderCurve([3, 4], [1, 2]), 1);
    assert.equal(areaUnderCurve([1, 2], [3, 4]), 0);
    assert.equal(areaUnderCurve([2, 2], [2]), 0.5);
    assert.equal(areaUnderCurve([1, 3], [2, 2]), 0.5);
    assert.equal(areaUnderCurve([2, 3], [1, 2]), 0.875);
    assert.equal(areaUnderCurve([], [1]), 0.5);
  });

  it("are told apart by the probability of none, and given by that of the best span", () => {
    // Torn between two right spans, and sure that there is one.
    const rows = [row("a", true, -1, 1, 0.2), row("b", false, 1, 0, 0.4)];
    assert.equal(noAnswerScores(rows).auc, 1);
    assert.equal(noAnswerScores(rows).f1AsIs, 0);
  });

  it("have the threshold of the highest F1", () => {
    const rows = [row("a", false, -2), row("a", true, -1, 0.2), row("a", false, 0), row("a", true, 1, 1)];
    // From 1 on one answer is given, and the two without are right; giving the one at −1 too costs one and brings .2.
    assert.equal(bestThreshold(rows), 1);
    assert.equal(bestThreshold([]), 0);
    assert.equal(bestThreshold([row("a", true, 5, 1)]), 5, "what is right is given");
    assert.equal(bestThreshold([row("a", false, 5)]), Infinity, "what has no answer is not");
  });

  it("are never judged by a threshold of their own article", () => {
    const rows = [...[row("a", true, 3, 1), row("a", false, 2)], ...[row("b", true, 1, 0.5), row("b", false, 0)]];
    const scores = noAnswerScores(rows);
    // Of b comes 1, with which a gives both answers; of a comes 3, with which b gives none.
    assert.equal(scores.f1, (1 + 0 + 0 + 1) / 4);
    assert.equal(scores.f1AsIs, (1 + 0 + 0.5 + 0) / 4);
    assert.equal(scores.auc, 0.75);
    assert.deepEqual([scores.answerable, scores.unanswerable], [2, 2]);
  });
});
