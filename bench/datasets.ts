/** Row 8: 10,000 documents out of and into exchange formats, in documents per second and peak memory, beside the Python tools on the same files. */
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { venvPython } from "../scripts/lib/paths.mjs";
import { root } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";

interface Measured {
  readonly ms: number;
  readonly peakMb: number;
}

const run = promisify(execFile);
const CASES = [
  {
    name: "huggingface",
    files: "jsonl",
    title: "Hugging Face, JSON Lines",
    file: "entities/train.jsonl",
    tool: "datasets",
  },
  {
    name: "huggingface",
    files: "parquet",
    title: "Hugging Face, Parquet",
    file: "entities/train.parquet",
    tool: "datasets",
  },
  { name: "conll2003", title: "CoNLL-2003" },
  { name: "spacy", title: "spaCy JSONL", tool: "spacy" },
] as const;

async function ours(...args: string[]): Promise<Measured> {
  const { stdout } = await run(process.execPath, ["--import=tsx", path.join(__dirname, "datasets-side.ts"), ...args], {
    cwd: root,
  });
  return JSON.parse(stdout) as Measured;
}

function python(tool: string): string | undefined {
  const command = [venvPython(), "python3"].find((one) => spawnSync(one, ["-c", `import ${tool}`]).status === 0);
  return command;
}

/** A Python tool on a file, in a process of its own; undefined where it is not installed. */
export async function theirs(tool: string, what: string, file: string): Promise<Measured | undefined> {
  const command = python(tool);
  if (command === undefined) return undefined;
  const env = { ...process.env, HF_HUB_OFFLINE: "1", TOKENIZERS_PARALLELISM: "false" };
  const { stdout } = await run(command, [path.join(__dirname, "datasets_side.py"), tool, what, file], { env });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Measured;
}

function finding(what: string, count: number, mine: Measured, tool?: string, other?: Measured): Finding {
  const rate = ({ ms }: Measured): number => (count * 1000) / ms;
  const memory = ({ peakMb }: Measured): string => `${peakMb.toFixed(0)} MB at most`;
  const beside =
    tool === undefined
      ? ""
      : other === undefined
        ? `; the Python package ${tool} is not installed`
        : `; ${tool}: ${rate(other).toFixed(0)} docs/s, ${memory(other)}`;
  return { row: 8, what, figure: rate(mine), unit: "docs/s", note: `${memory(mine)}${beside}` };
}

/** Measures it. Every side is a process of its own and is run once: figures are rates over many documents. */
export async function datasets({ quick }: BenchOptions): Promise<Finding[]> {
  const count = quick ? 100 : 10_000;
  const findings: Finding[] = [];
  for (const one of CASES) {
    const folder = await mkdtemp(path.join(tmpdir(), "glossator-bench-datasets-"));
    try {
      const out = path.join(folder, "out");
      const files = "files" in one ? [one.files] : [];
      const tool = "tool" in one ? one.tool : undefined;
      const wrote = await ours("write", one.name, out, String(count), ...files);
      const names = await readdir(out, { recursive: true });
      const file = path.join(out, "file" in one ? one.file : (names.find((name) => name.endsWith(".jsonl")) ?? ""));
      const shared = tool !== undefined && existsSync(file);
      const writes = shared && tool === "datasets" ? await theirs(tool, "write", file) : undefined;
      findings.push(
        finding(`${one.title}: ${count} documents out`, count, wrote, tool === "datasets" ? tool : undefined, writes),
      );
      const read = await ours("read", one.name, out, String(count));
      findings.push(
        finding(`${one.title}: the same in`, count, read, tool, shared ? await theirs(tool, "read", file) : undefined),
      );
      if ("files" in one && one.files === "jsonl") {
        const whole = await ours("import", one.name, out, String(count));
        findings.push(finding(`${one.title}: into a new workspace, every log on disk`, count, whole));
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
  return findings;
}
