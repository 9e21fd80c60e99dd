/** The objects at the top of a JSON file, one by one, so that a broken or cut-off one costs no other. */
import { isRow, jsonLinesOf, jsonRows, linesOf, textOf, tooDeep } from "./bytes";
import type { Row } from "./bytes";
import { noteRow } from "./ledger";
import type { DatasetFiles } from "../format";
import { excerpt } from "../losses";
import type { Loss } from "../losses";

/** An object, for a shape to take, and the line it starts at, counted from 1. */
export interface JsonElement {
  readonly line: number;
  readonly row: unknown;
}

const SPECIAL = /["{}[\]]/g;

/** Objects that do not end make a reader look at the rest of the file again for each; so many times the file's length in all is enough. */
const MOST_LOOKS = 8;

/** After the value that starts at `start` with a bracket; undefined if it does not end before `limit`. */
function endOfValue(text: string, start: number, limit = text.length): number | undefined {
  let depth = 0;
  SPECIAL.lastIndex = start;
  for (let match = SPECIAL.exec(text); match !== null && match.index < limit; match = SPECIAL.exec(text)) {
    const [character] = match;
    if (character === '"') {
      const end = endOfString(text, match.index);
      if (end === undefined) return undefined;
      SPECIAL.lastIndex = end;
    } else {
      depth += character === "{" || character === "[" ? 1 : -1;
      if (depth === 0) return match.index + 1;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number | undefined {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let slashes = 0;
    while (text[end - 1 - slashes] === "\\") slashes++;
    if (slashes % 2 === 0) return end + 1;
  }
  return undefined;
}

function countLines(text: string, from: number, to: number): number {
  let lines = 0;
  for (let at = text.indexOf("\n", from); at >= 0 && at < to; at = text.indexOf("\n", at + 1)) lines++;
  return lines;
}

/** Where the next object begins a line as far in as this one, or further out: the place to go on after one that is broken. */
function resume(text: string, start: number): number | undefined {
  const begin = text.lastIndexOf("\n", start - 1) + 1;
  const indent = text.slice(begin, start);
  if (!/^\s*$/.test(indent)) return undefined;
  const next = new RegExp(`\\n[ \\t]{0,${indent.length}}\\{`, "g");
  next.lastIndex = start;
  const found = next.exec(text);
  return found === null ? undefined : found.index + found[0].length - 1;
}

function* elements(text: string, from: number, array: boolean, file: string, losses: Loss[]): Generator<JsonElement> {
  let at = from;
  let looked = 0;
  let [line, counted] = [1, 0];
  const lineAt = (place: number): number => {
    line += countLines(text, counted, place);
    counted = place;
    return line;
  };
  for (;;) {
    while (at < text.length && /[\s,]/.test(text[at]!)) at++;
    if (at >= text.length) {
      if (array)
        losses.push({ kind: "dropped", file, line: lineAt(at), reason: "the file is cut off: its list has no end" });
      return;
    }
    if (text[at] === "]" && array) return;
    const here = lineAt(at);
    const lost = (reason: string): void => {
      losses.push({ kind: "dropped", file, line: here, exact: excerpt(text.slice(at, at + 200)), reason });
    };
    if (text[at] !== "{") {
      lost("here should be an object");
      const next = text.indexOf("{", at);
      if (next < 0) return;
      at = next;
      continue;
    }
    const wide = looked < MOST_LOOKS * text.length;
    const end = endOfValue(text, at, wide ? text.length : resume(text, at));
    looked += wide ? (end ?? text.length) - at : 0;
    const row = end === undefined ? undefined : parsed(text.slice(at, end));
    if (end !== undefined && row !== undefined) {
      noteRow({ file, line: here }, row);
      yield { line: here, row };
      at = end;
      continue;
    }
    const next = resume(text, at);
    lost(end === undefined && next === undefined ? "the file is cut off here" : "this object is not JSON, or cut off");
    if (next === undefined && end === undefined) return;
    at = next ?? end ?? text.length;
  }
}

function parsed(json: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isRow(value) && !tooDeep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The objects of a JSON list, of JSON Lines, or of objects written one after another over several lines, with the line of each. What
 * is broken is a loss; reading goes on at the next object.
 */
export function* jsonObjects(text: string, file: string, losses: Loss[]): Generator<JsonElement> {
  const start = text.search(/\S/);
  if (start < 0) return;
  if (text[start] === "[") {
    yield* elements(text, start + 1, true, file, losses);
    return;
  }
  const end = text.indexOf("\n", start);
  const first = text.slice(start, end < 0 ? text.length : end);
  const [second] = text.slice(end < 0 ? text.length : end).match(/\S/) ?? [];
  // One object over several lines begins with a line that is no object, and goes on with a field or a bracket's end.
  if (parsed(first) === undefined && second !== undefined && second !== "{") {
    yield* elements(text, start, false, file, losses);
  } else {
    yield* jsonRows(linesOf(text), file, losses);
  }
}

/**
 * The objects of a JSON file, as {@link jsonObjects} has them, or nothing and a loss if it cannot be decoded. A file of JSON Lines is read line by line.
 * @param objects takes the text of any other
 */
export function* objectsOfFile(
  files: DatasetFiles,
  file: string,
  losses: Loss[],
  objects: typeof jsonObjects = jsonObjects,
): Generator<JsonElement> {
  const lines = jsonLinesOf(files.get(file) ?? new Uint8Array(), file);
  if (lines !== undefined) {
    yield* jsonRows(lines, file, losses);
    return;
  }
  yield* objectsOfText(files, file, losses, objects);
}

/** The same by the whole text, whatever is in it. */
export function* objectsOfText(
  files: DatasetFiles,
  file: string,
  losses: Loss[],
  objects: typeof jsonObjects,
): Generator<JsonElement> {
  const text = textOf(files, file, losses);
  if (text !== undefined) yield* objects(text, file, losses);
}

/** A part of a text, with as many line ends before it as are before it in the text, so that lines keep their numbers. */
function partOf(text: string, start: number, end = text.length): string {
  return "\n".repeat(countLines(text, 0, start)) + text.slice(start, end);
}

/**
 * The text of a JSON file from the list on that one of these fields holds, for {@link jsonObjects}; lines keep their numbers. Undefined if there is no such
 * list.
 */
export function fromList(text: string, ...fields: readonly string[]): string | undefined {
  const list = new RegExp(`"(?:${fields.join("|")})"\\s*:\\s*\\[`).exec(text);
  return list === null ? undefined : partOf(text, list.index + list[0].length - 1);
}

const LIST_FIELD = /\s*:\s*\[/y;

/** The lists that fields of these names hold in the object that a JSON text is, in their order, for {@link jsonObjects}; not those of objects in it. */
export function listsIn(text: string, fields: readonly string[]): string[] {
  const lists: string[] = [];
  let at = text.indexOf("{") + 1;
  for (;;) {
    SPECIAL.lastIndex = at;
    const found = SPECIAL.exec(text);
    if (found === null || found[0] === "}") return lists;
    const quoted = found[0] === '"';
    const end = quoted ? endOfString(text, found.index) : endOfValue(text, found.index);
    if (end === undefined) return lists;
    at = end;
    LIST_FIELD.lastIndex = end;
    if (!quoted || !LIST_FIELD.test(text)) continue;
    const start = LIST_FIELD.lastIndex - 1;
    at = endOfValue(text, start) ?? text.length;
    if (fields.includes(JSON.parse(text.slice(found.index, end)) as string)) lists.push(partOf(text, start, at));
  }
}

/**
 * The items of a list, or the values of JSON Lines, that are lists themselves, with the line of each; what lies between is left alone, and a broken one is
 * a loss.
 */
export function* jsonLists(
  text: string,
  file: string,
  losses: Loss[],
): Generator<{ readonly line: number; readonly list: readonly unknown[] }> {
  const start = text.search(/\S/);
  let at = text.indexOf("[", /^\s*\[\s*(?:\[|null|\])/.test(text) ? start + 1 : Math.max(start, 0));
  let [line, counted] = [1, 0];
  while (at >= 0) {
    const end = endOfValue(text, at);
    line += countLines(text, counted, at);
    counted = at;
    const value = end === undefined ? undefined : parsedList(text.slice(at, end));
    if (end === undefined || value === undefined) {
      const reason = end === undefined ? "the file is cut off here" : "this list is not JSON";
      losses.push({ kind: "dropped", file, line, exact: excerpt(text.slice(at, at + 200)), reason });
      if (end === undefined) return;
    } else {
      yield { line, list: value };
    }
    at = text.indexOf("[", end);
  }
}

function parsedList(json: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) && !tooDeep(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The names of files that hold JSON. */
export const JSON_FILE = /\.(?:jsonl?|ndjson)$/i;

/** Files that hold JSON, by their names. */
export function jsonFiles(files: DatasetFiles): string[] {
  return [...files.keys()].filter((file) => JSON_FILE.test(file));
}
