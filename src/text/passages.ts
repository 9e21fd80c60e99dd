/** Passages of a document to look for answers in. Offsets are UTF-16 code units of the document. */
import type { Span } from "./span";

/** A sentence as the model reads it: `text` has its markup blanked and the length of the span. */
export interface SentenceLike extends Span {
  readonly text: string;
}

/** A stretch of the document to read as one; `text` has its length, so that offsets carry over. */
export interface Passage extends Span {
  readonly text: string;
}

/** Longest passage, in UTF-16 units, unless one sentence is longer: about 290 tokens of English. Shorter ones lose the answer more often: a passage without it seems to hold one. */
export const PASSAGE_UNITS = 1200;
/** A gap this wide (a code block, a table) ends a passage. */
const GAP_UNITS = 200;

function join(sentences: readonly SentenceLike[]): Passage | undefined {
  const first = sentences[0];
  if (first === undefined) return undefined;
  let text = "";
  for (const sentence of sentences) text = text.padEnd(sentence.start - first.start, " ") + sentence.text;
  return { start: first.start, end: first.start + text.length, text };
}

/** Groups neighbouring sentences into passages; each begins with the last sentence of the one before, so that no answer is cut from its context. */
export function* passagesOf(sentences: Iterable<SentenceLike>): Iterable<Passage> {
  let group: SentenceLike[] = [];
  let fresh = 0;
  for (const sentence of sentences) {
    const first = group[0];
    const last = group.at(-1);
    if (first !== undefined && last !== undefined) {
      const apart = sentence.start - last.end > GAP_UNITS;
      if (apart || sentence.end - first.start > PASSAGE_UNITS) {
        const passage = join(group);
        if (passage !== undefined) yield passage;
        const carries = !apart && sentence.end - last.start <= PASSAGE_UNITS && group.length > 1;
        group = carries ? [last] : [];
        fresh = 0;
      }
    }
    group.push(sentence);
    fresh += 1;
  }
  const rest = fresh > 0 ? join(group) : undefined;
  if (rest !== undefined) yield rest;
}
