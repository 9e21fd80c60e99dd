import { strict as assert } from "node:assert";
import fc from "fast-check";
import { readPassages } from "../../src/commands/asking";
import { foundAnswers } from "../../src/engine/found-answers";
import { collect } from "../../src/model/tasks/answer-spans";
import { blockBorders } from "../../src/text/block-borders";
import { readablePieces } from "../../src/text/readable";
import { segmentDocument, sentenceText } from "../../src/text/document";
import { ownMs } from "./support/own-time";

const pieces = (text: string, language = "markdown"): string[] => {
  const sentences = segmentDocument(text, language).sentences.map((sentence) => ({
    ...{ start: sentence.start, end: sentence.end },
    text: sentenceText(text, sentence),
  }));
  return [...readablePieces(text, sentences, language)].map((piece) => {
    assert.equal(piece.text.length, piece.end - piece.start);
    return piece.text.replace(/\s+/g, " ").trim();
  });
};
/** The blocks between borders. */
const blocks = (text: string): string[] => {
  const cuts = [0, ...blockBorders(text, { start: 0, end: text.length }), text.length];
  return cuts.slice(1).map((end, i) => text.slice(cuts[i], end).trim());
};

describe("what questions read", () => {
  it("is prose with its inline code, code between sentences, and code blocks, but nothing hidden", () => {
    const text = [
      "---\ntitle: Notes on it\nlayout: `hidden`\n---\n",
      "Set `FOO_BAR` to [a path](http://x.y/z).",
      "`START` begins it. The name is ``a`b``\n",
      "- `--verbose`\n",
      "<!-- `secret`\n    more -->\n",
      "```sh\nexport PORT=8080\n\n  npm start\n```\n",
      "    indented code\n",
      "> ~~~\n> quoted\n> ~~~\n",
      "![`alt`](i.png)\n\nThe end.",
    ].join("\n");
    assert.deepEqual(pieces(text), [
      "Notes on it",
      "Set FOO_BAR to a path . START begins it.",
      "The name is",
      "--verbose",
      "export PORT=8080",
      "npm start",
      "indented code",
      "> quoted",
      "alt",
      "The end.",
    ]);
    assert.deepEqual(pieces("Set `FOO_BAR`.\n\n    four", "plaintext"), ["Set `FOO_BAR`.", "four"]);
  });

  it("lies where it says, for any text", () => {
    const part = fc.constantFrom(
      "`a`",
      "``",
      "`",
      "```\n",
      "~~~\n",
      "\n",
      "\n\n",
      "word. ",
      "    x",
      "<!--",
      "-->",
      "😀",
      "- ",
      "---\n",
      "> ",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 25 }), (parts) => {
        const text = parts.join("");
        for (const { start, end, text: read, borders } of readPassages(text, "markdown")) {
          const raw = text.slice(start, end);
          assert.equal(read.length, raw.length);
          for (let i = 0; i < raw.length; i++) assert.ok(read[i] === raw[i] || read[i] === " ", JSON.stringify(text));
          for (const [i, border] of borders.entries()) assert.ok(border > (borders[i - 1] ?? 0) && border < raw.length);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("has borders between paragraphs, items, rows, cells, headings and lines with a time, not within wrapped ones", () => {
    assert.deepEqual(blocks("One\nwrapped.\n\nTwo\r\nwrapped.\r\n\r\nThree"), [
      "One\nwrapped.",
      "Two\r\nwrapped.",
      "Three",
    ]);
    assert.deepEqual(blocks("# Head\nbody\n- a\n  more\n- b\n1. c\n2) d"), [
      "# Head",
      "body",
      "- a\n  more",
      "- b",
      "1. c",
      "2) d",
    ]);
    assert.deepEqual(blocks("[09:12] Anna: at noon\n[09:13] Bob: fine\nwrapped"), [
      "[09:12] Anna: at noon",
      "[09:13] Bob: fine\nwrapped",
    ]);
    assert.deepEqual(blocks("2024-05-01 09:12 up\n2024-05-01 09:13 down"), [
      "2024-05-01 09:12 up",
      "2024-05-01 09:13 down",
    ]);
    assert.deepEqual(blocks("09:12 Anna: hi\n9:13 Bob: ho\nat\n12:30 we left"), [
      "09:12 Anna: hi",
      "9:13 Bob: ho\nat\n12:30 we left",
    ]);
    assert.deepEqual(blocks("a | b\nc"), ["a", "| b\nc"]);
    assert.deepEqual(blocks("said:\n> quote\n> wrapped\nafter"), ["said:", "> quote\n> wrapped", "after"]);
    assert.deepEqual(blocks("x\n```\ny\n```\nz"), ["x", "```", "y", "```", "z"]);
    assert.deepEqual(blockBorders("", { start: 0, end: 0 }), []);
    for (const unit of ["a|", "<p", "> ", "- ", "[0", "1:", "\n", "#"]) {
      const long = unit.repeat(200_000 / unit.length);
      const started = ownMs();
      blockBorders(long, { start: 0, end: long.length });
      assert.ok(ownMs() - started < 1500, unit);
    }
  });

  it("cuts passages of code and prose alike, each line of code by itself", () => {
    const text = "Run it so:\n\n```\nA=1\nB=2\n```\n\nThen stop.";
    const [passage, ...more] = readPassages(text, "markdown");
    assert.equal(more.length, 0);
    const at = (word: string): number => text.indexOf(word) - passage!.start;
    for (const word of ["A=1", "B=2", "Then"])
      assert.ok(
        passage!.borders.some((border) => border <= at(word) && border > at(word) - 6),
        word,
      );
  });
});

describe("answers within a block", () => {
  it("never cross a border, however likely", () => {
    const text = "one two three four";
    const encoding = {
      ids: new Int32Array(4),
      starts: Int32Array.of(0, 4, 8, 14),
      ends: Int32Array.of(3, 7, 13, 18),
      words: Int32Array.of(0, 1, 2, 3),
    };
    const best = (borders: number[]) => {
      const found = new Map<string, { start: number; end: number; score: number; noAnswer: number }>();
      const first = Float32Array.of(0.1, 0.02, 0.8, 0.05, 0.03);
      const last = Float32Array.of(0.2, 0.02, 0.2, 0.5, 0.08);
      collect(text, encoding, { item: 0, from: 0, count: 4 }, 1, first, last, found, borders);
      const [top] = [...found.values()].sort((a, b) => b.score - a.score);
      for (const { start, end } of found.values())
        for (const border of borders) assert.ok(end <= border || start >= border);
      assert.ok(Math.abs(top!.noAnswer - 0.02) < 1e-6);
      return text.slice(top!.start, top!.end);
    };
    assert.equal(best([]), "two three");
    assert.equal(best([8]), "two");
    assert.equal(best([4, 14]), "two three");
  });

  it("are none where the best is less likely than that there is none", () => {
    const of = (score: number, noAnswer: number) => ({ score, noAnswer });
    assert.deepEqual(foundAnswers([of(0.6, 0.3), of(0.1, 0.8), of(0.01, 0)], 0.02), {
      answers: [of(0.6, 0.3), of(0.1, 0.8)],
      noAnswer: false,
    });
    assert.deepEqual(foundAnswers([of(0.3, 0.31), of(0.2, 0.1)], 0.02), {
      answers: [],
      noAnswer: true,
      closest: of(0.3, 0.31),
    });
    assert.deepEqual(foundAnswers([of(0.01, 0)], 0.02), { answers: [], noAnswer: true, closest: of(0.01, 0) });
    assert.deepEqual(foundAnswers([of(0.3, 0.31)], 0), {
      answers: [of(0.3, 0.31)],
      noAnswer: true,
      closest: of(0.3, 0.31),
    });
    assert.deepEqual(foundAnswers([], 0), { answers: [], noAnswer: true });
  });
});
