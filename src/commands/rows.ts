/** A corpus as JSON Lines, one document a line, read piece by piece: it may be larger than memory. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Readable } from "node:stream";
import { isOwnFile } from "../files/names";
import { decodeUtf8, failedInput, InputError, MAX_BYTES, ownFileError, STDIN } from "./input";
import type { InputDocument } from "./input";

/** The property that labels are written under. */
export const LABELS_KEY = "glossator";

/** A document that is a text in a line of a file. */
export interface RowDocument extends InputDocument {
  /** The line, a JSON object, without white space around it. */
  readonly row: string;
}

/** Whether a document is a line of a corpus. */
export function isRow(document: InputDocument): document is RowDocument {
  return "row" in document;
}

const NEWLINE = 0x0a;

/** The lines of a file without their ends; only a line feed ends one. @throws {Error} for a line that is too long */
async function* linesOf(chunks: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      parts.push(chunk.subarray(from, end));
      yield Buffer.concat(parts);
      [parts, size, from] = [[], 0, end + 1];
    }
    parts.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_BYTES) throw new Error(`a line of it is longer than ${MAX_BYTES / 1024 / 1024} MB`);
  }
  if (size > 0) yield Buffer.concat(parts);
}

/** A line without white space around it, as JSON has it: of any other the line is at fault. */
const bare = (line: string): string => line.replace(/^[\t\r ]+|[\t\r ]+$/g, "");

/** A line as a document. @throws {InputError} */
function documentOf(path: string, row: string, key: string): RowDocument {
  const refuse = (why: string): InputError => new InputError(`${path}: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(row);
  } catch {
    throw refuse("it is not JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse("it is no JSON object");
  const text = Object.getOwnPropertyDescriptor(value, key)?.value as unknown;
  if (typeof text !== "string")
    throw refuse(`its property ${JSON.stringify(key)} is ${text === undefined ? "not there" : "no text"}`);
  if (Object.hasOwn(value, LABELS_KEY))
    throw refuse(
      `it has a property ${JSON.stringify(LABELS_KEY)} already: take it out, or label the file it was made from`,
    );
  return { path, row, text };
}

/**
 * The documents of a file of JSON Lines, or of standard input for `-`, each called by its file and line. Blank lines are none.
 * @param key the property that holds the text @param refused is told of each line that is no document, and it is left out
 * @throws {InputError} for a file that cannot be read; the signal's reason when aborted
 */
export async function* readRows(
  file: string,
  key: string,
  stdin: Readable,
  signal: AbortSignal,
  refused: (error: InputError) => void,
): AsyncGenerator<RowDocument> {
  if (file !== STDIN && isOwnFile(resolve(file))) throw ownFileError(file);
  const stream = file === STDIN ? stdin : createReadStream(file);
  const giveUp = (): void => void stream.destroy();
  signal.addEventListener("abort", giveUp, { once: true });
  let number = 0;
  try {
    for await (const line of linesOf(stream as AsyncIterable<Buffer>, signal)) {
      number++;
      const path = `${file}:${number}`;
      try {
        const decoded = decodeUtf8(path, line);
        const row = bare(number === 1 ? decoded.replace(/^\uFEFF/, "") : decoded);
        if (row !== "") yield documentOf(path, row, key);
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        refused(error);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    throw failedInput(file, error);
  } finally {
    signal.removeEventListener("abort", giveUp);
    stream.destroy();
  }
}

/** A row with labels as its last property, as a line of JSON. All else of it stays as it was written, numbers of any length too. @param labels an object in JSON, in pieces */
export function* labelledRow({ row }: RowDocument, labels: Iterable<string>): Generator<string> {
  const open = bare(row.slice(0, -1));
  yield `${open}${open === "{" ? "" : ","}${JSON.stringify(LABELS_KEY)}:`;
  yield* labels;
  yield "}\n";
}
