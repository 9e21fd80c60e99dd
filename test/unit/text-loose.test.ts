import assert from "node:assert/strict";
import { LooseText } from "../../src/text/loose";

describe("a text in another", () => {
  const find = (text: string, piece: string, hint = 0): string => {
    const found = new LooseText(text).find(piece, hint);
    return found === undefined ? "none" : `${found.span.start}-${found.span.end} of ${found.times}`;
  };

  it("is the occurrence that is nearest", () => {
    assert.equal(find("one two one", "one", 8), "8-11 of 1", "what stands just there is that, wherever else it is");
    assert.equal(find("one two one", "one", 7), "8-11 of 2");
    assert.equal(find("one two one", "one", 1), "0-3 of 2");
    assert.equal(find("one", "two"), "none");
  });

  it("is one of whole words before one inside a word", () => {
    assert.equal(find("AdaAHU2G1. 1 ", "1"), "11-12 of 1");
    assert.equal(find("G1 and 1, then 1", "1"), "7-8 of 2");
    assert.equal(find("G1 and G12", "1", 5), "8-9 of 2", "where there is none of whole words, any");
    assert.equal(find("xone\r\ntwo, one\r\ntwo", "one\ntwo"), "11-19 of 1", "line endings may differ");
  });

  it("is told of often, and looked for no more than a thousand times", () => {
    const many = "a ".repeat(5000);
    assert.equal(find(` ${many}`, "a", 8000), "8001-8002 of 1000");
  });
});
