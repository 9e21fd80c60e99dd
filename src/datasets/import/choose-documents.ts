/** Documents as a user names them: by path, or by a folder they are in. */
import path from "node:path";

/** What names stand for. */
export interface ChosenDocuments {
  /** In the order of `known`. */
  readonly documents: readonly string[];
  /** Names that stand for none. */
  readonly unknown: readonly string[];
}

/**
 * Finds the documents that names stand for.
 * @param known paths relative to the workspace, with `/`.
 * @param names paths relative to the workspace, or absolute; a folder stands for everything in it.
 */
export function chooseDocuments(
  workspace: string,
  known: readonly string[],
  names: readonly string[],
): ChosenDocuments {
  const chosen = new Set<string>();
  const unknown: string[] = [];
  for (const name of names) {
    const relative = path.relative(workspace, path.resolve(workspace, name)).replaceAll(path.sep, "/");
    const found = known.filter((one) => relative === "" || one === relative || one.startsWith(`${relative}/`));
    if (found.length === 0) unknown.push(name);
    for (const one of found) chosen.add(one);
  }
  return { documents: known.filter((one) => chosen.has(one)), unknown };
}
