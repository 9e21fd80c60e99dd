/** The words and sentences that writers of tokens take: those of the dataset that a text came from, where its text is as it was, else our own. Offsets are UTF-16 code units. */
import type { TokenizedSentence } from "../documents/labelled";
import { append } from "../text/grouped";
import { firstIndex } from "../text/search";
import { unfilled } from "../text/filled";
import { blankOut } from "../text/sentences";
import { overlaps } from "../text/span";
import type { Span } from "../text/span";
import { splitWords } from "../text/words";
import type { LabelledDocument } from "./document";

type Sentence = LabelledDocument["sentences"][number];

/** The document with the sentences of its source in place of ours. What they leave out of one of ours is a sentence by itself. */
export function withSourceSentences<D extends LabelledDocument>(document: D): D {
  const { tokenized = [], sentences, text } = document;
  if (tokenized.length === 0) return document;
  const rest = sentences.flatMap((own): Sentence[] => {
    const taken = overlapping(tokenized, own);
    return taken.length === 0 ? [own] : outside(text, own, taken).map((span) => ({ ...own, ...span }));
  });
  const all: Sentence[] = [...rest, ...tokenized];
  return { ...document, sentences: all.sort((a, b) => a.start - b.start) };
}

/** What is left of a span beside others, in order, without white space at its ends. */
function outside(text: string, span: Span, others: readonly Span[]): Span[] {
  const edges = [span.start, ...others.flatMap(({ start, end }) => [start, end]), span.end];
  const gaps: Span[] = [];
  for (let index = 0; index < edges.length; index += 2) {
    const exact = text.slice(edges[index], Math.max(edges[index]!, edges[index + 1]!));
    const start = edges[index]! + exact.length - exact.trimStart().length;
    const end = start + exact.trim().length;
    if (start < end) gaps.push({ start, end });
  }
  return gaps;
}

/** Those of some spans, in order and apart from each other, that share text with a span. */
export function overlapping<T extends Span>(list: readonly T[], span: Span): readonly T[] {
  const first = firstIndex(list, ({ end }) => end > span.start);
  return list.slice(
    first,
    firstIndex(list, ({ start }) => start >= span.end),
  );
}

/** The words of a stretch of a document: a source's in its sentences, else ours, which markup is no part of. */
export function wordsIn(document: LabelledDocument, span: Span): Span[] {
  const parts = overlapping(document.sentences, span);
  const own = (piece: Span): Span[] => {
    const masked = parts.flatMap((one) => (overlaps(one, piece) ? (one.masked ?? []) : []));
    const text = blankOut(document.text, piece, masked);
    const read = unfilled(text);
    const words = splitWords(read?.text ?? text);
    const placed = read ? words.map(({ start, end }) => ({ start: read.at(start), end: read.at(end) })) : words;
    return placed.map((word) => shifted(word, piece.start));
  };
  const words: Span[] = [];
  let from = span.start;
  for (const part of parts.filter(isTokenized)) {
    append(words, own({ start: from, end: Math.max(from, part.start) }));
    append(
      words,
      part.words.filter((word) => span.start <= word.start && word.end <= span.end),
    );
    from = Math.max(from, part.end);
  }
  return from < span.end ? [...words, ...own({ start: from, end: span.end })] : words;
}

function isTokenized(sentence: Sentence): sentence is TokenizedSentence {
  return sentence.words !== undefined;
}

function shifted({ start, end }: Span, by: number): Span {
  return { start: start + by, end: end + by };
}
