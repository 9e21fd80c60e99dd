/** Labels documents one after another, in requests that span them, so that many small files are as fast as one large one. */
import type { EngineClient } from "../engine/client";
import type { Segment, SegmentLabels } from "../engine/protocol";
import { labelsTogether } from "../engine/together";
import { scanBlocks } from "../text/blocks";
import { segmentBlock, sentenceText } from "../text/document";
import type { SegmentKind } from "../text/segment-kind";
import type { Span } from "../text/span";
import type { InputDocument } from "./input";
import type { LabelTask } from "../documents/tasks";

/** A sentence of a document with what the model said; offsets of `start` and `end` count in the document, those in `labels` in `text`. */
export interface LabelledSentence extends Span {
  /** What the model read: the sentence, with markup blanked. */
  readonly text: string;
  /** Absent where the text came split into words. */
  readonly kind?: SegmentKind;
  readonly labels: SegmentLabels;
}

/** A document that is labelled in full. */
export interface LabelledInput extends InputDocument {
  readonly sentences: readonly LabelledSentence[];
}

/** A sentence to label. */
export interface SentenceSegment extends Segment, Span {
  /** Absent where the text came split into words. */
  readonly kind?: SegmentKind;
}

/** Sentences and units of text (one line can be 1 MB) in a request, and tokens in a batch; 1,024 are the fastest on a CPU. */
const SEGMENTS = 512;
const UNITS = 400_000;
const BATCH_TOKENS = 1024;
/** One request runs while the next is prepared. */
const REQUESTS = 2;

/** The sentences of a document, block by block. */
export function* sentenceSegments({ text }: InputDocument, languageId: string): Generator<SentenceSegment> {
  for (const block of scanBlocks(text, languageId))
    for (const sentence of segmentBlock(text, block, languageId))
      yield {
        start: sentence.start,
        end: sentence.end,
        text: sentenceText(text, sentence),
        kind: sentence.kind,
      };
}

/** Text that is split already: a line is a sentence, white space is between words. Blank lines are no sentences. */
export function* wordSegments({ text }: InputDocument): Generator<SentenceSegment> {
  for (const line of text.matchAll(/[^\n]+/g)) {
    const found = Array.from(line[0].matchAll(/\S+/g), (word) => ({
      start: word.index,
      end: word.index + word[0].length,
    }));
    const [first, last] = [found[0], found.at(-1)];
    if (!first || !last) continue;
    const words = found.map(({ start, end }) => ({ start: start - first.start, end: end - first.start }));
    const start = line.index + first.start;
    yield { start, end: line.index + last.end, text: line[0].slice(first.start, last.end), words };
  }
}

interface OpenDocument {
  readonly document: InputDocument;
  readonly sentences: (LabelledSentence | undefined)[];
  /** Sentences that are not labelled yet. */
  waiting: number;
  /** Whether all its sentences have been sent. */
  complete: boolean;
}

interface Slot {
  readonly of: OpenDocument;
  readonly index: number;
  readonly segment: SentenceSegment;
}

/** How to label. */
export interface LabellingOptions {
  readonly tasks: readonly LabelTask[];
  readonly segments: (document: InputDocument) => Iterable<SentenceSegment>;
  readonly signal?: AbortSignal;
  /** Sentences labelled so far. */
  readonly onProgress?: (sentences: number) => void;
}

/**
 * Labels documents and hands them on in order.
 * @throws what the engine throws.
 */
export async function* labelDocuments(
  documents: AsyncIterable<InputDocument>,
  engine: Pick<EngineClient, "label">,
  options: LabellingOptions,
): AsyncGenerator<LabelledInput> {
  const open: OpenDocument[] = [];
  const running: Promise<void>[] = [];
  let batch: Slot[] = [];
  let units = 0;
  let labelled = 0;

  const send = (): void => {
    const slots = batch;
    [batch, units] = [[], 0];
    if (slots.length === 0) return;
    const segments = slots.map(({ segment: { text, words } }) => (words ? { text, words } : { text }));
    const request = engine
      .label(segments, options.tasks, {
        batchTokens: BATCH_TOKENS,
        ...(options.signal && { signal: options.signal }),
        onResults: (results) => options.onProgress?.((labelled += results.length)),
      })
      .then((results) => {
        for (const [i, { of, index, segment }] of slots.entries()) {
          const { start, end, text, kind } = segment;
          of.sentences[index] = { start, end, text, ...(kind !== undefined && { kind }), labels: results[i]! };
          of.waiting--;
        }
      });
    // It is awaited below; until then a failure is not unhandled.
    request.catch(() => undefined);
    running.push(request);
  };
  function* finished(): Generator<LabelledInput> {
    while (open[0]?.complete && open[0].waiting === 0) {
      const { document, sentences } = open.shift()!;
      const alone = sentences as LabelledSentence[];
      const labels = labelsTogether(alone);
      yield { ...document, sentences: alone.map((sentence, i) => ({ ...sentence, labels: labels[i]! })) };
    }
  }

  for await (const document of documents) {
    const current: OpenDocument = { document, sentences: [], waiting: 0, complete: false };
    open.push(current);
    for (const segment of options.segments(document)) {
      if (batch.length > 0 && units + segment.text.length > UNITS) send();
      batch.push({ of: current, index: current.sentences.length, segment });
      current.sentences.push(undefined);
      current.waiting++;
      units += segment.text.length;
      if (batch.length >= SEGMENTS) send();
      while (running.length >= REQUESTS) await running.shift();
      if (open[0] !== current) yield* finished();
    }
    current.complete = true;
    yield* finished();
  }
  send();
  while (running.length > 0) {
    await running.shift();
    yield* finished();
  }
  yield* finished();
}
