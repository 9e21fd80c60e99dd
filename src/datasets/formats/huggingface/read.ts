/** Reading Hugging Face datasets: rows of JSON Lines, Parquet or Arrow, classes named by the README or the file itself. Offsets are code points unless the spans say otherwise. */
import { LABEL_TASKS, perTask } from "../../../documents/tasks";
import type { OffsetUnit } from "../../../text/offsets";
import { addTo } from "../../../text/grouped";
import { listedSpans } from "../../codecs/span-lists";
import type { Detected } from "../../format";
import type { Row } from "../../reading/bytes";
import { emptying, reader, schemeOf } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { LabelNames } from "../../reading/label-names";
import type { UnitSample } from "../../reading/units";
import { readParagraphs } from "../squad/read";
import { chosenColumns, oneHotIn } from "./columns";
import { RowReader } from "./row-reader";
import { fieldsOf, placeIn, shapeOf } from "./row-shape";
import type { ShapedRow } from "./row-shape";
import { rowsIn } from "./rows";
import { TagNames } from "./tag-names";

async function shapedRows(input: Input): Promise<ShapedRow[]> {
  const chosen = chosenColumns(input.options.columns);
  const placed = await rowsIn(input);
  const byFile = new Map<string, Row[]>();
  for (const { file, row } of placed) addTo(byFile, file, [row]);
  const oneHot = new Map([...byFile].map(([file, rows]) => [file, oneHotIn(rows, chosen)]));
  return placed.map((one) => ({ ...one, shape: shapeOf(one.row, chosen, oneHot.get(one.file)) }));
}

/** Spans that say which unit a file counts in. */
function* samples(rows: readonly ShapedRow[]): Generator<UnitSample> {
  for (const { row, shape } of rows) {
    if (shape.kind === "own") {
      for (const span of listedSpans(row["spans"])?.spans ?? []) yield { text: shape.text, ...span };
    } else if (shape.kind === "text") {
      for (const span of shape.spans?.value.spans ?? []) yield { text: shape.text.value, ...span };
    }
  }
}

function unitSaid(rows: readonly ShapedRow[]): Detected<OffsetUnit> | undefined {
  const ours = rows.some(({ row }) => Array.isArray(row["rejected"]) && placeIn(row["id"]).path !== undefined);
  return ours ? { value: "codepoint", reason: "the rows are an export of Glossator" } : undefined;
}

function* sentencesOf(rows: readonly ShapedRow[], tags: TagNames): Generator<string[]> {
  for (const placed of rows) {
    const { shape } = placed;
    if ((shape.kind === "own" || shape.kind === "tokens") && shape.tags !== undefined)
      yield tags.plain(placed, shape.tags);
  }
}

/** Rows of tokens and tags, of a text and a label, of contexts and questions; each an excerpt of its document. */
export const readHuggingFace = reader<ShapedRow>(
  "There is no JSON Lines, Parquet or Arrow file with rows",
  (input) => ({
    parts: shapedRows(input),
    units: ["codepoint", "utf16", "byte"],
    unitSaid,
    samples,
    documents: (rows, unit) => {
      const chosen = chosenColumns(input.options.columns);
      const names = new LabelNames(input);
      const tags = new TagNames(rows, names, input.losses);
      const scheme = schemeOf(input.options, sentencesOf(rows, tags));
      const reader = new RowReader(input, unit, scheme.value, names, tags, chosen);
      const fields = fieldsOf(rows, chosen);
      emptying(rows, (row) => reader.read(row));
      const questions = readParagraphs(reader.paragraphs, input);
      return {
        documents: [...reader.documents, ...questions.documents],
        ...(reader.paragraphs.length > 0 && reader.documents.length === 0 && { unit: questions.unit }),
        scheme,
        labels: perTask(LABEL_TASKS, (task) => [...reader.names[task]]),
        ...names.finish(),
        fields,
      };
    },
  }),
);
