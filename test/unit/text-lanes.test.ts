import assert from "node:assert/strict";
import fc from "fast-check";
import { lanesOf } from "../../src/text/lanes";
import { overlaps } from "../../src/text/span";
import type { Span } from "../../src/text/span";

describe("lanes of spans", () => {
  const lanes = (most: number, ...spans: [number, number][]): number[] => {
    const list = spans.map(([start, end]): Span => ({ start, end }));
    const found = lanesOf(list, most);
    return list.map((span) => found.get(span)!);
  };

  it("puts what is inside beside what it is in", () => {
    assert.deepEqual(lanes(3, [8, 15], [0, 15], [20, 25]), [1, 0, 0]);
    assert.deepEqual(lanes(3, [0, 3], [0, 9], [0, 6]), [2, 0, 1], "the longest first");
    assert.deepEqual(lanes(3, [0, 5], [5, 9]), [0, 0], "side by side is no overlap");
    assert.deepEqual(lanes(3, [0, 5], [3, 9], [6, 12]), [0, 1, 0], "a lane is free again");
    assert.deepEqual(lanes(2, [0, 9], [1, 9], [2, 9], [3, 9]), [0, 1, 1, 1], "no more than there are");
    assert.deepEqual(lanes(3, [0, 4], [0, 4]), [0, 1]);
  });

  it("whatever the spans: none overlaps another of its lane, and 0 is taken first", () => {
    const span = fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.array(span, { maxLength: 25 }), (pairs) => {
        const spans = pairs.map(([start, length]): Span => ({ start, end: start + length }));
        const found = lanesOf(spans, 100);
        for (const [i, a] of spans.entries())
          for (const b of spans.slice(i + 1)) assert.ok(found.get(a) !== found.get(b) || !overlaps(a, b));
        for (const a of spans)
          if (found.get(a)! > 0)
            assert.ok(
              spans.some((b) => found.get(b) === found.get(a)! - 1 && overlaps(a, b)),
              "the lane below was taken",
            );
      }),
    );
  });
});
