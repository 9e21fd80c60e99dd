import assert from "node:assert/strict";
import { comparable } from "../../src/engine/comparable";
import type { Answer } from "../../src/engine/protocol";

const answer = (context: number, score: number, noAnswer: number): Answer => ({
  ...{ context, score, noAnswer },
  ...{ start: 0, end: 3, text: "Ada" },
});
const scores = (answers: readonly Answer[], ranked: readonly number[]): number[] =>
  comparable(answers, ranked).map(({ score }) => Math.round(score * 1000) / 1000);

describe("answers of several passages", () => {
  it("count by their odds against no answer, and by their passage's rank", () => {
    // The surest by itself is in a passage that the model says holds none.
    assert.deepEqual(scores([answer(0, 0.5, 0.4), answer(1, 0.4, 0.1)], []), [0.125, 0.4]);
    assert.deepEqual(scores([answer(0, 0.5, 0.4), answer(1, 0.4, 0.1)], [0, 1]), [0.25, 0.4]);
    assert.deepEqual(scores([answer(0, 0.5, 0.4), answer(1, 0.4, 0.1)], [0, 2, 3, 4, 1]), [0.5, 0.32]);
  });

  it("of one window keep what the model says", () => {
    const all = [answer(3, 0.5, 0.2), answer(3, 0.2, 0.2), answer(3, 0.1, 0.2)];
    assert.deepEqual(comparable(all, []), all);
    assert.deepEqual(comparable(all, [1, 2, 3]), all);
    assert.deepEqual(comparable([], [1]), []);
  });

  it("keep their odds against no answer, and the best its probability", () => {
    const all = [answer(0, 0.3, 0.6), answer(1, 0.8, 0.05), answer(2, 0.6, 0.3)];
    const weighed = comparable(all, [2, 1, 0]);
    assert.deepEqual(weighed[1], all[1]);
    weighed.forEach(({ score, noAnswer }, i) =>
      assert.ok(Math.abs(score / noAnswer - all[i]!.score / all[i]!.noAnswer) < 1e-9),
    );
  });

  it("of a model that cannot say that there is none go by their probability", () => {
    assert.deepEqual(scores([answer(0, 0.6, 0), answer(1, 0.5, 1e-9), answer(2, 0.4, 1e-4)], []), [0.6, 0.5, 0.4]);
  });
});
