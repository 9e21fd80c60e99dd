import { strict as assert } from "node:assert";
import fc from "fast-check";
import { SegmentedDocument } from "../../src/text/segmented";

const PARTS = [
  "A first sentence. And a second one!",
  "\n\n",
  "\n",
  "- an item\n- another",
  "# Heading\n",
  "```\ncode\n```\n",
  "> quoted text\n",
  "---\n",
  "| a | b |\n|---|---|\n| c | d |\n",
  "Zürich 😀 and `code` with *stress*. ",
  "<!-- hidden -->",
  "===\n",
  "    indented\n",
  "x",
  '1,"a cell',
  'which goes on",2\n',
  "[09:12] <anna> I like it. ",
  "<b",
  "// A comment. Of two sentences.\n",
  "x = 'a // string' # said\n",
  "/** Says\n * what it\n *\n * does. */ f(`a",
  '    """Do it.\n\n    Twice."""\n',
  "'''",
  "*/\n",
  "/a[/*]b/",
  "--[[ kept",
  "\n[9:12] ",
  '{"text": "It is one. Two of it.", "id": 5}\n',
  '{"id": "an id of it", "a": {"texts": ["Said so',
  '", "tokens": ["a b c"], "b": "',
  '"',
  '": ',
  "]}",
  "\\",
  "\\n\\n",
  "\\u00e9",
];
const text = fc.array(fc.constantFrom(...PARTS), { maxLength: 14 }).map((parts) => parts.join(""));

async function fresh(content: string, language: string): Promise<SegmentedDocument> {
  const document = new SegmentedDocument(content, language);
  await document.scan();
  return document;
}

describe("segmented document", function () {
  this.timeout(60_000);

  for (const language of ["plaintext", "markdown", "csv", "python", "typescript", "lua", "jsonl"])
    it(`equals a fresh segmentation after any edits (${language})`, async () => {
      await fc.assert(
        fc.asyncProperty(
          text,
          fc.array(fc.tuple(fc.nat(), fc.nat(), text), { minLength: 1, maxLength: 4 }),
          async (start, edits) => {
            const document = await fresh(start, language);
            for (const [a, b, inserted] of edits) {
              // Sentences are asked for in between, so that stale ones would show.
              assert.ok([...document.sentences()].length >= 0);
              const from = a % (document.text.length + 1);
              document.applyChange({
                start: from,
                end: from + (b % (document.text.length - from + 1)),
                text: inserted,
              });
            }
            assert.deepEqual([...document.sentences()], [...(await fresh(document.text, language)).sentences()]);
          },
        ),
        { numRuns: 300 },
      );
    });

  it("keeps sentences it did not touch", async () => {
    const document = await fresh("One here.\n\nTwo here.\n\nThree here.\n\nFour here.\n\nFive here.", "plaintext");
    const before = [...document.sentences()].map((s) => s.text);
    document.applyChange({ start: 0, end: 3, text: "Eleven" });
    const after = [...document.sentences()];
    assert.deepEqual(
      after.map((s) => s.text),
      ["Eleven here.", ...before.slice(1)],
    );
    for (const { start, end, text: sentence } of after) assert.equal(document.text.slice(start, end), sentence);
  });

  it("gives what is asked for before the rest is scanned", () => {
    const document = new SegmentedDocument("One. Two.\n\n".repeat(5000), "plaintext");
    document.scanTo(200);
    assert.ok(!document.scanned);
    assert.ok([...document.sentences(0, 200)].length >= 30);
    document.applyChange({ start: 0, end: 0, text: "New. " });
    document.applyChange({ start: 40_000, end: 40_000, text: "Far away. " });
    assert.equal([...document.sentences(0, 10)][0]!.text, "New.");
  });
});
