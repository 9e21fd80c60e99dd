import { strict as assert } from "node:assert";
import fc from "fast-check";
import { PassageCache } from "../../src/engine/passage-cache";
import { fuse, nearest, PassageIndex, rankPassages } from "../../src/engine/retrieval";
import { compact, compactBytes, widen } from "../../src/model/hidden-states";
import type { EncodedPassage } from "../../src/model/passage-states";

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

describe("compact hidden states", () => {
  const width = 6;
  const states = fc.array(
    fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: Math.fround(-1e4), max: Math.fround(1e4) }), {
      minLength: width,
      maxLength: width,
    }),
    { minLength: 1, maxLength: 5 },
  );

  it("come back with no value off by more than half of 1/127 of its token's largest", () => {
    fc.assert(
      fc.property(states, (tokens) => {
        const flat = Float32Array.from(tokens.flat());
        const small = compact(flat, 0, tokens.length, width);
        const back = new Float32Array((tokens.length + 1) * width);
        widen(small, back, 1);
        assert.ok(back.subarray(0, width).every((value) => value === 0));
        tokens.forEach((token, t) => {
          const largest = Math.max(...token.map(Math.abs));
          token.forEach((value, i) => {
            const off = Math.abs(back[(t + 1) * width + i]! - value);
            assert.ok(off <= (largest / 127 / 2) * (1 + 1e-5) + 1e-30, `${value} is off by ${off}`);
          });
        });
      }),
    );
  });

  it("take a byte a value and four a token, and may begin anywhere", () => {
    const flat = Float32Array.from({ length: 4 * width }, (_, i) => i);
    const small = compact(flat, 1, 2, width);
    assert.equal(compactBytes(small), 2 * width + 8);
    const back = new Float32Array(2 * width);
    widen(small, back, 0);
    assert.ok(Math.abs(back[0]! - width) < 0.1 && Math.abs(back.at(-1)! - (3 * width - 1)) < 0.1);
  });
});

describe("passage cache", () => {
  const passage = (tokens: number): EncodedPassage => ({
    embedding: Float32Array.of(1, 0),
    windows: [{ from: 0, count: tokens, states: compact(new Float32Array(tokens * 2).fill(1), 0, tokens, 2) }],
  });

  it("drops the states that were not used for longest, and keeps embeddings", () => {
    const cache = new PassageCache(3 * 61);
    for (const text of ["a", "b", "c"]) cache.put(text, passage(10));
    assert.ok(cache.windows("a"));
    cache.put("d", passage(10));
    assert.deepEqual(
      ["a", "b", "c", "d"].map((text) => cache.windows(text) !== undefined),
      [true, false, true, true],
    );
    assert.ok(cache.embedding("b"));
    assert.ok(cache.bytes <= 3 * 61);
  });

  it("keeps no states with a budget of 0, or when they alone exceed it", () => {
    const none = new PassageCache(0);
    none.put("a", passage(10));
    assert.equal(none.windows("a"), undefined);
    assert.ok(none.embedding("a"));
    const small = new PassageCache(50);
    small.put("a", passage(10));
    assert.equal(small.windows("a"), undefined);
    assert.equal(small.bytes, 0);
  });
});
