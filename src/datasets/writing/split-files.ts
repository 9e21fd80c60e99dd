/** Files of a writer, row by row. */
import type { Written } from "./writer";

/** Collects rows by file, in the order they come. */
export class SplitFiles {
  readonly #rows = new Map<string, string[]>();

  /** Adds a row, its line end included. */
  add(file: string, row: string): void {
    const rows = this.#rows.get(file);
    if (rows === undefined) this.#rows.set(file, [row]);
    else rows.push(row);
  }

  /** The files, in order of name, and the rows of each. */
  written(): Pick<Written, "files" | "counts"> {
    const names = [...this.#rows.keys()].sort();
    return {
      files: new Map(names.map((name) => [name, (this.#rows.get(name) ?? []).join("")])),
      counts: Object.fromEntries(names.map((name) => [name, this.#rows.get(name)?.length ?? 0])),
    };
  }
}
