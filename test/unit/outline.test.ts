/** What the outline of a document lists: every label, by its words, up to a bound. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Annotation } from "../../src/labels/annotation";
import { outlineOf } from "../../src/labels/outline";
import type { Outline } from "../../src/labels/outline";

function annotation(words: string, label: string, start: number): Annotation {
  const span = { start, end: start + words.length };
  return {
    ...{ id: `${start}`, task: "entities", label, status: "accepted", span },
    quote: { exact: words, prefix: "", suffix: "" },
  };
}

/** "PER: Bo@0,9; Al@3". */
function said({ labels }: Outline): string[] {
  return labels.map(
    ({ label, words }) =>
      `${label}: ${words.map((one) => `${one.words}@${one.places.map(({ span }) => span.start).join()}`).join("; ")}`,
  );
}

/** Entries as the editor counts them. */
function entries({ labels }: Outline): number {
  return labels.reduce(
    (sum, { words }) =>
      sum + 1 + words.reduce((more, { places }) => more + (places.length === 1 ? 1 : 1 + places.length), 0),
    0,
  );
}

describe("the outline of a document", () => {
  it("has labels by their words, in the order of their first places, over line breaks", () => {
    const all = [
      annotation("Bo", "PER", 0),
      annotation("New York", "LOC", 5),
      annotation("Al", "PER", 20),
      annotation("Bo", "PER", 30),
      annotation("New\n York", "LOC", 40),
    ];
    const outline = outlineOf(all, 100);
    assert.deepEqual(said(outline), ["PER: Bo@0,30; Al@20", "LOC: New York@5,40"]);
    assert.deepEqual([outline.left, outline.labels.map(({ count }) => count)], [0, [3, 2]]);
    assert.deepEqual(outlineOf([], 100), { labels: [], left: 0 });
  });

  it("has no more entries than there is room for, and counts the others", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom("Bo", "Al", "Cy"), fc.constantFrom("PER", "__proto__")), { maxLength: 30 }),
        fc.integer({ min: 0, max: 40 }),
        (list, most) => {
          const all = list.map(([words, label], index) => annotation(words, label, 10 * index));
          const outline = outlineOf(all, most);
          const listed = outline.labels.reduce((sum, { count }) => sum + count, 0);
          assert.equal(listed + outline.left, all.length, "each is listed or counted");
          assert.ok(entries(outline) <= most);
          // Nothing is left out while there is room for it with all it may need.
          if (outline.left > 0) assert.ok(entries(outline) > most - 3);
        },
      ),
    );
  });
});
