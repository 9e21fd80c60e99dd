import { strict as assert } from "node:assert";
import fc from "fast-check";
import { insidePair, OffsetMap } from "../../src/text/offsets";

const vector = "I 😀 love Zürich and 👨‍👩‍👧 Acme.";

describe("offsets", () => {
  it("converts the fixed vector in every unit, both ways", () => {
    const map = new OffsetMap(vector);
    for (const [word, codepoint, utf16, byte] of [
      ["Zürich", [9, 15], [10, 16], [12, 19]],
      ["Acme", [26, 30], [30, 34], [43, 47]],
    ] as const) {
      assert.equal(vector.slice(utf16[0], utf16[1]), word);
      for (const k of [0, 1] as const) {
        assert.equal(map.fromUtf16(utf16[k], "codepoint"), codepoint[k]);
        assert.equal(map.fromUtf16(utf16[k], "byte"), byte[k]);
        assert.equal(map.toUtf16(codepoint[k], "codepoint"), utf16[k]);
        assert.equal(map.toUtf16(byte[k], "byte"), utf16[k]);
      }
    }
  });

  it("refuses positions outside the text, inside a pair, inside a character, and fractions", () => {
    const map = new OffsetMap("a😀é");
    assert.throws(() => map.fromUtf16(2, "codepoint"), RangeError);
    assert.throws(() => map.toUtf16(2, "utf16"), RangeError);
    assert.throws(() => map.toUtf16(2, "byte"), RangeError);
    assert.throws(() => map.toUtf16(6, "byte"), RangeError);
    assert.throws(() => map.toUtf16(4, "codepoint"), RangeError);
    assert.throws(() => map.fromUtf16(-1, "byte"), RangeError);
    assert.throws(() => new OffsetMap("abc").fromUtf16(1.5, "byte"), RangeError);
    assert.throws(() => new OffsetMap("").toUtf16(1, "byte"), RangeError);
    assert.equal(new OffsetMap("").toUtf16(0, "byte"), 0);
  });

  it("agrees with counting, for any text, lone surrogates and texts over many checkpoints included", () => {
    const unit = fc.constantFrom("a", "é", "中", "😀", "\uD83D", "\uDE00", "\r\n", "\0");
    fc.assert(
      fc.property(fc.array(unit, { maxLength: 12 }), fc.integer({ min: 1, max: 700 }), (parts, times) => {
        const text = parts.join("").repeat(times);
        const map = new OffsetMap(text);
        for (const near of [0, 1023, 1024, 1025, 2048, text.length]) {
          if (near > text.length || insidePair(text, near)) continue;
          const before = text.slice(0, near);
          const counts = { codepoint: Array.from(before).length, byte: Buffer.byteLength(before), utf16: near };
          for (const name of ["codepoint", "byte", "utf16"] as const) {
            assert.equal(map.fromUtf16(near, name), counts[name]);
            assert.equal(map.toUtf16(counts[name], name), near);
          }
        }
        assert.equal(map.length("byte"), Buffer.byteLength(text));
      }),
      { numRuns: 60 },
    );
  });
});
