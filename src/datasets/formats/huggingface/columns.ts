/** Which columns of a row hold its text or words and its labels, by their names, or as the user chose them. */
import { ReadError } from "../../format";
import { exactIn, listedSpans, offsetsIn } from "../../codecs/span-lists";
import type { SpanList } from "../../codecs/span-lists";
import { LABEL_OF_WORDS, placeOfWords, WORDS_OF } from "../../codecs/words-of";
import type { Row } from "../../reading/bytes";
import { isTag } from "../../../text/tags";
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
  ...["entity_mentions", "mentions", "annotation"],
];

/** Lists of spans that are no labels of ours: what was rejected, words, sentences, what joins labels. */
const NO_LABELS = ["rejected", "tokens", "sentences", "relations", "answers"];

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

/** Words and their tags. */
export interface TaggedWords {
  readonly tokens: Found<readonly string[]>;
  readonly tags: Found<readonly string[]>;
}

const apart = (text: string): string[] => text.split(/\s+/).filter((part) => part !== "");

/** Tags in a text with blanks between them, or in a list; undefined where one is no tag, or none begins anything and there are not several. */
function aTags(value: unknown): readonly string[] | undefined {
  const tags = typeof value === "string" ? apart(value) : isTextList(value) ? value : [];
  const some = tags.some((tag) => tag !== "O") || tags.length > 1;
  return some && tags.every(isTag) ? tags : undefined;
}

/** A row whose words are a text with blanks between them, and whose tags are one a word: no label of all of the text. Undefined for any other. */
export function taggedTextIn(row: Row, { tokens, text, tags, label }: ChosenColumns): TaggedWords | undefined {
  const of = first(row, tags ?? label, [...TAGS, "ner_tags_str", "tag_sequence"], aTags);
  const count = of?.value.length;
  const asMany = (value: unknown): readonly string[] | undefined =>
    isText(value) && apart(value).length === count ? apart(value) : undefined;
  const words = of && first(row, tokens ?? text, [...TOKENS, ...TEXT], asMany);
  return of === undefined || words === undefined || words.name === of.name ? undefined : { tokens: words, tags: of };
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

/** Spans of a row's text: under a name that such lists have, or the only list of spans that there is. */
export function spansIn(row: Row, { label }: ChosenColumns): Found<SpanList> | undefined {
  const known = first(row, label, SPANS, listedSpans);
  if (known !== undefined || label !== undefined) return known;
  const others = Object.entries(row).flatMap(([name, held]): Found<SpanList>[] => {
    const value = NO_LABELS.includes(name) ? undefined : listedSpans(held);
    return value === undefined ? [] : [{ name, value }];
  });
  return others.length === 1 ? others[0] : undefined;
}

/** A row that is one span of a text, with the text that it lies in. */
export interface FlatSpan {
  readonly text: Found<string>;
  /** One, under the name of the column with its label. */
  readonly spans: Found<SpanList>;
  /** The columns of its offsets, and of what it holds. */
  readonly fields: readonly string[];
  /** Why the span is not among them. */
  readonly lost?: string;
}

/** A row with words of its text and their label; where they stand in it once alone that is where. Else it is told, and they are no label of all of the text. */
function wordsIn(row: Row, { text, label }: ChosenColumns): FlatSpan | undefined {
  const words = first(row, undefined, WORDS_OF, aText);
  const named = words && first(row, label, LABEL_OF_WORDS, aText);
  const found = named && first(row, text, TEXT, aText);
  if (words === undefined || named === undefined || found === undefined || words.value === found.value)
    return undefined;
  const place = placeOfWords(found.value, words.value);
  const of = { text: found, fields: [words.name] };
  if (typeof place === "string") return { ...of, spans: { name: named.name, value: NO_SPANS }, lost: place };
  const start = Array.from(found.value.slice(0, place.start)).length;
  const span = { start, end: start + Array.from(words.value).length, label: named.value, exact: words.value };
  return { ...of, spans: { name: named.name, value: { spans: [span], odd: [] } } };
}

/** A row with offsets and a label of its own, and a text that is longer than what they hold; undefined for any other. Whose text is no longer, that is no span of it but said of all of it. */
export function flatSpanIn(row: Row, chosen: ChosenColumns): FlatSpan | undefined {
  const { text, label } = chosen;
  const own = offsetsIn(row);
  if (own === undefined) return wordsIn(row, chosen);
  const named = first(row, label, LABEL, aName);
  if (named === undefined || own.start < 0 || own.end <= own.start) return undefined;
  const holds = (value: unknown): string | undefined =>
    isText(value) && value.length >= own.end && value.length > own.end - own.start ? value : undefined;
  const found = first(row, text, [...TEXT, "context"], holds);
  if (found === undefined) return undefined;
  const said = exactIn(row, [found.name, named.name]);
  const { start, end, fields } = own;
  const span = { start, end, label: named.value, ...(said && { exact: said.exact }) };
  return {
    text: found,
    spans: { name: named.name, value: { spans: [span], odd: [] } },
    fields: [...fields, ...(said ? [said.name] : [])],
  };
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
