import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, modelDir, root } from "./support";

const fixtures = join(root, "test/fixtures/huggingface");
const ner = join(fixtures, "ner-wordpiece");
const sentiment = join(fixtures, "sentiment-bpe");
const answers = join(fixtures, "answers-unigram");
/** What Python found; offsets are code points. */
const expected = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as {
    text: string;
    entities?: { start: number; end: number; label: string }[];
  }[];

describe("other people's models, in the real process", function () {
  this.timeout(60_000);
  let folder: string;

  before(() => (folder = mkdtempSync(join(tmpdir(), "glossator-other-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<{ code: number | null; out: string; error: string }> => {
    const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: join(folder, ".cache"), NO_COLOR: "1" };
    delete env["GLOSSATOR_MODEL"];
    const child = spawn(process.execPath, [join(root, "out/cli.js"), ...args, "--device", "cpu"], { cwd: folder, env });
    const [out, error]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => error.push(chunk));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) =>
        resolve({ code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() }),
      );
    });
  };

  it("label a file from the command line, two models together", async () => {
    const { text, entities } = expected(ner)[0]!;
    writeFileSync(join(folder, "a.txt"), text);
    const { code, out, error } = await run(
      ...["label", "--json", "--offsets", "codepoint", "--model", ner, "--model", sentiment, "a.txt"],
    );
    assert.equal(code, 0, error);
    const line = JSON.parse(out) as { entities: typeof entities; sentences: { label: string }[] };
    const bare = (list: typeof entities) => list!.map(({ start, end, label }) => ({ start, end, label }));
    assert.deepEqual(bare(line.entities), bare(entities));
    assert.ok(line.sentences.every(({ label }) => ["negative", "neutral", "positive"].includes(label)));
    assert.match(error, /LABEL_0, LABEL_1, LABEL_2 are read as negative, neutral, positive/);
  });

  it("stand beside the built-in model", async () => {
    writeFileSync(join(folder, "b.txt"), "Angela Merkel met Barack Obama in Paris.");
    const { code, out, error } = await run("label", "--json", "--model", sentiment, "--model", "built-in", "b.txt");
    assert.equal(code, 0, error);
    const { entities } = JSON.parse(out) as { entities: { label: string }[] };
    assert.deepEqual(
      entities.map(({ label }) => label),
      ["PER", "PER", "LOC"],
    );
  });

  it("end the command line with exit code 3 and the reason when one cannot be used", async () => {
    const broken = join(folder, "broken");
    cpSync(ner, broken, { recursive: true });
    const config = JSON.parse(readFileSync(join(broken, "config.json"), "utf8")) as object;
    writeFileSync(join(broken, "config.json"), JSON.stringify({ ...config, architectures: ["GPT2LMHeadModel"] }));
    writeFileSync(join(folder, "c.txt"), "Text.");
    const { code, out, error } = await run("label", "--json", "--model", broken, "c.txt");
    assert.deepEqual([code, out], [3, ""]);
    assert.match(error, /a GPT2LMHeadModel cannot label text: it writes text/);
  });

  it("serve the engine's client, and are told apart by the version", async () => {
    const three = client({ modelDir: [ner, sentiment, answers] });
    const ours = client({ modelDir: [ner, modelDir] });
    try {
      const info = await three.start();
      assert.deepEqual(info.tasks, ["entities", "sentiment", "answers"]);
      assert.deepEqual(info.labels.entities, ["MISC", "PER", "ORG", "LOC"]);
      assert.equal(info.model, "ner-wordpiece + sentiment-bpe + answers-unigram");
      const other = await ours.start();
      assert.notEqual(info.modelVersion, other.modelVersion);
      const text = "Maria Keller wrote from Oslo, and Acme Corp. answered.";
      const results = await three.label([{ text }, { text: " " }, { text }], ["entities", "sentiment"]);
      assert.deepEqual(results[0], results[2]);
      assert.ok(results[0]!.sentiment && results[0]!.entities!.length > 0);
      assert.deepEqual(results[1], { entities: [] });
      const [answer] = await three.ask("Who wrote?", [text, "Nobody came."]);
      assert.equal(answer!.text, [text, "Nobody came."][answer!.context]!.slice(answer!.start, answer!.end));
    } finally {
      await three.dispose();
      await ours.dispose();
    }
  });
});
