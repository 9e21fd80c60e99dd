/** `glossator convert`, run as a user runs it. */
import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./support";

const cli = join(root, "out/cli.js");
const excerpts = join(root, "test/fixtures/excerpts");
const SQUAD = join(excerpts, "squad-v2.json");
const WNUT = join(excerpts, "wnut17.conll");

describe("command line: convert", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => assert.ok(existsSync(cli), "out/cli.js is missing: run `npm run bundle` first."));
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "glossator-convert-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const run = (args: readonly string[], input?: string): { code: number | null; out: string; error: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, "convert", ...args], {
      ...{ cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
      ...(input !== undefined && { input }),
    });
    return { code: status, out: stdout, error: stderr };
  };

  it("writes one file, a folder, or standard output, and reads standard input", () => {
    assert.equal(run([WNUT, "w.conllu"]).code, 0);
    assert.match(readFileSync(join(folder, "w.conllu"), "utf8"), /^# newdoc id = wnut17\n/);
    const xmi = run([WNUT, "w.xmi"]);
    assert.equal(xmi.code, 0, xmi.error);
    assert.match(xmi.error, /Left out, since one file is written: TypeSystem\.xml/);
    assert.match(readFileSync(join(folder, "w.xmi"), "utf8"), /^<\?xml[^>]*>\s*<xmi:XMI /);
    const made = run([WNUT, SQUAD, "out", "--to", "csv"]);
    assert.equal(made.code, 0, made.error);
    assert.match(made.out, /3 documents as CSV/);
    assert.ok(readdirSync(join(folder, "out")).includes("LOSSES.md"));
    const piped = run(["-", "-", "--to", "squad"], readFileSync(SQUAD, "utf8"));
    assert.equal(piped.code, 0, piped.error);
    const ids = [...readFileSync(SQUAD, "utf8").matchAll(/"id": "(\w+)"/g)].map(([, id]) => id!);
    assert.equal(ids.length, 29);
    assert.ok(ids.every((id) => piped.out.includes(id)));
    const lines = run(["-", "-", "--to", "conll2003"], run([WNUT, "-", "--to", "doccano", "--tasks", "entities"]).out);
    assert.equal(lines.out.split("\n").filter((line) => / B-person$/.test(line)).length, 8);
    assert.deepEqual(readdirSync(folder).sort(), ["out", "w.conllu", "w.xmi"], "no workspace is made");
  });

  it("replaces what is there with --force alone, and says so", () => {
    assert.equal(run([WNUT, "w.conllu"]).code, 0);
    const again = run([WNUT, "w.conllu"]);
    assert.equal(again.code, 1);
    assert.match(again.error, /w\.conllu is there already: .*--force/);
    assert.equal(run([WNUT, "w.conllu", "--force"]).code, 0);
    assert.equal(run([WNUT, "out", "--to", "brat"]).code, 0);
    const folderAgain = run([WNUT, "out", "--to", "brat"]);
    assert.equal(folderAgain.code, 1);
    assert.match(folderAgain.error, /out is not empty: .*--force/);
    assert.equal(run([WNUT, "out", "--to", "brat", "--force"]).code, 0);
  });

  it("ends with 2 for a command line that is wrong, with 1 where something is left out, with the rest done", () => {
    for (const [args, why] of [
      [[WNUT], /Name what to read and where to write/],
      [[WNUT, "x.jsonl"], /--to: \.jsonl is the extension of huggingface, /],
      [["-", "-", "x", "--to", "csv"], /named twice/],
      [[WNUT, "-", "--to", "csv", "--json"], /--json has no place/],
    ] as const) {
      const { code, error } = run(args);
      assert.equal(code, 2, args.join(" "));
      assert.match(error, why);
    }
    const some = run([WNUT, "none.txt", "x.conllu"]);
    assert.equal(some.code, 1);
    assert.match(some.error, /none\.txt cannot be read/);
    assert.ok(existsSync(join(folder, "x.conllu")));
    const many = run([WNUT, "x.ann"]);
    assert.equal(many.code, 1);
    assert.match(many.error, /makes \d+ files of this .*name a folder/);
    const rows = Array.from({ length: 40 }, (_, at) =>
      JSON.stringify({ text: "Ada", label: [[at + 5, at + 9, "PER"]] }),
    );
    const lost = run(
      ["-", "y", "--from", "doccano", "--to", "csv"],
      `${rows.join("\n")}\n{"text": "Ada", "label": [[0, 3, "PER"]]}\n`,
    );
    assert.equal(lost.code, 1);
    const said = lost.error.trim().split("\n");
    assert.ok(said.length < 5 && said.some((line) => /40 × .*past the end of the text/.test(line)), lost.error);
  });

  it("reads as an import does: names of numbers, columns, and one row alone", () => {
    const rows = (...list: readonly unknown[]): string => list.map((row) => `${JSON.stringify(row)}\n`).join("");
    const numbers = run(
      ["-", "-", "--to", "conll2003", "--labels", "O,B-PER"],
      rows({ tokens: ["Ada"], ner_tags: [1] }),
    );
    assert.match(numbers.out, /^Ada .*B-PER$/m, numbers.error);
    const columns = ["--from", "csv", "--columns", "text=said,label=mood"];
    const table = run(["-", "-", "--to", "doccano", ...columns], "said,mood\nIt works.,good\n");
    assert.equal(table.code, 0, table.error);
    assert.match(table.out, /"text":"It works\."/);
    const row = run(["-", "-", "--to", "conll2003"], rows({ text: "Ada left.", label: [[0, 3, "PER"]] }));
    assert.match(row.out, /^Ada .*B-PER$/m, row.error);
  });

  it("lists where in the source is what could not be taken", () => {
    const input = [
      { text: "Ada", label: [[0, 3, "PER"]] },
      { text: "Ada", label: [[5, 9, "PER"]] },
    ];
    const lines = input.map((row) => `${JSON.stringify(row)}\n`).join("");
    assert.equal(run(["-", "y", "--from", "doccano", "--to", "csv"], lines).code, 1);
    assert.match(readFileSync(join(folder, "y", "LOSSES.md"), "utf8"), /^\| stdin\.jsonl:2 \|/m);
  });

  it("tells it all as JSON", () => {
    const { code, out } = run([WNUT, "w.conllu", "--json"]);
    assert.equal(code, 0);
    const { sources, documents, losses, counts } = JSON.parse(out) as Record<string, unknown[]>;
    assert.deepEqual([sources!.length, documents, counts], [1, 1, { "train.conllu": 14 }]);
    assert.equal(losses!.length, 3);
  });
});
