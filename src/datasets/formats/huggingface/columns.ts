/** Which columns of a row hold its text or words and its labels, by their names, or as the user chose them. */
import { ReadError } from "../../format";
import { listedSpans } from "../../codecs/span-lists";
import type { SpanList } from "../../codecs/span-lists";
import type { Row } from "../../reading/bytes";
import { oneHotColumns } from "../../reading/one-hot";

const TOKENS = ["tokens", "words", "tokenized_text", "token", "word", "sentence"];
const TAGS = ["ner_tags", "tags", "labels", "ner", "entities", "tag", "label", "ner_tag"];
const TEXT = [
  ...[
    "text",
    "sentence",
    "content",
    "review",
    "tweet",
    "utterance",
    "document",
    "body",
    "comment",
    "message",
    "source_text",
  ],
  ...["full_text", "comment_text", "Text", "Tweet", "query", "data"],
];
const TOKEN_SPANS = ["ner", "entities"];
const LABEL = [
  ...[
    "label",
    "labels",
    "sentiment",
    "category",
    "class",
    "intent",
    "emotion",
    "coarse_label",
    "label_text",
    "Label",
    "target",
  ],
  ...["categories", "cats"],
];
const SPANS = [
  ...["entities", "spans", "ner", "labels", "label", "annotations", "span_labels", "privacy_mask", "ents", "Entities"],
  ...["entity_mentions", "mentions"],
];

/** Roles that a user may choose a column for. */
export const ROLES = ["text", "label", "tokens", "tags"] as const;
type Role = (typeof ROLES)[number];

/** Columns as the user chose them. */
export type ChosenColumns = Readonly<Partial<Record<Role, string>>>;

/** The choice, checked. @throws {ReadError} for a role that there is not */
export function chosenColumns(columns: Readonly<Record<string, string>> = {}): ChosenColumns {
  const odd = Object.keys(columns).find((role) => !ROLES.some((one) => one === role));
  if (odd === undefined) return columns;
  throw new ReadError(`Rows have columns for ${ROLES.join(", ")}, not for ${odd}: --columns text=NAME,label=NAME.`);
}

/** A column with its value. */
export interface Found<T> {
  readonly name: string;
  readonly value: T;
}

/** The first of some columns whose value is what is looked for. */
function first<T>(
  row: Row,
  chosen: string | undefined,
  names: readonly string[],
  as: (value: unknown) => T | undefined,
): Found<T> | undefined {
  for (const name of chosen === undefined ? names : [chosen]) {
    const value = as(row[name]);
    if (value !== undefined) return { name, value };
  }
  return undefined;
}

/** A value, if a check of its type holds for it. */
function only<T>(fits: (value: unknown) => value is T): (value: unknown) => T | undefined {
  return (value) => (fits(value) ? value : undefined);
}

/** Whether a value is a text that is not empty. */
export const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
const isTagList = (value: unknown): value is readonly (string | number)[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string" || typeof item === "number");
const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";

const [aText, aTextList, aTagList, aName] = [only(isText), only(isTextList), only(isTagList), only(isName)];
const NO_SPANS: SpanList = { spans: [], odd: [] };

/** The words of a row. */
export function tokensIn(row: Row, { tokens }: ChosenColumns): Found<readonly string[]> | undefined {
  return first(row, tokens, TOKENS, aTextList);
}

/** The tags of a row's words. */
export function tagsIn(row: Row, { tags }: ChosenColumns): Found<readonly (string | number)[]> | undefined {
  return first(row, tags, TAGS, aTagList);
}

/** Spans of words, the last one included, as GLiNER has them. */
export function tokenSpansIn(row: Row, { tags }: ChosenColumns): Found<SpanList> | undefined {
  return first(row, tags, TOKEN_SPANS, (value) =>
    Array.isArray(value) && value.length === 0 ? NO_SPANS : listedSpans(value),
  );
}

/** The text of a row. */
export function textIn(row: Row, { text }: ChosenColumns): Found<string> | undefined {
  return first(row, text, TEXT, aText);
}

/** Spans of a row's text. */
export function spansIn(row: Row, { label }: ChosenColumns): Found<SpanList> | undefined {
  return first(row, label, SPANS, listedSpans);
}

/** The classes of a row's text; none where it says that there are none. */
export function classesIn(row: Row, { label }: ChosenColumns): Found<readonly (string | number)[]> | undefined {
  const one = first(row, label, LABEL, aName);
  if (one !== undefined) return { name: one.name, value: [one.value] };
  return first(row, label, LABEL, aTagList);
}

/** Columns of a file's rows of which each is a class; none where a row has words, a column of labels, or no text. */
export function oneHotIn(rows: readonly Row[], chosen: ChosenColumns): readonly string[] {
  const other = (row: Row): boolean => tokensIn(row, chosen) !== undefined || labelColumn(row, chosen) !== undefined;
  if (chosen.label !== undefined || rows.some((row) => textIn(row, chosen) === undefined || other(row))) return [];
  const [first] = rows;
  return first === undefined
    ? []
    : oneHotColumns(
        Object.keys(first),
        rows.map((row) => (name) => row[name]),
      );
}

/** A column that is called like one of labels, whatever is in it. */
export function labelColumn(row: Row, { label }: ChosenColumns): string | undefined {
  const names = label === undefined ? [...new Set([...LABEL, ...SPANS])] : [label];
  return names.find((one) => row[one] !== undefined && row[one] !== null);
}
