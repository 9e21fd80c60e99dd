// Bundles what runs (scripts/lib/bundle.mjs): `node esbuild.mjs [--minify] [--tests]`; `--tests` adds the suite that runs inside the extension host.
import process from "node:process";
import { bundle } from "./scripts/lib/bundle.mjs";

await bundle({ minify: process.argv.includes("--minify"), tests: process.argv.includes("--tests") });
