import { strict as assert } from "node:assert";
import { scanBlocks } from "../../src/text/blocks";
import { MAX_BLOCK } from "../../src/text/scan";
import { segmentingBlock } from "../../src/text/document";
import { MarkdownCost, MOST_COST } from "../../src/text/markdown-cost";
import { markdownPieces } from "../../src/text/markdown-pieces";
import { maskMarkdown } from "../../src/text/markdown";
import { SegmentedDocument } from "../../src/text/segmented";
import { HOSTILE_TEXTS, prose } from "./support/hostile-texts";

const LANGUAGES = ["markdown", "plaintext", "typescript", "python", "jsonl"] as const;

const costOf = (text: string): number => {
  const cost = new MarkdownCost();
  for (const line of text.split(/(?<=\n)/)) cost.add(line);
  return cost.total;
};

describe("hostile texts", function () {
  this.timeout(120_000);

  it("are of more than 100 kinds, each as long as it was asked for", () => {
    const kinds = Object.entries(HOSTILE_TEXTS);
    assert.ok(kinds.length >= 100, `${kinds.length} kinds`);
    for (const [kind, make] of kinds) assert.ok(make(3000).length >= 2900 && make(3000).length <= 7000, kind);
  });

  it("are given to the Markdown parser in pieces it can afford, and nothing of them twice", () => {
    for (const [kind, make] of Object.entries(HOSTILE_TEXTS)) {
      const whole = make(MAX_BLOCK);
      for (const block of scanBlocks(whole, "markdown")) {
        if (block.kind === "masked") continue;
        const text = whole.slice(block.start, block.end);
        let done = 0;
        let parsed = 0;
        for (const { start, end, before } of markdownPieces(text)) {
          assert.ok(start >= done && end > start && end <= text.length, kind);
          // One stretch of a line may cost more than all before it: the bound is kept up to that.
          assert.ok(costOf(before + text.slice(start, end)) <= 1.25 * MOST_COST, `${kind}: ${start}–${end}`);
          done = end;
          parsed += end - start + before.length;
        }
        assert.ok(parsed <= 2.5 * text.length + 100, `${kind}: ${parsed} of ${text.length} units parsed`);
      }
    }
  });

  it("are cut into blocks by looking at each part once, whatever comes after it", () => {
    for (const [kind, make] of Object.entries(HOSTILE_TEXTS))
      for (const language of LANGUAGES) {
        const text = make(3 * MAX_BLOCK);
        const whole = [...scanBlocks(text, language)];
        // The first block is the same when all that is far behind it is cut off: nothing beyond was needed to find it.
        const first = whole[0];
        if (!first || first.end > 2 * MAX_BLOCK) continue;
        const near = [...scanBlocks(text.slice(0, Math.max(first.end, first.start + MAX_BLOCK) + 300), language)][0]!;
        assert.deepEqual(near, first, `${kind} as ${language}`);
      }
  });

  it("take steps in proportion to their length", () => {
    const steps = (text: string, language: string): number => {
      let count = 0;
      for (const block of scanBlocks(text, language)) {
        count++;
        // Parsing takes a step a piece, which costs no more than a bound: here they are only counted.
        if (language === "markdown") count += [...markdownPieces(text.slice(block.start, block.end))].length;
        const cutting = segmentingBlock(text, block, language === "markdown" ? "plaintext" : language);
        while (cutting.next().done !== true) count++;
      }
      return count;
    };
    for (const [kind, make] of Object.entries(HOSTILE_TEXTS))
      for (const language of LANGUAGES) {
        const [short, long] = [steps(make(5000), language), steps(make(20_000), language)];
        assert.ok(long <= 4 * short + 40, `${kind} as ${language}: ${short} steps, four times the length ${long}`);
      }
  });

  it("are cut in slices into the same sentences as at once", async () => {
    for (const [kind, make] of Object.entries(HOSTILE_TEXTS).filter((_, i) => i % 4 === 0)) {
      const text = make(1500);
      const [sliced, atOnce] = [new SegmentedDocument(text, "markdown"), new SegmentedDocument(text, "markdown")];
      await sliced.scan();
      await sliced.cut();
      await atOnce.scan();
      const expected = [...atOnce.sentences()];
      assert.deepEqual([...sliced.knownSentences()], expected, kind);
      assert.deepEqual([...sliced.sentences()], expected, kind);
    }
  });
});

describe("cutting in slices", () => {
  it("says which stretches are not cut yet, and cuts no more than there is time for", async () => {
    const text = prose(200_000);
    const document = new SegmentedDocument(text, "plaintext");
    const before = [...document.knownSentences()];
    assert.deepEqual(before, [{ start: 0, end: text.length, text: undefined }]);
    await document.scan();
    // Each call does one step, at least.
    for (let i = 0; i < 5; i++) assert.equal(document.cutWithin({ start: 0, end: text.length }, 0), false);
    const some = [...document.knownSentences()];
    assert.ok(some.some((stretch) => stretch.text === undefined));
    assert.ok(some.some((stretch) => stretch.text !== undefined));
    assert.equal(document.cutWithin({ start: 0, end: text.length }, Infinity), true);
    assert.ok([...document.knownSentences()].every((stretch) => stretch.text !== undefined));
  });

  it("follows an edit that changes all below it in slices, too", async () => {
    const text = prose(400_000);
    const document = new SegmentedDocument(text, "markdown");
    await document.scan();
    await document.cut();
    document.applyChange({ start: 0, end: 0, text: "<!--\n" }, 0);
    assert.equal(document.scanned, false);
    await document.scan();
    assert.deepEqual([...document.sentences()], []);
    document.applyChange({ start: 0, end: 5, text: "" }, 0);
    await document.scan();
    const fresh = new SegmentedDocument(text, "markdown");
    await fresh.scan();
    assert.deepEqual([...document.sentences()], [...fresh.sentences()]);
  });

  it("stops when told to", async () => {
    const document = new SegmentedDocument(prose(200_000), "plaintext");
    await document.scan();
    await document.cut({ signal: AbortSignal.abort() });
    assert.ok([...document.knownSentences()].every((stretch) => stretch.text === undefined));
  });
});

describe("a block that costs the parser too much", function () {
  it("has the rows of a long table masked like its first", () => {
    const row = (i: number): string => `| Maria Keller ${i} | *Paris* | [good](http://a.b/${i}) |\n`;
    const table = `| who | where | what |\n|---|---|---|\n${Array.from({ length: 150 }, (_, i) => row(i)).join("")}`;
    assert.ok([...markdownPieces(table)].length > 1);
    const hidden = maskMarkdown(table).map(({ start, end }) => table.slice(start, end));
    assert.equal(hidden.filter((part) => part.includes("|")).length >= 150 * 3, true);
    assert.equal(hidden.filter((part) => part.includes("http://a.b/")).length, 150);
    let words = "";
    let at = 0;
    for (const { start, end } of maskMarkdown(table)) {
      words += table.slice(at, start) + " ";
      at = end;
    }
    assert.doesNotMatch(words + table.slice(at), /[|*[\]]|http/);
    assert.equal(words.match(/Maria Keller/g)?.length, 150);
  });

  it("is plain text where its markup is too dense, and only there", () => {
    const block = `${"![".repeat(1500)}\nMaria *Keller* lives in Paris.`;
    const hidden = maskMarkdown(block).map(({ start, end }) => block.slice(start, end));
    assert.deepEqual(hidden.filter((part) => part.includes("*")).length, 2);
  });

  it("is plain text where containers are deeper than anybody nests them, or every third character is markup", () => {
    const deep = `${"> ".repeat(30)}Maria *Keller*\n`;
    assert.deepEqual(maskMarkdown(deep.repeat(20)), []);
    assert.notDeepEqual(maskMarkdown(`${"> ".repeat(10)}Maria *Keller*\n`), []);
    assert.deepEqual(maskMarkdown("*a ".repeat(400)), []);
    assert.notDeepEqual(maskMarkdown("*a* ".repeat(100)), [], "a short one is parsed");
  });
});
