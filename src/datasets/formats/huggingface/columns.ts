/** Which columns of a row hold its text or words and its labels, by their names, or as the user chose them. */
import { ReadError } from "../../format";
import { listedSpans } from "../../codecs/span-lists";
import type { Row } from "../../reading/bytes";

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
  ...["full_text", "Text", "query", "data"],
];
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

function first<T>(
  row: Row,
  chosen: string | undefined,
  names: readonly string[],
  fits: (value: unknown) => value is T,
): Found<T> | undefined {
  for (const name of chosen === undefined ? names : [chosen]) {
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
const isName = (value: unknown): value is string | number => typeof value === "string" || typeof value === "number";
const isSpans = (value: unknown): value is readonly unknown[] => listedSpans(value) !== undefined;

/** The words of a row. */
export function tokensIn(row: Row, { tokens }: ChosenColumns): readonly string[] | undefined {
  return first(row, tokens, TOKENS, isTextList)?.value;
}

/** The tags of a row's words. */
export function tagsIn(row: Row, { tags }: ChosenColumns): Found<readonly (string | number)[]> | undefined {
  return first(row, tags, TAGS, isTagList);
}

/** Spans of words, the last one included, as GLiNER has them. */
export function tokenSpansIn(row: Row, { tags }: ChosenColumns): Found<readonly unknown[]> | undefined {
  const names = tags === undefined ? ["ner", "entities", "spans"] : [tags];
  return first(
    row,
    undefined,
    names,
    (value): value is readonly unknown[] => Array.isArray(value) && (value.length === 0 || isSpans(value)),
  );
}

/** The text of a row. */
export function textIn(row: Row, { text }: ChosenColumns): string | undefined {
  return first(row, text, TEXT, isText)?.value;
}

/** Spans of a row's text. */
export function spansIn(row: Row, { label }: ChosenColumns): Found<readonly unknown[]> | undefined {
  return first(row, label, SPANS, isSpans);
}

/** The classes of a row's text; none where it says that there are none. */
export function classesIn(row: Row, { label }: ChosenColumns): Found<readonly (string | number)[]> | undefined {
  const one = first(row, label, LABEL, isName);
  if (one !== undefined) return { name: one.name, value: [one.value] };
  return first(row, label, LABEL, isTagList);
}

/** A column that is called like one of labels, whatever is in it. */
export function labelColumn(row: Row, { label }: ChosenColumns): string | undefined {
  const names = label === undefined ? [...new Set([...LABEL, ...SPANS])] : [label];
  return names.find((one) => row[one] !== undefined && row[one] !== null);
}

/** All columns that may have been read. */
export function readColumns(row: Row, chosen: ChosenColumns): ReadonlySet<string> {
  const read = [spansIn(row, chosen), classesIn(row, chosen), tagsIn(row, chosen)].flatMap((one) => one?.name ?? []);
  const texts = [...TOKENS, ...TEXT].filter((name) => isText(row[name]) || isTextList(row[name]));
  return new Set([...read, ...texts, ...Object.values(chosen)]);
}
