import assert from "node:assert/strict";
import fc from "fast-check";
import { firstIndex } from "../../src/text/search";

describe("binary search", () => {
  it("finds what looking at every element finds", () => {
    const numbers = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 });
    fc.assert(
      fc.property(numbers, fc.integer({ min: -1, max: 31 }), (list, least) => {
        const sorted = list.sort((a, b) => a - b);
        const found = sorted.findIndex((one) => one >= least);
        const expected = found < 0 ? sorted.length : found;
        assert.equal(
          firstIndex(sorted, (one) => one >= least),
          expected,
        );
        assert.equal(
          firstIndex(Int32Array.from(sorted), (one) => one >= least),
          expected,
        );
        assert.equal(
          firstIndex(sorted, (_, index) => index >= expected),
          expected,
        );
      }),
    );
  });

  it("asks for about as many elements as the length has binary digits", () => {
    let asked = 0;
    const list = Array.from({ length: 1_000_000 }, (_, i) => i);
    firstIndex(list, (one) => {
      asked++;
      return one >= 765_432;
    });
    assert.ok(asked <= 20, `${asked} elements`);
  });
});
