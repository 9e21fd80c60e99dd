/** `npm run bench`: measures the targets of the design on this machine. See README.md. */
import { cpus } from "node:os";
import { readOptions, type BenchOptions } from "./options";
import { met, table, type Finding } from "./report";

async function measure(options: BenchOptions): Promise<Finding[]> {
  const { rows } = options;
  const findings: Finding[] = [];
  // Each part is loaded when its turn comes: the process that types must not hold Transformers.js.
  if (rows.has(4)) findings.push(...(await (await import("./typing")).typing(options)));
  if (rows.has(5)) findings.push(...(await (await import("./questions")).questions(options)));
  if (rows.has(6)) findings.push(...(await (await import("./in-host")).inHost(options)));
  if (rows.has(7)) findings.push(...(await (await import("./log")).log(options)));
  if (rows.has(8)) findings.push(...(await (await import("./datasets")).datasets(options)));
  if (rows.has(9)) findings.push(...(await (await import("./hostile")).hostile(options)));
  if (rows.has(1) || rows.has(2) || rows.has(3))
    findings.push(...(await (await import("./throughput")).throughput(options)));
  return findings.sort((a, b) => a.row - b.row);
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  const started = performance.now();
  const findings = await measure(options);
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, ${options.threads} threads, Node ${process.version}`;
  if (options.json) {
    const results = findings.map((finding) => ({ ...finding, met: met(finding) }));
    console.log(JSON.stringify({ machine, quick: options.quick, threads: options.threads, results }, undefined, 2));
    return;
  }
  console.log(table(findings));
  console.log(`${machine}; ${Math.round((performance.now() - started) / 1000)} s in all.`);
  if (options.quick) console.log("--quick: small sizes, these figures mean nothing.");
}

main().catch((error: unknown) => {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
