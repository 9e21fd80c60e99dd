import { strict as assert } from "node:assert";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { loadTokenizer } from "../../src/model/tokenizer/load";
import type { Tokenizer } from "../../src/model/tokenizer/tokenizer";

/** What `tokenizer-reference.py` writes for a text: offsets in code points. */
interface Reference {
  readonly ids: number[];
  readonly starts: number[];
  readonly ends: number[];
  readonly words: number[];
}

const root = path.resolve(__dirname, "../..");
const data = path.resolve(root, "../shared/data");
const model = path.join(root, "models/glossator-minilm");
const script = path.join(root, "test/tokenizer-reference.py");

const python = [venvPython(), "python3"].find(
  (command) => spawnSync(command, ["-c", "import tokenizers"]).status === 0,
);

const files = (dir: string): string[] =>
  readdirSync(dir)
    .map((name) => path.join(dir, name))
    .flatMap((file) => (statSync(file).isDirectory() ? files(file) : [file]))
    .sort();
const read = (name: string): string => readFileSync(path.join(data, name), "utf8");

interface SquadFile {
  data: { paragraphs: { context: string; qas: { question: string }[] }[] }[];
}

/** The texts of each corpus, read only when its test runs. */
const sources: Record<string, () => string[]> = {
  "SST-2 dev": () =>
    read("sst2/dev.tsv")
      .split("\n")
      .slice(1)
      .filter(Boolean)
      .map((line) => line.slice(line.indexOf("\t") + 1)),
  "CoNLL-2003 testb": () =>
    read("conll2003/eng.testb")
      .split(/\r?\n\s*\r?\n/)
      .map((sentence) =>
        sentence
          .split(/\r?\n/)
          .map((line) => line.split(" ")[0]!)
          .join(" "),
      ),
  "SQuAD dev": () =>
    (JSON.parse(read("squad/dev-v1.1.json")) as SquadFile).data.flatMap((article) =>
      article.paragraphs.flatMap((p) => [p.context, ...p.qas.map((qa) => qa.question)]),
    ),
};

describe("tokenizer over real documents, against the Rust library", function () {
  this.timeout(300_000);
  let tokenizer: Tokenizer;
  let scratch: string;

  before(async function () {
    if (!existsSync(data) || python === undefined) {
      const missing = python === undefined ? "the Python package `tokenizers`" : "the folder ../shared/data";
      console.log(
        `      left out: ids and spans over all corpora, SST-2, CoNLL and SQuAD were not compared: ${missing} is absent`,
      );
      this.skip();
    }
    tokenizer = await loadTokenizer(model);
    scratch = mkdtempSync(path.join(tmpdir(), "tokenizer-"));
  });

  after(() => {
    if (scratch) rmSync(scratch, { recursive: true });
  });

  for (const [name, texts] of Object.entries(sources)) it(name, () => compare(name, texts()));

  it("every file of data/corpora, by line and whole", async () => {
    const found = files(path.join(data, "corpora"));
    assert.ok(found.length > 30, "the corpora folder is nearly empty");
    for (const file of found) {
      const text = readFileSync(file, "utf8");
      await compare(path.basename(file), [...text.split(/(?<=\n)/), text]);
    }
  });

  async function compare(name: string, texts: readonly string[]): Promise<void> {
    assert.ok(texts.length > 0);
    const input = path.join(scratch, "texts.jsonl");
    // ASCII only, so that no reader's idea of a line end matters.
    const ascii = (text: string): string =>
      JSON.stringify(text).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
    writeFileSync(input, texts.map(ascii).join("\n") + "\n");
    const child = spawn(python!, [script, path.join(model, "tokenizer.json"), input], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exit = new Promise<number | null>((resolve) => child.once("close", resolve));
    let at = 0;
    for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
      const text = texts[at]!;
      same(`${name}, text ${at}`, text, JSON.parse(line) as Reference);
      at++;
    }
    assert.equal(await exit, 0, "the reference script failed");
    assert.equal(at, texts.length);
  }

  function same(name: string, text: string, rust: Reference): void {
    const ours = tokenizer.encode(text);
    // Code point → UTF-16, by brute force, so that nothing of the code under test checks itself.
    const units = [0];
    for (const char of text) units.push(units.at(-1)! + char.length);
    assert.equal(ours.ids.length, rust.ids.length, `${name}: number of tokens`);
    for (let i = 0; i < rust.ids.length; i++) {
      const here = [ours.ids[i], ours.starts[i], ours.ends[i], ours.words[i]];
      const there = [rust.ids[i], units[rust.starts[i]!], units[rust.ends[i]!], rust.words[i]];
      if (here.some((value, k) => value !== there[k]))
        assert.deepEqual(here, there, `${name}, token ${i}: id, start, end, word`);
    }
  }
});
