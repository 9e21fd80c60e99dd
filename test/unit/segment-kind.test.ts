import { strict as assert } from "node:assert";
import fc from "fast-check";
import { segmentDocument, sentenceText } from "../../src/text/document";
import { SegmentKinds } from "../../src/text/segment-kind";
import { SegmentedDocument } from "../../src/text/segmented";
import { ownMs } from "./support/own-time";

const kinds = (text: string, language = "markdown"): string[][] =>
  segmentDocument(text, language).sentences.map((sentence) => [
    sentence.kind,
    sentenceText(text, sentence).replace(/\s+/g, " ").trim(),
  ]);

describe("kinds of text", () => {
  it("tells headings of every form", () => {
    assert.deepEqual(
      kinds("# Great *news*\n\nUnder it. More.\n\nUnder\nlined\n---\n\n> ### In a quote\n\n<h2 align=x>HTML</h2>\n"),
      [
        ["heading", "Great news"],
        ["prose", "Under it."],
        ["prose", "More."],
        ["heading", "Under lined"],
        ["heading", "In a quote"],
        ["heading", "HTML"],
      ],
    );
    assert.deepEqual(kinds("Not # one. C# is #1.\n#tag", "markdown")[0], ["prose", "Not # one."]);
  });

  it("tells table cells, in Markdown and HTML, and the text above a table", () => {
    assert.deepEqual(kinds("Above it.\n| name | age |\n|---|---|\n| Anna | 7 |\n"), [
      ["prose", "Above it."],
      ["cell", "name"],
      ["cell", "age"],
      ["cell", "Anna"],
      ["cell", "7"],
    ]);
    assert.deepEqual(kinds("<table><tr><td>One</td><td>two <b>words</b></td></tr></table>"), [
      ["cell", "One two words"],
    ]);
  });

  it("tells lines of links from sentences that hold one", () => {
    assert.deepEqual(
      kinds(
        "[Install](#install) | [Usage][u]\n\n- [Awesome](#a)\n\nSee [the docs](http://x.y) for more.\n\n<a href='x'>Home</a>\n\n[done] is a word\n",
      ),
      [
        ["links", "Install | Usage"],
        ["links", "Awesome"],
        ["prose", "See the docs for more."],
        ["links", "Home"],
        ["prose", "[done] is a word"],
      ],
    );
  });

  it("tells list items, and text with inline code in it", () => {
    assert.deepEqual(kinds("- First one.\n- Uses `foo` well.\n  It goes on.\n1. Third\n\nCall `bar` now. Good.\n"), [
      ["item", "First one."],
      ["code", "Uses well."],
      ["item", "It goes on."],
      ["item", "Third"],
      ["code", "Call now."],
      ["prose", "Good."],
    ]);
    assert.deepEqual(kinds("Shopping:\n- milk and honey\n* eggs\nThe `end`.", "plaintext"), [
      ["prose", "Shopping:"],
      ["item", "- milk and honey"],
      ["item", "* eggs The `end`."],
    ]);
  });

  it("are the same in a document that is edited, and cost time that grows with the text", () => {
    const text = "# A\n\nOne | two\n---|---\nx | y\n\n- `a` b c\n\n[l](x)\n";
    const segmented = new SegmentedDocument(text, "markdown");
    segmented.scanTo(text.length);
    assert.deepEqual(
      [...segmented.sentences()].map(({ kind }) => kind),
      kinds(text).map(([kind]) => kind),
    );
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom("[", "](", ")", "<a>", "</a>", "<td>", "<h1>", "</h1>", "|", "`", "\n", "a b. ", "- "),
          {
            maxLength: 30,
          },
        ),
        (parts) => {
          for (const { kind } of segmentDocument(parts.join(""), "markdown").sentences) assert.ok(kind);
        },
      ),
      { numRuns: 100 },
    );
    for (const unit of ["[a", "[a](", "<td>a. ", "<a>b. ", "<h1 ", "a | b. ", "http://", "- a. ", "[[a] "]) {
      const long = unit.repeat(Math.floor(19_000 / unit.length));
      const started = ownMs();
      const reader = new SegmentKinds(long, true);
      for (let at = 0; at < long.length; at += 20) reader.of({ start: at, end: at + 20 }, []);
      const took = ownMs() - started;
      assert.ok(took < 300, `${unit}: ${took} ms`);
    }
  });
});
