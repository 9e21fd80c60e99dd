/** Reading Hugging Face datasets: rows of JSON Lines or Parquet, classes named by the README or the Parquet file. Offsets are code points unless the spans say otherwise. */
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import type { Task } from "../../../documents/tasks";
import { classNamesIn } from "./features";
import { toNumber } from "../../reading/bytes";
import { typeName } from "../../reading/json-types";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { FLAT_PROVENANCE, flatProvenanceOf } from "../../codecs/provenance";
import { ReadError, joinWords } from "../../format";
import type { DatasetFiles, Detected, ReadDocument, ReadLabel, ReaderOptions, ReadResult } from "../../format";
import { QUESTION, readParagraphs } from "../squad/read";
import type { Paragraph } from "../squad/read";
import { anything, fields, list, object, take, text } from "../../reading/shape";
import type { Shape } from "../../reading/shape";
import { decodeTags, detectScheme, TAG_SCHEMES } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";
import { detectUnit, spanIn } from "../../reading/units";
import { rowsIn } from "./rows";
import type { Placed } from "./rows";

const TOKENS = ["tokens", "words"];
const TAGS = ["ner_tags", "tags", "labels", "ner", "entities"];
const TEXT = ["text", "sentence", "content"];
const LABEL = ["label", "labels", "sentiment"];

const SPANS = list(object({ start: anything, end: anything, label: text, ...FLAT_PROVENANCE }, "label"));
/** The parts of a row that are not columns of texts, tags or a label. */
const ROW = object({ title: text, spans: list(anything), ...FLAT_PROVENANCE });
const TEXT_OF_TOKENS = object({ text, spans: list(anything) });
/** Spans, told of where they are taken only: to find out the unit they are looked at before. */
const SPANNED = object({ spans: list(object({ start: anything, end: anything })) });

type Row = Placed["row"];

/** The first of some columns whose value is of a type. */
function column<T>(
  row: Row,
  names: readonly string[],
  fits: (value: unknown) => value is T,
): { readonly name: string; readonly value: T } | undefined {
  for (const name of names) {
    const value = row[name];
    if (fits(value)) return { name, value };
  }
  return undefined;
}

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
const isTagList = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number");
const isLabel = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

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
    const { context, question } = row;
    const tokens = column(row, TOKENS, isTextList)?.value;
    const text = column(row, TEXT, isText)?.value;
    if (isText(context) && isText(question)) this.#question(placed, context);
    else if (tokens !== undefined) this.#tokens(placed, tokens);
    else if (text !== undefined) this.#class(placed, text);
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

  #take<T>(shape: Shape<T>, { row, file, line }: Placed): T | undefined {
    return take(shape, row, { file, line }, this.losses);
  }

  #question(placed: Placed, context: string): void {
    const { file, line } = placed;
    const title = this.#take(ROW, placed)?.title;
    const question = this.#take(QUESTION, placed);
    // SQuAD as `datasets` has it says "no answer" by empty lists.
    const said = question?.answers;
    const impossible = fields.fits(placed.row["answers"]) && Array.isArray(said) && said.length === 0;
    this.paragraphs.push({
      ...{ file, line, at: "row", context },
      questions: [question && (impossible ? { ...question, is_impossible: true } : question)],
      ...(title !== undefined && { title }),
    });
  }

  #tokens(placed: Placed, tokens: readonly string[]): void {
    const { row, file, line, types } = placed;
    const { name, value = [] } = column(row, TAGS, isTagList) ?? {};
    const text = this.#take(TEXT_OF_TOKENS, placed)?.text;
    const at = placeIn(row["id"]);
    const own = Array.isArray(row["spans"]) && text !== undefined;
    const tags = own || name === undefined ? [] : this.#tagNames(placed, value, name);
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

  #class(placed: Placed, text: string): void {
    const { row, file, line, types } = placed;
    const { name, value } = column(row, LABEL, isLabel) ?? {};
    for (const label of this.#classes(types, name ?? "label", "sentiment") ?? []) this.names.sentiment.add(label);
    const base = { file, line, ...placeIn(row["id"]), text, kind: "excerpt", entities: [], questions: [] } as const;
    const rest = { ...base, rejected: [], reviewed: [] };
    const odd = LABEL.find((one) => row[one] !== undefined && row[one] !== null);
    if (value === undefined && odd !== undefined) {
      this.#report(placed, "dropped", `"${odd}" is ${typeName(row[odd])}, not one label`, "sentiment");
      return;
    }
    if (value === -1 || value === "" || value === undefined || name === undefined) {
      this.documents.push({ ...rest, sentiment: [] });
      return;
    }
    const label = typeof value === "string" ? value : this.#classes(types, name, "sentiment")?.[value];
    if (label === undefined) {
      this.#report(placed, "dropped", `the label ${value} is a number without a name`, "sentiment");
      return;
    }
    const exact = { start: 0, end: text.length, exact: text };
    const said = this.#take(ROW, placed);
    this.documents.push({ ...rest, sentiment: [{ ...exact, label, line, ...(said && flatProvenanceOf(said)) }] });
  }

  #classes(types: Placed["types"], name: string, task: Task): readonly string[] | undefined {
    return classNamesIn(types[name]) ?? this.options.names?.[task];
  }

  /** Tags by name; "" for one that is unknown. Undefined if a number has no name. */
  #tagNames({ types }: Placed, tags: readonly (string | number)[], name: string): string[] | undefined {
    const classes = this.#classes(types, name, "entities");
    const named = tags.map((tag) => (typeof tag === "string" ? tag : tag === -1 ? "" : classes?.[tag]));
    return named.includes(undefined) ? undefined : (named as string[]);
  }

  #spans(placed: Placed, text: string, field: "spans" | "rejected"): ReadLabel[] {
    const map = new OffsetMap(text);
    const { path } = placeIn(placed.row["id"]);
    const found = this.#take(object({ [field]: SPANS }), placed)?.[field] ?? [];
    return found.flatMap((value): ReadLabel[] => {
      const { label } = value;
      const about = { task: "entities", label, file: placed.file, line: placed.line } as const;
      const place = { ...about, ...(path !== undefined && { document: path }) };
      const given = { start: toNumber(value.start), end: toNumber(value.end) };
      const span = spanIn(text, map, given, this.unit.value, this.options.misaligned, place, this.losses);
      return span === undefined ? [] : [{ ...span, label, line: placed.line, ...flatProvenanceOf(value) }];
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
      const { text } = row;
      if (!isText(text)) continue;
      for (const { start, end } of take(SPANNED, row, {}, [])?.spans ?? [])
        yield { text, start: toNumber(start), end: toNumber(end) };
    }
  }
  return detectUnit(samples(), ["codepoint", "utf16", "byte"]);
}

function schemeOf(rows: readonly Placed[], options: ReaderOptions): Detected<TagScheme> {
  const chosen = TAG_SCHEMES.find((scheme) => scheme === options.scheme);
  if (chosen !== undefined) return { value: chosen, reason: "chosen" };
  function* tags(): Generator<string[]> {
    for (const { row, types } of rows) {
      const found = column(row, TAGS, isTagList);
      if (found === undefined) continue;
      const classes = classNamesIn(types[found.name]) ?? options.names?.entities;
      yield found.value.map((tag) => (typeof tag === "string" ? tag : (classes?.[tag] ?? "O")));
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
