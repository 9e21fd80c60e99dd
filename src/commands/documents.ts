/** The documents of a file: one, or the Markdown cells of a notebook. */
import type { Readable } from "node:stream";
import { NotebookError, NotebookTexts } from "../text/notebook-texts";
import { cellPath, isNotebook } from "../text/notebooks";
import { InputError, readInput } from "./input";
import type { InputDocument } from "./input";
import type { DocumentOptions } from "./options";

/**
 * Reads a file, or standard input for `-`. A notebook's Markdown cells are documents each, in their order, called as in the editor; offsets count in the cell.
 * @param language where it says how to read files, a notebook is read as that, too
 * @throws as {@link readInput}; {@link InputError} for a notebook that is damaged, has no such cell, or is of a format whose cells have no ids
 */
export async function readDocuments(
  file: string,
  { language }: Pick<DocumentOptions, "language">,
  stdin: Readable,
  signal: AbortSignal,
): Promise<InputDocument[]> {
  const read = await readInput(file, stdin, signal);
  if (language !== undefined || !isNotebook(file)) return [read];
  try {
    const texts = new NotebookTexts(read.text.replace(/^\uFEFF/, ""));
    const cells = texts.markdown().map(([id, text]) => ({ path: cellPath({ notebook: file, id }), text }));
    if (cells.length === 0) throw new NotebookError("it has no Markdown cell");
    return cells;
  } catch (error) {
    if (!(error instanceof NotebookError)) throw error;
    throw new InputError(`${file}: ${error.message}`, { cause: error });
  }
}
