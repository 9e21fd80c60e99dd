import assert from "node:assert/strict";
import { occurrences } from "../../src/text/occurrences";

describe("every occurrence of words", () => {
  const at = (text: string, words: string): number[] => occurrences(text, words).map(({ start }) => start);

  it("is whole words, wherever they stand", () => {
    assert.deepEqual(at("Ada met Ada. (Ada) Adam, MacAda, Ada-Bot, Ada's", "Ada"), [0, 8, 14, 42]);
    assert.deepEqual(at("New York, New Yorker, New York", "New York"), [0, 22]);
  });

  it("does not overlap, and is nothing of nothing", () => {
    assert.deepEqual(at("a a a a", "a a"), [0, 4]);
    assert.deepEqual(at("abc", ""), []);
    assert.deepEqual(at("", "a"), []);
  });
});
