/** Reads spaCy's training dictionaries from JSON Lines or a JSON list: entities, spans, classes. */
import { textOf } from "../../reading/bytes";
import { jsonFiles, jsonObjects } from "../../reading/json";
import { labelName } from "../../reading/label-names";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { MARKED, Marks, MARKS } from "../../codecs/marks";
import { markedPlace, readTexts } from "../../codecs/texts";
import type { RawLabel, RawText } from "../../codecs/texts";
import { ReadError } from "../../format";
import type { DatasetFiles, ReaderOptions, ReadResult } from "../../format";
import {
  anything,
  either,
  flag,
  has,
  list,
  mapped,
  named,
  number,
  object,
  perhaps,
  record,
  SPAN,
  take,
  text,
  tuple,
} from "../../reading/shape";
import type { Of } from "../../reading/shape";

/** From this a class is taken for right; spaCy's `textcat` decides by the same. */
const THRESHOLD = 0.5;

/** A span as list (`[start, end, label, …]`) or object. */
const LABEL = named(
  "a span",
  either(
    mapped(tuple(number, number, anything), ([start, end, label]) => ({ start, end, label })),
    object({ ...SPAN, label: anything }, "start", "end"),
  ),
);

const ROW = object({
  ...{ text: perhaps(text), [MARKS]: MARKED },
  entities: list(LABEL),
  ents: list(LABEL),
  spans: record(list(LABEL)),
  cats: record(mapped(either(number, flag), Number)),
});

type Row = Of<typeof ROW>;
type Report = (reason: string, of?: Partial<Loss>) => void;

function labelsOf(row: Row, marks: Marks | undefined, options: ReaderOptions, report: Report): RawLabel[] {
  const labels: RawLabel[] = [];
  const seen = new Set<string>();
  const groups = (row.spans ?? []).flatMap(([, some]) => some);
  for (const { start, end, label } of [...(row.entities ?? []), ...(row.ents ?? []), ...groups]) {
    const { name, problem } = labelName(label, options.names?.entities);
    if (problem !== undefined) report(problem, { kind: name === undefined ? "dropped" : "renamed", task: "entities" });
    if (name === undefined) continue;
    const span = { start, end };
    const key = `${span.start} ${span.end} ${name}`;
    // What overlaps is in `spans`, and what does not is there and among the entities.
    if (seen.has(key)) continue;
    seen.add(key);
    labels.push({ task: "entities", span, label: name, by: marks?.by("entities", span, name) ?? [{}] });
  }
  return labels;
}

function classesOf(row: Row, text: string, marks: Marks | undefined): RawLabel[] {
  const whole = { start: 0, end: row.cats === undefined ? 0 : Array.from(text).length };
  return (row.cats ?? [])
    .filter(([, share]) => share >= THRESHOLD)
    .map(([label]) => ({ task: "sentiment", label, by: marks?.by("sentiment", whole, label) ?? [{}] }));
}

/** One dictionary with its text. */
export function spacyText(
  value: unknown,
  file: string,
  line: number | undefined,
  options: ReaderOptions,
  losses: Loss[],
): RawText | undefined {
  const at = { file, ...(line !== undefined && { line }) };
  const report: Report = (reason, of = {}) => losses.push({ kind: "dropped", ...at, ...of, reason });
  const row = take(ROW, value, at, losses);
  const text = row?.text;
  if (row === undefined || text === undefined) {
    report('it has no "text"', { exact: excerpt(JSON.stringify(value)) });
    return undefined;
  }
  const marks = Marks.of(row[MARKS]);
  const labels = [...labelsOf(row, marks, options, report), ...classesOf(row, text, marks)];
  const place = markedPlace(marks);
  // Without a mark of ours that says otherwise, spaCy takes what carries no entity for outside.
  const reviewed = marks === undefined && has(value, "entities") ? "whole" : place.reviewed;
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
