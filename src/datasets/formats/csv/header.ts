/** The first row of a CSV file: which columns there are, whatever others call them, and by which it is known. */
import type { OffsetUnit } from "../../../text/offsets";
import { delimiterOf, recordsOf } from "../../codecs/table-records";
import { classColumns, separatorOf } from "./class-columns";
import { ReadError } from "../../format";
import type { LookedAt, Sign, TableColumns } from "../../format";
import { LABEL_OF_WORDS, WORDS_OF } from "../../codecs/words-of";
import { COLUMNS, OPTIONAL } from "./columns";
import type { Column } from "./columns";

/** What a column may be for: one of ours; `context`, the text that a span lies in beside what it holds; words of sentences with their tags. */
export type Role = Column | "context" | "word" | "tag" | "sentence";

/** Those that a user may choose a column for. */
export const CHOSEN_ROLES: readonly Role[] = [
  "text",
  "label",
  "start",
  "end",
  "context",
  "document",
  "word",
  "tag",
  "sentence",
];

const UNITS: Readonly<Record<string, OffsetUnit>> = {
  codepoint: "codepoint",
  codepoints: "codepoint",
  char: "codepoint",
  utf16: "utf16",
  byte: "byte",
  bytes: "byte",
};

/** Names of columns in files of others, lower case, with `_` for blanks. */
const ALIASES: Readonly<Partial<Record<Role, readonly string[]>>> = {
  document: ["document", "doc", "doc_id", "document_id", "filename", "file_name", "path", "source", "uri"],
  start: ["start", "begin", "start_offset", "start_char", "char_start", "offset"],
  end: ["end", "stop", "end_offset", "end_char", "char_end"],
  label: [
    ...[
      "label",
      "labels",
      "entity_type",
      "ent_type",
      "tag",
      "type",
      "class",
      "category",
      "sentiment",
      "intent",
      "emotion",
    ],
    ...["tags", "classes", "categories", "topics", "genres", "emotions", "intents", "targets"],
    ...["target", "polarity", "entities", "entity", "airline_sentiment", "annotations"],
  ],
  text: [
    ...[
      "text",
      "exact",
      "span",
      "mention",
      "quote",
      "entity_text",
      "content",
      "sentence",
      "review",
      "tweet",
      "utterance",
    ],
    ...["comment_text", "comment", "message", "data", "phrase", "headline", "query"],
  ],
  author: ["author", "annotator", "user", "username"],
  time: ["time", "timestamp", "created", "created_at", "updated_at"],
  score: ["score", "confidence", "probability"],
};
/** Beside a text that a span lies in: what the span holds. */
const HELD = ["exact", "mention", "span", "quote", "entity_text", "span_text", "entity", "surface", "phrase"];
const CONTEXT = ["context", "sentence", "text", "content", "passage", "paragraph", "full_text"];
const WORD = ["word", "words", "token", "tokens", "form"];
const TAG = ["tag", "tags", "ner_tag", "ner_tags", "ner", "iob", "bio", "bio_tag", "iob_tag", "entity_tag"];
const SENTENCE = [
  "sentence_#",
  "sentence",
  "sentence_id",
  "sentence_idx",
  "sentence_number",
  "sent_id",
  "sentence_no",
  "sent",
  "sentence#",
];

/** Where each column is in a header. */
export interface Header {
  readonly at: Readonly<Partial<Record<Role, number>>>;
  /** All columns, as the file calls them. */
  readonly names: readonly string[];
  readonly unit?: OffsetUnit;
  /** What the file calls its column of labels. */
  readonly label?: string;
  /** Written by us: cells are guarded. */
  readonly ours: boolean;
  /** Where the columns are of which each is a class. */
  readonly classes?: readonly number[];
  /** What stands between the labels of a cell that has several. */
  readonly separator?: string;
  /** Each row has words of its text and their label, without offsets. */
  readonly byWords?: true;
}

const normal = (name: string): string =>
  name
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, "_");

type At = Partial<Record<Role, number>>;

/** Columns for words of sentences with their tags, if there are any. */
function wordsAt(names: readonly string[]): At | undefined {
  const find = (aliases: readonly string[]): number =>
    aliases.map((one) => names.indexOf(one)).find((index) => index >= 0) ?? -1;
  const [word, tag, sentence] = [find(WORD), find(TAG), find(SENTENCE)];
  if (word < 0 || tag < 0 || names.some((name) => name === "start" || name === "end")) return undefined;
  return { word, tag, ...(sentence >= 0 && { sentence }) };
}

/** Columns of a text, of words that are in it in every row, and of their label; undefined where there are offsets, or no such columns. */
function wordsOfTexts(names: readonly string[], at: At, records: readonly (readonly string[])[]): At | undefined {
  const find = (aliases: readonly string[], ...taken: readonly number[]): number =>
    aliases.map((name) => names.indexOf(name)).find((index) => index >= 0 && !taken.includes(index)) ?? -1;
  const words = find(WORDS_OF);
  const [label, context] = [find(LABEL_OF_WORDS, words), find(CONTEXT, words)];
  if (at.start !== undefined || at.kind !== undefined || words < 0 || label < 0 || context < 0) return undefined;
  const all = records.map((row) => [row[words]?.trim() ?? "", row[context] ?? ""] as const);
  const inside = all.length > 0 && all.every(([held, text]) => held !== "" && text.includes(held));
  if (!inside || all.every(([held, text]) => held === text.trim())) return undefined;
  const { document, author, time, score } = at;
  const rest = Object.entries({ document, author, time, score }).filter(([, index]) => index !== undefined);
  return { ...(Object.fromEntries(rest) as At), context, text: words, label };
}

/** Columns by what the user chose. @throws {ReadError} for one that is none */
function chosenAt(cells: readonly string[], chosen: Readonly<Record<string, string>>): At {
  const at: At = {};
  for (const [role, name] of Object.entries(chosen)) {
    const known = CHOSEN_ROLES.find((one) => one === role);
    const index = cells.findIndex((cell) => cell.trim() === name);
    const number = index >= 0 ? index : /^\d+$/.test(name) ? Number(name) - 1 : -1;
    if (known === undefined)
      throw new ReadError(`A table has columns for ${CHOSEN_ROLES.join(", ")}, not for ${role}.`);
    if (number < 0 || number >= cells.length)
      throw new ReadError(
        `"${name}" is no column of the table; it has ${cells.map((cell) => `"${cell.trim()}"`).join(", ")}.`,
      );
    at[known] = number;
  }
  return at;
}

/**
 * Reads a header; undefined if it has neither a label nor a kind, nor words with tags, nor classes.
 * @param records the rows below it, by which columns of classes are known
 * @throws {ReadError} for a chosen column that is none
 */
export function readHeader(
  cells: readonly string[],
  chosen: Readonly<Record<string, string>> = {},
  records: readonly (readonly string[])[] = [],
): Header | undefined {
  const names = cells.map(normal);
  const own = chosenAt(cells, chosen);
  const words = Object.keys(own).length === 0 ? wordsAt(names) : own.word !== undefined ? own : undefined;
  if (words !== undefined) return { at: words, names: cells, ours: false };
  const at: At = { ...own };
  const free = (index: number): boolean => index >= 0 && !Object.values(at).includes(index);
  let unit: OffsetUnit | undefined;
  for (const [index, name] of names.entries()) {
    const counted = /^(start|end)_(?:in_)?([a-z0-9]+)$/.exec(name);
    const found = counted === null ? undefined : UNITS[counted[2]!];
    if (counted === null || found === undefined) continue;
    // `start_char` is what many tools call it, in whatever unit.
    if (counted[2] !== "char") unit = found;
    at[counted[1] as "start" | "end"] ??= index;
  }
  for (const column of COLUMNS) {
    for (const alias of [column, ...(ALIASES[column] ?? [])]) {
      const index = names.indexOf(alias);
      if (free(index) && at[column] === undefined) at[column] = index;
    }
  }
  const ours = unit !== undefined && COLUMNS.every((column) => OPTIONAL.includes(column) || at[column] !== undefined);
  // What others have under this name is not known.
  if (!ours) delete at.attributes;
  if (!ours && at.start !== undefined && at.end !== undefined && own.text === undefined && at.context === undefined) {
    const context = CONTEXT.map((name) => names.indexOf(name)).find(
      (index) => index >= 0 && (index === at.text || free(index)),
    );
    const held = HELD.map((name) => names.indexOf(name)).find(
      (index) => index >= 0 && index !== context && (index === at.text || free(index)),
    );
    if (context !== undefined && held !== undefined) Object.assign(at, { context, text: held });
  }
  if (at.label === undefined && !ours) {
    const classes = at.text === undefined || at.start !== undefined ? [] : classColumns(cells, records, at.text);
    return classes.length === 0 ? undefined : { at: { text: at.text! }, names: cells, ours, classes };
  }
  const held = own.text === undefined && !ours ? wordsOfTexts(names, at, records) : undefined;
  if (held !== undefined) return { at: held, names: cells, ours, label: cells[held.label!]!.trim(), byWords: true };
  const label = at.label === undefined ? undefined : cells[at.label]?.trim();
  const listed = records.map((row) => row[at.label ?? -1] ?? "");
  const separator = ours || label === undefined ? undefined : separatorOf(label, listed);
  return {
    ...{ at, names: cells, ours },
    ...(label !== undefined && { label }),
    ...(unit !== undefined && { unit }),
    ...(separator !== undefined && { separator }),
  };
}

/** A table's columns with a few rows, for the user. */
export function tableOf(
  file: string,
  { at, names, classes = [] }: Header,
  rows: readonly (readonly string[])[],
): TableColumns {
  const roles = Object.entries(at);
  const columns = names.map((name, index) => {
    const role = classes.includes(index) ? "class" : roles.find(([, one]) => one === index)?.[0];
    const held = rows.map((row) => (row[index] ?? "").slice(0, 40)).filter((cell) => cell !== "");
    return { name: name.trim(), ...(role !== undefined && { role }), holds: held.slice(0, 3).join(", ") };
  });
  return { file, columns, rows, roles: CHOSEN_ROLES };
}

/** The header of a file, by its first line. @param deep by the rows after it, too */
function headerOf({ start }: LookedAt, deep = false): Header | undefined {
  const { delimiter, skip } = delimiterOf(start);
  const line = start.split(/\r?\n/, skip + 1)[skip] ?? "";
  const cells = line.split(delimiter).map((cell) => cell.replace(/^\ufeff/, "").replace(/^"|"$/g, ""));
  if (cells.length < 2) return undefined;
  // The last row may be cut off.
  const records = deep ? recordsOf(start, "", []).slice(1, -1) : [];
  const sure = records.slice(0, LOOKED_AT).map(([, row]) => row);
  return readHeader(cells, {}, sure);
}

const FILE = /\.(?:csv|tsv)$/i;
/** Rows that are looked at to know a table. */
const LOOKED_AT = 100;

/** By their columns. */
export const CSV_SIGNS: readonly Sign[] = [
  {
    name: FILE,
    test: (file) => headerOf(file)?.ours === true,
    confidence: 1,
    says: "has the columns of this format",
  },
  {
    name: FILE,
    test: (file) => {
      const at = headerOf(file)?.at;
      return at?.start !== undefined && at.end !== undefined;
    },
    confidence: 0.8,
    says: "has columns for a label, a start and an end",
  },
  {
    name: FILE,
    test: (file) => headerOf(file)?.at.word !== undefined,
    confidence: 0.75,
    says: "has columns for a word and its tag",
  },
  {
    name: FILE,
    test: (file) => headerOf(file)?.at.text !== undefined,
    confidence: 0.6,
    says: "has columns for a text and a label",
  },
  {
    name: FILE,
    test: (file) => headerOf(file, true)?.classes !== undefined,
    confidence: 0.55,
    says: "has columns for a text and for each of its classes",
  },
  {
    name: /\.txt$/i,
    test: (file) => {
      const header = headerOf(file);
      return (
        header?.at.text !== undefined &&
        header.names.length < 20 &&
        header.names.every((name) => /^[\w #-]{1,30}$/.test(name))
      );
    },
    confidence: 0.5,
    says: "has columns for a text and a label in its first line",
  },
];
