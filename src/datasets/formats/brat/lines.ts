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

/** What a line refers to, and in which role. */
export interface Argument {
  readonly role: string;
  readonly target: string;
}

/** `R`: a relation, `E`: an event, or `*`: what is equal. */
export interface Joining {
  readonly kind: "relation" | "event" | "equivalence";
  readonly id: string;
  readonly line: number;
  readonly type: string;
  /** In the order of the line; those of an equivalence have no role. */
  readonly of: readonly Argument[];
  /** For an event: the `T` it is triggered by. */
  readonly trigger?: string;
}

/** What else brat knows and this program has no place for. */
export interface OtherLine {
  readonly kind: "normalization";
  readonly id: string;
  readonly line: number;
  readonly type: string;
}

/** One line of an `.ann` file. */
export type AnnLine = TextBound | Attribute | Note | Joining | OtherLine;

/** A line that brat would not parse either. Lines count from 1. */
export interface BadLine {
  readonly line: number;
  readonly reason: string;
}

const ID = /^(?:[A-Za-z]+|#[A-Za-z]*)\d+.*$/;
const OTHER: Readonly<Record<string, Joining["kind"] | OtherLine["kind"]>> = {
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

function joining(
  kind: Joining["kind"],
  id: string,
  line: number,
  head: string,
  others: readonly string[],
): Joining | string {
  const [type = "", trigger] = kind === "event" ? head.split(":") : [head];
  if (type === "") return `${id} has no type`;
  if (kind === "event" && (trigger === undefined || trigger === "")) return `${id} names no trigger`;
  const of = others.map((part): Argument | undefined => {
    const at = kind === "equivalence" ? -1 : part.indexOf(":");
    const [role, target] = [part.slice(0, Math.max(0, at)), part.slice(at + 1)];
    return target === "" || (kind !== "equivalence" && role === "") ? undefined : { role, target };
  });
  const odd = others.find((_, index) => of[index] === undefined);
  if (odd !== undefined) return `"${odd}" is no argument, such as "Arg1:T1"`;
  if (kind !== "event" && of.length < 2) return `${id} joins fewer than two annotations`;
  return { kind, id, line, type, of: of as Argument[], ...(trigger !== undefined && { trigger }) };
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
      const [head = "", ...others] = data.split(" ").filter((part) => part !== "");
      if (kind === "normalization") return { kind, id, line, type: head };
      return joining(kind, id, line, head, others);
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

/** An `R` line. */
export function relationLine(id: string, type: string, from: string, to: string): string {
  return `${id}\t${type} Arg1:${from} Arg2:${to}\t\n`;
}

/** A `#` line. */
export function noteLine(id: string, type: string, target: string, text: string): string {
  return `${id}\t${type} ${target}\t${text}\n`;
}

/** A name as brat stores types: other characters than `a-zA-Z0-9_-` replaced by `_` (its `normalize_to_storage_form`). */
export function storageForm(name: string): string {
  return name.replace(/[^a-zA-Z0-9_-]/gu, "_");
}
