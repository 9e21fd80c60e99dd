import assert from "node:assert/strict";
import fc from "fast-check";
import { cutWords, splitWords } from "../../src/text/words";

const INVISIBLE = /^[\s\p{C}\p{M}\u0085]*$/u;

describe("datasets: words", () => {
  it("keep emoji sequences whole, set punctuation and CJK apart, skip what is invisible", () => {
    const text = "Don't pay 3.5€ 👨‍👩‍👧 🇨🇭 # co\u00adop 東京は\u200b\ud83d é\r\n";
    const words = splitWords(text).map(({ start, end }) => text.slice(start, end));
    assert.deepEqual(words, [
      "Don",
      "'",
      "t",
      "pay",
      "3",
      ".",
      "5",
      "€",
      "👨‍👩‍👧",
      "🇨🇭",
      "#",
      "co\u00adop",
      "東",
      "京",
      "は",
      "é",
    ]);
  });

  it("are in order, hold no white space, and cover all that is visible", function () {
    fc.assert(
      fc.property(
        fc.array(fc.nat(0x10ffff), { maxLength: 60 }).map((codes) => String.fromCodePoint(...codes)),
        fc.array(fc.nat(60)),
        (text, at) => {
          const words = cutWords(
            splitWords(text),
            at.sort((a, b) => a - b),
          );
          let end = 0;
          for (const word of words) {
            assert.match(text.slice(end, word.start), INVISIBLE);
            assert.ok(word.start >= end && word.end > word.start);
            assert.doesNotMatch(text.slice(word.start, word.end), /\s/);
            end = word.end;
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});
