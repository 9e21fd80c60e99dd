import { strict as assert } from "node:assert";
import fc from "fast-check";
import { fuse, nearest, PassageIndex, rankPassages } from "../../src/engine/retrieval";

describe("reciprocal rank fusion", () => {
  const rankings = fc.array(fc.uniqueArray(fc.nat(20), { maxLength: 15 }), { maxLength: 4 });

  it("keeps a single ranking, and puts first what both rankings put first", () => {
    assert.deepEqual(fuse([[3, 1, 2]], 5), [3, 1, 2]);
    assert.deepEqual(
      fuse(
        [
          [7, 1, 2],
          [7, 4, 1],
        ],
        2,
      ),
      [7, 1],
    );
    assert.deepEqual(fuse([], 5), []);
    // A ranking of little weight orders what another leaves open, and adds what it lacks.
    assert.deepEqual(
      fuse(
        [
          [1, 2],
          [2, 3],
        ],
        5,
        [1, 0.01],
      ),
      [1, 2, 3],
    );
    assert.deepEqual(
      fuse(
        [
          [1, 2],
          [2, 3],
        ],
        5,
      ),
      [2, 1, 3],
    );
  });

  it("equals the sum of 1 / (60 + rank), for any rankings", () => {
    fc.assert(
      fc.property(rankings, fc.nat(25), (lists, top) => {
        const score = (index: number): number =>
          lists.reduce((sum, list) => sum + (list.includes(index) ? 1 / (61 + list.indexOf(index)) : 0), 0);
        const fused = fuse(lists, top);
        const all = [...new Set(lists.flat())];
        assert.equal(fused.length, Math.min(top, all.length));
        for (const [i, index] of fused.entries()) if (i > 0) assert.ok(score(fused[i - 1]!) >= score(index) - 1e-15);
        const least = Math.min(...fused.map(score));
        for (const index of all) if (!fused.includes(index)) assert.ok(score(index) <= least + 1e-15);
      }),
    );
  });
});

describe("nearest embeddings", () => {
  it("ranks by cosine and leaves out what is not known", () => {
    const unit = (angle: number) => Float32Array.of(Math.cos(angle), Math.sin(angle));
    assert.deepEqual(nearest(unit(0), [unit(1), undefined, unit(0.1), unit(-0.5), unit(0.1)], 3), [2, 4, 3]);
  });
});

describe("index of words", () => {
  const texts = fc.array(fc.constantFrom("red fox", "blue sea", "old oak tree", "red sea", "fox tree", "a"), {
    maxLength: 8,
  });

  it("after any edits ranks as an index made anew does", () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 4 }), (versions) => {
        const index = new PassageIndex();
        for (const version of versions) index.update(version);
        const last = versions.at(-1)!;
        for (const question of ["red tree", "sea", "fox"]) {
          const found = index.search(question, 20);
          const anew = new PassageIndex(last).search(question, 20);
          assert.deepEqual([...found].sort(), [...anew].sort());
          assert.ok(found.every((i) => i < last.length));
        }
        assert.equal(index.rank("red", 20).length, last.length);
      }),
      { numRuns: 60 },
    );
  });

  it("is brought up to date in slices, and gives every place of a text that comes twice", () => {
    const passages = Array.from({ length: 10 }, (_, i) => `place number${i}`);
    const index = new PassageIndex();
    let calls = 1;
    while (!index.update(passages, 4)) calls++;
    assert.equal(calls, 3);
    assert.deepEqual(index.search("number7", 5).slice(0, 1), [7]);
    // Another list may come in before the first is taken over.
    index.update(["other"], 4);
    while (!index.update(["twice", "once", "twice"], 4));
    assert.deepEqual(index.search("twice", 5), [0, 2]);
    assert.deepEqual(index.search("number7 place other", 5), []);
    assert.deepEqual(rankPassages("once", ["twice", "once", "twice"], 2), [1, 0]);
  });
});
