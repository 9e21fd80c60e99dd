/** Escapes of WebAnno TSV 3.3, as INCEpTION has them (`Escaping.java`): one pass, from left to right. */

const VALUE: Readonly<Record<string, string>> = { "\t": "\\t", "\n": "\\n" };
const TEXT: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\f": "\\f",
  "\r": "\\r",
  "\b": "\\b",
  "\\": "\\\\",
};
/** Control characters that stand for themselves after a backslash. */
const CONTROLS = `${String.fromCharCode(0)}-${String.fromCharCode(7)}${String.fromCharCode(14)}-${String.fromCharCode(31)}`;
const TEXT_SET = new RegExp(`[\\t\\n\\f\\r\\b\\\\${CONTROLS}]`, "g");
const TEXT_ESCAPES = new RegExp(`\\\\([tnfrb\\\\${CONTROLS}])`, "g");
const CHARACTERS: Readonly<Record<string, string>> = { t: "\t", n: "\n", f: "\f", r: "\r", b: "\b" };

/** A feature's value in a cell. `->` counts as one character. */
export function escapeValue(value: string): string {
  return value.replace(/[\\[\]|_;*\t\n]|->/g, (found) => VALUE[found] ?? `\\${found}`);
}

/** The value of a cell, without its `[n]`. */
export function unescapeValue(cell: string): string {
  return cell.replace(/\\(->|[\\[\]|_;*tn])/g, (_, found: string) =>
    found === "t" ? "\t" : found === "n" ? "\n" : found,
  );
}

/** One line of a sentence's text. */
export function escapeText(line: string): string {
  return line.replace(TEXT_SET, (found) => TEXT[found] ?? `\\${found}`);
}

/** The text of a `#Text=` line. */
export function unescapeText(line: string): string {
  return line.replace(TEXT_ESCAPES, (_, found: string) => CHARACTERS[found] ?? found);
}

/** One of several annotations in a cell: its value, still escaped, and the number that joins it over lines. */
export interface CellValue {
  readonly raw: string;
  readonly id?: string;
}

/** The values of a cell, which `|` keeps apart where no backslash stands before it. None for `_`. */
export function cellValues(cell: string): CellValue[] {
  if (cell === "_" || cell === "") return [];
  const values: string[] = [];
  let from = 0;
  for (let at = 0; at < cell.length; at++) {
    if (cell[at] === "\\") at++;
    else if (cell[at] === "|") {
      values.push(cell.slice(from, at));
      from = at + 1;
    }
  }
  values.push(cell.slice(from));
  return values.map((value) => {
    const match = /^(.*)\[(\d+)\]$/s.exec(value);
    return match === null ? { raw: value } : { raw: match[1]!, id: match[2]! };
  });
}
