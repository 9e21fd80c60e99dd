/** Suggestions that nobody has decided on, and what was decided on the same words: what the Review Queue is made of. Offsets are UTF-16 code units. */
import { isLabelTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { DecidedWords, marginOf } from "../../labels/doubt";
import type { Weighed } from "../../labels/doubt";
import type { Steps } from "../../text/slices";
import type { QueuedDocument } from "./queued-document";
import type { DocumentSession } from "./session";

/** How much text is looked through in one step. */
const STRETCH = 20_000;

/** A suggestion, and how much there is to learn from a decision on it. */
export interface Undecided extends Weighed {
  readonly document: QueuedDocument;
  readonly annotation: Annotation;
}

/** The suggestions of a document. */
export interface Found {
  /** In order of place. */
  readonly items: readonly Annotation[];
  /** The rest of the document was not looked at. */
  readonly more: boolean;
}

/**
 * Looks for suggestions from the start of a document on. Answers are no part of them: they are alternatives to each other, and have a list of their own.
 * @param most where to stop looking: what is found is placed in the labels, goes along with every edit from then on, and takes memory
 */
export function* undecidedIn(session: DocumentSession, most = Infinity): Steps<Found> {
  const found = new Map<string, Annotation>();
  for (let start = 0; start < session.text.length; start += STRETCH) {
    const region = { start, end: Math.min(session.text.length, start + STRETCH) };
    // What the model said of text out of sight is placed when it is asked for.
    session.place([region]);
    for (const item of session.labels?.annotations({ region, status: "suggested" }) ?? [])
      if (isLabelTask(item.task)) found.set(item.id, item);
    if (found.size >= most && region.end < session.text.length) return { items: [...found.values()], more: true };
    yield undefined;
  }
  return { items: [...found.values()], more: false };
}

/** Weighs suggestions of several documents against what was decided in them. */
export function* weighed(all: ReadonlyMap<QueuedDocument, Found>): Steps<Undecided[]> {
  const words = new DecidedWords();
  for (const document of all.keys()) {
    yield* document.addDecided(words);
    yield undefined;
  }
  const items: Undecided[] = [];
  for (const [document, found] of all)
    for (const annotation of found.items) {
      const contradiction = words.contradicted(annotation);
      const { entropy, sentenceEntropy } = annotation;
      items.push({ document, annotation, margin: marginOf(annotation), entropy, sentenceEntropy, contradiction });
      if (items.length % 1000 === 0) yield undefined;
    }
  return items;
}
