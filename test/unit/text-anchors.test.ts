import { strict as assert } from "node:assert";
import fc from "fast-check";
import { findQuote, makeQuote, shiftSpan } from "../../src/text/anchors";
import { approximate } from "../../src/text/approximate";

const span = { start: 10, end: 20 };
const edit = (start: number, end: number, length: number) => shiftSpan(span, { start, end, text: "x".repeat(length) });

describe("anchors", () => {
  it("shifts a span by edits around, at the edges of, across and inside it", () => {
    assert.deepEqual(edit(0, 2, 5), { start: 13, end: 23 });
    assert.deepEqual(edit(10, 10, 3), { start: 13, end: 23 }, "insertion at the start stays outside");
    assert.deepEqual(edit(20, 20, 3), span, "insertion at the end stays outside");
    assert.deepEqual(edit(30, 31, 0), span);
    assert.deepEqual(edit(12, 14, 6), { start: 10, end: 24 });
    assert.deepEqual(edit(5, 13, 1), { start: 6, end: 13 });
    assert.deepEqual(edit(17, 25, 4), { start: 10, end: 17 });
    assert.equal(edit(10, 20, 0), undefined);
    assert.equal(edit(8, 22, 30), undefined);
  });

  it("keeps what is left of a span's own text inside it, for any edit", () => {
    const place = fc.nat(30);
    fc.assert(
      fc.property(place, place, place, place, fc.string({ maxLength: 5 }), (a, b, c, d, inserted) => {
        const own = { start: Math.min(a, b), end: Math.max(a, b) + 1 };
        const change = { start: Math.min(c, d), end: Math.max(c, d), text: inserted };
        const text = Array.from({ length: 32 }, (_, i) => String.fromCharCode(0x4e00 + i)).join("");
        const after = text.slice(0, change.start) + inserted + text.slice(change.end);
        const shifted = shiftSpan(own, change);
        const survivors = Array.from(text.slice(own.start, own.end)).filter((char) => after.includes(char));
        if (!shifted) {
          assert.deepEqual(survivors, []);
          return;
        }
        const now = after.slice(shifted.start, shifted.end);
        assert.deepEqual(
          Array.from(now).filter((char) => text.includes(char)),
          survivors,
        );
      }),
    );
  });

  it("quotes without cutting a surrogate pair, and refuses spans outside the text", () => {
    const text = "😀".repeat(20) + "x" + "Zoë" + "y" + "😀".repeat(20);
    const quote = makeQuote(text, { start: 41, end: 44 });
    assert.deepEqual(quote, { exact: "Zoë", prefix: "😀".repeat(15) + "x", suffix: "y" + "😀".repeat(15) });
    assert.deepEqual(makeQuote("", { start: 0, end: 0 }), { exact: "", prefix: "", suffix: "" });
    assert.throws(() => makeQuote("abc", { start: 1, end: 4 }), RangeError);
  });

  const text = "Alice met Bob in Paris. Later, Bob went home to Alice, and Bob slept. The committee on roads agreed.";
  const quoteOf = (exact: string, from = 0) => {
    const start = text.indexOf(exact, from);
    return { quote: makeQuote(text, { start, end: start + exact.length }), hint: { start, end: start + exact.length } };
  };

  it("finds a quote where it was, and elsewhere by its context", () => {
    const { quote, hint } = quoteOf("Bob", 40);
    assert.deepEqual(findQuote(text, quote, hint), { span: hint, how: "position" });
    const moved = "Bob! Bob? " + text;
    assert.deepEqual(findQuote(moved, quote, hint), {
      span: { start: hint.start + 10, end: hint.end + 10 },
      how: "quote",
    });
  });

  it("prefers the nearest of equals", () => {
    const same = "one Bob two. ".repeat(9);
    const quote = makeQuote(same, { start: 56, end: 59 });
    assert.deepEqual(findQuote("zz" + same, quote, { start: 56, end: 59 })?.span, { start: 58, end: 61 });
  });

  it("finds text that was edited as similar text, and says so", () => {
    const { quote, hint } = quoteOf("committee on roads");
    const found = findQuote("New. " + text.replace("committee on", "comittee of"), quote, hint)!;
    assert.equal(found.how, "fuzzy");
    assert.equal(
      ("New. " + text.replace("committee on", "comittee of")).slice(found.span.start, found.span.end),
      "comittee of roads",
    );
  });

  it("does not take a double in other surroundings, or nothing, for the quote", () => {
    const { quote, hint } = quoteOf("Bob", 40);
    assert.equal(findQuote("Something else altogether that names Bob once.", quote, hint), undefined);
    assert.equal(findQuote("", quote, hint), undefined);
    assert.equal(findQuote(text, { exact: "", prefix: "", suffix: "" }, hint), undefined);
  });

  it("stays fast in a large text full of doubles", () => {
    const large = "the cat sat on the mat. ".repeat(400_000);
    const start = performance.now();
    findQuote(large, { exact: "the", prefix: "zzzz over ", suffix: " lazy dog" }, { start: 5e6, end: 5e6 + 3 });
    findQuote(
      large,
      { exact: "the quick brown fox", prefix: "zzzz over ", suffix: " lazy dog" },
      { start: 5e6, end: 5e6 + 3 },
    );
    assert.ok(performance.now() - start < 5000);
  });

  it("finds approximate matches by edit distance", () => {
    assert.deepEqual(approximate("xx kitten yy", "sitten", 1), [{ start: 3, end: 9, errors: 1 }]);
    assert.deepEqual(approximate("abc", "zzzzzz", 2), []);
  });
});
