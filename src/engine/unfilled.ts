/** Between a document's text, in which escapes leave fills, and what the model reads: the text without them. */
import { SPAN_TASKS } from "../documents/tasks";
import { unfilled } from "../text/filled";
import type { Unfilled } from "../text/filled";
import type { Span } from "../text/span";
import type { Answer, Segment, SegmentLabels } from "./protocol";

/** A segment as the model reads it, and how it is placed; one that comes split into words is read as it is. */
export function unfilledSegment(segment: Segment): { readonly segment: Segment; readonly read?: Unfilled } {
  const read = segment.words === undefined ? unfilled(segment.text) : undefined;
  return read === undefined ? { segment } : { segment: { text: read.text }, read };
}

/** What was said of a segment without fills, placed in the segment with them. */
export function placedLabels(labels: SegmentLabels, read: Unfilled | undefined): SegmentLabels {
  if (read === undefined) return labels;
  const place = <T extends Span>(span: T): T => ({ ...span, start: read.at(span.start), end: read.at(span.end) });
  const placed: { -readonly [Key in keyof SegmentLabels]: SegmentLabels[Key] } = { ...labels };
  for (const task of SPAN_TASKS) {
    const [spans, words] = [labels[task], labels.words?.[task]];
    if (spans !== undefined) placed[task] = spans.map(place);
    if (words !== undefined) placed.words = { ...placed.words, [task]: { ...words, words: words.words.map(place) } };
  }
  return placed;
}

/** Contexts as the model reads them. */
export class UnfilledContexts {
  /** Without fills. */
  readonly texts: readonly string[];
  readonly #read: readonly (Unfilled | undefined)[];

  constructor(private readonly contexts: readonly string[]) {
    this.#read = contexts.map(unfilled);
    this.texts = contexts.map((text, i) => this.#read[i]?.text ?? text);
  }

  /** Offsets in each context as offsets in what is read of it. */
  offsets(borders: readonly (readonly number[])[]): readonly (readonly number[])[] {
    return borders.map((own, i) => {
      const read = this.#read[i];
      return read === undefined ? own : own.map((border) => read.of(border));
    });
  }

  /** An answer that was read, in its context. */
  placed(answer: Answer): Answer {
    const read = this.#read[answer.context];
    if (read === undefined) return answer;
    const [start, end] = [read.at(answer.start), read.at(answer.end)];
    return { ...answer, start, end, text: this.contexts[answer.context]!.slice(start, end) };
  }
}
