/** Row 6: the extension in its real host. */
import { build } from "esbuild";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { writeUserSettings } from "../scripts/lib/codeServer.mjs";
import { extensionFolder, temporaryFolder } from "../scripts/lib/paths.mjs";
import { ensureBrowser, ensureCodeServer } from "../scripts/setup.mjs";
import { longText } from "./documents";
import type { HostFigures, HostOrder } from "./host/figures";
import { root } from "./options";
import type { BenchOptions } from "./options";
import type { Finding } from "./report";
import { percentile } from "./statistics";

/** Measures row 6 on code-server. @throws Error when the host does not start, or did not measure. */
export async function inHost({ quick, threads }: BenchOptions): Promise<Finding[]> {
  await ensureCodeServer();
  await ensureBrowser();
  const temporary = await temporaryFolder();
  try {
    const bundle = join(root, ".cache/bench-models/host.js");
    await build({
      entryPoints: [join(root, "bench/host/index.ts")],
      outfile: bundle,
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["vscode"],
      logLevel: "warning",
    });
    const order: HostOrder = {
      megabyte: join(temporary.path, "one.txt"),
      tenMegabytes: join(temporary.path, "ten.txt"),
      tenMegabytesAgain: join(temporary.path, "ten-again.txt"),
      edits: quick ? 3 : 30,
      settleMs: quick ? 500 : 5000,
      longSeconds: quick ? 3 : 30,
    };
    await writeFile(order.megabyte, longText(1_000_000));
    for (const path of [order.tenMegabytes, order.tenMegabytesAgain]) await writeFile(path, longText(10_000_000));
    const userDataDir = join(temporary.path, "u");
    await writeUserSettings(userDataDir, { "glossator.device": "cpu", "glossator.threads": threads });
    const file = join(temporary.path, "bench.json");
    await writeFile(file, JSON.stringify(order));
    console.error("bench: measuring in the extension host …");
    const args = [
      resolve(root, "scripts/code-server-launcher.mjs"),
      temporary.path,
      `--user-data-dir=${userDataDir}`,
      `--extensionDevelopmentPath=${extensionFolder}`,
      `--extensionTestsPath=${bundle}`,
      "--disable-workspace-trust",
    ];
    // Standard output is for the result alone.
    const launcher = spawn(process.execPath, args, {
      stdio: ["ignore", 2, 2],
      env: { ...process.env, GLOSSATOR_BENCH: file },
    });
    const [code] = (await once(launcher, "exit")) as [number | null];
    if (code !== 0) throw new Error("The extension host did not measure; its errors are above.");
    const figures = JSON.parse(await readFile(file, "utf8")) as HostFigures;
    const { activationMs, latencies, longestBlockMs, editorBlockMs, drawn } = figures;
    if (!drawn) throw new Error("The document of 10 MB showed no labels in the extension host.");
    const p95 = percentile(latencies, 0.95);
    return [
      {
        row: 6,
        what: "activation, before the model loads",
        figure: activationMs,
        unit: "ms",
        target: { atMost: 50 },
        note: "activate() in code-server's extension host",
      },
      {
        row: 6,
        what: "keystroke → labels on the screen, p95, in the host",
        figure: p95,
        unit: "ms",
        note: `p50 ${percentile(latencies, 0.5).toFixed(1)} ms; 1 MB document, ${latencies.length} edits, until all that is visible is labelled, the rest being labelled behind`,
      },
      {
        row: 6,
        what: "longest event-loop block of the extension host",
        figure: longestBlockMs,
        unit: "ms",
        target: { atMost: 16 },
        note: `10 MB document, opened, then shown and labelled for ${order.longSeconds} s; the editor's own work included: with labelling switched off ${editorBlockMs.toFixed(1)} ms`,
      },
    ];
  } finally {
    await temporary.remove();
  }
}
