/** Which words and sentences of a dataset an import keeps. Offsets are UTF-16 code units. */
import type { Labelled, TokenizedSentence } from "../../documents/labelled";
import type { Steps } from "../../text/slices";
import type { Span } from "../../text/span";
import { apart } from "../../text/spans";
import { plainWords } from "../../text/words";
import type { LabelledDocument } from "../document";
import { sentencesOf } from "../workspace/walk";

function same(a: readonly Span[], b: readonly Span[]): boolean {
  return a.length === b.length && a.every(({ start, end }, at) => b[at]!.start === start && b[at]!.end === end);
}

/** The sentences of what was read for a document, in order; none where they are those that we would make of its text. */
export function* sourceTokens(document: string, text: string, read: readonly Labelled[]): Steps<TokenizedSentence[]> {
  const sentences = apart(read.flatMap(({ tokenized }) => tokenized ?? []));
  if (sentences.length === 0) return [];
  const own = yield* sentencesOf(text, document);
  const ours = new Set(own.map(({ start, end }) => `${start} ${end}`));
  const known = ({ start, end, words }: TokenizedSentence): boolean =>
    ours.has(`${start} ${end}`) && same(words, plainWords(text, { start, end }));
  return sentences.every(known) ? [] : sentences;
}

/** Those that the document does not have yet. */
export function unknownTokens(
  tokens: readonly TokenizedSentence[],
  { tokenized = [] }: LabelledDocument,
): readonly TokenizedSentence[] {
  const known = new Map(tokenized.map((sentence) => [sentence.start, sentence]));
  return tokens.filter(({ start, words }) => !same(words, known.get(start)?.words ?? []));
}
