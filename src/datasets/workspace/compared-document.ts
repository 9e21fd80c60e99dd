/** A text and its annotators' decisions, ready to be compared. Offsets are UTF-16 code units. */
import { SPAN_TASKS } from "../../documents/tasks";
import type { Span } from "../../text/span";
import type { ComparedDocument } from "../../labels/agreement/agreement-units";
import { annotatorLabels, eventsByAuthor } from "../../labels/agreement/annotators";
import type { AnnotatorLabels } from "../../labels/agreement/annotators";
import type { DecisionEvent } from "../../labels/events";
import type { Steps } from "../../text/slices";
import { cutWords, splitWords } from "../../text/words";

/** A text and the logs of its annotators, ready to be compared. */
export function* comparedDocument(
  document: string,
  text: string,
  logs: readonly (readonly DecisionEvent[])[],
  sentences: readonly Span[],
): Steps<ComparedDocument> {
  const annotators: AnnotatorLabels[] = [];
  for (const [author, events] of eventsByAuthor(logs)) annotators.push(yield* annotatorLabels(author, events, text));
  const cuts = annotators.flatMap(({ layers }) =>
    SPAN_TASKS.flatMap((task) => layers[task].labels.flatMap(({ start, end }) => [start, end])),
  );
  const words = cutWords(
    splitWords(text),
    cuts.sort((a, b) => a - b),
  );
  return { path: document, annotators, words, sentences };
}
