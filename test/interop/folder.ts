/** Folders of files, for the programs beside this one. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { DatasetFiles } from "../../src/datasets/format";
import type { Contents } from "../../src/datasets/writing/contents";

/** Every file below a folder, by its path from there with `/`, in order of name. */
export function filesIn(folder: string): DatasetFiles {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = entries.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return new Map(
    names.sort().map((name) => [name.replaceAll(path.sep, "/"), new Uint8Array(readFileSync(path.join(folder, name)))]),
  );
}

/** Writes files below a folder, which need not exist. */
export function writeFilesIn(folder: string, files: Iterable<readonly [string, Contents]>): void {
  for (const [name, contents] of files) {
    const file = path.join(folder, ...name.split("/"));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, contents instanceof Uint8Array ? contents : String(contents));
  }
}
