/** A task of a known kind is a row of the table: with two rows more and nothing else, a model's further decoders reach the output. */
import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { LabelTask } from "../../src/documents/tasks";
import { Scheduler } from "../../src/engine/scheduler";
import { client, modelDir, root } from "./support";

const ROWS = `
  topic: { kind: "classes", unit: "document", automatic: true, minimumConfidence: 0, labels: [] },
  tone: { kind: "classes", unit: "sentence", automatic: true, minimumConfidence: 0, labels: [] },
  goods: { kind: "spans", unit: "word", automatic: true, minimumConfidence: 0, labels: [] },
`;
/** What the classes of sentiment, whose decoder is lent to the new tasks, are called there, and the types of entities. */
const TOPICS = new Map([
  ["negative", "war"],
  ["positive", "film"],
  ["neutral", "weather"],
]);
const GOODS = new Map([
  ["PER", "BUYER"],
  ["ORG", "SHOP"],
  ["LOC", "PLACE"],
  ["MISC", "THING"],
]);

interface Labelled {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}
type Line = Readonly<Record<"entities" | "sentences" | "topic" | "tone" | "goods", readonly Labelled[] | undefined>>;

describe("tasks beyond those of the built-in model", function () {
  this.timeout(120_000);
  let folder: string;
  let bundles: string;
  const model = (): string => join(folder, "model");

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "glossator-tasks-"));
    // Below the project, since ONNX Runtime is found from there.
    mkdirSync(join(root, "out"), { recursive: true });
    bundles = mkdtempSync(join(root, "out/more-tasks-"));
    await build({
      absWorkingDir: root,
      entryPoints: { engine: "src/engine/server.ts", cli: "src/cli.ts" },
      outdir: bundles,
      ...{ bundle: true, platform: "node", target: "node20", format: "cjs", external: ["onnxruntime-node"] },
      plugins: [
        {
          name: "more tasks",
          setup: (bundle) =>
            bundle.onLoad({ filter: /[\\/]documents[\\/]tasks\.ts$/ }, ({ path }) => {
              const source = readFileSync(path, "utf8");
              const table = source.replace(/\n\} as const satisfies/, `${ROWS}} as const satisfies`);
              assert.notEqual(table, source);
              return { contents: table, loader: "ts" };
            }),
        },
      ],
    });
    mkdirSync(model());
    const manifest = JSON.parse(readFileSync(join(modelDir, "manifest.json"), "utf8")) as {
      steps?: unknown;
      tasks: Record<
        "entities" | "sentiment" | LabelTask | "topic" | "tone" | "goods",
        { file: string; labels: string[]; unmarked?: string }
      >;
    };
    const { entities, sentiment } = manifest.tasks;
    const plain = { ...sentiment };
    delete plain.unmarked;
    const topics = sentiment.labels.map((label) => TOPICS.get(label)!);
    const goods = entities.labels.map((tag) => tag.replace(/[A-Z]+$/, (type) => GOODS.get(type) ?? type));
    Object.assign(manifest.tasks, {
      topic: { ...plain, labels: topics },
      tone: { ...plain, labels: topics, unmarked: "weather" },
      goods: { ...entities, labels: goods },
    });
    delete manifest.steps;
    writeFileSync(join(model(), "manifest.json"), JSON.stringify(manifest));
    const parts = ["encoder", "entities", "sentiment", "answers"];
    const files = parts.flatMap((name) => [`${name}.onnx`, `${name}-int8.onnx`]);
    for (const file of [...files, "tokenizer.json", "tokenizer_config.json"])
      copyFileSync(join(modelDir, file), join(model(), file));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(bundles, { recursive: true, force: true });
  });

  const label = async (text: string, ...args: string[]): Promise<{ line: Line; out: string }> => {
    writeFileSync(join(folder, "text.txt"), text);
    const env: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: join(folder, ".cache"), NO_COLOR: "1" };
    const command = [join(bundles, "cli.js"), "label", "--model", model(), "--device", "cpu", ...args, "text.txt"];
    const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder, env });
    return { line: (args.includes("--json") ? JSON.parse(stdout) : {}) as Line, out: stdout };
  };
  const renamed = (list: readonly Labelled[] | undefined, names: ReadonlyMap<string, string>): Labelled[] =>
    list!.map((item) => ({ ...item, label: names.get(item.label)! }));

  it("are in the command line's JSON: a class of the document, one of each sentence, spans", async () => {
    const { line } = await label("What a wonderful, moving film!", "--json", "--unmarked");
    assert.deepEqual(
      line.sentences!.map(({ label }) => label),
      ["positive"],
    );
    assert.deepEqual(line.tone, renamed(line.sentences, TOPICS));
    assert.deepEqual(line.topic, line.tone, "a document of one sentence");

    const text = "Angela Merkel visited Paris.\n\nThe food was terrible.\n";
    const { line: longer } = await label(text, "--json", "--unmarked");
    assert.equal(longer.entities!.length, 2);
    assert.deepEqual(longer.goods, renamed(longer.entities, GOODS));
    assert.equal(longer.tone!.length, 2);
    assert.deepEqual(
      longer.topic!.map(({ start, end }) => [start, end]),
      [[0, text.length]],
    );
    assert.notEqual(longer.topic![0]!.score, longer.tone![0]!.score);
  });

  it("are chosen, and thinned out, like the others", async () => {
    const text = "It rained on Monday.";
    const { line } = await label(text, "--json", "--tasks", "topic,tone");
    assert.deepEqual([line.entities, line.sentences, line.goods], [undefined, undefined, undefined]);
    assert.equal(line.topic!.length, 1);
    assert.deepEqual(line.tone, [], "the class without a mark of this task");
    const { line: sure } = await label(text, "--json", "--min-confidence", "topic=0.999999,goods=0.5");
    assert.deepEqual(sure.topic, []);
  });

  it("have a table each for people", async () => {
    const { out } = await label("Angela Merkel visited Paris.", "--tasks", "topic,goods");
    assert.match(out, /^\s*topic\s+label\s+score/m);
    assert.match(out, /Angela Merkel\s+BUYER/);
  });

  it("come through the process's protocol and are kept by text", async () => {
    const engine = client({ serverPath: join(bundles, "engine.js"), modelDir: model() });
    try {
      const info = await engine.start();
      assert.deepEqual(info.tasks, ["entities", "sentiment", "answers", "topic", "tone", "goods"]);
      const labels = info.labels as Record<string, readonly string[]>;
      assert.deepEqual(labels["topic"], ["war", "film", "weather"]);
      assert.deepEqual(labels["goods"], ["BUYER", "SHOP", "PLACE", "THING"]);
      assert.deepEqual(info.unmarked, { sentiment: "neutral", tone: "weather" });
      const scheduler = new Scheduler(engine);
      const tasks = ["topic", "goods"] as string[] as LabelTask[];
      const texts = ["Angela Merkel visited Paris.", "It rained."];
      const done = new Promise<void>((resolve) => {
        scheduler.onDidLabel((_, seen, total) => seen === total && scheduler.idle && resolve());
      });
      scheduler.want("a document", texts, tasks);
      await done;
      const found = texts.map((text) => scheduler.lookup(text) as Record<string, unknown>);
      assert.deepEqual(
        found.map((said) => Object.keys(said).sort()),
        [
          // With what it takes to read names together, of the layer of spans.
          ["goods", "topic", "words"],
          ["goods", "topic"],
        ],
      );
      assert.equal((found[0]!["goods"] as Labelled[]).length, 2);
    } finally {
      await engine.dispose();
    }
  });
});
