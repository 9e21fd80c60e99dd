import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { runs, softmax, transitions, viterbi } from "../../src/model/tasks/bio";
import { cutBatches, windows } from "../../src/model/rows";
import { wordShape } from "../../src/model/tasks/shapes";

describe("word shapes", () => {
  const vectors = JSON.parse(readFileSync(join(__dirname, "../fixtures/shapes.json"), "utf8")) as {
    word: string;
    shape: number;
  }[];

  it("equal Python's", () => {
    assert.ok(vectors.length > 20);
    for (const { word, shape } of vectors) assert.equal(wordShape(word), shape, JSON.stringify(word));
  });
});

describe("BIO2 decoding", () => {
  const tags = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];

  it("never lets I- follow anything but its own type", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.infiniteStream(fc.double({ min: -5, max: 0, noNaN: true })),
        (words, stream) => {
          const values = Float32Array.from({ length: words * tags.length }, () => stream.next().value as number);
          const path = viterbi(values, words, transitions(tags));
          for (let w = 0; w < words; w++) {
            const tag = tags[path[w]!]!;
            if (tag.startsWith("I-")) assert.equal(tags[path[w - 1] ?? -1]?.slice(2), tag.slice(2));
          }
        },
      ),
    );
  });

  it("finds the best allowed path, as trying all of them does", () => {
    const words = 4;
    const steps = transitions(tags);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -5, max: 0, noNaN: true }), { minLength: words * 5, maxLength: words * 5 }),
        (list) => {
          const values = Float32Array.from(list);
          const score = (path: ArrayLike<number>): number => {
            let total = 0;
            for (let w = 0; w < words; w++)
              total += steps[w === 0 ? tags.length : path[w - 1]!]![path[w]!]! + values[w * 5 + path[w]!]!;
            return total;
          };
          let best = -Infinity;
          for (let code = 0; code < 5 ** words; code++)
            best = Math.max(best, score([0, 1, 2, 3].map((w) => Math.floor(code / 5 ** w) % 5)));
          assert.ok(Math.abs(score(viterbi(values, words, steps)) - best) < 1e-5);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("takes two words for one name unless it is sure that a second name of the type begins", () => {
    const decoded = (begins: number, inside: number, how = transitions(tags)): string[] => {
      const logs = [0.02, 0.9, 0.02, 0.04, 0.02, 1 - begins - inside - 0.02, begins, inside, 0.01, 0.01].map(Math.log);
      return [...viterbi(Float32Array.from(logs), 2, how)].map((tag) => tags[tag]!);
    };
    assert.deepEqual(decoded(0.6, 0.3), ["B-PER", "I-PER"]);
    assert.deepEqual(decoded(0.9, 0.05), ["B-PER", "B-PER"]);
    assert.deepEqual(decoded(0.6, 0.3, transitions(tags, 0)), ["B-PER", "B-PER"]);
  });

  it("reads runs off a path", () => {
    const path = Int32Array.from([1, 2, 0, 3, 3, 4]);
    const probabilities = new Float32Array(6 * 5).fill(0.5);
    assert.deepEqual(
      runs(path, probabilities, tags).map(({ start, end, label }) => [start, end, label]),
      [
        [0, 2, "PER"],
        [3, 4, "LOC"],
        [4, 6, "LOC"],
      ],
    );
  });

  it("softmax sums to one and flattens with temperature", () => {
    const out = new Float32Array(3);
    softmax(Float32Array.from([1, 2, 1000]), 0, 3, 1, out, 0);
    assert.ok(Math.abs(out[2]! - 1) < 1e-6);
    softmax(Float32Array.from([0, 1]), 0, 2, 2, out, 0);
    assert.ok(Math.abs(out[1]! - 1 / (1 + Math.exp(-0.5))) < 1e-6);
  });
});

describe("rows and batches", () => {
  it("windows cover every token and overlap", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3000 }), (length) => {
        const parts = windows(length, 510, 64);
        let covered = 0;
        for (const { from, count } of parts) {
          assert.ok(from <= covered && count <= 510);
          if (covered > 0) assert.ok(covered - from >= 64);
          covered = from + count;
        }
        assert.equal(covered, length);
      }),
    );
  });

  it("batches hold each input once and respect the budget", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 80 }), (lengths) => {
        const batches = cutBatches(lengths, 512);
        assert.deepEqual(
          batches.flat().sort((a, b) => a - b),
          lengths.map((_, i) => i),
        );
        for (const batch of batches)
          assert.ok(batch.length === 1 || Math.max(...batch.map((i) => lengths[i]!)) * batch.length <= 512);
      }),
    );
  });
});
