/** By which rows of JSON are known that no other format claims. */
import type { LookedAt, Sign } from "../../format";
import { MARKS } from "../../codecs/marks";
import { isRow } from "../../reading/bytes";
import type { Row } from "../../reading/bytes";
import { JSON_FILE } from "../../reading/json";
import { firstRows } from "../../reading/json-rows";
import { classesIn, flatSpanIn, isText, oneHotIn, spansIn, tagsIn, textIn, tokenSpansIn, tokensIn } from "./columns";

const some =
  (fits: (row: Row) => boolean) =>
  ({ start }: LookedAt): boolean =>
    firstRows(start).some(fits);

/** A list of texts for words, and not a text that happens to be called so. */
const hasTokens = (row: Row): boolean => tokensIn(row, {}) !== undefined;

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
