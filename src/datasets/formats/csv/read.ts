/** Reads CSV: our own, spans of others with or without the texts they are in, and texts with a class. */
import type { ExactSpan, Provenance } from "../../../documents/labelled";
import type { OffsetUnit } from "../../../text/offsets";
import { isQuestionTask, isTask, CLASSES, QUESTIONS, SPANS } from "../../../documents/tasks";
import type { LabelTask, Task } from "../../../documents/tasks";
import type { Column } from "./columns";
import { rowsOf } from "./rows";
import type { CsvRow } from "./rows";
import { pathsWith } from "../../reading/bytes";
import { DocumentBuilders } from "../../reading/builder";
import type { DocumentBuilder } from "../../reading/builder";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { Detected, ReaderOptions, ReadResult } from "../../format";
import { provenanceOf } from "../../codecs/provenance";
import { TextFiles } from "../../codecs/text-files";
import { columnTypesIn } from "../../reading/column-types";
import type { ColumnTypes } from "../../reading/column-types";
import { LabelNames } from "../../reading/label-names";
import { reader, textsIn } from "../../reading/drive";
import type { Input, Reading } from "../../reading/drive";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";

function provenanceIn({ cell }: CsvRow): Provenance {
  const said = (column: Column): string | undefined => (cell(column) === "" ? undefined : cell(column));
  const [name, score] = [said("model"), said("score")];
  return provenanceOf({
    author: said("author"),
    time: said("time"),
    model: name === undefined ? undefined : { name, version: cell("model_version") },
    score: score === undefined ? undefined : Number(score),
  });
}

/** An offset as written; NaN if it is none. */
function offset(cell: string): number {
  return /^\s*\d+(?:\.0+)?\s*$/.test(cell) ? Number(cell) : Number.NaN;
}

class CsvReader implements Reading<CsvRow> {
  readonly parts: Iterable<CsvRow>;
  readonly units = ["codepoint", "utf16", "byte"] as const;
  readonly #texts: TextFiles;
  readonly #documents = new DocumentBuilders();
  readonly #options: ReaderOptions;
  readonly #losses: Loss[];
  readonly #names: LabelNames;
  readonly #types: ColumnTypes;
  #unit: OffsetUnit = "codepoint";

  constructor(input: Input) {
    this.parts = rowsIn(input);
    this.#options = input.options;
    this.#losses = input.losses;
    this.#names = new LabelNames(input);
    this.#types = columnTypesIn(input);
    this.#texts = new TextFiles(input.files, input.losses);
  }

  unitSaid(rows: readonly CsvRow[]): Detected<OffsetUnit> | undefined {
    const said = rows.find(({ header }) => header.unit !== undefined)?.header.unit;
    return said && { value: said, reason: "named in the header" };
  }

  #textOf({ cell, file }: CsvRow): { readonly file: string; readonly text: string } | undefined {
    const named = cell("file") === "" ? undefined : this.#texts.find(cell("file"), file);
    return named ?? (cell("document") === "" ? undefined : this.#texts.ofDocument(cell("document"), file));
  }

  *samples(rows: readonly CsvRow[]): Generator<UnitSample> {
    for (const row of rows) {
      const known = this.#textOf(row);
      const [start, end] = [offset(row.cell("start")), offset(row.cell("end"))];
      const exact = row.cell("text");
      if (known === undefined || exact === "" || Number.isNaN(start + end)) continue;
      yield { text: known.text, start, end, exact };
    }
  }

  /** The text a row is about: its document's, or, without it, the row's own. */
  #document(row: CsvRow): DocumentBuilder | undefined {
    const { file, line, cell } = row;
    const named = { ...(cell("document") !== "" && { path: cell("document") }), file, line };
    const known = this.#textOf(row);
    if (known !== undefined) {
      return this.#documents.whole(known.file, { ...named, text: known.text });
    }
    const text = cell("text");
    if (text === "") return undefined;
    const start = offset(cell("start"));
    return this.#documents.excerpt({ ...named, text, ...(!Number.isNaN(start) && { offset: start }) });
  }

  #span(row: CsvRow, document: DocumentBuilder, task: Task, label: string): ExactSpan | undefined {
    const { file, line, cell } = row;
    const exact = cell("text");
    if (document.kind === "excerpt") return { start: 0, end: exact.length, exact };
    const place = { file, line, task, label, ...(document.path !== undefined && { document: document.path }) };
    const span = { start: offset(cell("start")), end: offset(cell("end")), ...(exact !== "" && { exact }) };
    return spanIn(document.text, document.map, span, this.#unit, this.#options.misaligned, place, this.#losses);
  }

  #label(row: CsvRow, task: Task): string {
    const label = row.cell("label").trim();
    const { file, line, cell, header } = row;
    if (!/^\d{1,6}$/.test(label)) return label;
    return this.#names.name(Number(label), task, { file, line }, cell("text"), this.#types.names(file, header.label));
  }

  /** Takes one row, or says why not. */
  #take(row: CsvRow): void {
    const { file, line, cell, header } = row;
    const drop = (reason: string, exact = cell("text")): void => {
      this.#losses.push({ kind: "dropped", file, line, ...(exact !== "" && { exact: excerpt(exact) }), reason });
    };
    const kind = header.at.kind === undefined ? "label" : cell("kind");
    const spans = header.at.start !== undefined && header.at.end !== undefined;
    const task = cell("task") || (spans ? SPANS : CLASSES);
    if (!isTask(task)) {
      drop(`"${task}" is no task`);
      return;
    }
    const document = this.#document(row);
    if (document === undefined) {
      drop("the text of its document is not among the files, and the row has none");
      return;
    }
    if (kind === "no answer" || kind === "answer" || kind === "plausible answer") {
      this.#answer(row, document, kind);
      return;
    }
    const label = this.#label(row, task);
    if (kind === "reviewed") {
      const span = this.#span(row, document, task, "reviewed");
      if (span !== undefined) document.review(span, task);
      return;
    }
    if (label === "") {
      drop("the row has no label");
      return;
    }
    if (kind !== "label" && kind !== "rejected") {
      drop(`"${kind}" is no kind of row`);
      return;
    }
    if (kind === "label" && isQuestionTask(task)) {
      drop('an answer is of the kind "answer" and has a question');
      return;
    }
    const whole = { start: 0, end: document.text.length, exact: document.text };
    const span = spans ? this.#span(row, document, task, label) : whole;
    if (span === undefined) return;
    const item = { ...span, label, ...provenanceIn(row), line };
    const question = cell("question");
    if (kind === "rejected") document.reject(task, { ...item, ...(question !== "" && { question }) });
    else document.label(task as LabelTask, item);
  }

  #answer(row: CsvRow, document: DocumentBuilder, kind: "answer" | "no answer" | "plausible answer"): void {
    const { line, cell } = row;
    const id = cell("question_id");
    const key = id === "" ? cell("question") : `id ${id}`;
    const span = kind === "no answer" ? undefined : this.#span(row, document, QUESTIONS, "answer");
    const named = { ...(id !== "" && { id }), question: cell("question") };
    const asked = document.question(key, { ...named, ...provenanceIn(row), line });
    if (kind === "no answer") asked.none();
    else if (span !== undefined && kind === "answer") asked.answer(span);
    else if (span !== undefined) asked.plausible(span);
  }

  documents(rows: readonly CsvRow[], unit: OffsetUnit): Pick<ReadResult, "documents" | "unnamed"> {
    this.#unit = unit;
    for (const row of rows) this.#take(row);
    return { documents: this.#documents.build(this.#losses), ...this.#names.finish() };
  }
}

function* rowsIn(input: Input): Generator<CsvRow> {
  for (const { file, text } of textsIn(input, pathsWith(input.files, "csv", "tsv")))
    if (text.trim() !== "") yield* rowsOf(text, file, input.losses);
}

/** Reads rows of spans, or of texts with a class. A span whose document is not among the files comes as an excerpt, to be found by its text. */
export const readCsv = reader<CsvRow>(
  "No row with a label: the first row must name the columns, such as document, label, start, end, text",
  (input) => new CsvReader(input),
);
