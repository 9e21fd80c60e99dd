/** Tokens that labels begin and end with. Offsets are UTF-16 code units of the document. */
import type { Span } from "../../text/span";
import { firstIndex } from "../../text/search";
import { cutWords } from "../../text/words";
import type { LabelledDocument } from "../document";
import { overlapping, wordsIn } from "../source-tokens";

/**
 * The words of a piece, cut where a label begins or ends; white space and what is invisible at a label's ends is a token of its own, so that every
 * label has a first and a last token.
 */
export function tokensFor(document: LabelledDocument, piece: Span, labels: readonly Span[]): Span[] {
  // Markup is no word of ours; a tool's tokens are all of the text.
  const sentences = overlapping(document.sentences, piece).filter(({ words: own }) => own !== undefined);
  const words = wordsIn({ ...document, sentences }, piece);
  const edges = [...new Set(labels.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const tokens = cutWords(words, edges);
  const [starts, ends] = [new Set(tokens.map(({ start }) => start)), new Set(tokens.map(({ end }) => end))];
  const gaps = new Map<number, Span>();
  const gapAt = (at: number): Span | undefined => {
    const next = firstIndex(tokens, ({ end }) => end > at);
    const span = { start: tokens[next - 1]?.end ?? piece.start, end: tokens[next]?.start ?? piece.end };
    return span.start < span.end ? span : undefined;
  };
  for (const { start, end } of labels) {
    for (const at of [...(starts.has(start) ? [] : [start]), ...(ends.has(end) ? [] : [end - 1])]) {
      const gap = gapAt(at);
      if (gap !== undefined) gaps.set(gap.start, gap);
    }
  }
  return [
    ...tokens,
    ...cutWords(
      [...gaps.values()].sort((a, b) => a.start - b.start),
      edges,
    ),
  ].sort((a, b) => a.start - b.start);
}
