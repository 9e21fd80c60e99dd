import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { venvPython } from "../../scripts/lib/paths.mjs";
import type { Encoding } from "../../src/model/tokenizer/encoding";
import { loadTokenizer } from "../../src/model/tokenizer/load";

/** What `tokenizer-reference.py` writes for a text: offsets in code points. */
interface Reference {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly words: number[];
}

const root = path.resolve(__dirname, "../..");
const data = path.resolve(root, "../shared/data");
const python = [venvPython(), "python3"].find(
  (command) => spawnSync(command, ["-c", "import tokenizers, sentencepiece"]).status === 0,
);

/** What tokenizers trip over. */
const TRICKY = [
  "",
  " ",
  "\n",
  "Hello, World!  It's we'll they've I'd I'm you're 'system' 'S don't",
  "  leading and trailing  ",
  "tab\tand\r\nCRLF\r\n\r\nend\n",
  "naïve café Ångström – “quoted” … €5.50 ½ ﬁne ﬂow ① Ⅷ ㎏",
  "e\u0301le\u0300ve, A\u030angstro\u0308m, q\u0323\u0307 \u0301alone, a\u0301\u0323\u0302b",
  "가각힣 \u1100\u1161\u11a8 日本語を話す。中文字符，測試。ไทยภาษา หลายคำ हिन्दी में",
  "عربي مُشَكَّل עִבְרִית\u200f",
  "😀 👨‍👩‍👧 🏳️‍🌈 👍🏽 🇩🇪🇫🇷 ☎️",
  "zero\u200bwidth\u200cnon\u200djoiner\u2060 \ufeffBOM soft\u00adhyphen",
  "\u0000\u0001\u0007 control \u007f\u0085\u009f \ufffd end",
  "nbsp\u00a0thin\u2009ideographic\u3000space\u2028line\u2029para",
  "İstanbul ŞIĞ straße ΣΑΣ ǅ",
  "``quoted'' 'single'  \"\"double\"\"",
  "<s> </s><mask>x <mask> [CLS] [MASK] |||EMAIL_ADDRESS|||x",
  "a  b   c    d\n\n  e\n    f",
  "▁already▁marked _under_score ~tilde～fullwidth ＡＢＣ　ｱｲｳ ｶﾞ",
  "x".repeat(130) + " " + "é".repeat(60),
  "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𝟘𝟙𝟚 𐐀𐐨 𠀀𠀁",
  "\u0344\u1e9b\u0323 \u0958 \u212b \u2126 \ufb2c \uf900 \u{2f800} \u{1d15e}",
  "http://example.com/a_b?c=d&e=f#g user@example.org 1,234.56 2024-01-02",
];

/** Strings that mix what is ordinary with what is not, the same at each run. */
function mixtures(): string[] {
  const part = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.constantFrom("a", "B", "é", " ", "  ", "the ", "Paris", "'s", ".", "\n", "中", "ß", "1"),
    },
    {
      weight: 2,
      arbitrary: fc.constantFrom("\u0301", "\u0323", "\u200d", "\u200b", "\ufe0f", "ﬁ", "½", "\u00a0", "\t", "\r\n"),
    },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 2 }) },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 1 }) },
  );
  return (
    fc
      .sample(
        fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join("")),
        { numRuns: 1000, seed: 7 },
      )
      // Rust holds no lone surrogate.
      .map((text) => text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "?"))
  );
}

function corpora(): string[] {
  const folder = path.join(data, "corpora");
  if (!existsSync(folder)) {
    console.log("      left out: the folder ../shared/data is absent, so no corpora were compared");
    return [];
  }
  const names = [
    ...readdirSync(path.join(folder, "multilingual")).map((name) => path.join("multilingual", name)),
    "emoji-cheat-sheet_README.md",
    "tinyshakespeare_1.1MB.txt",
  ];
  return names.flatMap((name) => {
    const text = readFileSync(path.join(folder, name), "utf8").slice(0, 9_000);
    return [...text.split(/(?<=\n)/), text];
  });
}

/** Kinds with SentencePiece's compiled rules. */
const RULES = new Set(["xlm-roberta", "xlm-roberta-new", "deberta-v3", "albert", "t5"]);

const isSpace = (text: string, at: number): boolean => /\p{White_Space}/u.test(text[at] ?? "x");

describe("tokenizers of every kind, against the Rust library", function () {
  this.timeout(120_000);
  let scratch: string;
  let texts: string[];
  const kinds = [
    ...["bert-cased", "bert-cased-no-accents", "bert-uncased-accents", "bert-raw", "wordpiece-nfd"],
    ...["roberta", "roberta-prefix", "gpt2", "modernbert", "bpe-nfkc-split"],
    ...["xlm-roberta", "xlm-roberta-new", "deberta-v3", "albert", "t5", "nfkc", "nmt-whole"],
  ];

  before(function () {
    if (python === undefined) {
      console.log("      left out: the Python packages `tokenizers` and `sentencepiece` are absent");
      if (process.env["CI"] === "true") throw new Error("tokenizers or sentencepiece is absent");
      this.skip();
    }
    scratch = mkdtempSync(path.join(tmpdir(), "tokenizer-kinds-"));
    const made = spawnSync(python, [
      path.join(root, "test/tokenizer_kinds.py"),
      path.join(root, "test/fixtures/huggingface"),
      scratch,
    ]);
    assert.equal(made.status, 0, made.stderr.toString());
    assert.deepEqual(readdirSync(scratch).sort(), [...kinds].sort());
    texts = [...TRICKY, ...mixtures(), ...corpora()];
    const ascii = (text: string): string =>
      JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    writeFileSync(path.join(scratch, "texts.jsonl"), texts.map(ascii).join("\n") + "\n");
  });
  after(() => {
    if (scratch) rmSync(scratch, { recursive: true });
  });

  for (const kind of kinds)
    it(kind, async () => {
      const tokenizer = await loadTokenizer(path.join(scratch, kind));
      const reference = spawnSync(
        python!,
        [
          path.join(root, "test/tokenizer-reference.py"),
          path.join(scratch, kind, "tokenizer.json"),
          path.join(scratch, "texts.jsonl"),
        ],
        { maxBuffer: 1 << 30 },
      );
      assert.equal(reference.status, 0, reference.stderr.toString());
      const lines = reference.stdout.toString().trimEnd().split("\n");
      assert.equal(lines.length, texts.length);
      texts.forEach((text, i) => {
        // Where a text begins with what SentencePiece's rules remove, the Rust library takes each character for the one before it.
        if (RULES.has(kind) && /^\s*(?![\t\n\f\r])\p{Cc}/u.test(text)) return;
        same(text, tokenizer.encode(text), JSON.parse(lines[i]!) as Reference);
      });
    });

  it("keep the place where the Rust library loses it, after a control character that is removed at the start", async () => {
    const tokenizer = await loadTokenizer(path.join(scratch, "xlm-roberta"));
    const [bare, control] = [tokenizer.encode("the a"), tokenizer.encode("\u0014the a")];
    assert.deepEqual(control.ids, bare.ids);
    assert.deepEqual(
      Array.from(control.starts),
      Array.from(bare.starts, (at) => at + 1),
    );
    assert.deepEqual(
      Array.from(control.ends),
      Array.from(bare.ends, (at) => at + 1),
    );
  });

  it("give ordered spans inside the text for any string, lone surrogates too", async () => {
    for (const kind of ["roberta-prefix", "modernbert", "xlm-roberta-new", "albert", "t5", "nmt-whole"]) {
      const tokenizer = await loadTokenizer(path.join(scratch, kind));
      fc.assert(
        fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (a, b) => {
          const text = `${a}\ud800 ${b}<mask>${a}`;
          const { starts, ends, words, ids } = tokenizer.encode(text);
          for (let i = 0; i < ids.length; i++) {
            assert.ok(0 <= starts[i]! && starts[i]! <= ends[i]! && ends[i]! <= text.length);
            if (i > 0) assert.ok(words[i]! >= words[i - 1]!);
          }
        }),
        { numRuns: 40 },
      );
    }
  });

  it("are linear in the text's length", async () => {
    for (const kind of ["roberta", "xlm-roberta", "albert"]) {
      const tokenizer = await loadTokenizer(path.join(scratch, kind));
      for (const text of ["x".repeat(1e5), "中".repeat(1e5), "e\u0301".repeat(5e4), "Zürich, naïve 😀 ".repeat(1e4)])
        assert.ok(tokenizer.encode(text).ends.at(-1)! <= text.length);
    }
  });

  function same(text: string, ours: Encoding, rust: Reference): void {
    // Code point → UTF-16, by brute force, so that nothing of the code under test checks itself.
    const units = [0];
    for (const char of text) units.push(units.at(-1)! + char.length);
    const spans = (starts: ArrayLike<number>, ends: ArrayLike<number>): string[] =>
      Array.from(starts, (start, i) => {
        let end = ends[i]!;
        while (start < end && isSpace(text, start)) start++;
        while (end > start && isSpace(text, end - 1)) end--;
        return start === end ? "empty" : `${start}-${end}`;
      });
    const what = JSON.stringify(text.slice(0, 300));
    assert.deepEqual(Array.from(ours.ids), rust.ids, `${what}: ids`);
    assert.deepEqual(
      spans(ours.starts, ours.ends),
      spans(
        rust.starts.map((at) => units[at]!),
        rust.ends.map((at) => units[at]!),
      ),
      `${what}: spans`,
    );
    for (let i = 1; i < ours.ids.length; i++) {
      assert.ok(ours.words[i] === ours.words[i - 1] || ours.words[i] === ours.words[i - 1]! + 1, `${what}: words`);
      if (ours.words[i] === ours.words[i - 1])
        assert.equal(rust.words[i], rust.words[i - 1], `${what}: word of token ${i}`);
    }
  }
});
