import assert from "node:assert/strict";
import { sentenceEntropy } from "../../src/model/tasks/sentence-entropy";
import { readSpans } from "../../src/model/tasks/spans";

describe("what a model leaves open of a sentence", () => {
  const labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
  const read = (...rows: number[][]): number => {
    const places = rows.map((_, i) => ({ start: 2 * i, end: 2 * i + 1 }));
    const { words } = readSpans(places, Float32Array.from(rows.flat()), { labels });
    return words === undefined ? -1 : sentenceEntropy(words);
  };
  const sure = [0.995, 0.005, 0, 0, 0];
  const half = [0.5, 0, 0, 0.5, 0];

  it("is the entropy of its words' tags in nats, summed", () => {
    assert.ok(Math.abs(read(half) - Math.LN2) < 1e-6);
    assert.ok(
      Math.abs(read(half, [0, 1, 0, 0, 0], half) - 2 * Math.LN2) < 1e-6,
      "a word that is surely one thing adds nothing",
    );
    assert.ok(Math.abs(read([0.2, 0.2, 0.2, 0.2, 0.2]) - Math.log(5)) < 1e-6);
  });

  it("does not grow with words that surely are in no span", () => {
    assert.equal(read(half, sure, sure, sure), read(half));
    assert.equal(read(sure, sure), -1, "then there are no readings at all");
  });
});
