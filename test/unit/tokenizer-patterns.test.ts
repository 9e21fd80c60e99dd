import { strict as assert } from "node:assert";
import fc from "fast-check";
import { AlignedText } from "../../src/model/tokenizer/aligned";
import { readPattern } from "../../src/model/tokenizer/patterns";

const refuse = (what: string): Error => new Error(`refused: ${what}`);
const of = (text: string) => AlignedText.of(text, 0, text.length);
const find = (source: string, text: string) =>
  readPattern({ Regex: source }, refuse)(of(text)).map(([from, to]) => of(text).toString(from, to));

describe("patterns of tokenizer.json", function () {
  this.timeout(60_000);

  it("find what JavaScript's own engine finds", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "😀",
      "é",
      "\\s",
      "\\.",
      "\\\\",
      "[ab]",
      "[a😀 ]",
      "[^b]",
      " ",
      "\\-",
      "\\/",
    );
    const count = fc.constantFrom("", "+", "{2}", "{1,2}", "{2,}", "{0,1}");
    const source = fc
      .array(fc.tuple(atom, count), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.flat().join(""));
    const text = fc
      .array(fc.constantFrom("a", "b", "😀", "é", " ", "\u0085", "\u3000", ".", "\\", "-", "/", "\n"), {
        maxLength: 30,
      })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(source, text, (pattern, words) => {
        // Escapes that are an error in JavaScript with the flag u are written without.
        const own = new RegExp(pattern.replaceAll("\\s", "\\p{White_Space}").replaceAll("\\-", "-"), "gu");
        const expected = Array.from(words.matchAll(own), ([match]) => match).filter((match) => match !== "");
        assert.deepEqual(find(pattern, words), expected, JSON.stringify([pattern, words]));
      }),
      { numRuns: 3000 },
    );
  });

  it("take time that grows with the text, whatever the pattern", () => {
    // A backtracking engine takes n⁶ steps to find that there is no b: for ever.
    assert.deepEqual(find("a+a+a+a+a+b", "a".repeat(20_000)), []);
    assert.deepEqual(find("[ab]+[ab]+[ab]+[ab]+c", "ab".repeat(10_000)), []);
  });

  it("are refused when they count too far or make no sense", () => {
    for (const [source, why] of [
      ["a{1001}", /repeats more than 1000 times/],
      ["a{500}b{600}", /repeats more than 1000 times/],
      ["ab{3,2}", /not a regular expression/],
      ["(a+)+$", /not supported/],
      ["\\w+", /not supported/],
    ] as const)
      assert.throws(() => readPattern({ Regex: source }, refuse), why, source);
  });
});
