/** By which rows of JSON are known that no other format claims. */
import type { LookedAt, Sign } from "../../format";
import { MARKS } from "../../codecs/marks";
import { isRow } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { JSON_FILE } from "../../reading/json";
import { firstRows } from "../../reading/json-rows";
import { lookingAhead } from "../../reading/ledger";
import {
  classesIn,
  flatSpanIn,
  isText,
  oneHotIn,
  spansIn,
  taggedTextIn,
  tagsIn,
  textIn,
  tokenSpansIn,
  tokensIn,
} from "./columns";
import { tableRows } from "./table-rows";

/** Characters of a table that are looked at. */
const LOOKED_AT = 20_000;

const some =
  (fits: (row: Row) => boolean) =>
  ({ start }: LookedAt): boolean =>
    firstRows(start).some(fits);

/** A list of texts for words, and not a text that happens to be called so. */
const hasTokens = (row: Row): boolean => tokensIn(row, {}) !== undefined;

/** Lists of words and of their tags, or a text and its tags; a word a row is no such thing. */
const isTagged = (row: Row): boolean =>
  (taggedTextIn(row, {})?.tags.value.length ?? 0) > 1 ||
  (tokensIn(row, {}) !== undefined && tagsIn(row, {}) !== undefined);

/** The first rows of a table, of whose last one may be cut off. */
function firstTableRows(start: string): Row[] {
  return lookingAhead(() => {
    const rows: Row[] = [];
    for (const { row } of tableRows(start.slice(0, LOOKED_AT), "", [])) {
      rows.push(row);
      if (rows.length === 3) break;
    }
    return rows;
  });
}

/** What rows of spaCy, Prodigy and ours have, and those of a class do not. */
const OTHERS = ["cats", "answer", "_input_hash", "_task_hash", MARKS];

/** A class of a text, in its own field beside a list of entities, which may be empty in every row. */
function hasClassAndEntities(row: Row): boolean {
  const { text, label } = row;
  const listed = [row["entities"], row["ents"]].some(Array.isArray);
  const named = (isText(label) || typeof label === "number") && isText(text);
  return listed && named && OTHERS.every((name) => row[name] === undefined);
}

/** The likeliest first. */
export const ROW_SIGNS: readonly Sign[] = [
  {
    name: JSON_FILE,
    test: some(
      ({ context, question, answers }) =>
        typeof context === "string" && typeof question === "string" && answers !== undefined,
    ),
    confidence: 0.9,
    says: "has rows of contexts with questions",
  },
  {
    name: JSON_FILE,
    test: some((row) => Array.isArray(row["tokenized_text"]) && tokenSpansIn(row, {}) !== undefined),
    confidence: 0.9,
    says: "has rows of words and spans of words (GLiNER)",
  },
  {
    name: JSON_FILE,
    test: some(
      ({ annotation }) =>
        Array.isArray(annotation) && annotation.some((one) => isRow(one) && Array.isArray(one["points"])),
    ),
    confidence: 0.9,
    says: "has rows with the points of Dataturks' annotations",
  },
  {
    name: JSON_FILE,
    test: some(hasClassAndEntities),
    confidence: 0.88,
    says: "has rows with a text, its label and a list of spans",
  },
  {
    name: JSON_FILE,
    test: some((row) => hasTokens(row) && tagsIn(row, {}) !== undefined),
    confidence: 0.7,
    says: "has rows of tokens and tags",
  },
  {
    name: JSON_FILE,
    test: some((row) => taggedTextIn(row, {}) !== undefined),
    confidence: 0.72,
    says: "has rows with a text and a tag for each of its words",
  },
  {
    name: /\.(?:csv|tsv)$/i,
    test: ({ start }) => firstTableRows(start).some(isTagged),
    confidence: 0.82,
    says: "has rows of words with a tag each",
  },
  {
    name: JSON_FILE,
    test: some((row) => textIn(row, {}) !== undefined && spansIn(row, {}) !== undefined),
    confidence: 0.55,
    says: "has rows with a text and a list of spans",
  },
  {
    name: JSON_FILE,
    test: some((row) => flatSpanIn(row, {}) !== undefined),
    confidence: 0.5,
    says: "has rows with a text, words of it and their label",
  },
  {
    name: JSON_FILE,
    test: some((row) => textIn(row, {}) !== undefined && (classesIn(row, {})?.value.length ?? 0) > 0),
    confidence: 0.4,
    says: "has rows with a text and its labels",
  },
  {
    name: JSON_FILE,
    test: ({ start }) => oneHotIn(firstRows(start), {}).length > 0,
    confidence: 0.4,
    says: "has rows with a text and a column for each of its classes",
  },
];
