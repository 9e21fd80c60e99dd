/**
 * CSV (RFC 4180): a row a span, its unit in the names of the columns, and the texts of the documents beside it. A cell that a
 * spreadsheet would run as a formula has `'` before it, and so has one that begins with `'`: reading takes exactly one away.
 */
import type { Details } from "../../../documents/labelled";
import { labelsIn, rejectedIn } from "../../../documents/layers";
import { stringify } from "csv-stringify/sync";
import { someOf } from "../../../text/grouped";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../documents/answers";
import { readCsv } from "./read";
import { COLUMNS, guarded, unitColumn } from "./columns";
import { CSV_SIGNS } from "./header";
import type { Column, Kind } from "./columns";
import { chosenOption } from "../../document";
import type { Documents, FormatOption, LabelledDocument } from "../../document";
import { attributesRow } from "../../codecs/attributes";
import { flatProvenanceRow } from "../../codecs/provenance";
import { inOrder } from "../../codecs/in-order";
import { HOLDS_ALL } from "../../format";
import type { DatasetFormat } from "../../format";
import { QUESTIONS, LABEL_TASKS, SPAN_TASKS, TASK_NAMES } from "../../../documents/tasks";
import { fileText, FOLDER, textFile } from "../../codecs/text-files";
import { lineSafeJson } from "../../../text/print";
import { wellFormed } from "../../../text/well-formed";
import { CheckedOffsets } from "../../../text/checked-offsets";
import type { ExportOutput, Output } from "../../writing/output";
import type { Task } from "../../../documents/tasks";

const UNIT: FormatOption = {
  name: "unit",
  title: "Unit of offsets",
  values: ["codepoint", "utf16", "byte"],
};

/** What some reader or other takes for the end of a line; csv-stringify itself quotes LF only. */
const QUOTED = { quoted_match: /[\r\n\u0085\u2028\u2029]/ };

type Cells = Partial<Record<Column, string | number>>;

function attributesCell(item: Details): Cells {
  const { attributes } = attributesRow(item);
  return attributes === undefined ? {} : { attributes: lineSafeJson(attributes) };
}

/** The columns of an export: a table without attributes has none for them. */
function columnsOf(documents: Documents): readonly Column[] {
  const some = someOf(documents, (document) => labelsIn(document).some(({ attributes }) => attributes !== undefined));
  return COLUMNS.filter((column) => some || column !== "attributes");
}

/** The rows of one document, in order: labels task by task, answers by question, labels said to be wrong, reviewed stretches. */
function rowsOf(document: LabelledDocument, file: string, unit: OffsetUnit): Cells[] {
  const offsets = new CheckedOffsets(document, unit);
  const place = file === `${FOLDER}/${document.path}` ? {} : { file };
  const row = (kind: Kind, task: Task, span: (Span & { exact?: string }) | undefined, more: Cells): Cells => {
    const at = span === undefined ? {} : offsets.span(span);
    return {
      document: document.path,
      ...place,
      kind,
      task,
      ...at,
      ...(span?.exact !== undefined && { text: span.exact }),
      ...more,
    };
  };
  return [
    ...LABEL_TASKS.flatMap((task) =>
      inOrder(document.layers[task].labels).map((item) =>
        row("label", task, item, { label: item.label, ...flatProvenanceRow(item), ...attributesCell(item) }),
      ),
    ),
    ...document.questions.flatMap((item) => {
      const of = { question: item.question, question_id: item.id, ...flatProvenanceRow(item) };
      const none = item.answers === "none" ? [row("no answer", QUESTIONS, undefined, of)] : [];
      return [
        ...none,
        ...answersIn(item.answers).map((answer) => row("answer", QUESTIONS, answer, of)),
        ...item.plausible.map((answer) => row("plausible answer", QUESTIONS, answer, of)),
      ];
    }),
    ...rejectedIn(document).map((item) => {
      const of = item.question === undefined ? {} : { question: item.question };
      return row("rejected", item.task, item, { label: item.label, ...of, ...flatProvenanceRow(item) });
    }),
    ...SPAN_TASKS.flatMap((task) =>
      document.layers[task].reviewed.map(({ start, end }) => row("reviewed", task, { start, end }, {})),
    ),
  ];
}

/** Writes all tasks. */
function write(document: LabelledDocument, out: Output): void {
  const unit = chosenOption(UNIT, out.options.choices) as OffsetUnit;
  const file = out.unique(textFile(document));
  const columns = out.once(columnsOf);
  out.file(file, fileText(document));
  const table = rowsOf(document, file, unit).map((cells) =>
    columns.map((column) => guarded(wellFormed(String(cells[column] ?? "")))),
  );
  if (table.length > 0) out.row(`${out.split}.csv`, stringify(table, QUOTED), table.length);
}

function* join(rows: Iterable<string>, _: string, out: ExportOutput): Generator<string> {
  const unit = chosenOption(UNIT, out.options.choices) as OffsetUnit;
  yield stringify([out.once(columnsOf).map((column) => unitColumn(column, unit))], QUOTED);
  yield* rows;
}

/** The format. */
export const csv: DatasetFormat = {
  title: "CSV, a row a span",
  // A row names its task.
  holds: { ...HOLDS_ALL, tasks: TASK_NAMES, rejected: TASK_NAMES },
  options: [UNIT],
  extensions: ["csv", "tsv"],
  write,
  join,
  read: readCsv,
  signs: CSV_SIGNS,
};
