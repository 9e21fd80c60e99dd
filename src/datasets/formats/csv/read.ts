/** Reads CSV: our own, spans of others with or without the texts they are in, and texts with a class. */
import type { ExactSpan } from "../../../documents/labelled";
import type { OffsetUnit } from "../../../text/offsets";
import { isQuestionTask, isTask, CLASSES, QUESTIONS, SPANS } from "../../../documents/tasks";
import type { LabelTask, Task } from "../../../documents/tasks";
import { rowsOf } from "./rows";
import type { CsvRow } from "./rows";
import { attributesIn, provenanceIn } from "./said";
import { contextFiles } from "./spans";
import { wordDocuments } from "./words";
import { placeOfWords } from "../../codecs/words-of";
import { listedSpans, valueIn } from "../../codecs/span-lists";
import type { ListedSpan } from "../../codecs/span-lists";
import { isAddress, IS_ADDRESS } from "../../reading/address";
import { isRow, pathsWith, tableText } from "../../reading/bytes";
import { DocumentBuilders } from "../../reading/builder";
import type { DocumentBuilder, FirstRow } from "../../reading/builder";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { Detected, ReaderOptions, ReadResult, TableColumns } from "../../format";
import { TextFiles } from "../../codecs/text-files";
import { columnTypesIn } from "../../reading/column-types";
import type { ColumnTypes } from "../../reading/column-types";
import { LabelNames } from "../../reading/label-names";
import { reader, textsIn } from "../../reading/drive";
import type { Input, Reading } from "../../reading/drive";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";

/** An offset as written; NaN if it is none. */
function offset(cell: string): number {
  return /^\s*\d+(?:\.0+)?\s*$/.test(cell) ? Number(cell) : Number.NaN;
}

/** What a cell of labels says: names, or spans in the row's text, as pandas and Label Studio leave them there. */
function labelsIn(cell: string): { readonly names: readonly string[]; readonly spans: readonly ListedSpan[] } {
  const value = valueIn(cell);
  const found = listedSpans(value);
  if (found !== undefined) return { names: [], spans: found.spans };
  const choices = isRow(value) ? value["choices"] : value;
  const isNames = Array.isArray(choices) && choices.every((one) => typeof one === "string" || typeof one === "number");
  return { names: isNames ? choices.map(String) : [cell], spans: [] };
}

class CsvReader implements Reading<CsvRow> {
  readonly parts: Iterable<CsvRow>;
  readonly tables: TableColumns[] = [];
  readonly units = ["codepoint", "utf16", "byte"] as const;
  readonly #texts: TextFiles;
  readonly #documents = new DocumentBuilders();
  readonly #options: ReaderOptions;
  readonly #losses: Loss[];
  readonly #names: LabelNames;
  readonly #types: ColumnTypes;
  readonly #input: Input;
  /** Texts that several rows are about, by the text and where it is. */
  readonly #contexts = new Map<string, DocumentBuilder>();
  /** Files whose text is what a span lies in, and not what it holds. */
  #inContext: ReadonlySet<string> = new Set();
  #unit: OffsetUnit = "codepoint";

  constructor(input: Input) {
    this.#input = input;
    this.parts = this.#rows();
    this.#options = input.options;
    this.#losses = input.losses;
    this.#names = new LabelNames(input);
    this.#types = columnTypesIn(input);
    this.#texts = new TextFiles(input.files, input.losses);
  }

  *#rows(): Generator<CsvRow> {
    const { files, losses, options } = this.#input;
    const tables = pathsWith(files, "csv", "tsv");
    // A text file is a table where there is no other: else it is a document's text.
    const names = tables.length > 0 ? tables : pathsWith(files, "txt");
    for (const { file, text } of textsIn(this.#input, names, tableText)) {
      if (text.trim() === "") continue;
      const { rows, table } = rowsOf(text, file, losses, options.columns);
      if (table !== undefined) this.tables.push(table);
      yield* rows;
    }
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
      const context = row.cell("context");
      if (Number.isNaN(start + end)) {
        if (row.header.at.start === undefined)
          for (const span of labelsIn(row.cell("label")).spans) yield { text: exact, ...span };
      } else if (known !== undefined && exact !== "") yield { text: known.text, start, end, exact };
      else if (context !== "") yield { text: context, start, end, ...(exact !== "" && { exact }) };
      else if (exact.length > end - start) yield { text: exact, start, end };
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
    const inText = this.#inContext.has(file) || row.header.at.start === undefined;
    const context = cell("context") || (inText ? cell("text") : "");
    const alone = row.header.at.start === undefined && row.header.byWords !== true;
    if (context !== "") return this.#context({ ...named, text: context }, alone);
    const text = cell("text");
    if (text === "") return undefined;
    const start = offset(cell("start"));
    return this.#documents.excerpt({ ...named, text, ...(!Number.isNaN(start) && { offset: start }) });
  }

  /** A text that rows share; one that has its own label for all of it is by itself. */
  #context(first: Omit<FirstRow, "kind">, alone: boolean): DocumentBuilder {
    if (alone) return this.#documents.excerpt(first);
    const key = JSON.stringify([first.file, first.path, first.text]);
    const known = this.#contexts.get(key) ?? this.#documents.excerpt(first);
    this.#contexts.set(key, known);
    return known;
  }

  #span(row: CsvRow, document: DocumentBuilder, task: Task, label: string): ExactSpan | undefined {
    const { file, line, cell } = row;
    if (row.header.byWords === true) return this.#words(row, document, task, label);
    const inContext = row.header.at.context !== undefined || this.#inContext.has(file);
    const exact = row.header.at.context === undefined && inContext ? "" : cell("text");
    if (document.kind === "excerpt" && !inContext) return { start: 0, end: exact.length, exact };
    const place = { file, line, task, label, ...(document.path !== undefined && { document: document.path }) };
    const span = { start: offset(cell("start")), end: offset(cell("end")), ...(exact !== "" && { exact }) };
    return spanIn(document.text, document.map, span, this.#unit, this.#options.misaligned, place, this.#losses);
  }

  /** Where a row's words stand in its text. */
  #words({ file, line, cell }: CsvRow, { text }: DocumentBuilder, task: Task, label: string): ExactSpan | undefined {
    const exact = cell("text").trim();
    const place = placeOfWords(text, exact);
    if (typeof place !== "string") return { ...place, exact };
    this.#losses.push({ kind: "dropped", file, line, task, label, exact: excerpt(exact), reason: place });
    return undefined;
  }

  /** The labels of a row without offsets: classes of its text, or spans that its cell lists. */
  #cell(row: CsvRow, document: DocumentBuilder, drop: (reason: string) => void): void {
    const { file, line } = row;
    if (isAddress(document.text)) {
      drop(IS_ADDRESS);
      return;
    }
    const { names, spans } = row.classes === undefined ? this.#listed(row) : { names: row.classes, spans: [] };
    const by = { ...provenanceIn(row), line };
    if (names.length === 1 && names[0] === "") drop("the row has no label");
    for (const name of names) {
      const whole = { start: 0, end: document.text.length, exact: document.text };
      if (name !== "") document.label(CLASSES, { ...whole, label: this.#name(row, name, CLASSES), ...by });
    }
    for (const { label: said, ...given } of spans) {
      const label = this.#name(row, String(said), SPANS);
      const place = { file, line, task: SPANS, label };
      const span = spanIn(
        document.text,
        document.map,
        given,
        this.#unit,
        this.#options.misaligned,
        place,
        this.#losses,
      );
      if (span !== undefined) document.label(SPANS, { ...span, label, ...by });
    }
  }

  /** What a cell of labels says, separators between names included. */
  #listed({ cell, header }: CsvRow): ReturnType<typeof labelsIn> {
    const found = labelsIn(cell("label").trim());
    const { separator } = header;
    if (separator === undefined || found.names.length !== 1 || found.names[0] === "") return found;
    const names = found.names[0]!.split(separator).map((name) => name.trim());
    return { ...found, names: [...new Set(names.filter((name) => name !== ""))] };
  }

  #label(row: CsvRow, task: Task): string {
    return this.#name(row, row.cell("label").trim(), task);
  }

  #name(row: CsvRow, label: string, task: Task): string {
    const { file, line, cell, header } = row;
    if (!/^\d{1,6}$/.test(label)) return label;
    return this.#names.name(
      Number(label),
      task,
      { file, line },
      () => cell("text"),
      this.#types.names(file, header.label),
    );
  }

  /** Takes one row, or says why not. */
  #take(row: CsvRow): void {
    const { file, line, cell, header } = row;
    const drop = (reason: string, exact = cell("text")): void => {
      this.#losses.push({ kind: "dropped", file, line, ...(exact !== "" && { exact: excerpt(exact) }), reason });
    };
    const kind = header.at.kind === undefined ? "label" : cell("kind");
    const spans = header.byWords === true || (header.at.start !== undefined && header.at.end !== undefined);
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
    const { at } = row.header;
    if (header.byWords !== true && at.start === undefined && at.kind === undefined && at.task === undefined) {
      this.#cell(row, document, drop);
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
    else document.label(task as LabelTask, { ...item, ...attributesIn(row, this.#losses) });
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

  documents(rows: readonly CsvRow[], unit: OffsetUnit): Omit<ReadResult, "losses"> {
    this.#unit = unit;
    const words = rows.filter(({ header }) => header.at.word !== undefined);
    const spans = rows.filter(({ header }) => header.at.word === undefined);
    this.#inContext = contextFiles(spans, unit);
    for (const row of spans) this.#take(row);
    const { documents, scheme } = words.length === 0 ? { documents: [] } : wordDocuments(words, this.#input);
    return {
      documents: [...this.#documents.build(this.#losses), ...documents],
      ...(scheme && { scheme }),
      tables: this.tables,
      ...this.#names.finish(),
    };
  }
}

/** Reads rows of spans, or of texts with a class. A span whose document is not among the files comes as an excerpt, to be found by its text. */
export const readCsv = reader<CsvRow>(
  "No row with a label: the first row must name the columns, such as document, label, start, end, text",
  (input) => new CsvReader(input),
);
