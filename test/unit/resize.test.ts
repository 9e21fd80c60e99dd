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

  it("takes an escape of JSON for what it stands for", () => {
    const json = String.raw`{"text": "J\u00fcrgen e\u0301 C:\\\\u0041 \ud83d\ude00!"}`;
    const moved = (exact: string, how: Resize): string | undefined => {
      const start = json.indexOf(exact);
      assert.ok(start > 0, exact);
      const span = resizeByCharacter(json, { start, end: start + exact.length }, how, true);
      return span && json.slice(span.start, span.end);
    };
    assert.equal(moved("J", "widenRight"), String.raw`J\u00fc`);
    assert.equal(moved("rgen", "widenLeft"), String.raw`\u00fcrgen`);
    assert.equal(moved(String.raw`\u00fcrgen`, "narrowLeft"), "rgen");
    assert.equal(moved(String.raw`J\u00fc`, "narrowRight"), "J");
    assert.equal(moved("en e", "narrowRight"), "en ");
    assert.equal(moved(String.raw`en e\u0301`, "narrowRight"), "en ", "an accent goes with its letter");
    assert.equal(moved("C:", "widenRight"), String.raw`C:\\`);
    assert.equal(moved("u0041", "widenLeft"), String.raw`\\u0041`, "a backslash that is one");
    assert.equal(moved("!", "widenLeft"), String.raw`\ud83d\ude00!`);
    assert.equal(moved(String.raw`\ud83d\ude00!`, "narrowLeft"), "!");
  });

  it("goes by words as it did", () => {
    assert.equal(from("Paulo", "widenLeft", resizeByWord), "São Paulo");
    assert.equal(from("São Paulo", "narrowRight", resizeByWord), "São");
  });
});
