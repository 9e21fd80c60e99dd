/** Reads spaCy's training dictionaries from JSON Lines or a JSON list: entities, spans, classes. */
import { append } from "../../../text/grouped";
import { labelName } from "../../reading/label-names";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { MARKED, Marks, MARKS } from "../../codecs/marks";
import { markedPlace, rowReader } from "../../codecs/texts";
import type { RawLabel, RawText } from "../../codecs/texts";
import type { ReaderOptions } from "../../format";
import { CLASSES, SPANS } from "../../../documents/tasks";
import type { Input } from "../../reading/drive";
import { jsonObjects } from "../../reading/json";
import type { JsonElement } from "../../reading/json";
import { BesideTokens, hasParagraphs, isParagraph, paragraphs, paragraphText, THRESHOLD } from "./training-json";
import { hasTuples, tupleRows } from "./tuples";
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

/** A span as list (`[start, end, label, …]`) or object. */
const LABEL = named(
  "a span",
  either(
    mapped(tuple(number, number, anything), ([start, end, label]) => ({ start, end, label })),
    object({ ...SPAN, label: anything }, "start", "end"),
  ),
);

const FIELDS = {
  ...{ text: perhaps(text), [MARKS]: MARKED },
  entities: list(LABEL),
  ents: list(LABEL),
  spans: record(list(LABEL)),
  cats: either(
    mapped(list(text), (names) => names.map((name) => [name, 1] as const)),
    record(mapped(either(number, flag), Number)),
  ),
  label: anything,
};
const ROW = object(FIELDS);

type Row = Of<typeof ROW>;
type Report = (reason: string, of?: Partial<Loss>) => void;

function labelsOf(row: Row, marks: Marks | undefined, options: ReaderOptions, report: Report): RawLabel[] {
  const labels: RawLabel[] = [];
  const seen = new Set<string>();
  const groups = (row.spans ?? []).flatMap(([, some]) => some);
  for (const { start, end, label } of [...(row.entities ?? []), ...(row.ents ?? []), ...groups]) {
    const { name, problem } = labelName(label, options.names?.[SPANS]);
    if (problem !== undefined) report(problem, { kind: name === undefined ? "dropped" : "renamed", task: SPANS });
    if (name === undefined) continue;
    const span = { start, end };
    const key = `${span.start} ${span.end} ${name}`;
    // What overlaps is in `spans`, and what does not is there and among the entities.
    if (seen.has(key)) continue;
    seen.add(key);
    labels.push({ task: SPANS, span, label: name, by: marks?.by(SPANS, span, name) ?? [{}] });
  }
  return labels;
}

function classesOf(row: Row, text: string, marks: Marks | undefined): RawLabel[] {
  const whole = { start: 0, end: row.cats === undefined ? 0 : Array.from(text).length };
  return (row.cats ?? [])
    .filter(([, share]) => share >= THRESHOLD)
    .map(([label]) => ({ task: CLASSES, label, by: marks?.by(CLASSES, whole, label) ?? [{}] }));
}

/** The class of a row in a field that spaCy does not have, as rows of classifications do. */
function classBeside({ label, cats }: Row, marks: Marks | undefined, report: Report): RawLabel[] {
  if (label === undefined || label === null || label === "") return [];
  if (typeof label === "string" && cats === undefined && marks === undefined)
    return [{ task: CLASSES, label, by: [{}] }];
  report('the field "label"', { kind: "beside" });
  return [];
}

/** One dictionary with its text. */
export function spacyText(
  value: unknown,
  at: { readonly file: string; readonly line?: number },
  { options, losses }: Input,
): RawText | undefined {
  const report: Report = (reason, of = {}) => losses.push({ kind: "dropped", ...at, ...of, reason });
  const row = take(ROW, value, at, losses);
  const text = row?.text;
  if (row === undefined || text === undefined) {
    report('it has no "text"', { exact: excerpt(JSON.stringify(value)) });
    return undefined;
  }
  const marks = Marks.of(row[MARKS]);
  const place = markedPlace(marks);
  const spans = labelsOf(row, marks, options, report);
  const classes = [...classesOf(row, text, marks), ...classBeside(row, marks, report)];
  // Without a mark of ours that says otherwise, spaCy takes what carries no entity for outside. A class beside an empty list is none of spaCy's rows.
  const listed = marks === undefined && has(value, "entities");
  const reviewed = listed && (spans.length > 0 || row.label === undefined) ? "whole" : place.reviewed;
  return { ...at, text, ...place, labels: [...spans, ...classes], reviewed };
}

/** Rows, tuples of a text and a dictionary, or the paragraphs of version 2. */
function* rowsIn(text: string, file: string, losses: Loss[]): Generator<JsonElement> {
  if (hasParagraphs(text)) yield* paragraphs(text, file, losses);
  else yield* hasTuples(text) ? tupleRows(text, file, losses) : jsonObjects(text, file, losses);
}

/** Reads rows. @throws {ReadError} if there is none with a text. */
export const readSpacy = rowReader("There is no row with a text", ["codepoint", "utf16"], (input) => {
  const beside = new BesideTokens();
  return {
    take: (row, place) => (isParagraph(row) ? paragraphText(row, place, input, beside) : spacyText(row, place, input)),
    rows: rowsIn,
    finish: () => {
      append(input.losses, beside.losses());
      return { fields: new Set([...Object.keys(FIELDS), "id", "paragraphs"]) };
    },
  };
});
