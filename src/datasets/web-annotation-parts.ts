/** The parts of a W3C Web Annotation as they are read: annotations of a file, targets, who made them. */
import type { Span } from "../text/span";
import type { Provenance } from "./document";
import { isoTime, isRow, stringIn } from "./files";
import type { Row } from "./files";
import { fromList, jsonObjects } from "./json-elements";
import type { Loss } from "./losses";

/** One annotation with its place in the files. */
export interface Found {
  readonly row: Row;
  readonly file: string;
  readonly line: number;
}

/** What a target says: which text, and where in it. */
export interface Target {
  readonly source: string | undefined;
  readonly position?: Span;
  readonly quote?: { readonly exact: string; readonly prefix: string; readonly suffix: string };
}

/** A value that may be one, several or none, as a list. */
export const listOf = (value: unknown): unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** The annotations of a file, each by itself, so that a broken one costs no other. */
export function* annotationsIn(text: string, file: string, losses: Loss[]): Generator<Found> {
  const from = text.trimStart().startsWith("[") ? text : (fromList(text, "items", "rows") ?? text);
  for (const { row, line } of jsonObjects(from, file, losses)) {
    if (row["target"] !== undefined) yield { row, file, line };
    else losses.push({ kind: "dropped", file, line, reason: "no annotation: it has no target" });
  }
}

function sourceOf(value: unknown): string | undefined {
  const name = typeof value === "string" ? value : isRow(value) ? (value["id"] ?? value["@id"]) : undefined;
  if (typeof name !== "string" || name === "") return undefined;
  const path = name.replace(/^file:\/*/, "").replace(/[?#].*$/, "");
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Reads a target, its selectors included. */
export function targetOf(value: unknown): Target {
  if (!isRow(value)) return { source: sourceOf(value) };
  const found: { position?: Span; quote?: NonNullable<Target["quote"]> } = {};
  for (const selector of listOf(value["selector"])) {
    if (!isRow(selector)) continue;
    const { start, end, exact } = selector;
    const text = (name: string): string => stringIn(selector, name) ?? "";
    if (selector["type"] === "TextPositionSelector" && typeof start === "number" && typeof end === "number")
      found.position = { start, end };
    else if (selector["type"] === "TextQuoteSelector" && typeof exact === "string" && exact !== "")
      found.quote = { exact, prefix: text("prefix"), suffix: text("suffix") };
  }
  return { source: sourceOf(value["source"]) ?? sourceOf(value), ...found };
}

/** Who decided, when, and what the model had said. */
export function provenanceIn(row: Row, body: Row): Provenance {
  const person = row["creator"];
  const author = isRow(person) ? (stringIn(person, "name") ?? stringIn(person, "nickname")) : sourceOf(person);
  const time = isoTime(row["modified"]) ?? isoTime(row["created"]);
  const software = body["creator"];
  const name = isRow(software) && software["type"] === "Software" ? stringIn(software, "name") : undefined;
  const version = isRow(software) ? stringIn(software, "schema:softwareVersion") : undefined;
  const score = body["glossator:score"];
  return {
    ...(author !== undefined && { author }),
    ...(time !== undefined && { time }),
    ...(name !== undefined && { model: { name, version: version ?? "" } }),
    ...(typeof score === "number" && score >= 0 && score <= 1 && { score }),
  };
}
