/** Row 12: files of the size that people have, into a workspace and out of it: time beside the Python tools, peak memory, and how many files are written. */
import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { theirs } from "./datasets";
import { root } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";

/** What a side in its own process found; see `scale-side.ts`. */
interface Measured {
  readonly ms: number;
  readonly peakMb: number;
  readonly files: number;
  readonly labels: number;
}

const MEGABYTE = 1_000_000;
/** The goal for the memory of either way, in MB. */
const MOST_MB = 1024;
const NAMES = ["Ada Lovelace", "Zürich", "Bob", "東京 Ltd", "Acme & Sons"];
const KINDS = ["PER", "LOC", "PER", "ORG", "ORG"];
const run = promisify(execFile);

/** A text of eight sentences with eight spans in code points, about 600 bytes a row. */
function spanRow(number: number): object {
  let text = "";
  let at = 0;
  const add = (more: string): void => {
    text += more;
    at += Array.from(more).length;
  };
  const spans: object[] = [];
  for (let i = 0; i < 8; i++) {
    const which = (number + i) % NAMES.length;
    add(`Report ${number}.${i} says that `);
    const start = at;
    add(NAMES[which]!);
    spans.push({ start, end: at, label: KINDS[which] });
    add(` was there 😀. `);
  }
  return { text, spans };
}

/** A sentence of twelve words, two of which are a name. */
function tokenRow(number: number): object {
  const tokens = [
    "In",
    "report",
    String(number),
    ",",
    "Ada",
    "Lovelace",
    "said",
    "that",
    "nobody",
    "was",
    "there",
    ".",
  ];
  const ner_tags = tokens.map((_, index) => (index === 4 ? "B-PER" : index === 5 ? "I-PER" : "O"));
  return { tokens, ner_tags };
}

/** Rows until there are so many, or so many bytes; gives back how many labels are in them. */
async function writeRows(
  file: string,
  row: (number: number) => object,
  labels: number,
  most: { readonly rows?: number; readonly bytes?: number },
): Promise<{ readonly rows: number; readonly labels: number }> {
  const out = createWriteStream(file);
  let bytes = 0;
  let rows = 0;
  for (; rows < (most.rows ?? Infinity) && bytes < (most.bytes ?? Infinity); rows++) {
    const line = `${JSON.stringify(row(rows))}\n`;
    bytes += Buffer.byteLength(line);
    if (!out.write(line)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
  return { rows, labels: rows * labels };
}

async function ours(...args: string[]): Promise<Measured> {
  const side = [path.join(__dirname, "scale-side.ts"), ...args];
  const { stdout } = await run(process.execPath, ["--import=tsx", ...side], { cwd: root });
  return JSON.parse(stdout) as Measured;
}

/** Ours against a tool: how many times as fast ours is; without the tool, our seconds alone. */
function finding(what: string, mine: Measured, tool: string, other: Awaited<ReturnType<typeof theirs>>): Finding {
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const own = `ours ${seconds(mine.ms)}, ${mine.peakMb.toFixed(0)} MB at most, ${mine.files} files`;
  if (other === undefined)
    return { row: 12, what, figure: mine.ms, unit: "ms", note: `${own}; the Python package ${tool} is not installed` };
  const note = `${own}; ${tool} ${seconds(other.ms)}, ${other.peakMb.toFixed(0)} MB`;
  return { row: 12, what: `${what}, against ${tool}`, figure: other.ms / mine.ms, unit: "×", note };
}

/** Measures it. Every side is a process of its own and is run once. */
export async function scale({ quick }: BenchOptions): Promise<Finding[]> {
  const cases = [
    {
      name: `JSON Lines of ${quick ? 1 : 100} MB`,
      row: spanRow,
      labels: 8,
      most: { bytes: (quick ? 1 : 100) * MEGABYTE },
    },
    { name: `${quick ? 500 : 50_000} rows of tokens`, row: tokenRow, labels: 1, most: { rows: quick ? 500 : 50_000 } },
  ];
  const findings: Finding[] = [];
  for (const { name, row, labels, most } of cases) {
    const folder = await mkdtemp(path.join(tmpdir(), "glossator-bench-scale-"));
    try {
      const file = path.join(folder, "train.jsonl");
      const made = await writeRows(file, row, labels, most);
      const workspace = path.join(folder, "workspace");
      const [into, out] = [
        await ours("import", file, workspace),
        await ours("export", workspace, path.join(folder, "out")),
      ];
      for (const [way, { labels: found }] of [
        ["in", into],
        ["out", out],
      ] as const)
        if (found !== made.labels) throw new Error(`${name}, ${way}: ${found} labels, not ${made.labels}.`);
      const written = path.join(folder, "out/entities/train.jsonl");
      await stat(written);
      findings.push(
        finding(`${name} into a new workspace`, into, "datasets", await theirs("datasets", "read", file)),
        finding(`${name} into a new workspace`, into, "spacy", await theirs("spacy", "read", file)),
        finding(`${name} out of it`, out, "datasets", await theirs("datasets", "write", file)),
      );
      for (const [way, { peakMb, files }] of [
        ["in", into],
        ["out", out],
      ] as const)
        findings.push({
          ...{ row: 12, what: `${name}, ${way}: memory`, figure: peakMb, unit: "MB", target: { atMost: MOST_MB } },
          note: `${made.rows} rows, ${made.labels} labels; ${files} files written`,
        });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return findings;
}

/** How many files are below a folder. */
export async function filesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
