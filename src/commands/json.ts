/** JSON Lines. */
import { lineSafeJson } from "../text/print";

/** Items of a list that are written at once. */
const CHUNK = 2000;

/** {@link jsonObject} as a line. */
export function* jsonLine(value: Readonly<Record<string, unknown>>): Generator<string> {
  yield* jsonObject(value);
  yield "\n";
}

/**
 * One object as JSON without line ends, in pieces: the labels of a very large document may not fit into one string. Lists are written item by item,
 * properties that are undefined left out. U+2028 and U+2029 are escaped, so that every reader of lines finds one line.
 */
export function* jsonObject(value: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{";
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    yield `${before}${lineSafeJson(key)}:`;
    before = ",";
    if (Array.isArray(item)) yield* jsonList(item);
    else yield lineSafeJson(item);
  }
  yield before === "{" ? "{}" : "}";
}

function* jsonList(items: readonly unknown[]): Generator<string> {
  yield "[";
  for (let from = 0; from < items.length; from += CHUNK) {
    const chunk = items.slice(from, from + CHUNK).map((item) => lineSafeJson(item));
    yield `${from === 0 ? "" : ","}${chunk.join(",")}`;
  }
  yield "]";
}
