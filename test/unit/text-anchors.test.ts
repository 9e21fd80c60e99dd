import { strict as assert } from "node:assert";
import fc from "fast-check";
import { makeQuote, shiftSpan } from "../../src/text/anchors";
import { approximate } from "../../src/text/approximate";
import { QuoteFinder } from "../../src/text/finder";
import { likelyPlace } from "../../src/text/likely";
import { follow } from "../../src/text/locate";
import { lastingQuote } from "../../src/text/quoting";
import { ownMs } from "./support/own-time";

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
    const hint = { start, end: start + exact.length };
    return { quote: lastingQuote(text, hint), hint };
  };
  const find = (now: string, { quote, hint }: ReturnType<typeof quoteOf>) => new QuoteFinder(now).find(quote, hint);

  it("finds a quote where it was, and elsewhere by its line or by its context on both sides", () => {
    const second = quoteOf("Bob", 40);
    assert.deepEqual(find(text, second), second.hint);
    const at = (by: number) => ({ start: second.hint.start + by, end: second.hint.end + by });
    assert.deepEqual(find("Bob! Bob?\n" + text, second), at(10), "its line is the only one of its kind");
    assert.deepEqual(find("Bob! Bob? " + text, second), at(10), "its context is");
    assert.deepEqual(
      find(text.replaceAll(" ", "\n> "), second)?.start,
      text.replaceAll(" ", "\n> ").lastIndexOf("Bob"),
    );
  });

  it("finds words that were wrapped anew, and words in brackets", () => {
    const long = "It was said that the meeting (of the United Nations) was held in the new building at nine.";
    const hint = { start: long.indexOf("(of"), end: long.indexOf(")") + 1 };
    const now = `New.\n\n${long.replace("United Nations", "United\nNations").replace("was held", "was\nheld")}`;
    const found = new QuoteFinder(now).find(lastingQuote(long, hint), hint)!;
    assert.equal(now.slice(found.start, found.end), "(of the United\nNations)");
  });

  it("only proposes text that is like the quote, or the same words in other surroundings", () => {
    const roads = quoteOf("committee on roads");
    const now = "New. " + text.replace("committee on", "comittee of");
    assert.equal(find(now, roads), undefined);
    const like = likelyPlace(now, roads.quote, roads.hint)!;
    assert.equal(now.slice(like.start, like.end), "comittee of roads");
    const one = "He flew a Boeing 737 to Rome.\nShe flew a Boeing 747 to Rome.\n";
    const hint = { start: one.indexOf("Boeing 737"), end: one.indexOf("Boeing 737") + 10 };
    const left = one.slice(one.indexOf("She"));
    assert.equal(new QuoteFinder(left).find(lastingQuote(one, hint), hint), undefined);
    assert.ok(likelyPlace(left, lastingQuote(one, hint), hint));
  });

  it("does not take a double in other surroundings, or nothing, for the quote", () => {
    const second = quoteOf("Bob", 40);
    assert.equal(find("Something else altogether that names Bob once.", second), undefined);
    assert.equal(find("", second), undefined);
    assert.equal(new QuoteFinder(text).find({ exact: "", prefix: "", suffix: "" }, second.hint), undefined);
  });

  it("follows words in a changed line where they are the only ones between lines that stayed", () => {
    const before = "A line that stays.\nFirst he came. He paid 10 euros to Bob today.\nLast line here.\n";
    const after = before.replace("He paid 10", "Later he paid 25").replace("First", "Next");
    const bob = { start: before.indexOf("Bob"), end: before.indexOf("Bob") + 3 };
    assert.equal(follow(before, after, [bob])[0]?.start, after.indexOf("Bob"));
    assert.deepEqual(follow(before, before.replace(/He paid.*\n/, ""), [bob]), [undefined]);
  });

  it("stays fast in a large text full of doubles", () => {
    const large = "the cat sat on the mat. ".repeat(400_000);
    const start = ownMs();
    const at = { start: 5e6, end: 5e6 + 3 };
    const finder = new QuoteFinder(large);
    for (const exact of ["the", "the quick brown fox"]) {
      const quote = { exact, prefix: "zzzz over ", suffix: " lazy dog" };
      finder.find(quote, at);
      likelyPlace(large, quote, at);
    }
    assert.ok(ownMs() - start < 5000);
  });

  it("finds approximate matches by edit distance", () => {
    assert.deepEqual(approximate("xx kitten yy", "sitten", 1), [{ start: 3, end: 9, errors: 1 }]);
    assert.deepEqual(approximate("abc", "zzzzzz", 2), []);
  });
});
