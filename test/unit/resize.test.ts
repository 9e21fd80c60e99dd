import assert from "node:assert/strict";
import { resizeByCharacter, resizeByWord } from "../../src/editor/base/resize";
import type { Resize } from "../../src/editor/base/resize";

describe("moving an edge of a label", () => {
  const TEXT = "In São Paulo 👨‍👩‍👧 met.";
  const from = (exact: string, how: Resize, by = resizeByCharacter): string | undefined => {
    const start = TEXT.indexOf(exact);
    const span = by(TEXT, { start, end: start + exact.length }, how);
    return span && TEXT.slice(span.start, span.end);
  };

  it("goes by what is seen as a character: accents and families are one", () => {
    assert.equal(from("ão", "widenLeft"), "São");
    assert.equal(from("Paulo ", "widenRight"), "Paulo 👨‍👩‍👧");
    assert.equal(from("👨‍👩‍👧 met", "narrowLeft"), " met");
    assert.equal(from("Paulo 👨‍👩‍👧", "narrowRight"), "Paulo ");
  });

  it("stops at the ends of the text, and leaves one character", () => {
    assert.equal(from("In", "widenLeft"), undefined);
    assert.equal(from("met.", "widenRight"), undefined);
    for (const how of ["narrowLeft", "narrowRight"] as const) {
      assert.equal(from("👨‍👩‍👧", how), undefined);
      assert.equal(from("S", how), undefined);
    }
  });

  it("goes by words as it did", () => {
    assert.equal(from("Paulo", "widenLeft", resizeByWord), "São Paulo");
    assert.equal(from("São Paulo", "narrowRight", resizeByWord), "São");
  });
});
