/** Lists of spans as many tools write them, each with names of its own for the same: objects with offsets and a label, or lists of these. */
import { append } from "../../text/grouped";
import { isRow, toNumber } from "../reading/bytes";
import type { Row } from "../reading/bytes";

/** A span as a file has it, in the file's unit. */
export interface ListedSpan {
  readonly start: number;
  readonly end: number;
  readonly label: string | number;
  /** What the file says it holds. */
  readonly exact?: string;
}

const START = ["start", "start_offset", "start_char", "char_start", "startOffset", "begin", "from", "offset"];
const END = ["end", "end_offset", "end_char", "char_end", "endOffset", "stop", "to"];
const LABEL = [
  "label",
  "labels",
  "entity_group",
  "entity_type",
  "entity",
  "type",
  "tag",
  "category",
  "class",
  "ner",
  "name",
];
const EXACT = ["text", "value", "exact", "word", "mention", "surface"];

function first(row: Row, names: readonly string[], fits: (value: unknown) => boolean): unknown {
  const name = names.find((one) => fits(row[one]));
  return name === undefined ? undefined : row[name];
}

const isNumber = (value: unknown): boolean => Number.isInteger(toNumber(value));
const isName = (value: unknown): value is string | number =>
  (typeof value === "string" && value !== "") || Number.isInteger(value);

/** Offsets that an object has itself, the names of their fields, and what it says they hold. */
export interface OwnOffsets {
  readonly start: number;
  readonly end: number;
  readonly fields: readonly string[];
}

/** The offsets of an object that is a span itself; undefined if it has none. */
export function offsetsIn(row: Row): OwnOffsets | undefined {
  const [from, to] = [START, END].map((names) => names.find((name) => isNumber(row[name])));
  if (from === undefined || to === undefined) return undefined;
  return { start: toNumber(row[from]), end: toNumber(row[to]), fields: [from, to] };
}

/** What an object that is a span says that it holds, in a field other than some. */
export function exactIn(
  row: Row,
  except: readonly string[],
): { readonly name: string; readonly exact: string } | undefined {
  const name = EXACT.find((one) => !except.includes(one) && typeof row[one] === "string" && row[one] !== "");
  return name === undefined ? undefined : { name, exact: row[name] as string };
}

function fromObject(row: Row): ListedSpan[] | undefined {
  if (Array.isArray(row["points"])) return fromPoints(row, row["points"] as readonly unknown[]);
  const start = toNumber(first(row, START, isNumber));
  const length = toNumber(row["length"]);
  const end =
    Number.isInteger(length) && first(row, END, isNumber) === undefined
      ? start + length
      : toNumber(first(row, END, isNumber));
  if (!Number.isInteger(start) || !Number.isInteger(end)) return undefined;
  const label = first(
    row,
    LABEL,
    (value) => isName(value) || (Array.isArray(value) && value.length > 0 && value.every(isName)),
  );
  const labels = (Array.isArray(label) ? label : label === undefined ? [] : [label]) as (string | number)[];
  if (labels.length === 0) return undefined;
  const exact = first(row, EXACT, (value) => typeof value === "string" && value !== "" && value !== label) as
    string | undefined;
  return labels.map((one) => ({ start, end, label: one, ...(exact !== undefined && { exact }) }));
}

/** Dataturks': the labels beside their places, each with the offset of its last character, where its text does not say otherwise. */
function fromPoints({ label }: Row, points: readonly unknown[]): ListedSpan[] | undefined {
  const found = points.map((point) => (isRow(point) ? fromObject({ ...point, label }) : undefined));
  if (found.length === 0 || found.includes(undefined)) return undefined;
  return found
    .flatMap((some) => some ?? [])
    .map((one) => {
      const excluded = one.exact !== undefined && Array.from(one.exact).length === one.end - one.start;
      return excluded ? one : { ...one, end: one.end + 1 };
    });
}

function fromList(list: readonly unknown[]): ListedSpan[] | undefined {
  const [a, b, c] = list;
  if (isNumber(a) && isNumber(b) && isName(c)) return [{ start: toNumber(a), end: toNumber(b), label: c }];
  if (typeof a === "string" && !isNumber(a) && isNumber(b) && isNumber(c))
    return [{ start: toNumber(b), end: toNumber(c), label: a }];
  return undefined;
}

/** The spans of a list. */
export interface SpanList {
  /** One a label where an item has several. */
  readonly spans: readonly ListedSpan[];
  /** The items that are no spans. */
  readonly odd: readonly unknown[];
}

/** The spans of a list; undefined if the value is no list with a span in it. */
export function listedSpans(value: unknown): SpanList | undefined {
  if (!Array.isArray(value)) return undefined;
  const spans: ListedSpan[] = [];
  const odd: unknown[] = [];
  for (const item of value as readonly unknown[]) {
    const found = Array.isArray(item) ? fromList(item) : isRow(item) ? fromObject(item) : undefined;
    if (found === undefined) odd.push(item);
    else append(spans, found);
  }
  return spans.length === 0 ? undefined : { spans, odd };
}

/** A text that holds JSON, or a list or dictionary as Python prints it, which pandas leaves in tables; undefined for any other text. */
export function valueIn(text: string): unknown {
  const trimmed = text.trim();
  if (!/^[[{(]/.test(trimmed)) return undefined;
  return parsed(trimmed) ?? parsed(jsonOfPython(trimmed)) ?? arrayIn(trimmed);
}

/** A text or a number of an array as NumPy prints it, which has blanks for commas: a quoted text, or anything without quotes. */
const ITEM = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|([^\s'",[\]]+)/gy;

/** The items of an array as NumPy prints it, `['Ada' 'left']`, `[1 0]`; undefined for any other text. */
function arrayIn(text: string): readonly (string | number)[] | undefined {
  if (!/^\[[^[]*\]$/.test(text)) return undefined;
  const inner = text.slice(1, -1).trim();
  const items: (string | number)[] = [];
  let at = 0;
  while (at < inner.length) {
    ITEM.lastIndex = at;
    const found = ITEM.exec(inner);
    if (found === null) return undefined;
    const [whole, single, double, bare] = found;
    if (bare !== undefined && !/^-?\d+$/.test(bare)) return undefined;
    items.push(bare === undefined ? unescaped(single ?? double ?? "") : Number(bare));
    at += whole.length;
    const gap = /^\s*/.exec(inner.slice(at, at + 100))![0].length;
    if (gap === 0 && at < inner.length) return undefined;
    at += gap;
  }
  return items.length === 0 ? undefined : items;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** A string without an end goes to the end of the text, so that no quote is looked at from twice; no JSON comes of it. */
const PYTHON =
  /'([^'\\]*(?:\\.?[^'\\]*)*)(?:'|$)|"([^"\\]*(?:\\.?[^"\\]*)*)(?:"|$)|\b(None|True|False|nan)\b|[()]|,\s*(?=[)\]}])/gs;
const WORDS: Readonly<Record<string, string>> = { None: "null", True: "true", False: "false", nan: "null" };

/** Python's literals as JSON, as far as tables hold them. */
function jsonOfPython(text: string): string {
  return text.replace(PYTHON, (all, single?: string, double?: string, word?: string) => {
    const string = single ?? double;
    if (string !== undefined) return JSON.stringify(unescaped(string));
    if (word !== undefined) return WORDS[word]!;
    return all === "(" ? "[" : all === ")" ? "]" : "";
  });
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U(000[\da-fA-F]{5}|0010[\da-fA-F]{4})|(.))/gs;
const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** What escapes in a text of Python's stand for. */
function unescaped(string: string): string {
  return string.replace(ESCAPE, (all, x?: string, u?: string, long?: string, one?: string) => {
    const code = x ?? u ?? long;
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
    return CONTROLS[one!] ?? (/['"\\]/.test(one!) ? one! : all);
  });
}
