/** `npm run bench`: measures the targets of the design on this machine. See README.md. */
import { cpus } from "node:os";
import { readOptions } from "./options";
import type { BenchOptions } from "./options";
import { met, table } from "./report";
import type { Finding } from "./report";

/** Rows that could not be measured, and why. */
interface Failure {
  readonly rows: readonly number[];
  readonly reason: string;
}

/** Rows that are measured together, and what measures them. Each part is loaded when its turn comes: the process that types must not hold Transformers.js. */
const parts: readonly {
  readonly rows: readonly number[];
  readonly run: (options: BenchOptions) => Promise<Finding[]>;
}[] = [
  { rows: [4], run: async (options) => (await import("./typing")).typing(options) },
  { rows: [5], run: async (options) => (await import("./questions")).questions(options) },
  { rows: [6], run: async (options) => (await import("./in-host")).inHost(options) },
  { rows: [7], run: async (options) => (await import("./log")).log(options) },
  { rows: [8], run: async (options) => (await import("./datasets")).datasets(options) },
  { rows: [9], run: async (options) => (await import("./hostile")).hostile(options) },
  { rows: [10], run: async (options) => (await import("./stale")).stale(options) },
  { rows: [12], run: async (options) => (await import("./scale")).scale(options) },
  { rows: [11], run: async (options) => (await import("./teach")).teaching(options) },
  { rows: [1, 2, 3], run: async (options) => (await import("./throughput")).throughput(options) },
];

/** Measures one part after the other. What one cannot measure is told and does not end the others. */
async function measure(options: BenchOptions): Promise<{ findings: Finding[]; failures: Failure[] }> {
  const findings: Finding[] = [];
  const failures: Failure[] = [];
  for (const { rows, run } of parts) {
    if (!rows.some((row) => options.rows.has(row))) continue;
    try {
      findings.push(...(await run(options)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`bench: row ${rows.join(", ")}: ${reason}`);
      failures.push({ rows, reason });
    }
  }
  return { findings: findings.sort((a, b) => a.row - b.row), failures };
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const started = performance.now();
  const { findings, failures } = await measure(options);
  if (failures.length > 0) process.exitCode = 1;
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${options.threads} threads, Node ${process.version}`;
  if (options.json) {
    const results = findings.map((finding) => ({ ...finding, met: met(finding) }));
    console.log(
      JSON.stringify({ machine, quick: options.quick, threads: options.threads, results, failures }, undefined, 2),
    );
    return;
  }
  console.log(table(findings));
  for (const { rows, reason } of failures) console.log(`Row ${rows.join(", ")} could not be measured: ${reason}`);
  console.log(`${machine}; ${Math.round((performance.now() - started) / 1000)} s in all.`);
  if (options.quick) console.log("--quick: small sizes, these figures mean nothing.");
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
