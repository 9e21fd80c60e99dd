import { strict as assert } from "node:assert";
import fc from "fast-check";
import { segmentDocument, sentenceText } from "../../src/text/document";
import { frontMatterEnd, frontMatterTexts } from "../../src/text/front-matter";

const texts = (text: string): string[] => frontMatterTexts(text).map(({ start, end }) => text.slice(start, end));
const matter = (...lines: string[]): string => ["---", ...lines, "---"].join("\n");

describe("front matter", () => {
  it("has texts where fields of names and sentences are, and nothing of dates, paths, tags and switches", () => {
    assert.deepEqual(
      texts(
        matter(
          "layout: post",
          'title: "Ada\'s notes: a reading"',
          "date: 2024-05-01",
          "Author:   Ada Lovelace  # not Byron",
          "permalink: /notes/ada",
          "tags: [maths, engines]",
          "location: London, England",
          "image: ./ada.png",
          "draft: true",
          "description: 42",
          "excerpt:",
          "author_url: https://example.org/Ada",
          "publisher: https://example.org/",
        ),
      ),
      ["Ada's notes: a reading", "Ada Lovelace", "London, England"],
    );
  });

  it("reads lists in brackets and below each other, items with fields, and texts over several lines", () => {
    assert.deepEqual(
      texts(
        matter(
          "authors: [Ada Lovelace, 'Babbage, Charles', , \"Mary Somerville\"]",
          "editors:",
          "- Grace Hopper",
          "  - name: Alan Turing",
          "    email: alan@example.org",
          "    affiliation: 'Bletchley Park'",
          "tags:",
          "  - Engines",
          "summary: >",
          "  She wrote it in London.",
          "  He did not.",
          "description: |-",
          "  One line.",
        ),
      ),
      [
        ...["Ada Lovelace", "Babbage, Charles", "Mary Somerville", "Grace Hopper", "Alan Turing", "Bletchley Park"],
        ...["She wrote it in London.", "He did not.", "One line."],
      ],
    );
  });

  it("is a document's sentences, one a value and more where it has some, at its places", () => {
    const text = `\ufeff${matter("title: Ada came. Bob left.\r", "author: Ada\r")}\r\n\r\n# Ada\r\n`;
    const { sentences } = segmentDocument(text, "markdown");
    assert.deepEqual(
      sentences.map((sentence) => [sentenceText(text, sentence), sentence.kind]),
      [
        ["Ada came.", "cell"],
        ["Bob left.", "cell"],
        ["Ada", "cell"],
        ["Ada", "heading"],
      ],
    );
    assert.deepEqual(segmentDocument("---\ntitle: Ada\nno end", "plaintext").sentences.length > 0, true);
  });

  it("whatever is in it gives spans in order, inside of it, without white space at their ends, and fast", () => {
    const piece = fc.constantFrom(
      ...[
        "title",
        "author",
        "x",
        ":",
        " ",
        "  ",
        "- ",
        "[",
        "]",
        ",",
        '"',
        "'",
        "#",
        "\n",
        "\r\n",
        "|",
        ">",
        "Ada",
        "é",
        "\ufeff",
        "/",
      ],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = matter(pieces.join(""));
        let last = 0;
        for (const { start, end } of frontMatterTexts(text)) {
          assert.ok(start >= last && end > start && end <= text.length);
          assert.equal(text.slice(start, end).trim(), text.slice(start, end));
          last = end;
        }
        assert.ok(frontMatterEnd(text) <= text.length);
      }),
    );
    for (const unit of ["title: [", "title: ',", "title: a, ", "- ", " ", "title: [',", "author: [a,", ","])
      texts(matter(`authors: [${unit.repeat(15_000 / unit.length)}]`));
  });
});
