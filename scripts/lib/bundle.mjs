// The bundles of what runs: the extension, its three processes (the model's, that of datasets and that which teaches) and the command line.
import { build } from "esbuild";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./paths.mjs";

const shipped = {
  extension: "src/extension.ts",
  engine: "src/engine/server.ts",
  datasets: "src/datasets/process/server.ts",
  teach: "src/training/process/server.ts",
  cli: "src/cli.ts",
};

/**
 * Bundles what runs.
 * @param {{outdir?: string, minify?: boolean, tests?: boolean, sourcemap?: boolean}} [options] `outdir` is `out` of the project where
 *   none is given
 * @returns {Promise<import("esbuild").Metafile>} which files went into which bundle
 */
export async function bundle({ outdir = join(root, "out"), minify = false, tests = false, sourcemap = true } = {}) {
  const entries = { ...shipped, ...(tests ? { "test/integration/index": "test/integration/index.ts" } : {}) };
  const entryPoints = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(join(root, file))));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    sourcemap,
    minify,
    metafile: true,
    // Its modules, of which a language's words are one; its bundle has all languages.
    alias: { stopword: "stopword/src/stopword.js" },
    external: ["vscode", "onnxruntime-node", "mocha"],
    logLevel: "warning",
  });
  return metafile;
}
