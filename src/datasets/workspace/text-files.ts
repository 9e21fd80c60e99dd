/** The texts of a workspace that nobody need have decided on: Markdown, plain text and what else is wanted, by their names. */
import path from "node:path";
import { SafeFolder } from "../../files/safe-folder";
import { languageOf } from "../../text/document";
import { cellOfPath } from "../../text/notebooks";

/** Folders of packages: texts of other people's. Folders whose names begin with a dot are left out, too. */
const NOT_TEXTS = new Set(["node_modules", "__pycache__"]);
/** Text files of a workspace that are looked at, at most. */
export const MOST_FILES = 5000;
const PLAIN = /\.(?:txt|text)$/i;

/**
 * Whether {@link textFiles} has a path, with `/`, if there is such a file.
 * @param languages VS Code's ids of programming languages whose files are wanted, too, for their comments; others mean nothing here.
 */
export function isTextFile(file: string, languages: readonly string[] = []): boolean {
  const parts = file.split("/");
  if (parts.some((part) => part.startsWith(".")) || parts.slice(0, -1).some((part) => NOT_TEXTS.has(part)))
    return false;
  // Its name stands for a cell of a notebook.
  if (cellOfPath(file) !== undefined) return false;
  const language = languageOf(file);
  return PLAIN.test(file) || language === "markdown" || (language !== "plaintext" && languages.includes(language));
}

/**
 * Paths of text files below a folder, with `/`, the nearest first and in order of name; no link is followed. A folder that cannot be read is left out.
 * @param languages as for {@link isTextFile}.
 * @throws the signal's reason when aborted.
 */
export async function* textFiles(
  folder: string,
  signal?: AbortSignal,
  languages: readonly string[] = [],
): AsyncGenerator<string> {
  const safe = new SafeFolder(folder);
  const waiting = [""];
  for (let below = waiting.shift(); below !== undefined; below = waiting.shift()) {
    signal?.throwIfAborted();
    const entries = await safe.list(below === "" ? "." : below).catch(() => []);
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (entry.name.startsWith(".")) continue;
      const name = path.posix.join(below, entry.name);
      if (entry.isDirectory() && !NOT_TEXTS.has(entry.name)) waiting.push(name);
      else if (entry.isFile() && isTextFile(name, languages)) yield name;
    }
  }
}
