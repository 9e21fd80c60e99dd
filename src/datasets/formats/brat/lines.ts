/**
 * Lines of brat's standoff files (`.ann`), taken apart and put together. Offsets here are code points of the `.txt` file.
 * Rules as brat's own parser has them: `server/src/annotation.py` of github.com/nlplab/brat.
 */
import type { Span } from "../../../text/span";

/** `T`: a type on one or more pieces of text. */
export interface TextBound {
  readonly kind: "text";
  readonly id: string;
  readonly line: number;
  readonly type: string;
  /** In the order of the line. */
  readonly fragments: readonly Span[];
  /** What stands after the second tab. */
  readonly text: string;
}

/** `A` or `M`: a value on another annotation. */
export interface Attribute {
  readonly kind: "attribute";
  readonly id: string;
  readonly line: number;
  readonly type: string;
  readonly target: string;
  /** Absent for an attribute that is either there or not. */
  readonly value?: string;
}

/** `#`: a remark on another annotation. */
export interface Note {
  readonly kind: "note";
  readonly id: string;
  readonly line: number;
  readonly type: string;
  readonly target: string;
  readonly text: string;
}

/** What else brat knows and this program has no place for. */
export interface OtherLine {
  readonly kind: "relation" | "event" | "equivalence" | "normalization";
  readonly id: string;
  readonly line: number;
  readonly type: string;
  /** For an event: the `T` it is triggered by. */
  readonly trigger?: string;
}

/** One line of an `.ann` file. */
export type AnnLine = TextBound | Attribute | Note | OtherLine;

/** A line that brat would not parse either. Lines count from 1. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

const ID = /^(?:[A-Za-z]+|#[A-Za-z]*)\d+.*$/;
const OTHER: Readonly<Record<string, OtherLine["kind"]>> = {
  R: "relation",
  E: "event",
  "*": "equivalence",
  N: "normalization",
};

/** Characters that Python's `str.splitlines`, by which brat reads `.ann` files, takes for the end of a line; as inside `[]`. */
export const LINE_END_SET = `\\n\\v\\f\\r${String.fromCharCode(0x1c, 0x1d, 0x1e)}\\u0085\\u2028\\u2029`;

function textBound(id: string, line: number, data: string, tail: string): TextBound | string {
  const match = /^(\S+) (\d+ \d+(?:;\d+ \d+)*)\s*$/.exec(data);
  if (match === null) return `"${data}" is not a type and offsets, such as "PER 0 5"`;
  const fragments = match[2]!.split(";").map((pair) => {
    const [start = 0, end = 0] = pair.split(" ").map(Number);
    return { start, end };
  });
  if (fragments.some(({ start, end }) => start > end)) return `an end before its start in "${data}"`;
  return { kind: "text", id, line, type: match[1]!, fragments, text: tail };
}

function parseLine(line: number, content: string): AnnLine | string {
  const [id = "", data, ...rest] = content.split("\t");
  if (data === undefined) return `no tab after "${id.slice(0, 40)}"`;
  if (id !== "*" && !ID.test(id)) return `"${id.slice(0, 40)}" is no id, such as "T1"`;
  const tail = rest.join("\t");
  const first = id.charAt(0);
  switch (first) {
    case "T":
      return textBound(id, line, data, tail);
    case "A":
    case "M": {
      const match = /^(\S+) (\S+)(?: (.+?))?\s*$/.exec(data);
      if (match === null) return `"${data}" is not an attribute and what it is of`;
      const [, type = "", target = "", value] = match;
      return { kind: "attribute", id, line, type, target, ...(value !== undefined && { value }) };
    }
    case "#": {
      const match = /^(\S+) (\S+)\s*$/.exec(data);
      if (match === null) return `"${data}" is not a kind of note and what it is of`;
      return { kind: "note", id, line, type: match[1]!, target: match[2]!, text: tail };
    }
    default: {
      const kind = OTHER[first];
      if (kind === undefined) return `"${first}" begins no kind of annotation`;
      const [head = ""] = data.split(" ");
      const [type = "", trigger] = head.split(":");
      return { kind, id, line, type, ...(kind === "event" && trigger !== undefined && { trigger }) };
    }
  }
}

/** Takes an `.ann` file apart. A line that does not parse, or whose id is taken, is listed in `bad`; the others stand. */
export function parseAnn(content: string): { readonly lines: readonly AnnLine[]; readonly bad: readonly BadLine[] } {
  const lines: AnnLine[] = [];
  const bad: BadLine[] = [];
  const taken = new Map<string, number>();
  for (const [index, raw] of content.split(/\r\n|\r|\n/).entries()) {
    if (raw.trim() === "") continue;
    const line = index + 1;
    const parsed = parseLine(line, raw);
    if (typeof parsed === "string") {
      bad.push({ line, reason: parsed });
      continue;
    }
    const first = taken.get(parsed.id);
    if (first !== undefined && parsed.id !== "*") {
      bad.push({ line, reason: `the id ${parsed.id} is already that of line ${first}` });
      continue;
    }
    taken.set(parsed.id, line);
    lines.push(parsed);
  }
  return { lines, bad };
}

/** A `T` line. `text` is that of the fragments, joined by single blanks. */
export function textLine(id: string, type: string, fragments: readonly Span[], text: string): string {
  return `${id}\t${type} ${fragments.map(({ start, end }) => `${start} ${end}`).join(";")}\t${text}\n`;
}

/** An `A` line; one without a value is of an attribute that is either there or not. */
export function attributeLine(id: string, type: string, target: string, value?: string): string {
  return `${id}\t${type} ${target}${value === undefined ? "" : ` ${value}`}\n`;
}

/** A `#` line. */
export function noteLine(id: string, type: string, target: string, text: string): string {
  return `${id}\t${type} ${target}\t${text}\n`;
}

/** A name as brat stores types: other characters than `a-zA-Z0-9_-` replaced by `_` (its `normalize_to_storage_form`). */
export function storageForm(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/gu, "_");
}
