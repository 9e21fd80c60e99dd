import { strict as assert } from "node:assert";
import fc from "fast-check";
import { scanBlocks } from "../../src/text/blocks";
import { layoutOf, segmentDocument, sentenceText } from "../../src/text/document";
import { maskMarkdown, parseMask } from "../../src/text/markdown";
import { maskSimple } from "../../src/text/markdown-simple";
import { MAX_SENTENCE, MAY_END, splitSentences } from "../../src/text/sentences";

const sentences = (text: string) => splitSentences(text).map(({ start, end }) => text.slice(start, end));
const labelled = (text: string, language: string) =>
  segmentDocument(text, language).sentences.map((sentence) => sentenceText(text, sentence));

describe("sentences", () => {
  it("does not end at abbreviations, initials, decimals and numbered references", () => {
    assert.deepEqual(
      sentences(
        "Mr. Smith met Dr. J. R. Jones of the U.S. Army. It cost 3.5 million, e.g. a lot. See p. 5 and No. 7. “Really?” she asked. In the U.S. The end.",
      ),
      [
        "Mr. Smith met Dr. J. R. Jones of the U.S. Army.",
        "It cost 3.5 million, e.g. a lot.",
        "See p. 5 and No. 7.",
        "“Really?” she asked.",
        "In the U.S.",
        "The end.",
      ],
    );
  });

  it("ends at blank lines, list items and headings, not at single line breaks", () => {
    assert.deepEqual(sentences("A line\r\nwrapped here. B\r\n\r\n1. One. Two\n- three\n# Head\nbody"), [
      "A line\r\nwrapped here.",
      "B",
      "1. One.",
      "Two",
      "- three",
      "# Head",
      "body",
    ]);
    assert.deepEqual(sentences(""), []);
    assert.deepEqual(sentences(" \n\t\r\n"), []);
  });

  it("are trimmed, in order, complete and bounded, for any text", () => {
    const piece = fc.constantFrom(
      "A. ",
      "word ",
      "x".repeat(900),
      "😀".repeat(600),
      "\uD800",
      "\0",
      "\r\n",
      "\n\n",
      "- ",
      "。",
      "! ",
      "| ",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (parts) => {
        const text = parts.join("");
        let at = 0;
        let rest = "";
        for (const { start, end } of splitSentences(text)) {
          assert.ok(start >= at && end > start && end - start <= MAX_SENTENCE);
          assert.equal(text.slice(start, end), text.slice(start, end).trim());
          rest += text.slice(at, start);
          at = end;
        }
        assert.equal((rest + text.slice(at)).trim(), "", "only white space is left out");
      }),
    );
  });

  it("keeps a sentence whole across the pieces given to the segmenter", () => {
    const sentence = "This is a rather plain sentence of some sixty units, no more. ";
    assert.deepEqual(new Set(sentences(sentence.repeat(500))), new Set([sentence.trim()]));
  });
});

describe("blocks", () => {
  const kinds = (text: string, language = "markdown") =>
    Array.from(scanBlocks(text, language), ({ start, end, kind }) => [kind, text.slice(start, end)]);

  it("cuts tables into rows, a quoted cell with its line breaks", () => {
    const rows = 'name,role\nRod Steiger,actor\n"Alexander\n\nthe ""Great""",king\n\nin 5" pipes,2\nx,y\n';
    assert.deepEqual(
      kinds(rows, "csv").map(([, row]) => row),
      ["name,role", "Rod Steiger,actor", '"Alexander\n\nthe ""Great""",king', 'in 5" pipes,2', "x,y"],
    );
    assert.equal(kinds(rows, "tsv").length, 6);
    // Inches, twice: neither of them quotes.
    assert.equal(kinds('in 5" pipes,2\nin 7" pipes,"3\n"" 4"\nx,y', "csv").length, 3);
    assert.equal(layoutOf("a/B.TSV"), "tsv");
    assert.equal(layoutOf("a/b.csv", "plaintext"), "csv");
    assert.equal(layoutOf("a/b.csv", "markdown"), "markdown");
    const { sentences } = segmentDocument("1,Rod Steiger,actor\n2,It was a very good film indeed.,x\n", "csv");
    assert.deepEqual(
      sentences.map(({ kind }) => kind),
      ["cell", "prose"],
    );
  });

  it("cuts Markdown", () => {
    assert.deepEqual(
      kinds(
        "---\nt: x\n---\n# H\ntext\nmore\n- a\n  b\n\n      c\n> q\n\n```js\nx\n\ny\n```\n<!-- c\n\nd --> e\n\n    code\n\n***\nend",
      ),
      [
        ["fields", "---\nt: x\n---"],
        ["prose", "# H"],
        ["prose", "text\nmore"],
        ["prose", "- a\n  b"],
        ["prose", "c"],
        ["prose", "> q"],
        ["masked", "```js\nx\n\ny\n```"],
        ["masked", "<!-- c\n\nd --> e"],
        ["masked", "    code"],
        ["masked", "***"],
        ["prose", "end"],
      ],
    );
  });

  it("cuts plain text at blank lines only, CRLF or LF", () => {
    assert.deepEqual(kinds("# a\r\nb\r\n \r\n```\nc", "plaintext"), [
      ["prose", "# a\r\nb"],
      ["prose", "```\nc"],
    ]);
    assert.deepEqual(kinds("", "plaintext"), []);
    assert.deepEqual(kinds("\0\n\uD800", "plaintext"), [["prose", "\uD800"]]);
  });

  it("goes on from any block as if it had not stopped, and bounds blocks", () => {
    const text =
      "# H\n\n- item\n\n      para\n\n" +
      "long word ".repeat(5000) +
      "\n\n```\n" +
      "code line\n\n".repeat(5000) +
      "```\nafter\n\n" +
      "z".repeat(45_000);
    for (const language of ["markdown", "plaintext"]) {
      const all = Array.from(scanBlocks(text, language));
      assert.ok(all.every((block) => block.end - block.start <= 20_000));
      const some = all.filter((_, i) => i < 10 || i > all.length - 10 || i % 1000 === 0);
      some.forEach((block) =>
        assert.deepEqual(Array.from(scanBlocks(text, language, block.resume)), all.slice(all.indexOf(block) + 1)),
      );
    }
  });
});

describe("Markdown", () => {
  const masked = (block: string) => maskMarkdown(block).map(({ start, end }) => block.slice(start, end));

  it("masks markup and keeps prose", () => {
    assert.deepEqual(masked('A **bold** [link](http://x.y "t").'), ["**", "**", "[", '](http://x.y "t")']);
    assert.deepEqual(masked("Run `a|b` <b>now</b> ![alt](i.png)"), ["`a|b`", "<b>", "</b>", "![alt](i.png)"]);
    assert.deepEqual(masked("See https://a.b/c or [this][1][^2]"), ["https://a.b/c", "[", "][1][^2]"]);
    assert.deepEqual(masked("[1]: http://foo"), ["[1]: http://foo"]);
    assert.deepEqual(masked("Nothing here."), []);
    assert.deepEqual(masked(""), []);
  });

  it("gives sentences with markup blanked out and offsets kept", () => {
    const text =
      "# Head *it*\r\n\r\n> **Jane** went.\r\n> Home. Now.\r\n\r\n| who | where |\r\n|---|---|\r\n| Jane Doe | Paris |\r\n\r\n```\ncode\n```\r\n";
    assert.deepEqual(labelled(text, "markdown"), [
      "Head  it",
      "Jane   went.",
      "Home.",
      "Now.",
      "who",
      "where",
      "Jane Doe",
      "Paris",
    ]);
    for (const sentence of segmentDocument(text, "markdown").sentences)
      assert.equal(sentenceText(text, sentence).length, sentence.end - sentence.start);
  });

  it("masks blocks of one marker as the parser does", () => {
    const marker = fc.constantFrom(
      "",
      "- ",
      "* ",
      "+   ",
      "1. ",
      "23)  ",
      "-",
      "7.",
      "# ",
      "###\t",
      "##",
      "- [ ] ",
      "2. [x] ",
      " - ",
      "   * ",
      "-     ",
    );
    const word = fc.constantFrom("a", "Paris", "U.S.", "5", "é", "&amp;", "'s", "x", "=", "-", "1.", "#");
    const space = fc.constantFrom(" ", " ", "  ", "\n", "\n", "\r\n", "\n   ", "\n      ", "  \n");
    const end = fc.constantFrom("", "", "\n=", "\n---", "\n  ===  ", "\r\n--", " ", "\n");
    let simple = 0;
    fc.assert(
      fc.property(marker, fc.array(fc.tuple(word, space), { maxLength: 6 }), word, end, (head, words, last, tail) => {
        const block = head + words.flat().join("") + last + tail;
        const mask = maskSimple(block);
        // Without a word there is nothing to say about it: the whole is masked.
        if (mask === undefined || !/[\p{L}\p{N}]/u.test(block)) return;
        simple++;
        assert.deepEqual(mask, parseMask(block), JSON.stringify(block));
      }),
      { numRuns: 3000 },
    );
    for (const empty of ["-", "1.", "##", "- ", "#  "]) assert.deepEqual(maskMarkdown(empty), parseMask(empty), empty);
    assert.ok(simple > 100, `${simple} blocks`);
  });

  it("survives hostile blocks", function () {
    for (const text of ["> ".repeat(5000), "[".repeat(5000), "*a ".repeat(3000), "\0\uD800 **x**", "`".repeat(5000)])
      for (const { start, end } of maskMarkdown(text)) assert.ok(start < end && end <= text.length);
  });
});

describe("text that may hold the end of a sentence", function () {
  this.timeout(60_000);

  it("is all that the segmenter cuts", () => {
    const segmenter = new Intl.Segmenter("en", { granularity: "sentence" });
    for (let point = 1; point < 0x30000; point++) {
      const character = String.fromCodePoint(point);
      const text = `Abc${character} Bcd${character}${character} A`;
      if (/[\r\n\u0085\u2028\u2029\ud800-\udfff]/.test(character) || MAY_END.test(character)) continue;
      assert.equal([...segmenter.segment(text)].length, 1, point.toString(16));
    }
  });
});
