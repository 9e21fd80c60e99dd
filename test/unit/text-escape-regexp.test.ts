import assert from "node:assert/strict";
import fc from "fast-check";
import { escapeRegExp } from "../../src/text/escape-regexp";

describe("a text in a regular expression", () => {
  it("stands for itself, with and without Unicode", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        for (const flags of ["", "u", "v"]) {
          assert.equal(new RegExp(`^${escapeRegExp(text)}$`, flags).exec(text)?.[0], text, flags);
        }
      }),
    );
    for (const text of ["Jean-Claude", "a/b", "C++ (2nd)", "[x]{3}|$^.\\\\"])
      assert.ok(new RegExp(`^${escapeRegExp(text)}$`, "u").test(text), text);
  });
});
