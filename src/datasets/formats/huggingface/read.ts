/** Reading Hugging Face datasets: rows of JSON Lines or Parquet, classes named by the README or the Parquet file. Offsets are code points unless the spans say otherwise. */
import { layersByKind, ofTask } from "../../../documents/layers";
import type { Label } from "../../../documents/labelled";
import { OffsetMap } from "../../../text/offsets";
import type { OffsetUnit } from "../../../text/offsets";
import { LABEL_TASKS, perTask, CLASSES, SPANS as SPAN_TASK } from "../../../documents/tasks";
import type { Task } from "../../../documents/tasks";
import { classNamesIn } from "../../reading/column-types";
import { toNumber } from "../../reading/bytes";
import { typeName } from "../../reading/json-types";
import { LabelNames } from "../../reading/label-names";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { FLAT_PROVENANCE, flatProvenanceOf } from "../../codecs/provenance";
import { joinWords } from "../../format";
import type { Detected, NumberNames, ReadDocument } from "../../format";
import { QUESTION, readParagraphs } from "../squad/read";
import type { Paragraph } from "../squad/read";
import { anything, fields, list, object, take, text } from "../../reading/shape";
import type { Shape } from "../../reading/shape";
import { decodeTags } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";
import { UNLABELLED } from "../../reading/builder";
import { reader, schemeOf } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { spanIn } from "../../reading/units";
import type { UnitSample } from "../../reading/units";
import { listedSpans } from "../../codecs/span-lists";
import {
  chosenColumns,
  classesIn,
  labelColumn,
  spansIn,
  tagsIn,
  textIn,
  tokenSpansIn,
  tokensIn,
  readColumns,
} from "./columns";
import type { ChosenColumns, Found } from "./columns";
import { rowsIn } from "./rows";
import type { Placed } from "./rows";

const SPANS = list(object({ start: anything, end: anything, label: text, ...FLAT_PROVENANCE }, "label"));
/** The parts of a row that are not columns of texts, tags or a label. */
const ROW = object({ title: text, spans: list(anything), ...FLAT_PROVENANCE });
const TEXT_OF_TOKENS = object({ text, spans: list(anything) });

type Row = Placed["row"];

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

/** `path#offset`, as our own rows are named. */
function placeIn(id: unknown): { path?: string; offset?: number } {
  const match = typeof id === "string" ? /^([^]+)#(\d+)$/.exec(id) : null;
  return match === null ? {} : { path: match[1]!, offset: Number(match[2]) };
}

/** A row of ours: its spans say all that its tags say. */
const hasSpans = (row: Row): boolean => Array.isArray(row["spans"]);

class RowReader {
  readonly documents: ReadDocument[] = [];
  readonly paragraphs: Paragraph[] = [];
  readonly names = perTask(LABEL_TASKS, () => new Set<string>());

  constructor(
    private readonly input: Input,
    private readonly unit: OffsetUnit,
    private readonly scheme: TagScheme,
    private readonly tags: TagNames,
    private readonly chosen: ChosenColumns,
  ) {}

  read(placed: Placed): void {
    const { row } = placed;
    const { context, question } = row;
    const tokens = tokensIn(row, this.chosen);
    const text = textIn(row, this.chosen);
    const tagged = tokens !== undefined && (tagsIn(row, this.chosen) !== undefined || hasSpans(row));
    const spans = tokens === undefined || tagged ? undefined : tokenSpansIn(row, this.chosen);
    if (isText(context) && isText(question)) this.#question(placed, context);
    else if (tagged) this.#tokens(placed, tokens);
    else if (tokens !== undefined && spans !== undefined) this.#tokenSpans(placed, tokens, spans.value);
    else if (text !== undefined) this.#text(placed, text);
    else if (tokens !== undefined) this.#tokens(placed, tokens);
    else this.#report(placed, "dropped", "a row without tokens, without a text and without a context");
  }

  #report({ file, line, row }: Placed, kind: Loss["kind"], reason: string, task?: Task, label?: string): void {
    const text = textIn(row, this.chosen);
    const { path } = placeIn(row["id"]);
    const of = {
      ...(path !== undefined && { document: path }),
      ...(task && { task }),
      ...(label !== undefined && { label }),
    };
    this.input.losses.push({ kind, file, line, ...of, ...(text !== undefined && { exact: excerpt(text) }), reason });
  }

  #take<T>(shape: Shape<T>, { row, file, line }: Placed): T | undefined {
    return take(shape, row, { file, line }, this.input.losses);
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
    const { name, value = [] } = tagsIn(row, this.chosen) ?? {};
    const text = this.#take(TEXT_OF_TOKENS, placed)?.text;
    const at = placeIn(row["id"]);
    const own = text !== undefined && hasSpans(row);
    const tags = own || name === undefined ? [] : this.tags.of(placed, value, name, tokens);
    for (const label of this.#classes(types, name ?? "ner_tags", SPAN_TASK) ?? []) {
      if (label !== undefined && label !== "O") this.names[SPAN_TASK].add(label.replace(/^[BIESLU]-/, ""));
    }
    const base = { ...UNLABELLED, file, line, ...at };
    if (own) {
      this.documents.push({
        ...base,
        text,
        kind: "excerpt",
        layers: layersByKind({
          spans: this.#spans(placed, text, "spans"),
          rejected: ofTask(SPAN_TASK, this.#spans(placed, text, "rejected")),
          reviewed: [{ start: 0, end: text.length }],
        }),
      });
      return;
    }
    if (tags.length !== tokens.length) {
      this.#report(placed, "dropped", `${tokens.length} tokens and ${tags.length} tags`, SPAN_TASK);
      return;
    }
    const { text: joined, words } = joinWords([tokens]);
    const { entities, problems } = decodeTags(tags, this.scheme);
    for (const { index, reason } of problems) this.#report(placed, "assumed", reason, SPAN_TASK, tokens[index]);
    // −1 is "unknown" in `datasets`, which is not "outside"; nor is a number that nothing names.
    const known = !tags.includes("") && !(name !== undefined && this.tags.unnamed(placed, value, name));
    this.documents.push({
      ...base,
      text: joined,
      kind: "tokens",
      words: words[0]!,
      layers: layersByKind({
        spans: entities.map(({ first, last, label }): Label => {
          const span = { start: words[0]![first]!.start, end: words[0]![last]!.end };
          return { ...span, label, exact: joined.slice(span.start, span.end), line };
        }),
        reviewed: known ? [{ start: 0, end: joined.length }] : [],
      }),
    });
  }

  /** A text with classes, spans, or both. */
  #text(placed: Placed, text: string): void {
    const { row, file, line, types } = placed;
    const rest = { ...UNLABELLED, file, line, ...placeIn(row["id"]), text, kind: "excerpt" } as const;
    const spans = spansIn(row, this.chosen);
    const found = classesIn(row, this.chosen);
    for (const label of (found && this.#classes(types, found.name, CLASSES)) ?? [])
      if (label !== undefined) this.names[CLASSES].add(label);
    const odd = (spans ?? found === undefined) ? labelColumn(row, this.chosen) : undefined;
    if (spans === undefined && found === undefined && odd !== undefined) {
      const empty = Array.isArray(row[odd]) && row[odd].length === 0;
      if (!empty) {
        const reason = `"${odd}" is ${typeName(row[odd])}, and neither a label, nor labels, nor spans with a start, an end and a label`;
        this.#report(placed, "dropped", reason, CLASSES);
        return;
      }
    }
    const said = this.#take(ROW, placed);
    const by = said === undefined ? {} : flatProvenanceOf(said);
    const own = found && classNamesIn(types[found.name]);
    const exact = { start: 0, end: text.length, exact: text };
    const classes = (found?.value ?? []).flatMap((value): Label[] => {
      if (value === -1 || value === "") return [];
      const at = { file, line };
      const label = typeof value === "string" ? value : this.tags.names.name(value, CLASSES, at, text, own);
      return [{ ...exact, label, line, ...by }];
    });
    const labels = spans === undefined ? [] : this.#listed(placed, text, spans);
    this.documents.push({ ...rest, layers: layersByKind({ classes, spans: labels }) });
  }

  /** Spans of a text, whatever their fields are called. */
  #listed(placed: Placed, text: string, { name, value }: Found<readonly unknown[]>): Label[] {
    const { file, line, types } = placed;
    const { spans = [], odd = [] } = listedSpans(value) ?? {};
    for (const item of odd)
      this.#report(
        placed,
        "dropped",
        `in "${name}": ${excerpt(JSON.stringify(item))} is no span with a label`,
        SPAN_TASK,
      );
    const map = new OffsetMap(text);
    return spans.flatMap(({ label: said, ...given }): Label[] => {
      const own = classNamesIn(types[name]);
      const at = { file, line };
      const label = typeof said === "string" ? said : this.tags.names.name(said, SPAN_TASK, at, text, own);
      const place = { task: SPAN_TASK, label, ...at };
      const span = spanIn(text, map, given, this.unit, this.input.options.misaligned, place, this.input.losses);
      return span === undefined ? [] : [{ ...span, label, line }];
    });
  }

  /** Spans of words, the last included: GLiNER's. */
  #tokenSpans(placed: Placed, tokens: readonly string[], value: readonly unknown[]): void {
    const { file, line, row } = placed;
    const { text, words } = joinWords([tokens]);
    const at = words[0]!;
    const { spans = [], odd = [] } = listedSpans(value) ?? {};
    const lost = (item: unknown): void =>
      this.#report(
        placed,
        "dropped",
        `${excerpt(JSON.stringify(item))} is no span of its ${tokens.length} words`,
        SPAN_TASK,
      );
    odd.forEach(lost);
    const labels = spans.flatMap((item): Label[] => {
      const [first, last] = [at[item.start], at[item.end]];
      if (first === undefined || last === undefined || item.end < item.start) {
        lost(item);
        return [];
      }
      const span = { start: first.start, end: last.end };
      return [{ ...span, exact: text.slice(span.start, span.end), label: String(item.label), line }];
    });
    const rest = { ...UNLABELLED, file, line, ...placeIn(row["id"]), text, kind: "tokens", words: at } as const;
    this.documents.push({ ...rest, layers: layersByKind({ spans: labels }) });
  }

  #classes(types: Placed["types"], name: string, task: Task): NumberNames | undefined {
    return this.tags.names.of(task, classNamesIn(types[name]));
  }

  #spans(placed: Placed, text: string, field: "spans" | "rejected"): Label[] {
    const map = new OffsetMap(text);
    const { path } = placeIn(placed.row["id"]);
    const found = this.#take(object({ [field]: SPANS }), placed)?.[field] ?? [];
    return found.flatMap((value): Label[] => {
      const { label } = value;
      const about = { task: SPAN_TASK, label, file: placed.file, line: placed.line } as const;
      const place = { ...about, ...(path !== undefined && { document: path }) };
      const given = { start: toNumber(value.start), end: toNumber(value.end) };
      const span = spanIn(text, map, given, this.unit, this.input.options.misaligned, place, this.input.losses);
      return span === undefined ? [] : [{ ...span, label, line: placed.line, ...flatProvenanceOf(value) }];
    });
  }
}

/** Spans that say which unit a file counts in. */
function* samples(rows: readonly Placed[]): Generator<UnitSample> {
  for (const { row } of rows) {
    const text = textIn(row, {});
    if (text === undefined || (tokensIn(row, {}) !== undefined && !hasSpans(row))) continue;
    for (const span of listedSpans(spansIn(row, {})?.value)?.spans ?? []) yield { text, ...span };
  }
}

function unitSaid(rows: readonly Placed[]): Detected<OffsetUnit> | undefined {
  const ours = rows.some(({ row }) => Array.isArray(row["rejected"]) && placeIn(row["id"]).path !== undefined);
  return ours ? { value: "codepoint", reason: "the rows are an export of Glossator" } : undefined;
}

/** Tags of all rows by name; numbers without one stay numbers. */
class TagNames {
  readonly names: LabelNames;
  /** Columns in which most words have the number 0, which no name has: taken for outside, as it is in every dataset that counts from there. */
  readonly #outside: ReadonlySet<string>;

  constructor(rows: readonly Placed[], input: Input, chosen: ChosenColumns) {
    this.names = new LabelNames(input);
    const counts = new Map<string, { zero: number; all: number; of: Placed }>();
    for (const placed of rows) {
      const found = tokensIn(placed.row, chosen) && tagsIn(placed.row, chosen);
      if (found === undefined || hasSpans(placed.row) || this.#named(placed, found.name) !== undefined) continue;
      const numbers = found.value.filter((tag) => typeof tag === "number");
      const count = counts.get(found.name) ?? { zero: 0, all: 0, of: placed };
      counts.set(found.name, count);
      count.zero += numbers.filter((tag) => tag === 0).length;
      count.all += numbers.length;
    }
    const outside = [...counts].filter(([, { zero, all }]) => zero * 2 >= all);
    this.#outside = new Set(outside.map(([name]) => name));
    for (const [name, { zero, all, of }] of outside) {
      const reason = `the number 0 of "${name}", which ${zero} of ${all} words have, is taken for "no label"`;
      input.losses.push({ kind: "assumed", file: of.file, line: of.line, task: SPAN_TASK, reason });
    }
  }

  #named({ types }: Placed, name: string): NumberNames | undefined {
    return this.names.of(SPAN_TASK, classNamesIn(types[name]));
  }

  /** Whether a number among the tags has no name. */
  unnamed(placed: Placed, tags: readonly (string | number)[], name: string): boolean {
    const names = this.#named(placed, name);
    return tags.some((tag) => typeof tag === "number" && tag !== -1 && names?.[tag] === undefined);
  }

  /** Tags by name; "" for one that is unknown. */
  of(placed: Placed, tags: readonly (string | number)[], name: string, tokens: readonly string[]): string[] {
    const sample = (): string => tokens.map((token, index) => `${token}/${tags[index] ?? ""}`).join(" ");
    return this.plain(placed, tags, name, (tag) =>
      this.names.name(tag, SPAN_TASK, placed, sample(), classNamesIn(placed.types[name])),
    );
  }

  /** As {@link of}, without taking note of what has no name. */
  plain(
    placed: Placed,
    tags: readonly (string | number)[],
    name: string,
    other: (tag: number) => string = String,
  ): string[] {
    const names = this.#named(placed, name);
    return tags.map((tag) => {
      if (typeof tag === "string") return tag;
      if (tag === -1) return "";
      return names?.[tag] ?? (tag === 0 && this.#outside.has(name) ? "O" : other(tag));
    });
  }
}

function* sentencesOf(rows: readonly Placed[], tags: TagNames, chosen: ChosenColumns): Generator<string[]> {
  for (const placed of rows) {
    const found = tokensIn(placed.row, chosen) && tagsIn(placed.row, chosen);
    if (found !== undefined) yield tags.plain(placed, found.value, found.name);
  }
}

const QUESTION_FIELDS = ["question", "id", "answers", "plausible_answers", "is_impossible"];

/** The fields that were read of some row. An id is, where it names a document or a question. */
function fieldsOf(rows: readonly Placed[], chosen: ChosenColumns): ReadonlySet<string> {
  const read = new Set(["spans", "rejected", ...Object.keys(FLAT_PROVENANCE)]);
  for (const { row } of rows) {
    const asks = isText(row["context"]) && isText(row["question"]);
    if (asks) for (const name of ["context", "title", ...QUESTION_FIELDS]) read.add(name);
    else for (const name of readColumns(row, chosen)) read.add(name);
    if (asks || placeIn(row["id"]).path !== undefined) read.add("id");
  }
  return read;
}

/** Rows of tokens and tags, of a text and a label, of contexts and questions; each an excerpt of its document. */
export const readHuggingFace = reader<Placed>("There is no JSON Lines or Parquet file with rows", (input) => ({
  parts: rowsIn(input),
  units: ["codepoint", "utf16", "byte"],
  unitSaid,
  samples,
  documents: (rows, unit) => {
    const chosen = chosenColumns(input.options.columns);
    const tags = new TagNames(rows, input, chosen);
    const scheme = schemeOf(input.options, sentencesOf(rows, tags, chosen));
    const reader = new RowReader(input, unit, scheme.value, tags, chosen);
    for (const row of rows) reader.read(row);
    const questions = readParagraphs(reader.paragraphs, input);
    return {
      documents: [...reader.documents, ...questions.documents],
      ...(reader.paragraphs.length > 0 && reader.documents.length === 0 && { unit: questions.unit }),
      scheme,
      labels: perTask(LABEL_TASKS, (task) => [...reader.names[task]]),
      ...tags.names.finish(),
      fields: fieldsOf(rows, chosen),
    };
  },
}));
