/** What a row holds, told once by its columns: a question, words, a text; and which of its fields that are. */
import { FLAT_PROVENANCE } from "../../codecs/provenance";
import type { SpanList } from "../../codecs/span-lists";
import type { Row } from "../../reading/bytes";
import { saysYes } from "../../reading/one-hot";
import {
  classesIn,
  flatSpanIn,
  isText,
  spansIn,
  taggedTextIn,
  tagsIn,
  textIn,
  tokensIn,
  tokenSpansIn,
} from "./columns";
import type { ChosenColumns, Found } from "./columns";
import type { Placed } from "./rows";

/** The words of a row. */
type Tokens = Found<readonly string[]>;
/** The tags of a row's words. */
type Tags = Found<readonly (string | number)[]>;
/** Spans as the row has them. */
type Spans = Found<SpanList>;

/** What a row holds. */
export type RowShape =
  | { readonly kind: "question"; readonly context: string }
  /** A row of ours: its spans say all that its tags say. */
  | { readonly kind: "own"; readonly text: string; readonly tokens: Tokens; readonly tags?: Tags }
  /** Words; without tags nothing can be taken from them. */
  | { readonly kind: "tokens"; readonly tokens: Tokens; readonly tags?: Tags }
  | { readonly kind: "tokenSpans"; readonly tokens: Tokens; readonly spans: Spans }
  | {
      readonly kind: "text";
      readonly text: Found<string>;
      readonly spans?: Spans;
      /** Columns of the one span that the row is. */
      readonly offsets?: readonly string[];
      /** Why that span cannot be taken. */
      readonly lost?: string;
      readonly classes?: Tags;
      /** Columns of which each is a class: `classes` are those that say yes. */
      readonly oneHot?: readonly string[];
    }
  | { readonly kind: "nothing" };

/** A row with what it holds. */
export interface ShapedRow extends Placed {
  readonly shape: RowShape;
}

/** What a row holds: a question before words, words with tags or spans before a text. @param oneHot columns of its file that are a class each */
export function shapeOf(row: Row, chosen: ChosenColumns, oneHot: readonly string[] = []): RowShape {
  const { context, question } = row;
  if (isText(context) && isText(question)) return { kind: "question", context };
  const tokens = tokensIn(row, chosen);
  if (tokens !== undefined) {
    const tags = tagsIn(row, chosen);
    const tagged = { tokens, ...(tags && { tags }) };
    if (Array.isArray(row["spans"]) && isText(row["text"])) return { kind: "own", text: row["text"], ...tagged };
    if (tags !== undefined) return { kind: "tokens", ...tagged };
    const spans = tokenSpansIn(row, chosen);
    if (spans !== undefined) return { kind: "tokenSpans", tokens, spans };
  }
  const tagged = tokens === undefined ? taggedTextIn(row, chosen) : undefined;
  if (tagged !== undefined) return { kind: "tokens", ...tagged };
  const spans = spansIn(row, chosen);
  const flat = spans === undefined ? flatSpanIn(row, chosen) : undefined;
  if (flat !== undefined) {
    const { fields: offsets, ...rest } = flat;
    return { kind: "text", ...rest, offsets };
  }
  const text = textIn(row, chosen);
  if (text !== undefined) {
    const classes = classesIn(row, chosen);
    if (spans === undefined && classes === undefined && oneHot.length > 0) {
      const value = oneHot.filter((name) => saysYes(row[name]));
      return { kind: "text", text, classes: { name: oneHot[0]!, value }, oneHot };
    }
    return { kind: "text", text, ...(spans && { spans }), ...(classes && { classes }) };
  }
  return tokens === undefined ? { kind: "nothing" } : { kind: "tokens", tokens };
}

/** `path#offset`, as our own rows are named. */
export function placeIn(id: unknown): { path?: string; offset?: number } {
  const match = typeof id === "string" ? /^([^]+)#(\d+)$/.exec(id) : null;
  return match === null ? {} : { path: match[1]!, offset: Number(match[2]) };
}

/** Whether a row is one of ours that lists its classes. */
export function ownClasses(row: Row): boolean {
  return Array.isArray(row["classes"]) && placeIn(row["id"]).path !== undefined;
}

const QUESTION_FIELDS = ["context", "title", "question", "id", "answers", "plausible_answers", "is_impossible"];
const PROVENANCE_FIELDS = Object.keys(FLAT_PROVENANCE);

/** The fields that a row was read from. */
function fieldsIn(shape: RowShape): readonly string[] {
  switch (shape.kind) {
    case "question":
      return [...QUESTION_FIELDS, ...PROVENANCE_FIELDS];
    case "own":
      return ["text", "spans", "rejected", shape.tokens.name, ...(shape.tags ? [shape.tags.name] : [])];
    // A text beside its words says the same once more.
    case "tokens":
      return ["text", shape.tokens.name, ...(shape.tags ? [shape.tags.name] : [])];
    case "tokenSpans":
      return ["text", shape.tokens.name, shape.spans.name];
    case "text":
      if (shape.oneHot !== undefined) return [shape.text.name, ...shape.oneHot];
      return [
        ...[shape.text, shape.spans, shape.classes].flatMap((one) => one?.name ?? []),
        ...(shape.offsets ?? []),
        ...PROVENANCE_FIELDS,
      ];
    case "nothing":
      return [];
  }
}

/** The fields that were read of some row. An id is, where it names a document or a question. */
export function fieldsOf(rows: readonly ShapedRow[], chosen: ChosenColumns): ReadonlySet<string> {
  const read = new Set(Object.values(chosen));
  for (const { row, shape } of rows) {
    for (const name of fieldsIn(shape)) read.add(name);
    if (placeIn(row["id"]).path !== undefined) read.add("id");
    if (ownClasses(row)) read.add("classes");
  }
  return read;
}
