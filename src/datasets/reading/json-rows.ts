/** The rows of a JSON file in whatever way they are wrapped: JSON Lines, a list, or an object with a list of them. */
import type { Loss } from "../losses";
import { isRow } from "./bytes";
import type { Row } from "./bytes";
import { fromList, jsonObjects } from "./json";
import type { JsonElement } from "./json";

/** Fields of an object that holds nothing but rows, besides what is said of all of them. */
const WRAPPED = [
  "data",
  "rows",
  "examples",
  "items",
  "train",
  "validation",
  "test",
  "samples",
  "instances",
  "documents",
];

/** The rows in an object that only wraps them, as text from their list on; undefined if it is a row itself. */
function unwrapped(text: string, only: unknown): string | undefined {
  if (!isRow(only)) return undefined;
  const field = WRAPPED.find((name) => {
    const value = only[name];
    return Array.isArray(value) && value.length > 0 && value.every(isRow);
  });
  return field === undefined ? undefined : fromList(text, field);
}

/** The rows of a file, each with its line. What is broken is a loss. */
export function* wrappedRows(text: string, file: string, losses: Loss[]): Generator<JsonElement> {
  const found = jsonObjects(text, file, losses);
  const first = found.next();
  if (first.done === true) return;
  const inner = /^\s*\{/.test(text) ? unwrapped(text, first.value.row) : undefined;
  if (inner !== undefined) {
    yield* jsonObjects(inner, file, losses);
    return;
  }
  yield first.value;
  yield* found;
}

/** Up to three rows of a file, of whose beginning no more is there than this text: for signs. */
export function firstRows(start: string): readonly Row[] {
  const rows: Row[] = [];
  // An object that is cut off is shown as far as its list goes.
  const list = /^\s*\{/.test(start) ? fromList(start, ...WRAPPED) : undefined;
  for (const text of list === undefined ? [start] : [start, list]) {
    for (const { row } of jsonObjects(text, "", [])) {
      if (isRow(row) && !(text === start && unwrapped(text, row) !== undefined)) rows.push(row);
      if (rows.length === 3) return rows;
    }
    if (rows.length > 0) return rows;
  }
  return rows;
}
