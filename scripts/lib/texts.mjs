// Texts of the editor that a translation may replace, as the sources have them.
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { getL10nJson } from "@vscode/l10n-dev";
import { root } from "./paths.mjs";

/** Where texts for users are written. Lower floors speak English. */
const folders = ["src/editor", "src/views"];

/** @returns {Promise<string[]>} the files with texts, absolute, in an order that is the same everywhere */
export async function textSources() {
  const files = [join(root, "src/extension.ts")];
  for (const folder of folders) {
    const names = (await readdir(join(root, folder), { recursive: true }))
      .filter((name) => name.endsWith(".ts"))
      .sort();
    files.push(...names.map((name) => join(root, folder, name)));
  }
  return files;
}

/**
 * The exporter looks only at files that import `l10n` from "vscode". Files that are given it (pages, so that they need
 * no editor) are shown to it as if they did.
 */
function asImporting(source) {
  return source.includes('from "vscode"') ? source : `import { l10n } from "vscode";\n${source}`;
}

/** @returns {Promise<Record<string, string>>} what VS Code's exporter finds: each text, by itself */
export async function exportedTexts() {
  const contents = await Promise.all(
    (await textSources()).map(async (file) => asImporting(await readFile(file, "utf8"))),
  );
  return await getL10nJson(contents.map((text) => ({ extension: ".ts", contents: text })));
}
