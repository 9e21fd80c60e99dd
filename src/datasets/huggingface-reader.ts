/** Reading Hugging Face datasets: rows of JSON Lines or Parquet, classes named by the README or the Parquet file. Offsets are code points unless the spans say otherwise. */
import { OffsetMap } from "../text/offsets";
import type { OffsetUnit } from "../text/offsets";
import type { Task } from "../model/task";
import { classNamesIn } from "./features";
import { isRow, listIn, numberIn, provenanceIn, stringIn } from "./files";
import type { Row } from "./files";
import { typeName } from "./json-types";
import { excerpt } from "./losses";
import type { Loss } from "./losses";
import { ReadError, joinWords } from "./reading";
import type { DatasetFiles, Detected, ReadDocument, ReadLabel, ReaderOptions, ReadResult } from "./reading";
import { answersIn, readParagraphs } from "./squad-reader";
import type { Paragraph } from "./squad-reader";
import { decodeTags, detectScheme, TAG_SCHEMES } from "./tag-schemes";
import type { TagScheme } from "./tag-schemes";
import { detectUnit, spanIn } from "./units";
import { rowsIn } from "./huggingface-rows";
import type { Placed } from "./huggingface-rows";

const TOKENS = ["tokens", "words"];
const TAGS = ["ner_tags", "tags", "labels", "ner", "entities"];
const TEXT = ["text", "sentence", "content"];
const LABEL = ["label", "labels", "sentiment"];

function column(row: Row, names: readonly string[], fits: (value: unknown) => boolean): string | undefined {
  return names.find((name) => fits(row[name]));
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== "";
const isTextList = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
const isTagList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number");

/** `path#offset`, as our own rows are named. */
function placeIn(id: unknown): { path?: string; offset?: number } {
  const match = typeof id === "string" ? /^([^]+)#(\d+)$/.exec(id) : null;
  return match === null ? {} : { path: match[1]!, offset: Number(match[2]) };
}

class RowReader {
  readonly losses: Loss[] = [];
  readonly documents: ReadDocument[] = [];
  readonly paragraphs: Paragraph[] = [];
  readonly names = { entities: new Set<string>(), sentiment: new Set<string>() };

  constructor(
    private readonly options: ReaderOptions,
    readonly unit: Detected<OffsetUnit>,
    readonly scheme: Detected<TagScheme>,
  ) {}

  read(placed: Placed): void {
    const { row } = placed;
    if (isText(row["context"]) && isText(row["question"])) this.#question(placed);
    else if (column(row, TOKENS, isTextList) !== undefined) this.#tokens(placed);
    else if (column(row, TEXT, isText) !== undefined) this.#class(placed);
    else this.#report(placed, "dropped", "a row without tokens, without a text and without a context");
  }

  #report({ file, line, row }: Placed, kind: Loss["kind"], reason: string, task?: Task, label?: string): void {
    const text = TEXT.map((name) => row[name]).find((value) => typeof value === "string");
    const { path } = placeIn(row["id"]);
    const of = {
      ...(path !== undefined && { document: path }),
      ...(task && { task }),
      ...(label !== undefined && { label }),
    };
    this.losses.push({ kind, file, line, ...of, ...(text !== undefined && { exact: excerpt(text) }), reason });
  }

  #question({ row, file, line }: Placed): void {
    const title = stringIn(row, "title");
    // SQuAD as `datasets` has it says "no answer" by empty lists.
    const impossible = isRow(row["answers"]) && answersIn(row, "answers")?.length === 0;
    const question: Row = { ...row, ...(impossible && { is_impossible: true }) };
    this.paragraphs.push({
      ...{ file, line, at: "row", context: row["context"] as string, questions: [question] },
      ...(title !== undefined && { title }),
    });
  }

  #tokens(placed: Placed): void {
    const { row, file, line, types } = placed;
    const tokens = row[column(row, TOKENS, isTextList)!] as string[];
    const name = column(row, TAGS, isTagList);
    const text = stringIn(row, "text");
    const at = placeIn(row["id"]);
    const own = Array.isArray(row["spans"]) && text !== undefined;
    const tags = own || name === undefined ? [] : this.#tagNames(placed, row[name] as (string | number)[], name);
    for (const label of this.#classes(types, name ?? "ner_tags", "entities") ?? []) {
      if (label !== "O") this.names.entities.add(label.replace(/^[BIESLU]-/, ""));
    }
    const base = { file, line, ...at, sentiment: [], questions: [] };
    if (own) {
      this.documents.push({
        ...base,
        text,
        kind: "excerpt",
        entities: this.#spans(placed, text, "spans"),
        rejected: this.#spans(placed, text, "rejected").map((item) => ({ ...item, task: "entities" })),
        reviewed: [{ start: 0, end: text.length }],
      });
      return;
    }
    if (tags?.length !== tokens.length) {
      const reason =
        tags === undefined ? "its tags are numbers without names" : `${tokens.length} tokens and ${tags.length} tags`;
      this.#report(placed, "dropped", reason, "entities");
      return;
    }
    const { text: joined, words } = joinWords([tokens]);
    const { entities, problems } = decodeTags(tags, this.scheme.value);
    for (const { index, reason } of problems) this.#report(placed, "assumed", reason, "entities", tokens[index]);
    // −1 is "unknown" in `datasets`, which is not "outside".
    const known = !tags.includes("");
    this.documents.push({
      ...base,
      text: joined,
      kind: "tokens",
      words: words[0]!,
      entities: entities.map(({ first, last, label }): ReadLabel => {
        const span = { start: words[0]![first]!.start, end: words[0]![last]!.end };
        return { ...span, label, exact: joined.slice(span.start, span.end), line };
      }),
      rejected: [],
      reviewed: known ? [{ start: 0, end: joined.length }] : [],
    });
  }

  #class(placed: Placed): void {
    const { row, file, line, types } = placed;
    const text = row[column(row, TEXT, isText)!] as string;
    const name = column(row, LABEL, (value) => typeof value === "string" || typeof value === "number");
    for (const label of this.#classes(types, name ?? "label", "sentiment") ?? []) this.names.sentiment.add(label);
    const value = name === undefined ? undefined : row[name];
    const base = { file, line, ...placeIn(row["id"]), text, kind: "excerpt", entities: [], questions: [] } as const;
    const rest = { ...base, rejected: [], reviewed: [] };
    const odd = LABEL.find((one) => row[one] !== undefined && row[one] !== null);
    if (value === undefined && odd !== undefined) {
      this.#report(placed, "dropped", `"${odd}" is ${typeName(row[odd])}, not one label`, "sentiment");
      return;
    }
    if (value === -1 || value === "" || value === undefined) {
      this.documents.push({ ...rest, sentiment: [] });
      return;
    }
    const label = typeof value === "string" ? value : this.#classes(types, name!, "sentiment")?.[value as number];
    if (label === undefined) {
      this.#report(placed, "dropped", `the label ${value as number} is a number without a name`, "sentiment");
      return;
    }
    const exact = { start: 0, end: text.length, exact: text };
    this.documents.push({ ...rest, sentiment: [{ ...exact, label, line, ...provenanceIn(row) }] });
  }

  #classes(types: Row, name: string, task: Task): readonly string[] | undefined {
    return classNamesIn(types[name]) ?? this.options.names?.[task];
  }

  /** Tags by name; "" for one that is unknown. Undefined if a number has no name. */
  #tagNames({ types }: Placed, tags: readonly (string | number)[], name: string): string[] | undefined {
    const classes = this.#classes(types, name, "entities");
    const named = tags.map((tag) => (typeof tag === "string" ? tag : tag === -1 ? "" : classes?.[tag]));
    return named.includes(undefined) ? undefined : (named as string[]);
  }

  #spans(placed: Placed, text: string, field: string): ReadLabel[] {
    const map = new OffsetMap(text);
    return listIn(placed.row, field).flatMap((value, index): ReadLabel[] => {
      const label = isRow(value) ? stringIn(value, "label") : undefined;
      if (!isRow(value) || label === undefined) {
        this.#report(placed, "dropped", `${field}[${index}] has no label`, "entities");
        return [];
      }
      const { path } = placeIn(placed.row["id"]);
      const about = { task: "entities", label, file: placed.file, line: placed.line } as const;
      const place = { ...about, ...(path !== undefined && { document: path }) };
      const given = { start: numberIn(value, "start"), end: numberIn(value, "end") };
      const span = spanIn(text, map, given, this.unit.value, this.options.misaligned, place, this.losses);
      return span === undefined ? [] : [{ ...span, label, line: placed.line, ...provenanceIn(value) }];
    });
  }
}

/** Spans that say which unit a file counts in. */
function unitOf(rows: readonly Placed[], options: ReaderOptions): Detected<OffsetUnit> {
  if (options.unit !== undefined) return { value: options.unit, reason: "chosen" };
  if (rows.some(({ row }) => Array.isArray(row["rejected"]) && placeIn(row["id"]).path !== undefined)) {
    return { value: "codepoint", reason: "the rows are an export of Glossator" };
  }
  function* samples(): Generator<{ text: string; start: number; end: number }> {
    for (const { row } of rows) {
      const text = stringIn(row, "text");
      if (text === undefined) continue;
      for (const span of listIn(row, "spans")) {
        if (isRow(span)) yield { text, start: numberIn(span, "start"), end: numberIn(span, "end") };
      }
    }
  }
  return detectUnit(samples(), ["codepoint", "utf16", "byte"]);
}

function schemeOf(rows: readonly Placed[], options: ReaderOptions): Detected<TagScheme> {
  const chosen = TAG_SCHEMES.find((scheme) => scheme === options.scheme);
  if (chosen !== undefined) return { value: chosen, reason: "chosen" };
  function* tags(): Generator<string[]> {
    for (const { row, types } of rows) {
      const name = column(row, TAGS, isTagList);
      if (name === undefined) continue;
      const classes = classNamesIn(types[name]) ?? options.names?.entities;
      yield (row[name] as (string | number)[]).map((tag) => (typeof tag === "string" ? tag : (classes?.[tag] ?? "O")));
    }
  }
  return detectScheme(tags());
}

/** See {@link ReadResult}: rows of tokens and tags, of a text and a label, of contexts and questions; each an excerpt of its document. */
export async function readHuggingFace(files: DatasetFiles, options: ReaderOptions): Promise<ReadResult> {
  const losses: Loss[] = [];
  const rows = await rowsIn(files, losses);
  if (rows.length === 0) {
    throw new ReadError(
      losses[0] === undefined ? "There is no JSON Lines or Parquet file with rows." : firstOf(losses[0]),
    );
  }
  const reader = new RowReader(options, unitOf(rows, options), schemeOf(rows, options));
  for (const row of rows) reader.read(row);
  const questions = readParagraphs(reader.paragraphs, options);
  return {
    documents: [...reader.documents, ...questions.documents],
    unit: reader.paragraphs.length > 0 && reader.documents.length === 0 ? questions.unit : reader.unit,
    scheme: reader.scheme,
    labels: { entities: [...reader.names.entities], sentiment: [...reader.names.sentiment] },
    losses: [...losses, ...reader.losses, ...questions.losses],
  };
}

function firstOf({ file, line, reason }: Loss): string {
  return `${file ?? ""}${line === undefined ? "" : `, line ${line}`}: ${reason}`;
}
