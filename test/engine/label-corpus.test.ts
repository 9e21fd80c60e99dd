/** A corpus of files labelled by the Python package, on one machine and on a Ray cluster: what `glossator label` says of each text, each row once. */
import { strict as assert } from "node:assert";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { venvPython } from "../../scripts/lib/paths.mjs";
import { root } from "./support";

const python = venvPython();
const cli = join(root, "out/cli.js");
const environment = { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: join(root, "training") };

interface Labels {
  readonly offsets: string;
  readonly entities: readonly { readonly start: number; readonly end: number; readonly label: string }[];
}
interface Row {
  readonly id: number;
  readonly text: string | null;
  readonly glossator: Labels | null;
}
interface Ended {
  readonly code: number | null;
  readonly said: string;
}

const NAMES = ["Angela Merkel", "Bill Gates", "Zoë Müller", "Barack Obama"];
const PLACES = ["Paris", "London", "Zürich", "Lima"];
const textOf = (id: number): string =>
  `😀 ${NAMES[id % 4]!} met ${NAMES[(id + 1) % 4]!} in ${PLACES[(id >> 2) % 4]!} on day ${id}.\nIt was wonderful.`;

describe("a corpus", function () {
  this.timeout(600_000);
  let home: string;

  before(function () {
    if (spawnSync(python, ["-c", "import ray, pyarrow"]).status !== 0) this.skip();
  });
  beforeEach(() => (home = mkdtempSync(join(tmpdir(), "glossator-corpus-"))));
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const label = (...args: readonly string[]): Promise<Ended> => {
    const command = ["-m", "glossator_training.label", ...args, "--node", process.execPath];
    const child = spawn(python, command, { cwd: home, env: environment, stdio: ["ignore", "inherit", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, said })));
  };
  const withPyarrow = (code: string, ...args: string[]): string =>
    execFileSync(python, ["-c", `import json, sys\nimport pyarrow as pa, pyarrow.parquet as pq\n${code}`, ...args], {
      encoding: "utf8",
    });
  const parts = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => /^part-\d+\.(?:jsonl|parquet)$/.test(name))
      .sort();
  const rowsOf = (folder: string): Row[] =>
    parts(folder).flatMap((name) => {
      const path = join(folder, name);
      const lines = name.endsWith(".jsonl")
        ? readFileSync(path, "utf8")
        : withPyarrow("for row in pq.read_table(sys.argv[1]).to_pylist(): print(json.dumps(row))", path);
      return lines
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Row);
    });
  /** What is said of rows, as "file:row why". */
  const told = (folder: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".told.jsonl"))
      .sort()
      .flatMap((name) => readFileSync(join(folder, name), "utf8").trimEnd().split("\n"))
      .map((line) => JSON.parse(line) as { path: string; row: number; why: string })
      .map(({ path, row, why }) => `${path.slice(home.length + 1)}:${row} ${why}`);

  it("of JSON Lines and Parquet gets the labels of `glossator label`, each row once, and goes on where it was stopped", async () => {
    mkdirSync(join(home, "in"));
    const line = (id: number): string => JSON.stringify({ id, text: textOf(id) });
    const given = [
      ...Array.from({ length: 7 }, (_, id) => line(id)),
      "",
      "no JSON",
      '{"id": 9, "text": null}',
      "\u00a0",
      line(10),
    ];
    writeFileSync(join(home, "in/a.jsonl"), `\uFEFF${given.join("\r\n")}`);
    withPyarrow(
      `rows = [{"id": i, "text": t} for i, t in enumerate(json.loads(sys.argv[2]))]
pq.write_table(pa.Table.from_pylist(rows), sys.argv[1], row_group_size=4)`,
      ...[join(home, "in/b.parquet"), JSON.stringify([textOf(1), null, "", textOf(3), textOf(4), textOf(5)])],
    );
    const run = await label("in", "--to", "out", "--part", "3");
    assert.equal(run.code, 1, run.said);
    const out = join(home, "out");
    // Of lines 4, of the first row group 2, of the second 1.
    assert.equal(parts(out).length, 7);
    assert.deepEqual(
      rowsOf(out).map(({ id }) => id),
      [0, 1, 2, 3, 4, 5, 6, 10, 0, 1, 2, 3, 4, 5],
    );
    assert.deepEqual(told(out), [
      "in/a.jsonl:9 it is not JSON",
      'in/a.jsonl:10 its property "text" is no text',
      "in/a.jsonl:11 it is not JSON",
      'in/b.parquet:2 its column "text" is empty',
    ]);
    const some = rowsOf(out).filter((row): row is Row & { text: string } => row.text !== null);
    const files = some.map(({ text }, i) => {
      writeFileSync(join(home, `${i}.txt`), text);
      return `${i}.txt`;
    });
    const alone = ["label", "--json", "--device", "cpu", "--threads", "1", "--offsets", "codepoint", ...files];
    const lines = execFileSync(process.execPath, [cli, ...alone], { cwd: home, encoding: "utf8" })
      .trimEnd()
      .split("\n");
    for (const [i, { text, glossator }] of some.entries()) {
      const { path, ...labels } = JSON.parse(lines[i]!) as Labels & { path: string };
      assert.equal(path, files[i]);
      assert.deepEqual(glossator, labels);
      const points = Array.from(text);
      if (text !== "")
        assert.ok(
          labels.entities.some(({ start, end }) => NAMES.includes(points.slice(start, end).join(""))),
          text,
        );
    }
    assert.deepEqual(
      rowsOf(out)
        .filter(({ glossator }) => glossator === null)
        .map(({ text }) => text),
      [null],
    );

    const stamps = (): Map<string, number> =>
      new Map(parts(out).map((name) => [name, statSync(join(out, name)).mtimeMs]));
    const [before, rows] = [stamps(), rowsOf(out)];
    const lost = parts(out)[1]!;
    rmSync(join(out, lost));
    const again = await label("in", "--to", "out", "--part", "3");
    assert.match(again.said, /6 are labelled already/);
    assert.deepEqual(rowsOf(out), rows);
    for (const [name, stamp] of stamps()) assert.equal(stamp === before.get(name), name !== lost, name);

    const other = await label("in", "--to", "out", "--part", "3", "--offsets", "utf16");
    assert.equal(other.code, 2);
    assert.match(other.said, /holds labels of another run: options differ/);
    assert.deepEqual(rowsOf(out), rows);
    for (const [args, why] of [
      [["in", "--to", "in"], /is not empty, and no earlier run made it/],
      [["nowhere.jsonl", "--to", "o"], /nowhere\.jsonl/],
      [["in/b.parquet", "--to", "o", "--text", "body"], /has no column "body", but id, text/],
      [["out", "--to", "o"], /has a column "glossator" already/],
      [["in", "in/a.jsonl", "--to", "o"], /is named twice/],
      [["in", "--to", "o", "--model", "in"], /manifest\.json cannot be read/],
    ] as const) {
      const refused = await label(...args);
      assert.equal(refused.code, 2, refused.said);
      assert.match(refused.said, why);
      assert.ok(!existsSync(join(home, "o")) || parts(join(home, "o")).length === 0);
    }
  });

  it("is labelled by a Ray cluster as by one machine, though a worker is killed on the way", async function () {
    if (!existsSync("/proc/self")) this.skip();
    const lines = Array.from({ length: 48 }, (_, id) => `${JSON.stringify({ id, text: textOf(id) })}\n`);
    writeFileSync(join(home, "in.jsonl"), lines.join(""));
    const here = await label("in.jsonl", "--to", "here", "--part", "8", "--workers", "2");
    assert.equal(here.code, 0, here.said);

    const running = label("in.jsonl", "--to", "there", "--part", "8", "--workers", "3", "--ray", "local");
    const killed = await killWorker(join(home, "there"));
    const there = await running;
    assert.equal(there.code, 0, there.said);
    assert.ok(killed, "no worker was found at work");
    assert.deepEqual(rowsOf(join(home, "there")), rowsOf(join(home, "here")));
    assert.equal(rowsOf(join(home, "there")).length, 48);
    assert.deepEqual(
      readdirSync(join(home, "there")).filter((name) => name.startsWith(".")),
      [],
    );
  });

  /** Kills a worker of Ray that labels, once a part is there. @returns whether one was there before all was done */
  async function killWorker(folder: string): Promise<boolean> {
    const command = (pid: string): string => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    };
    const parent = (pid: string): string =>
      /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
    while (!existsSync(join(folder, "parts.json"))) {
      if (existsSync(folder) && parts(folder).length > 0)
        for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
          if (!command(pid).includes(`${cli}\0label\0--rows`)) continue;
          const worker = parent(pid);
          if (!command(worker).startsWith("ray::")) continue;
          process.kill(Number(worker), "SIGKILL");
          return true;
        }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return false;
  }
});
