/** The splits of a dataset to import, told by the names of its files. */
import { ReadError } from "../format";
import type { DatasetFiles } from "../format";
import { SPLITS } from "../splits";
import type { Split } from "../splits";

/** Words in names of files; `testa` and `testb` are CoNLL-2003's. */
const WORDS: Readonly<Record<string, Split>> = {
  train: "train",
  training: "train",
  validation: "validation",
  valid: "validation",
  val: "validation",
  dev: "validation",
  development: "validation",
  testa: "validation",
  test: "test",
  testing: "test",
  testb: "test",
};

/** The split a file belongs to, by a word of its own name, else by a folder of exactly that name; undefined where neither says. */
export function splitOf(file: string): Split | undefined {
  const parts = file.toLowerCase().split("/");
  const own = (parts.pop() ?? "").split(/[^a-z]+/);
  return [...own, ...parts.reverse()].map((word) => WORDS[word]).find((split) => split !== undefined);
}

/** The splits that files belong to, in the usual order. */
export function splitsOf(files: Iterable<string>): readonly Split[] {
  const found = new Set([...files].map(splitOf));
  return SPLITS.filter((split) => found.has(split));
}

/**
 * The files of some splits, and those that belong to none: settings, label lists, notes.
 * @throws {ReadError} if a split has no file.
 */
export function onlySplits(files: DatasetFiles, splits: readonly Split[]): DatasetFiles {
  const found = splitsOf(files.keys());
  const missing = splits.find((split) => !found.includes(split));
  if (missing !== undefined) {
    const there = found.length === 0 ? "none of the files belongs to a split" : `there is ${found.join(", ")}`;
    throw new ReadError(`No file is named as part of the split ${missing}; ${there}.`);
  }
  return new Map(
    [...files].filter(([name]) => {
      const split = splitOf(name);
      return split === undefined || splits.includes(split);
    }),
  );
}
