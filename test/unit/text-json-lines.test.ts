import { strict as assert } from "node:assert";
import fc from "fast-check";
import { scanBlocks } from "../../src/text/blocks";
import { languageOf, layoutOf, segmentDocument, sentenceText } from "../../src/text/document";
import { documentPassages } from "../../src/text/document-passages";
import { FILL, unfilled } from "../../src/text/filled";
import { escapesIn, readEscapes } from "../../src/text/json-lines/escapes";
import { holdsOf, isProse } from "../../src/text/json-lines/prose";
import { isForeign } from "../../src/text/language";
import { languageSample } from "../../src/text/language-sample";
import { MAX_BLOCK } from "../../src/text/scan";
import { SegmentedDocument } from "../../src/text/segmented";

const bare = (text: string): string => text.replaceAll(FILL, "");
/** The sentences of JSON Lines as a reader sees them, white space narrowed. */
const read = (text: string): string[] =>
  segmentDocument(text, "jsonl").sentences.map((sentence) => bare(sentenceText(text, sentence)).replace(/\s+/g, " "));
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
/** As Python writes it. */
const ascii = (value: unknown): string =>
  JSON.stringify(value).replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("the texts of JSON Lines", () => {
  it("are values, and neither keys nor what is no text", () => {
    const text = lines(
      { id: "a b c d e", text: "Maria Keller lives in Paris. She likes it.", label: ["a class of things"] },
      { url: "https://example.org/a b c", n: 12, ok: true, nothing: null, when: "Monday, January 3, 2022 at 10:00 PM" },
      { unknown: "It has three words", other: "two words", body: "Two words", one: "word" },
      { data: "aGVsbG8gd29ybGQ=".repeat(50), hash: "it is a hash", path: "/a/b c/d e" },
      "A line may be a text of its own.",
    );
    assert.deepEqual(read(text), [
      ...["Maria Keller lives in Paris.", "She likes it.", "It has three words", "Two words"],
      "A line may be a text of its own.",
    ]);
  });

  it("are found in objects and arrays inside of each other", () => {
    const text = lines(
      {
        messages: [{ role: "the user of it", content: "Who wrote Emma?" }, { content: ["Jane Austen", "an image id"] }],
      },
      { context: "Oslo is a city.", question: "What is Oslo?", answers: { text: ["a city"], answer_start: [8] } },
      { paragraphs: ["First one.", { context: "And a second." }, "A third."] },
      {
        tokens: ["EU", "rejects", "German call to boycott"],
        spans: [{ text: "German call to boycott" }],
        text: "EU rejects it.",
      },
      { meta: { deep: [[["three words here"]]] } },
    );
    assert.deepEqual(read(text), [
      ...["Who wrote Emma?", "Jane Austen", "an image id", "Oslo is a city.", "What is Oslo?", "a city"],
      ...["First one.", "And a second.", "A third.", "EU rejects it.", "three words here"],
    ]);
  });

  it("are known by the last word of a key", () => {
    const of = (keys: string): string[] => keys.split(" ").map(holdsOf);
    assert.deepEqual(
      of("text review_body selfText Sentence1 text_b answers paragraphs stories author"),
      Array(9).fill("text"),
    );
    assert.deepEqual(of("id user_id imageUrl ner_tags label text_ids file_name created_at _input_hash"), [
      ...Array<string>(7).fill("never"),
      ...["any", "never"],
    ]);
    assert.deepEqual(of("source meta x 1 日本 textual"), Array(6).fill("any"));
  });

  it("have words, most of them of letters", () => {
    for (const said of ["It is so good", "Ça va très bien", "東京は日本の首都です。", "Это очень хорошо"])
      assert.ok(isProse(said, "any"), said);
    for (const none of [
      ...["word", "two words", "a/b c/d e/f", "1 2 3 a b c", "de ad be ef", "2022-01-03 10:00", "x_y z_w v_u", ""],
      ...["Mon, 3 Jan 2022 10:00:00 GMT", "https://a.b/c d", "a1 b2 c3 d4"],
    ])
      assert.ok(!isProse(none, "any"), none);
    assert.ok(isProse("Denver Broncos", "text"));
    assert.ok(!isProse("Denver", "text"));
    assert.ok(!isProse("This is a whole sentence.", "never"));
  });

  it("are read without their escapes, and no sentence begins or ends within one", () => {
    const value = 'She said "no", or\tyes.\n\nA path\\file and/or “Beyoncé”…\nM\u00fcller 😀 went on. “Ça” it was.';
    for (const json of [
      JSON.stringify({ text: value }),
      ascii({ text: value }),
      ascii({ text: value }).replaceAll("/", "\\/"),
    ]) {
      const { sentences } = segmentDocument(json, "jsonl");
      assert.deepEqual(
        sentences.map((sentence) => bare(sentenceText(json, sentence))),
        ['She said "no", or\tyes.', "A path\\file and/or “Beyoncé”…\nM\u00fcller 😀 went on.", "“Ça” it was."],
      );
      for (const sentence of sentences) {
        assert.equal(sentenceText(json, sentence).length, sentence.end - sentence.start);
        const own = JSON.parse(`"${json.slice(sentence.start, sentence.end)}"`) as string;
        assert.equal(own, bare(sentenceText(json, sentence)));
      }
    }
  });

  it("have no sentence that runs from one value or paragraph into the next", () => {
    assert.deepEqual(read('{"a": "one two three", "b": "four five six"}\n{"a": "seven eight nine"}'), [
      ...["one two three", "four five six", "seven eight nine"],
    ]);
    assert.deepEqual(read('{"text": "no end here\\n\\nnor here\\r\\n\\r\\nor here\\n- an item of it"}'), [
      ...["no end here", "nor here", "or here", "- an item of it"],
    ]);
  });

  it("are sentences, or short and like the cells of a table", () => {
    const text = lines({
      title: "The Good Place",
      text: "The film is good.",
      summary: "a long title of more than six words",
    });
    assert.deepEqual(
      segmentDocument(text, "jsonl").sentences.map(({ kind }) => kind),
      ["cell", "prose", "prose"],
    );
  });

  it("are found in lines that are torn or no JSON, which spoil no other line", () => {
    const after = lines({ text: "The next line is read." });
    for (const torn of [
      '{"text": "It is torn he',
      '{"id": 1, "te',
      "{]}}]]]",
      '"',
      "\\",
      "{'text': 'single quotes here'}",
      "\0{{{",
    ])
      assert.equal(read(`${torn}\n${after}`).at(-1), "The next line is read.", torn);
    assert.deepEqual(read('{"text": "It is torn he\n'), ["It is torn he"]);
    // Over several lines, as it is not meant to be.
    assert.deepEqual(
      read(JSON.stringify({ id: "a b c d", texts: ["Not so fast."], x: { text: "Two words" } }, null, 2)),
      [...["Not so fast.", "Two words"]],
    );
  });

  it("are known by the names of files, if no editor says otherwise", () => {
    assert.deepEqual(["a/b.jsonl", "A.NDJSON", "a.json", "jsonl"].map(languageOf), [
      "jsonl",
      "jsonl",
      "plaintext",
      "plaintext",
    ]);
    assert.equal(layoutOf("a.jsonl", "plaintext"), "jsonl");
    assert.equal(layoutOf("a.ndjson", "json"), "jsonl");
    assert.equal(layoutOf("a.jsonl", "markdown"), "markdown");
    assert.equal(layoutOf("a.json", "json"), "json");
  });

  it("tell the language of a document", () => {
    const spans = Array.from({ length: 40 }, (_, start) => ({
      start,
      token_start: start,
      label: "PRODUKT",
      source: "xx_ent_wiki",
    }));
    const german = "Die Katze sitzt auf dem Dach und schaut in den Garten, in dem die Kinder jeden Tag spielen.";
    const english = "The cat sits on the roof and looks into the garden, in which the children play every day.";
    assert.equal(isForeign(languageSample(lines({ spans, text: english, tokens: spans }), "jsonl")), false);
    assert.equal(isForeign(languageSample(lines({ text: german, spans }), "jsonl")), true);
    assert.equal(languageSample(german, "plaintext"), german);
  });

  it("are what is asked about, value by value", () => {
    const text = lines({ id: "an id of it", context: "Oslo is a city.\n\nIt is large.", question: "What is Oslo?" });
    const sentences = segmentDocument(text, "jsonl").sentences.map((one) => ({
      ...one,
      text: sentenceText(text, one),
    }));
    const [passage, ...others] = [...documentPassages(text, sentences, "jsonl")];
    assert.equal(others.length, 0);
    assert.equal(bare(passage!.text).replace(/\s+/g, " "), "Oslo is a city. It is large. What is Oslo?");
    const borders = ["It is large", "What is"].map((words) => text.indexOf(words) - passage!.start);
    assert.deepEqual(passage!.borders, borders);
  });
});

describe("scanning JSON Lines", () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>("It is “so”.\n\nTwo.", "x", 1, null, 'a\\b "c" dé 😀 f'),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("any"), { maxLength: 4 }),
    object: fc.dictionary(fc.constantFrom("text", "id", "meta", "tokens", "Ünï\n"), tie("any"), { maxKeys: 4 }),
  })).object;

  it("finds just the values that a parser finds and the rule takes", () => {
    fc.assert(
      fc.property(fc.array(value, { maxLength: 5 }), fc.boolean(), (values, isAscii) => {
        const text = values.map((one) => `${isAscii ? ascii(one) : JSON.stringify(one)}\n`).join("");
        const found = Array.from(
          scanBlocks(text, "jsonl"),
          ({ start, end }) => JSON.parse(`"${text.slice(start, end)}"`) as string,
        );
        assert.deepEqual(
          found,
          values.flatMap((one) => [...taken(one, "any")]),
        );
      }),
      { numRuns: 500 },
    );
  });

  it("needs nothing behind a block to know what is before, wherever scanning stops", async () => {
    const edit = fc.record({
      at: fc.nat(1300),
      length: fc.nat(40),
      inserted: fc.constantFrom('"', "x", " one two three ", ",", "\n", "\\"),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(
          '"',
          '"one two three ',
          `"${"x".repeat(990)} one two three `,
          '"","',
          `"${"\\u00e9".repeat(170)} one two`,
        ),
        fc.integer({ min: MAX_BLOCK - 1100, max: MAX_BLOCK - 950 }),
        fc.array(edit, { minLength: 1, maxLength: 3 }),
        async (string, ones, edits) => {
          const text = `[${"1".repeat(ones)}${string.repeat(3)}\n{"text": "The end of it."}`;
          const document = new SegmentedDocument(text, "jsonl");
          document.scanTo(0, 0);
          for (const { at, length, inserted } of edits) {
            const start = Math.min(ones + at, document.text.length);
            document.applyChange({ start, end: Math.min(document.text.length, start + length), text: inserted });
          }
          await document.scan();
          const fresh = new SegmentedDocument(document.text, "jsonl");
          await fresh.scan();
          assert.deepEqual([...document.sentences()], [...fresh.sentences()]);
        },
      ),
      { numRuns: 400 },
    );
  });

  it("cuts a long text between two escapes, and is bounded whatever comes", () => {
    for (const long of [
      ...[
        `{"text": "It was so. ${"\\u4e2d\\ud83d\\ude00".repeat(4000)}"}`,
        `{"text": "It was so. ${"\\\\".repeat(30_000)}"}`,
      ],
      ...[`{"text": "It was so. ${"word ".repeat(20_000)}`, `{"data": "${"x".repeat(70_000)}"}`, "[".repeat(70_000)],
      ...[
        "1".repeat(70_000),
        '"'.repeat(70_001),
        '{"a":'.repeat(20_000),
        `{"${"k".repeat(50_000)}": "It was so."}`,
        "]".repeat(50_000),
      ],
    ]) {
      const text = `${long}\n{"text": "The end of it."}`;
      const blocks = [...scanBlocks(text, "jsonl")];
      for (const block of blocks) {
        assert.ok(block.end - block.start <= MAX_BLOCK && block.end > block.start, `${block.start}–${block.end}`);
        if (block.kind === "prose")
          assert.ok(!/(?:^|[^\\])(?:\\\\)*\\(?:u[\da-f]{0,3})?$/i.test(text.slice(block.start, block.end)));
        const state = block.resume.open;
        assert.ok(state?.kind === "json" && state.inside.length <= 64);
      }
      assert.ok(blocks.length <= text.length / 4000 + 5, `${blocks.length} blocks`);
      assert.equal(text.slice(blocks.at(-1)!.start, blocks.at(-1)!.end), "The end of it.", long.slice(0, 30));
      for (const block of blocks)
        assert.deepEqual([...scanBlocks(text, "jsonl", block.resume)], blocks.slice(blocks.indexOf(block) + 1));
    }
  });
});

/** What the rule takes of a parsed value. */
function* taken(json: unknown, holds: ReturnType<typeof holdsOf>): Generator<string> {
  if (typeof json === "string") {
    if (isProse(json, holds)) yield json;
  } else if (Array.isArray(json)) for (const one of json) yield* taken(one, holds);
  else if (typeof json === "object" && json !== null)
    for (const [key, one] of Object.entries(json)) yield* taken(one, holds === "never" ? "never" : holdsOf(key));
}

describe("escapes", () => {
  it("are read in as many units, and places in what is read lead back to whole escapes", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "é", "😀", '"', "\\", "\n", "\t", "/", "\u0301", "中", " ") }),
        fc.boolean(),
        (said, isAscii) => {
          const written = (isAscii ? ascii(said) : JSON.stringify(said)).slice(1, -1);
          const filled = readEscapes(written);
          assert.equal(filled.length, written.length);
          const text = unfilled(filled);
          assert.equal(text?.text ?? filled, said);
          if (text === undefined) return;
          for (let at = 0; at <= said.length; at++) {
            if (/^[\udc00-\udfff]/.test(said.slice(at))) continue;
            assert.equal(JSON.parse(`"${written.slice(0, text.at(at))}"`), said.slice(0, at));
            assert.equal(text.of(text.at(at)), at);
          }
        },
      ),
    );
  });

  it("that stand for no character of a text are blanks, and what escapes nothing stays", () => {
    assert.equal(bare(readEscapes(String.raw`a\u0000b\ud800c\ufdd0d\be`)), "a b c d e");
    assert.deepEqual(escapesIn(String.raw`\d \u12 \x \N \U0041`), []);
  });
});
