/** Bytes to text, lines and rows, with every problem named by file and line. */
import { isUtf8 } from "node:buffer";
import { noteFile, noteRow } from "./ledger";
import type { DatasetFiles } from "../format";
import { ReadError } from "../format";
import { excerpt } from "../losses";
import type { Loss } from "../losses";

/** How much of a file detection looks at. */
const HEAD_BYTES = 64 * 1024;

function encodingOf(bytes: Uint8Array): { readonly label: string; readonly skip: number } {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return { label: "utf-8", skip: 3 };
  if (a === 0xff && b === 0xfe) return { label: "utf-16le", skip: 2 };
  if (a === 0xfe && b === 0xff) return { label: "utf-16be", skip: 2 };
  return { label: "utf-8", skip: 0 };
}

/** The line of the first byte that is no UTF-8, counted from 1. */
function badLine(bytes: Uint8Array): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return line;
}

/**
 * A file's text without its byte order mark: UTF-8, or UTF-16 with a mark.
 * @throws {ReadError} naming the line of the first byte that does not fit.
 */
export function decodeText(bytes: Uint8Array, file: string): string {
  noteFile(file);
  const { label, skip } = encodingOf(bytes);
  try {
    return new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(bytes.subarray(skip));
  } catch (error) {
    const where = label === "utf-8" ? `, line ${badLine(bytes)}` : "";
    throw new ReadError(
      `${file}${where}: not ${label.toUpperCase()} text. Save the file as UTF-8 and import it again.`,
      {
        cause: error,
      },
    );
  }
}

/** {@link decodeText} of a file among others: what cannot be decoded is a loss, and the rest is read. */
export function textOf(files: DatasetFiles, file: string, losses: Loss[]): string | undefined {
  try {
    return decodeText(files.get(file) ?? new Uint8Array(), file);
  } catch (error) {
    losses.push({ kind: "dropped", file, reason: (error as Error).message });
    return undefined;
  }
}

/** What Windows-1252 has at 80 to 9F (https://encoding.spec.whatwg.org/index-windows-1252.txt). */
const WINDOWS = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

/**
 * A file's text in UTF-8, or, where hardly any of its letters beyond ASCII are that, in Windows-1252, which spreadsheets of western Windows write; that is
 * told. What cannot be decoded is a loss.
 */
export function tableText(files: DatasetFiles, file: string, losses: Loss[]): string | undefined {
  const told: Loss[] = [];
  const text = textOf(files, file, told);
  if (text !== undefined) return text;
  const loose = new TextDecoder("utf-8").decode(files.get(file));
  const bad = loose.split("\ufffd").length - 1;
  const good = (loose.match(/[^\0-\x7f\ufffd]/g) ?? []).length;
  if (good * 2 > bad) {
    losses.push(...told);
    return undefined;
  }
  const reason = "the file is not UTF-8: it was read as Windows-1252; if letters are wrong, save it as UTF-8";
  losses.push({ kind: "assumed", file, count: bad, reason });
  // Node's decoder gives control characters for 80 to 9F, as ISO 8859-1 has them.
  const text1252 = new TextDecoder("windows-1252").decode(files.get(file));
  return text1252.replace(/[\x80-\x9f]/g, (control) => WINDOWS[control.charCodeAt(0) - 0x80]!);
}

/** The start of a file for detection; a character cut at its end is left out, bytes that are no text are U+FFFD. */
export function head(bytes: Uint8Array): string {
  const { label, skip } = encodingOf(bytes);
  const decoder = new TextDecoder(label, { fatal: false, ignoreBOM: true });
  return decoder.decode(bytes.subarray(skip, HEAD_BYTES), { stream: bytes.length > HEAD_BYTES });
}

/** Paths with one of the extensions (lower case, without the point), in order. */
export function pathsWith(files: DatasetFiles, ...extensions: string[]): string[] {
  return [...files.keys()].filter((file) => extensions.includes(/\.([^./]+)$/.exec(file.toLowerCase())?.[1] ?? ""));
}

/** Lines with their numbers, counted from 1: cut at LF and CRLF only, since U+2028 and its like are text. */
export function* linesOf(text: string): Generator<{ readonly line: number; readonly text: string }> {
  let line = 1;
  for (let start = 0; start < text.length; line++) {
    const found = text.indexOf("\n", start);
    const end = found < 0 ? text.length : found;
    yield { line, text: text.slice(start, end > start && text[end - 1] === "\r" ? end - 1 : end) };
    start = end + 1;
  }
}

/**
 * {@link linesOf} a file of JSON Lines in UTF-8, decoded one by one: a large file is never there as a text, which takes twice its bytes. Undefined for any
 * other file: one that does not begin with an object in a line of its own, is not followed by anything, or is not UTF-8.
 */
export function jsonLinesOf(
  bytes: Uint8Array,
  file: string,
): Iterable<{ readonly line: number; readonly text: string }> | undefined {
  const { label, skip } = encodingOf(bytes);
  const end = bytes.indexOf(0x0a);
  if (label !== "utf-8" || bytes[skip] !== 0x7b || end < 0 || !isUtf8(bytes)) return undefined;
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const more = /\S/.test(all.toString("utf8", end, Math.min(all.length, end + HEAD_BYTES)));
  if (!more || typeof parseRow(all.toString("utf8", skip, end)) === "string") return undefined;
  noteFile(file);
  return linesOfBytes(all, skip);
}

function* linesOfBytes(bytes: Buffer, from: number): Generator<{ readonly line: number; readonly text: string }> {
  let line = 1;
  for (let start = from; start < bytes.length; line++) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    yield { line, text: bytes.toString("utf8", start, end > start && bytes[end - 1] === 0x0d ? end - 1 : end) };
    start = end + 1;
  }
}

/** A JSON object, its fields unchecked. */
export type Row = Readonly<Record<string, unknown>>;

/** Whether a value is a JSON object. */
export function isRow(value: unknown): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects of a JSON Lines file with the line of each. A line that is none is a loss; empty lines are skipped. @param lines as {@link linesOf} gives them */
export function* jsonRows(
  lines: Iterable<{ readonly line: number; readonly text: string }>,
  file: string,
  losses: Loss[],
): Generator<{ readonly line: number; readonly row: Row }> {
  for (const { line, text: raw } of lines) {
    if (raw.trim() === "") continue;
    const found = parseRow(raw);
    if (typeof found !== "string") {
      noteRow({ file, line }, found);
      yield { line, row: found };
    } else losses.push({ kind: "dropped", file, line, exact: excerpt(raw), reason: found });
  }
}

/** Deeper values are no data of any format; what walks through them would run out of stack. */
const DEEPEST = 200;

/** Whether a JSON value's lists and objects lie in each other deeper than any data does. */
export function tooDeep(value: unknown, left = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (left < 0) return true;
  const below = Array.isArray(value) ? value : Object.values(value);
  for (const inner of below) if (typeof inner === "object" && tooDeep(inner, left - 1)) return true;
  return false;
}

function parseRow(raw: string): Row | string {
  try {
    const value: unknown = JSON.parse(raw);
    if (tooDeep(value)) return `the line is nested more than ${DEEPEST} deep`;
    return isRow(value) ? value : "the line is JSON, but no object";
  } catch (error) {
    return `the line is not JSON, or cut off: ${(error as Error).message}`;
  }
}

/** A JSON file's value. @throws {ReadError} naming the line at which it stops being JSON. */
export function parseJson(text: string, file: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    if (!tooDeep(value)) return value;
  } catch (error) {
    const { message } = error as Error;
    const position = /position (\d+)/.exec(message)?.[1] ?? (/end of JSON/.test(message) ? text.length : undefined);
    const before = position === undefined ? "" : `, line ${text.slice(0, Number(position)).split("\n").length}`;
    throw new ReadError(`${file}${before}: not JSON, or cut off: ${message}`, { cause: error });
  }
  throw new ReadError(`${file} is nested more than ${DEEPEST} deep: it is no dataset.`);
}

/** A number, also where it is written as a text; NaN for anything else. Never calls what a file says is `toString`. */
export function toNumber(value: unknown): number {
  if (typeof value === "number") return value;
  return typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
}

/** A field as a string, if it is one and not empty. */
export function stringIn(row: Row, name: string): string | undefined {
  const value = row[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A time as ISO 8601 in UTC: from such a text, or from seconds or milliseconds since 1970. Undefined if it is none. */
export function isoTime(value: unknown): string | undefined {
  const since = typeof value === "number" ? (Math.abs(value) < 1e11 ? value * 1000 : value) : undefined;
  const time = since ?? (typeof value === "string" ? Date.parse(value) : Number.NaN);
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : undefined;
}
