/** Text that nobody decided on: half of it is replayed, so that the model goes on saying what it said of it, half of it shows whether it does. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { partOf } from "./folds";

/** The file in a model's folder: a sentence a line, then a tab and where it is from; lines that begin with `#` say under which licence. */
export const BASE_TEXT = "base-text.txt";

/** The two halves, drawn by hash. */
export interface BaseText {
  readonly replayed: readonly string[];
  readonly probes: readonly string[];
}

/**
 * Reads a file of base text.
 * @throws Error when it cannot be read, or holds too little to tell anything.
 */
export async function readBaseText(file: string): Promise<BaseText> {
  const lines = (await readFile(file, "utf8"))
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map((line) => line.split("\t")[0]!.trim())
    .filter((line) => line !== "");
  const half = (part: number): string[] => lines.filter((line) => partOf(line, 2) === part);
  const text = { replayed: half(0), probes: half(1) };
  if (text.replayed.length === 0 || text.probes.length === 0)
    throw new Error(`${file} holds too little text to teach by: at least some sentences are needed.`);
  return text;
}

/** The base text that a model folder has, else that of the model that comes with the program. */
export async function baseTextOf(modelFolder: string, builtInModel: string): Promise<string> {
  const own = join(modelFolder, BASE_TEXT);
  const found = await stat(own).catch(() => undefined);
  return found?.isFile() ? own : join(builtInModel, BASE_TEXT);
}
