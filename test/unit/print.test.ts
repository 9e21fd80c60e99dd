import assert from "node:assert/strict";
import fc from "fast-check";
import { head, lineSafeJson, perCent, shortened, shortenedTo } from "../../src/text/print";

const TEXTS = fc.string({ unit: fc.constantFrom("a", "é", "😀", "👩‍💻", "\n"), maxLength: 30 });
/** Half a surrogate pair at the end. */
const CUT = /[\ud800-\udbff]…?$/;

describe("texts in print", () => {
  it("cuts by units and never inside a pair", () => {
    fc.assert(
      fc.property(TEXTS, fc.integer({ min: 1, max: 20 }), (text, units) => {
        const [start, short] = [head(text, units), shortened(text, units)];
        assert.ok(text.startsWith(start) && start.length <= units && !CUT.test(start));
        // The one unit that may be missing is the first half of a pair.
        assert.ok(start === text || start.length >= units - 1);
        assert.ok(short.length <= units && !CUT.test(short));
        assert.equal(short, text.length <= units ? text : `${head(text, units - 1)}…`);
      }),
    );
    assert.equal(head("a😀", 2), "a");
    assert.equal(shortened("abcde", 4), "abc…");
    assert.equal(shortened("😀😀😀", 4), "😀…");
  });

  it("cuts by characters, as if the text had been taken apart as a whole", () => {
    fc.assert(
      fc.property(TEXTS, fc.integer({ min: 1, max: 20 }), (text, most) => {
        const characters = Array.from(text);
        const expected = characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
        assert.equal(shortenedTo(text, most), expected);
      }),
    );
    assert.equal(shortenedTo("😀".repeat(5), 3), "😀😀…");
  });

  it("gives shares in per cent", () => {
    assert.deepEqual([perCent(0.956), perCent(0.005, 1), perCent(0.005), perCent(1)], ["96", "0.5", "1", "100"]);
  });

  it("writes JSON in which every reader finds the same lines", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), TEXTS, (value, text) => {
        const given = { value, [`${text}\u0085`]: `\u2028${text}\u2029\r\n` };
        const json = lineSafeJson(given);
        assert.doesNotMatch(json, /[\n\r\u0085\u2028\u2029]/);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(given)));
      }),
    );
    assert.equal(lineSafeJson({ a: "\u2028" }, 1), '{\n "a": "\\u2028"\n}');
  });
});
