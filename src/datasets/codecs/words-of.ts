/** Rows that have words of their text and a label for them, and no offsets: what tables and rows of JSON call these, and where the words are. Offsets are UTF-16 code units. */
import { onlyPlace } from "../../text/letters";
import type { Span } from "../../text/span";

/** What the words are called. */
export const WORDS_OF = ["entity", "mention", "surface", "exact", "entity_text", "span_text"];
/** What their label is called: an opinion about them is none of theirs. */
export const LABEL_OF_WORDS = ["label", "entity_type", "type", "tag", "class", "category", "ner", "labels", "ent_type"];

/** Where words are in their text; why that is not known, where they are not there once. */
export function placeOfWords(text: string, words: string): Span | string {
  const start = words === "" ? undefined : onlyPlace(text, words);
  if (start !== undefined) return { start, end: start + words.length };
  return text.includes(words) && words !== ""
    ? "the words are in the row's text more than once, and nothing says where"
    : "the words are not in the row's text";
}
