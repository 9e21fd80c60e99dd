// Bundles the extension, the engine process and the command line; `--tests` adds the suite that runs inside the extension host.
import { build } from "esbuild";
import { existsSync } from "node:fs";

const entries = { extension: "src/extension.ts", engine: "src/engine/server.ts", cli: "src/cli.ts" };
if (process.argv.includes("--tests")) entries["test/integration/index"] = "test/integration/index.ts";
const entryPoints = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));

await build({
  entryPoints,
  outdir: "out",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  sourcemap: true,
  minify: process.argv.includes("--minify"),
  external: ["vscode", "onnxruntime-node", "mocha"],
  logLevel: "warning",
});
