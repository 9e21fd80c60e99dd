/** JSON Lines. */

/** Items of a list that are written at once. */
const CHUNK = 2000;

/**
 * One object as a line of JSON, in pieces: the labels of a very large document may not fit into one string. Lists are written item by item,
 * properties that are undefined left out. U+2028 and U+2029 are escaped, so that every reader of lines finds one line.
 */
export function* jsonLine(value: Readonly<Record<string, unknown>>): Generator<string> {
  let before = "{";
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined) continue;
    yield `${before}${encode(key)}:`;
    before = ",";
    if (Array.isArray(item)) yield* jsonList(item);
    else yield encode(item);
  }
  yield before === "{" ? "{}\n" : "}\n";
}

function* jsonList(items: readonly unknown[]): Generator<string> {
  yield "[";
  for (let from = 0; from < items.length; from += CHUNK) {
    const chunk = items.slice(from, from + CHUNK).map(encode);
    yield `${from === 0 ? "" : ","}${chunk.join(",")}`;
  }
  yield "]";
}

function encode(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u0085\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
