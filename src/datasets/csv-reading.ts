/** Reads CSV: our own, spans of others with or without the texts they are in, and texts with a class. */
import { parse } from "csv-parse/sync";
import type { CsvError } from "csv-parse/sync";
import { append } from "../text/grouped";
import { OffsetMap } from "../text/offsets";
import type { OffsetUnit } from "../text/offsets";
import type { Span } from "../text/span";
import type { Task } from "../model/task";
import { delimiterOf, readHeader, unguarded } from "./csv-columns";
import type { Column, Header } from "./csv-columns";
import type { ExactSpan, Provenance } from "./document";
import { isoTime, pathsWith, textOf } from "./files";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { ReadError } from "./reading";
import type {
  DatasetFiles,
  Mutable,
  ReadDocument,
  ReadLabel,
  ReadQuestion,
  ReadRejection,
  ReadResult,
  ReaderOptions,
} from "./reading";
import { TextFiles } from "./text-files";
import { detectUnit, spanIn } from "./units";
import type { UnitSample } from "./units";

/** A row with its place. */
interface CsvRow {
  readonly file: string;
  readonly line: number;
  readonly header: Header;
  readonly cell: (column: Column) => string;
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

type Numbered = readonly [line: number, cells: readonly string[]];

const linesIn = (cells: readonly string[]): number => cells.reduce((sum, cell) => sum + cell.split("\n").length - 1, 0);

/** Where a line begins; lines count from 1. */
function lineStart(text: string, line: number): number {
  let at = 0;
  for (let i = 1; i < line && at >= 0; i++) at = text.indexOf("\n", at) + 1 || -1;
  return at < 0 ? text.length : at;
}

/**
 * The records of a file with the line each begins on. A quote that does not close takes all that follows into one cell: then its line is
 * a loss, and reading goes on at the next one.
 */
function recordsOf(text: string, delimiter: string, file: string, losses: Loss[]): Numbered[] {
  const all: Numbered[] = [];
  let from = 1;
  for (let rest = text; rest !== "";) {
    const quote = { open: false };
    const skipped: Loss[] = [];
    const records = parse(rest, {
      delimiter,
      info: true,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      skip_records_with_error: true,
      on_skip: (error: CsvError | undefined): undefined => {
        if (error?.code === "CSV_QUOTE_NOT_CLOSED") quote.open = true;
        const line = from - 1 + (typeof error?.["lines"] === "number" ? error["lines"] : 1);
        skipped.push({ kind: "dropped", file, line, reason: `the row does not parse: ${error?.message ?? "unknown"}` });
        return undefined;
      },
    }) as unknown as ParsedRecord[];
    for (const { record, info } of records) all.push([from - 1 + info.lines - linesIn(record), record]);
    if (!quote.open) {
      append(losses, skipped);
      break;
    }
    const last = records.at(-1)?.info.lines ?? 0;
    let start = lineStart(rest, last + 1);
    let line = from + last;
    // Empty lines before it are none of it.
    while (/^\r?\n/.test(rest.slice(start, start + 2))) {
      start = rest.indexOf("\n", start) + 1;
      line++;
    }
    const next = rest.indexOf("\n", start) + 1 || rest.length;
    append(losses, skipped.slice(0, -1));
    losses.push({
      kind: "dropped",
      file,
      line,
      exact: excerpt(rest.slice(start, next)),
      reason: "a quote in this row does not close",
    });
    rest = rest.slice(next);
    from = line + 1;
  }
  return all;
}

function rowsOf(text: string, file: string, losses: Loss[]): CsvRow[] {
  const [first, ...records] = recordsOf(text, delimiterOf(text), file, losses);
  const header = first && readHeader(first[1]);
  if (header === undefined) {
    losses.push({
      kind: "dropped",
      file,
      line: 1,
      reason: 'its first row names no column for labels, such as "label"',
    });
    return [];
  }
  const width = Math.max(...Object.values(header.at));
  return records.flatMap(([line, cells]) => {
    if (cells.length <= width) {
      const reason = `the row has ${cells.length} cells, the header names ${width + 1}: cut off?`;
      losses.push({ kind: "dropped", file, line, exact: excerpt(cells.join(",")), reason });
      return [];
    }
    const cell = (column: Column): string => {
      const at = header.at[column];
      const value = at === undefined ? "" : (cells[at] ?? "");
      return header.ours ? unguarded(value) : value;
    };
    return [{ file, line, header, cell }];
  });
}

function provenanceIn({ cell }: CsvRow): Provenance {
  const time = isoTime(cell("time"));
  const score = Number(cell("score"));
  return {
    ...(cell("author") !== "" && { author: cell("author") }),
    ...(time !== undefined && { time }),
    ...(cell("model") !== "" && { model: { name: cell("model"), version: cell("model_version") } }),
    ...(cell("score") !== "" && score >= 0 && score <= 1 && { score }),
  };
}

/** An offset as written; NaN if it is none. */
function offset(cell: string): number {
  return /^\s*\d+(?:\.0+)?\s*$/.test(cell) ? Number(cell) : Number.NaN;
}

class Builder {
  readonly entities: ReadLabel[] = [];
  readonly sentiment: ReadLabel[] = [];
  readonly questions = new Map<string, Mutable<ReadQuestion> & { answers: ExactSpan[]; plausible: ExactSpan[] }>();
  readonly rejected: ReadRejection[] = [];
  readonly reviewed: Span[] = [];
  readonly map: OffsetMap;

  constructor(
    readonly path: string | undefined,
    readonly text: string,
    readonly row: CsvRow,
    readonly kind: "whole" | "excerpt",
    readonly offset?: number,
  ) {
    this.map = new OffsetMap(text);
  }

  build(): ReadDocument {
    const { path, text, kind, entities, sentiment, questions, rejected, reviewed, row } = this;
    const labels = { entities, sentiment, questions: [...questions.values()], rejected, reviewed };
    const at = this.offset === undefined ? {} : { offset: this.offset };
    return { ...(path !== undefined && { path }), text, kind, ...at, ...labels, file: row.file, line: row.line };
  }
}

class CsvReader {
  readonly #texts: TextFiles;
  readonly #documents = new Map<string, Builder>();
  readonly #excerpts: Builder[] = [];
  unit: OffsetUnit = "codepoint";

  constructor(
    files: DatasetFiles,
    private readonly options: ReaderOptions,
    private readonly losses: Loss[],
  ) {
    this.#texts = new TextFiles(files, losses);
  }

  textOf({ cell, file }: CsvRow): { readonly file: string; readonly text: string } | undefined {
    const named = cell("file") === "" ? undefined : this.#texts.find(cell("file"), file);
    return named ?? (cell("document") === "" ? undefined : this.#texts.ofDocument(cell("document"), file));
  }

  *samples(rows: readonly CsvRow[]): Generator<UnitSample> {
    for (const row of rows) {
      const known = this.textOf(row);
      const [start, end] = [offset(row.cell("start")), offset(row.cell("end"))];
      const exact = row.cell("text");
      if (known === undefined || exact === "" || Number.isNaN(start + end)) continue;
      yield { text: known.text, start, end, exact };
    }
  }

  /** The text a row is about: its document's, or, without it, the row's own. */
  #builder(row: CsvRow): Builder | undefined {
    const path = row.cell("document") === "" ? undefined : row.cell("document");
    const known = this.textOf(row);
    if (known !== undefined) {
      const made = this.#documents.get(known.file) ?? new Builder(path, known.text, row, "whole");
      this.#documents.set(known.file, made);
      return made;
    }
    const text = row.cell("text");
    if (text === "") return undefined;
    const start = offset(row.cell("start"));
    const made = new Builder(path, text, row, "excerpt", Number.isNaN(start) ? undefined : start);
    this.#excerpts.push(made);
    return made;
  }

  #span(row: CsvRow, builder: Builder, task: Task, label: string): ExactSpan | undefined {
    const { file, line, cell } = row;
    const exact = cell("text");
    if (builder.kind === "excerpt") return { start: 0, end: exact.length, exact };
    const place = { file, line, task, label, ...(builder.path !== undefined && { document: builder.path }) };
    const span = { start: offset(cell("start")), end: offset(cell("end")), ...(exact !== "" && { exact }) };
    return spanIn(builder.text, builder.map, span, this.unit, this.options.misaligned, place, this.losses);
  }

  #label(row: CsvRow, task: Task): string {
    const label = row.cell("label").trim();
    const names = this.options.names?.[task];
    return /^\d+$/.test(label) ? (names?.[Number(label)] ?? label) : label;
  }

  /** Takes one row, or says why not. */
  take(row: CsvRow): void {
    const { file, line, cell, header } = row;
    const drop = (reason: string, exact = cell("text")): void => {
      this.losses.push({ kind: "dropped", file, line, ...(exact !== "" && { exact: excerpt(exact) }), reason });
    };
    const kind = header.at.kind === undefined ? "label" : cell("kind");
    const spans = header.at.start !== undefined && header.at.end !== undefined;
    const task = cell("task") || (spans ? "entities" : "sentiment");
    if (task !== "entities" && task !== "sentiment" && task !== "answers") {
      drop(`"${task}" is no task`);
      return;
    }
    const builder = this.#builder(row);
    if (builder === undefined) {
      drop("the text of its document is not among the files, and the row has none");
      return;
    }
    if (kind === "no answer" || kind === "answer" || kind === "plausible answer") {
      this.#answer(row, builder, kind);
      return;
    }
    const label = this.#label(row, task);
    if (kind === "reviewed") {
      const span = this.#span(row, builder, task, "reviewed");
      if (span !== undefined) builder.reviewed.push({ start: span.start, end: span.end });
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
    if (kind === "label" && task === "answers") {
      drop('an answer is of the kind "answer" and has a question');
      return;
    }
    const whole = { start: 0, end: builder.text.length, exact: builder.text };
    const span = spans ? this.#span(row, builder, task, label) : whole;
    if (span === undefined) return;
    const item = { ...span, label, ...provenanceIn(row), line };
    const question = cell("question");
    if (kind === "rejected") builder.rejected.push({ ...item, task, ...(question !== "" && { question }) });
    else builder[task as "entities" | "sentiment"].push(item);
  }

  #answer(row: CsvRow, builder: Builder, kind: "answer" | "no answer" | "plausible answer"): void {
    const { line, cell } = row;
    const id = cell("question_id");
    const key = id === "" ? cell("question") : `id ${id}`;
    const span = kind === "no answer" ? undefined : this.#span(row, builder, "answers", "answer");
    // An answer that could not be placed does not make its question one without an answer.
    if (kind !== "no answer" && span === undefined) return;
    const named = { ...(id !== "" && { id }), question: cell("question") };
    const known = builder.questions.get(key) ?? { ...named, answers: [], plausible: [], ...provenanceIn(row), line };
    builder.questions.set(key, known);
    if (span !== undefined) known[kind === "answer" ? "answers" : "plausible"].push(span);
  }

  documents(): ReadDocument[] {
    return [...this.#documents.values(), ...this.#excerpts].map((builder) => builder.build());
  }
}

/** Labels that are numbers, without names for them: said once. */
function numberLosses(rows: readonly CsvRow[], { names }: ReaderOptions): Loss[] {
  const labels = rows.map(({ cell }) => cell("label").trim()).filter((label) => label !== "");
  const numbers = rows.filter(({ cell }) => /^-?\d+$/.test(cell("label").trim()));
  const [first] = numbers;
  if (first === undefined || names !== undefined) return [];
  const { file, line } = first;
  const mixed = numbers.length < labels.length ? `${numbers.length} of ${labels.length} labels are` : "its labels are";
  return [
    { kind: "assumed", file, line, reason: `${mixed} numbers, and nothing names them: taken for names as they are` },
  ];
}

/** Reads rows of spans, or of texts with a class. A span whose document is not among the files comes as an excerpt, to be found by its text. */
export function readCsv(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const rows: CsvRow[] = [];
  for (const file of pathsWith(files, "csv", "tsv")) {
    const text = textOf(files, file, losses);
    if (text !== undefined && text.trim() !== "") append(rows, rowsOf(text, file, losses));
  }
  if (rows.length === 0) {
    const why = losses[0] === undefined ? "" : ` First problem: ${losses[0].file ?? ""}: ${losses[0].reason}.`;
    throw new ReadError(
      `No row with a label: the first row must name the columns, such as document, label, start, end, text.${why}`,
    );
  }
  append(losses, numberLosses(rows, options));
  const reader = new CsvReader(files, options, losses);
  const said = rows.find(({ header }) => header.unit !== undefined)?.header.unit;
  const unit =
    options.unit !== undefined
      ? { value: options.unit, reason: "chosen by the user" }
      : said !== undefined
        ? { value: said, reason: "named in the header" }
        : detectUnit(reader.samples(rows), ["codepoint", "utf16", "byte"] as const);
  reader.unit = unit.value;
  for (const row of rows) reader.take(row);
  return { documents: reader.documents(), unit, losses };
}
