/** A question about one document: passages, answers, and answers that say the same taken together. Offsets are UTF-16 code units. */
import type { EngineClient } from "../engine/client";
import { distinctAnswers } from "../engine/distinct-answers";
import { segmentDocument, sentenceText } from "../text/document";
import { documentPassages } from "../text/document-passages";
import type { DocumentPassage } from "../text/document-passages";
import type { Span } from "../text/span";

/** An answer in a document. */
export interface DocumentAnswer extends Span {
  /** What the model read there; markup and line breaks are blanks. */
  readonly shown: string;
  readonly score: number;
  /** On the same scale: that there is no answer where it was read. */
  readonly noAnswer: number;
}

/** How to ask. */
export interface AskingOptions {
  /** Answers to return. */
  readonly top: number;
  /** Passages to read, the likeliest when there are more. */
  readonly candidates?: number;
  /** Encode the whole document first, so that passages are found by their meaning, too. */
  readonly index?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** What can be asked about in a document; it serves any number of questions. */
export function readPassages(text: string, languageId: string): DocumentPassage[] {
  const sentences = segmentDocument(text, languageId).sentences.map((sentence) => ({
    start: sentence.start,
    end: sentence.end,
    text: sentenceText(text, sentence),
  }));
  return [...documentPassages(text, sentences, languageId)];
}

/** Asks about the passages of a document. Those that were indexed before cost nothing to index. @throws what the engine throws. */
export async function askDocument(
  engine: Pick<EngineClient, "ask" | "index">,
  passages: readonly DocumentPassage[],
  question: string,
  { top, candidates, index, signal, onProgress }: AskingOptions,
): Promise<DocumentAnswer[]> {
  const contexts = passages.map((passage) => passage.text);
  const common = { ...(signal && { signal }), ...(onProgress && { onProgress }) };
  if (index) await engine.index(contexts, common);
  const found = await engine.ask(question, contexts, {
    ...common,
    borders: passages.map(({ borders }) => borders),
    // Passages share a sentence, so that an answer may come twice, and spans of it more often.
    top: 4 * top,
    ...(candidates !== undefined && { candidates }),
  });
  const placed = found.map(({ context, start, end, score, noAnswer, text: shown }) => {
    const offset = passages[context]!.start;
    return { start: offset + start, end: offset + end, score, noAnswer, shown };
  });
  return distinctAnswers(placed, top);
}
