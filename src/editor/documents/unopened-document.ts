/**
 * What is undecided in a file that nobody has open: its text and its log are read, the model is asked, and nothing is written. Offsets are UTF-16 code units.
 */
import type { Uri } from "vscode";
import { isLabelTask } from "../../documents/tasks";
import type { ClassTask } from "../../documents/tasks";
import type { EngineClient } from "../../engine/client";
import type { SegmentLabels } from "../../engine/protocol";
import { TogetherStream } from "../../engine/together";
import type { Annotation } from "../../labels/annotation";
import type { EventSink } from "../../labels/contract";
import { DecidedWords } from "../../labels/doubt";
import type { DecisionEvent } from "../../labels/events";
import { DocumentLabels } from "../../labels/store";
import { segmentingDocument, sentenceText } from "../../text/document";
import { LineColumns } from "../../text/line-columns";
import { inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import { textAround } from "./queued-document";
import type { QueuedDocument } from "./queued-document";
import { placeSuggestions } from "./suggest";
import type { PlaceOptions, SaidSpan } from "./suggest";
import type { Found } from "./undecided";

/** Of a longer file only so much of its beginning is read: a minute of a slow computer's time. */
const MOST_UNITS = 1_000_000;
/** So many suggestions of a file are looked for; others when these are decided. */
const MOST_SUGGESTIONS = 500;
/** Sentences in a request: so many are lost when it is cancelled. */
const SENTENCES = 128;
/** As for open documents: their work goes in between two batches. */
const BATCH_TOKENS = 256;

/** A file as it is on disk. */
export interface UnopenedFile {
  readonly id: string;
  readonly uri: Uri;
  readonly text: string;
  /** As `layoutOf` has it. */
  readonly languageId: string;
  /** The user's own decisions on it, in order of id, under the names of the label set. */
  readonly events: readonly DecisionEvent[];
}

/** What reading needs to know of model and settings. */
export interface ReadingOptions {
  readonly author: string;
  readonly engine: Pick<EngineClient, "label">;
  /** `multiple`: as `DocumentLabelsOptions` has it. */
  readonly placing: PlaceOptions & { readonly multiple?: readonly ClassTask[] };
  /** What is known of a sentence already. */
  readonly lookup: (text: string) => SegmentLabels | undefined;
  readonly signal: AbortSignal;
}

/** Where a suggestion is, since the text is not kept. */
interface Place {
  readonly line: number;
  readonly around: string;
}

/** A file that was read: its suggestions, and what was decided in it. */
export class UnopenedDocument implements QueuedDocument {
  readonly id: string;
  readonly uri: Uri;

  constructor(
    { id, uri }: Pick<UnopenedFile, "id" | "uri">,
    readonly found: Found,
    private readonly decided: DecidedWords,
    private readonly places: ReadonlyMap<string, Place>,
  ) {
    this.id = id;
    this.uri = uri;
  }

  lineOf({ id }: Annotation): number {
    return this.places.get(id)?.line ?? 1;
  }

  addDecided(words: DecidedWords): Steps<void> {
    return words.merge(this.decided);
  }

  around({ id, quote }: Annotation): string {
    return this.places.get(id)?.around ?? quote.exact;
  }
}

/** For labels that nobody decides on: a file that was only read is not written to. */
const NOWHERE: EventSink = { append: () => Promise.reject(new Error()) };

/** Reads a file. @throws what the engine throws; the signal's reason. */
export async function readUnopened(file: UnopenedFile, options: ReadingOptions): Promise<UnopenedDocument> {
  const { text, languageId, events } = file;
  const { author, placing, signal } = options;
  // What is left to look for when all is read, such as where lost labels may be, nobody wants.
  const done = new AbortController();
  const slices = { signal: AbortSignal.any([signal, done.signal]) };
  try {
    const { multiple = [] } = placing;
    const labels = new DocumentLabels({ text, author, sink: NOWHERE, events, multiple, slices });
    await labels.whenPlaced();
    signal.throwIfAborted();
    const decided = new DecidedWords();
    await inSlices(decided.add(labels), signal);
    const cut = text.length > MOST_UNITS;
    const part = cut ? text.slice(0, MOST_UNITS) : text;
    const sentences = placing.tasks.length === 0 ? [] : await inSlices(segmentingDocument(part, languageId), signal);
    // It may go on behind the part.
    if (cut) sentences.pop();
    const items = new Map<string, Annotation>();
    const together = new TogetherStream<SaidSpan>();
    let more = cut && sentences.length > 0;
    for (let from = 0; from < sentences.length; from += SENTENCES) {
      if (items.size >= MOST_SUGGESTIONS) {
        more = true;
        break;
      }
      const stretch = sentences.slice(from, from + SENTENCES).map((sentence) => ({
        ...sentence,
        text: sentenceText(text, sentence),
      }));
      const said = await saysOf(
        stretch.map((sentence) => sentence.text),
        options,
      );
      const ready = [
        ...together.push(stretch.map((sentence) => ({ ...sentence, labels: said.get(sentence.text) }))),
        ...(from + SENTENCES < sentences.length ? [] : together.end()),
      ].map(([sentence, read]) => ({ ...sentence, labels: read }));
      if (ready.length === 0) continue;
      const region = { start: ready[0]!.start, end: ready.at(-1)!.end };
      placeSuggestions(labels, ready, region, placing);
      for (const item of labels.annotations({ region, status: "suggested" }))
        if (isLabelTask(item.task)) items.set(item.id, item);
    }
    return documentOf(file, [...items.values()], more, decided);
  } finally {
    done.abort();
  }
}

/** What the model says of sentences; those that are known cost nothing. */
async function saysOf(
  texts: readonly string[],
  { engine, lookup, placing, signal }: ReadingOptions,
): Promise<ReadonlyMap<string, SegmentLabels>> {
  const said = new Map<string, SegmentLabels>();
  const unknown = new Set<string>();
  for (const text of texts) {
    const known = lookup(text);
    if (known !== undefined && placing.tasks.every((task) => task in known || known.error !== undefined))
      said.set(text, known);
    else unknown.add(text);
  }
  const asked = [...unknown];
  const answers = await engine.label(
    asked.map((text) => ({ text })),
    placing.tasks,
    { signal, priority: "background", batchTokens: BATCH_TOKENS },
  );
  signal.throwIfAborted();
  for (const [index, text] of asked.entries()) said.set(text, answers[index]!);
  return said;
}

function documentOf(
  file: UnopenedFile,
  items: readonly Annotation[],
  more: boolean,
  decided: DecidedWords,
): UnopenedDocument {
  const lines = items.length === 0 ? undefined : new LineColumns(file.text);
  const places = items.map(({ id, span }): [string, Place] => [
    id,
    { line: Number.parseInt(lines!.at(span.start), 10), around: textAround(file.text, span) },
  ]);
  // A copy: a stretch of a text keeps all of the text in memory.
  const [kept, where] = structuredClone([items, places] as const);
  return new UnopenedDocument(file, { items: kept, more }, decided, new Map(where));
}
