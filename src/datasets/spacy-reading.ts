/** Reads spaCy's training dictionaries from JSON Lines or a JSON list: entities, spans, classes. */
import type { Span } from "../text/span";
import { isRow, listIn, stringIn, textOf, rowIn } from "./files";
import type { Row } from "./files";
import { jsonFiles, jsonObjects } from "./json-elements";
import { labelName } from "./label-names";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { Marks } from "./own-marks";
import { markedPlace, readTexts } from "./raw-texts";
import type { RawLabel, RawText } from "./raw-texts";
import { ReadError } from "./reading";
import type { DatasetFiles, ReaderOptions, ReadResult } from "./reading";

/** From this a class is taken for right; spaCy's `textcat` decides by the same. */
const THRESHOLD = 0.5;

type Report = (reason: string, of?: Partial<Loss>) => void;

/** A span as list (`[start, end, label, …]`) or object. */
function spanOf(value: unknown): { readonly span: Span; readonly label: unknown } | undefined {
  const [start, end, label] = Array.isArray(value)
    ? (value as unknown[])
    : isRow(value)
      ? [value["start"], value["end"], value["label"]]
      : [];
  return typeof start === "number" && typeof end === "number" ? { span: { start, end }, label } : undefined;
}

function spansOf(row: Row): unknown[] {
  const groups = rowIn(row, "spans") ?? {};
  const own = [...listIn(row, "entities"), ...listIn(row, "ents")];
  return [...own, ...Object.keys(groups).flatMap((group) => listIn(groups, group))];
}

function labelsOf(row: Row, marks: Marks | undefined, options: ReaderOptions, report: Report): RawLabel[] {
  const labels: RawLabel[] = [];
  const seen = new Set<string>();
  for (const value of spansOf(row)) {
    const found = spanOf(value);
    if (found === undefined) {
      report("a span's offsets are no numbers", { task: "entities", exact: excerpt(JSON.stringify(value)) });
      continue;
    }
    const { name, problem } = labelName(found.label, options.names?.entities);
    if (problem !== undefined) report(problem, { kind: name === undefined ? "dropped" : "renamed", task: "entities" });
    if (name === undefined) continue;
    const { span } = found;
    const key = `${span.start} ${span.end} ${name}`;
    // What overlaps is in `spans`, and what does not is there and among the entities.
    if (seen.has(key)) continue;
    seen.add(key);
    labels.push({ task: "entities", span, label: name, by: marks?.by("entities", span, name) ?? [{}] });
  }
  return labels;
}

function classesOf(row: Row, text: string, marks: Marks | undefined, report: Report): RawLabel[] {
  const { cats } = row;
  if (cats === undefined || cats === null) return [];
  if (!isRow(cats)) {
    report('"cats" is no object with a number a class', { task: "sentiment" });
    return [];
  }
  const whole = { start: 0, end: Array.from(text).length };
  return Object.entries(cats).flatMap(([label, value]): RawLabel[] => {
    const share = typeof value === "boolean" ? Number(value) : value;
    if (typeof share !== "number") report(`the class ${label} has no number`, { task: "sentiment", label });
    else if (share >= THRESHOLD) {
      return [{ task: "sentiment", label, by: marks?.by("sentiment", whole, label) ?? [{}] }];
    }
    return [];
  });
}

/** One dictionary with its text. */
export function spacyText(
  row: Row,
  file: string,
  line: number | undefined,
  options: ReaderOptions,
  losses: Loss[],
): RawText | undefined {
  const at = { file, ...(line !== undefined && { line }) };
  const report: Report = (reason, of = {}) => losses.push({ kind: "dropped", ...at, ...of, reason });
  const text = stringIn(row, "text");
  if (text === undefined) {
    report('it has no "text"', { exact: excerpt(JSON.stringify(row)) });
    return undefined;
  }
  const marks = Marks.of(row);
  const labels = [...labelsOf(row, marks, options, report), ...classesOf(row, text, marks, report)];
  const place = markedPlace(marks);
  // Without a mark of ours that says otherwise, spaCy takes what carries no entity for outside.
  const reviewed = marks === undefined && "entities" in row ? "whole" : place.reviewed;
  return { ...at, text, ...place, labels, reviewed };
}

/** Reads rows. @throws {ReadError} if there is none with a text. */
export function readSpacy(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const texts: RawText[] = [];
  for (const file of jsonFiles(files)) {
    for (const { line, row } of jsonObjects(textOf(files, file, losses) ?? "", file, losses)) {
      const raw = spacyText(row, file, line, options, losses);
      if (raw !== undefined) texts.push(raw);
    }
  }
  if (texts.length === 0) {
    const [first] = losses;
    const why = first === undefined ? "" : ` First reason: ${first.file}:${first.line}: ${first.reason}.`;
    throw new ReadError(`There is no row with a text.${why}`);
  }
  const { documents, unit } = readTexts(texts, options, ["codepoint", "utf16"], losses);
  return { documents, unit, losses };
}
