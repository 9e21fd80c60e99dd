/** The rows of a JSON file in whatever way they are wrapped: JSON Lines, a list, or an object with lists of them. */
import { shortened } from "../../text/print";
import type { Loss } from "../losses";
import { isRow } from "./bytes";
import type { Row } from "./bytes";
import { fromList, jsonObjects, listsIn } from "./json";
import type { JsonElement } from "./json";
import { isEmptyList, lookingAhead } from "./ledger";

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
/** Those of which the same holds where the object has no text itself: in a row they are something about its text. */
const WRAPPED_WITHOUT_TEXT = ["annotations", "sentences", "records", "entries", "texts", "results"];
const TEXT = ["text", "content", "sentence", "document", "body"];

/** The fields of an object that only wraps rows which hold some, in the order of the text; none if it is a row itself. */
function wrapping(row: unknown): string[] {
  if (!isRow(row)) return [];
  const wrapped = TEXT.some((name) => typeof row[name] === "string") ? WRAPPED : [...WRAPPED, ...WRAPPED_WITHOUT_TEXT];
  return Object.keys(row).filter((name) => {
    const value = row[name];
    return wrapped.includes(name) && Array.isArray(value) && value.length > 0 && value.every(isRow);
  });
}

/** The object that a file consists of. */
function onlyObject(text: string): Row | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  return lookingAhead(() => {
    const losses: Loss[] = [];
    const objects = jsonObjects(text, "", losses);
    const first = objects.next();
    if (first.done === true || !isRow(first.value.row)) return undefined;
    return objects.next().done === true && losses.length === 0 ? first.value.row : undefined;
  });
}

/** The rows of a file, each with its line. What is broken is a loss, and what an object says beside its rows is told. */
export function* wrappedRows(text: string, file: string, losses: Loss[]): Generator<JsonElement> {
  const only = onlyObject(text);
  const fields = wrapping(only);
  if (only === undefined || fields.length === 0) {
    yield* jsonObjects(text, file, losses);
    return;
  }
  for (const [name, value] of Object.entries(only))
    if (!fields.includes(name) && !isEmptyList(value))
      losses.push({ kind: "beside", file, reason: `the field "${shortened(name, 40)}"` });
  for (const list of listsIn(text, fields)) yield* jsonObjects(list, file, losses);
}

const MOST_SHOWN = 3;

function firstObjects(text: string): Row[] {
  const rows: Row[] = [];
  for (const { row } of jsonObjects(text, "", [])) {
    if (isRow(row)) rows.push(row);
    if (rows.length === MOST_SHOWN) break;
  }
  return rows;
}

/** Up to three rows of a file, of whose beginning no more is there than this text: for signs. */
export function firstRows(start: string): readonly Row[] {
  const rows = firstObjects(start);
  if (rows.length > 1 || (rows.length === 1 && wrapping(rows[0]).length === 0)) return rows;
  // An object that is cut off is shown as far as its list goes.
  const list = /^\s*\{/.test(start) ? fromList(start, ...WRAPPED, ...WRAPPED_WITHOUT_TEXT) : undefined;
  return list === undefined ? [] : firstObjects(list);
}
