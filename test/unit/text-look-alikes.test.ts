/** Other words that look like a label's own after a change: each test is one way in which they were once taken for them. */
import { strict as assert } from "node:assert";
import { QuoteFinder } from "../../src/text/finder";
import { follow, locate } from "../../src/text/locate";
import { lastingQuote } from "../../src/text/quoting";
import type { Span } from "../../src/text/span";
import { undecidable } from "./support/measure-anchors";

/** Where words are in a text, of several the one after `from`. */
function spanOf(text: string, words: string, from = ""): Span {
  const start = text.indexOf(words, text.indexOf(from));
  assert.ok(start >= 0);
  return { start, end: start + words.length };
}

/** Where a label on the span is after the change: by its quote alone, and where the text before is known. */
function places(before: string, after: string, span: Span): (number | undefined)[] {
  const item = { span, quote: lastingQuote(before, span) };
  return [locate(after, [item])[0]?.start, follow(before, after, [span])[0]?.start];
}

const NOWHERE = [undefined, undefined];
const OPENED = "Minutes of the meeting, held in Paris under Maria da Silva, who opened it at nine.\n";
const RAIN = "On that day nothing in the city was as it had been. The rain fell.\n";
const LATE = "Later the board of directors was told that it had been late.\n";

describe("text that looks like a label's own", () => {
  it("is not it where it begins alike and came below the same line", () => {
    const [own, other] = [
      "Ada flew from Zürich on a Boeing and paid 6.\n",
      "Ada flew from Zürich on a train and paid 3.\n",
    ];
    const before = OPENED + own + RAIN + LATE + other;
    const after = OPENED + other + RAIN + LATE;
    assert.deepEqual(places(before, after, spanOf(before, "Ada")), NOWHERE);
    assert.deepEqual(
      places(before, RAIN + before, spanOf(before, "Ada")),
      [RAIN, RAIN].map((line) => (line + OPENED).length),
    );
  });

  it("is not it where the line is the same and those around it are not", () => {
    const own = "The committee on roads met in Paris and agreed on a new road.\n";
    const before = OPENED + own + RAIN + "So it went on for ages and ages.\n" + own + LATE;
    const after = OPENED + RAIN + "So it went on for ages and ages.\n" + own + LATE;
    assert.deepEqual(places(before, after, spanOf(before, "Paris", own)), NOWHERE);
  });

  it("is not it where the label stood at an end of the text and this is in the middle", () => {
    const before = "- Boeing 737\n" + RAIN + OPENED + "- Boeing 737\n" + LATE;
    const after = OPENED + "- Boeing 737\n" + RAIN + LATE;
    assert.deepEqual(places(before, after, spanOf(before, "Boeing 737")), NOWHERE);
    const last = OPENED + "- Boeing 737\n" + RAIN + LATE + "- Boeing 737\n";
    const end = { start: last.lastIndexOf("Boeing"), end: last.length - 1 };
    assert.deepEqual(places(last, RAIN + LATE + "- Boeing 737\n" + OPENED, end), NOWHERE);
  });

  it("is not it where a short line was written that reads as the label's did", () => {
    const before = `${RAIN}\n# London\n\n${LATE}\n# Paris\n\n${OPENED}`;
    const paris = spanOf(before, "Paris");
    assert.deepEqual(places(before, `${RAIN}\n# Paris\n\n${LATE}\n${OPENED}`, paris), NOWHERE);
    const moved = `${RAIN}\n# Paris\n\n${OPENED}\n# London\n\n${LATE}`;
    assert.deepEqual(places(before, moved, paris), [moved.indexOf("Paris"), moved.indexOf("Paris")]);
  });

  it("is not it in a line that was elsewhere before, or is new and shares no word around the label", () => {
    const own = "It is a hub for American Airlines and Southwest Airlines.\n";
    const other = "It's totally oriented on the future.\n";
    const before = RAIN + own + LATE + "A line between.\n" + other + OPENED;
    const it_ = spanOf(before, "It is");
    const label = { start: it_.start, end: it_.start + 2 };
    assert.deepEqual(follow(before, `${RAIN}${other}${LATE}A line between.\n${OPENED}`, [label]), [undefined]);
    assert.deepEqual(follow(before, before.replace(own, "It was a new day, and nobody knew.\n"), [label]), [undefined]);
    const flew = "Zoë flew from Zürich to the south on a Boeing 737 and paid 3 euros.\n";
    const flown = "Zoë flew from London to the south on a Boeing 737 and paid 3 euros.\n";
    const flights = OPENED + flew + RAIN + "Nobody knew.\n" + flown + LATE;
    const away = OPENED + flown + RAIN + "Nobody knew.\n" + LATE;
    assert.deepEqual(places(flights, away, spanOf(flights, "Boeing 737")), NOWHERE);
  });

  it("is not it as a part of another word", () => {
    const before = `${RAIN}Most travellers arrive by road or rail from other parts of the UK or an airport.\n${LATE}`;
    const parts = spanOf(before, "other parts of the UK");
    assert.deepEqual(follow(before, before.replace("other", "another"), [parts]), [undefined]);
    assert.equal(follow(before, before.replace("Most", "All"), [parts])[0]?.start, parts.start - 1);
  });

  it("has lines of its own around it, which tell one of two headings from the other", () => {
    const before = `${RAIN}\n# Paris\n\n${LATE}\n# Paris\n\n${OPENED}`;
    const second = { start: before.lastIndexOf("# Paris") + 2, end: before.lastIndexOf("# Paris") + 7 };
    const after = `New.\n> ${before.replaceAll("\n", "\n> ").replaceAll(" of ", "\nof ")}`;
    const [start] = places(before, after, second);
    assert.equal(start, after.lastIndexOf("# Paris") + 2);
    const quote = lastingQuote(before, second);
    assert.ok(quote.prefix.includes(LATE) && quote.suffix.includes(OPENED.trim()));
    const long = `${"x".repeat(1000)}\n# Paris\n${"y".repeat(1000)}\n# Paris\n`;
    const { prefix, suffix } = lastingQuote(long, spanOf(long, "Paris"));
    assert.deepEqual([prefix.length, suffix.length], [256, 256]);
  });

  it("is beyond any finder only with its own lines around it, each text having them once", () => {
    const own = "# Paris\n";
    const block = RAIN + own + LATE;
    const before = block + OPENED + own;
    const at = { start: before.indexOf("Paris"), end: before.indexOf("Paris") + 5 };
    const shifted = (text: string): Span => spanOf(text, "Paris", own);
    assert.ok(undecidable(before, at, block + OPENED, at), "nobody sees which of the two headings is gone");
    const apart = `${RAIN}${own}${OPENED}`;
    assert.ok(!undecidable(before, at, apart, shifted(apart)), "the line below is another");
    assert.ok(!undecidable(before + block, at, OPENED + block, shifted(OPENED + block)), "it was there twice");
    const twice = OPENED + block + block;
    assert.ok(!undecidable(before, at, twice, shifted(twice)), "it is there twice");
    assert.equal(new QuoteFinder(before).find(lastingQuote(before, at), at)?.start, at.start);
  });
});
