/**
 * CSV (RFC 4180): a row a span, its unit in the names of the columns, and the texts of the documents beside it. A cell that a
 * spreadsheet would run as a formula has `'` before it, and so has one that begins with `'`: reading takes exactly one away.
 */
import { stringify } from "csv-stringify/sync";
import { addTo } from "../../../text/grouped";
import type { OffsetUnit } from "../../../text/offsets";
import type { Span } from "../../../text/span";
import { answersIn } from "../../../labels/answers";
import { readCsv } from "./read";
import { COLUMNS, detectCsv, guarded, unitColumn } from "./columns";
import type { Column, Kind } from "./columns";
import { chosenOption } from "../../document";
import type { FormatOption, LabelledDocument, Provenance, WriterOptions } from "../../document";
import { inOrder } from "../../codecs/in-order";
import type { Loss } from "../../losses";
import type { DatasetFormat } from "../../format";
import { SPLITS } from "../../splits";
import type { Split } from "../../splits";
import { wholeDocuments } from "../../writing/standoff";
import { fileText, FOLDER, textFiles } from "../../codecs/text-files";
import { wellFormed } from "../../../text/well-formed";
import { CheckedOffsets } from "../../../text/checked-offsets";
import type { Written } from "../../writing/writer";
import type { LabelTask } from "../../../documents/tasks";

const UNIT: FormatOption = {
  name: "unit",
  title: "Unit of offsets",
  values: ["codepoint", "utf16", "byte"],
};

/** What some reader or other takes for the end of a line; csv-stringify itself quotes LF only. */
const LINE_ENDS = /[\r\n\u0085\u2028\u2029]/;

type Cells = Partial<Record<Column, string | number>>;

/** The rows of one document, in order: entities, sentiment, answers by question, labels said to be wrong, reviewed stretches. */
function rowsOf(document: LabelledDocument, file: string, unit: OffsetUnit): Cells[] {
  const offsets = new CheckedOffsets(document, unit);
  const place = file === `${FOLDER}/${document.path}` ? {} : { file };
  const by = ({ author, time, model, score }: Provenance): Cells => {
    return {
      ...(author !== undefined && { author }),
      ...(time !== undefined && { time }),
      ...(model !== undefined && { model: model.name, model_version: model.version }),
      ...(score !== undefined && { score }),
    };
  };
  const row = (kind: Kind, task: string, span: (Span & { exact?: string }) | undefined, more: Cells): Cells => {
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
  const { entities, sentiment, questions, rejected, reviewed } = document;
  const labels = (task: LabelTask): Cells[] =>
    inOrder(task === "entities" ? entities : sentiment).map((item) =>
      row("label", task, item, { label: item.label, ...by(item) }),
    );
  return [
    ...labels("entities"),
    ...labels("sentiment"),
    ...questions.flatMap((item) => {
      const of = { question: item.question, question_id: item.id, ...by(item) };
      const none = item.answers === "none" ? [row("no answer", "answers", undefined, of)] : [];
      return [
        ...none,
        ...answersIn(item.answers).map((answer) => row("answer", "answers", answer, of)),
        ...item.plausible.map((answer) => row("plausible answer", "answers", answer, of)),
      ];
    }),
    ...rejected.map((item) => {
      const of = item.question === undefined ? {} : { question: item.question };
      return row("rejected", item.task, item, { label: item.label, ...of, ...by(item) });
    }),
    ...reviewed.map(({ start, end }) => row("reviewed", "entities", { start, end }, {})),
  ];
}

/** Writes all tasks. */
export function writeCsv(documents: readonly LabelledDocument[], options: WriterOptions): Written {
  const unit = chosenOption(UNIT, options.choices) as OffsetUnit;
  const whole = wholeDocuments(documents, options);
  const losses: Loss[] = [...whole.losses];
  const files = new Map<string, string>();
  const counts: Record<string, number> = {};
  const names = textFiles(whole.documents.map(([{ path }]) => path));
  const rows = new Map<Split, Cells[]>();
  for (const [document, split] of whole.documents) {
    const file = names.get(document.path)!;
    files.set(file, fileText(document));
    addTo(rows, split, rowsOf(document, file, unit));
  }
  for (const split of SPLITS) {
    const some = rows.get(split);
    if (some === undefined || some.length === 0) continue;
    const header = COLUMNS.map((column) => unitColumn(column, unit));
    const table = some.map((cells) => COLUMNS.map((column) => guarded(wellFormed(String(cells[column] ?? "")))));
    files.set(`${split}.csv`, stringify([header, ...table], { quoted_match: LINE_ENDS }));
    counts[`${split}.csv`] = table.length;
  }
  return { files, losses, counts };
}

/** The format. */
export const csv: DatasetFormat = {
  title: "CSV, a row a span",
  tasks: ["entities", "sentiment", "answers"],
  options: [UNIT],
  lossless: true,
  extensions: ["csv", "tsv"],
  write: writeCsv,
  read: readCsv,
  detect: detectCsv,
};
