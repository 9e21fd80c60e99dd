import assert from "node:assert/strict";
import fc from "fast-check";
import { readShares } from "../../src/datasets/export/shares";
import { drawSplits } from "../../src/datasets/splits";

describe("datasets: splits", () => {
  it("are drawn by document, the same every time, and report what is too little", () => {
    const none = new Map<string, number>();
    const paths = Array.from({ length: 10 }, (_, index) => ({ path: `${index}.txt`, labels: none }));
    const shares = { seed: 3, validation: 0.2, test: 0.1 };
    const { of, losses } = drawSplits(paths, shares);
    const count = (name: string): number => [...of.values()].filter((split) => split === name).length;
    assert.deepEqual([count("train"), count("validation"), count("test"), losses.length], [7, 2, 1, 0]);
    assert.deepEqual(drawSplits([...paths].reverse(), shares).of, of);
    assert.notDeepEqual(drawSplits(paths, { ...shares, seed: 4 }).of, of);
    assert.equal(drawSplits([{ path: "a", labels: none }], shares).losses.length, 2);
    assert.throws(() => drawSplits(paths, { seed: 0, validation: 0.6, test: 0.5 }), RangeError);
  });
});

describe("datasets: shares as written", () => {
  it("are one or two percentages that leave something to train on", () => {
    const cases: [string, [number, number] | undefined][] = [
      ["20", [0.2, 0]],
      [" 12.5 %, 5% ", [0.125, 0.05]],
      ["10/10", [0.1, 0.1]],
      ["0 0", [0, 0]],
      ["50 50", undefined],
      ["-1 5", undefined],
      ["80 10 10", undefined],
      ["ten", undefined],
      ["", undefined],
    ];
    for (const [text, expected] of cases) {
      const shares = readShares(text);
      assert.deepEqual(shares && [shares.validation, shares.test], expected, text);
    }
  });
});

describe("datasets: stratified splits", () => {
  it("give each label its share, never more documents than asked, whatever the labels", () => {
    const label = fc.constantFrom("a", "b", "c", "d");
    const document = fc.array(fc.tuple(label, fc.integer({ min: 1, max: 4 })), { maxLength: 3 });
    fc.assert(
      fc.property(fc.array(document, { minLength: 1, maxLength: 60 }), fc.nat(9), (contents, seed) => {
        const documents = contents.map((labels, index) => ({ path: `${index}.txt`, labels: new Map(labels) }));
        const { of } = drawSplits(documents, { seed, validation: 0.25, test: 0.25 });
        assert.equal(of.size, documents.length);
        for (const split of ["validation", "test"]) {
          const count = [...of.values()].filter((one) => one === split).length;
          assert.equal(count, Math.floor(documents.length * 0.25));
        }
      }),
      { numRuns: 60 },
    );
    // One document in ten has the rare label: by chance alone, it would often be missing from what is held out.
    const documents = Array.from({ length: 40 }, (_, index) => ({
      path: `${index}.txt`,
      labels: new Map(index % 10 === 0 ? [["rare", 1]] : [["common", 2]]),
    }));
    for (let seed = 0; seed < 20; seed++) {
      const { of } = drawSplits(documents, { seed, validation: 0.25, test: 0.25 });
      const rare = documents.filter(({ labels }) => labels.has("rare")).map(({ path: name }) => of.get(name));
      assert.deepEqual(rare.sort(), ["test", "train", "train", "validation"], `seed ${seed}`);
    }
  });
});
