/** Every label of a task on the same words in a document. Offsets are UTF-16 code units. */
import type { LabelTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { sameWords } from "../../labels/consistency";
import { escapeRegExp } from "../../text/escape-regexp";
import { sameSpan } from "../../text/span";
import type { Span } from "../../text/span";
import type { Steps } from "../../text/slices";
import type { Catalog } from "./catalog";
import { openInOrder } from "./open-documents";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** So much text is looked through in one step. */
const STRETCH = 100_000;
/** So far words may be apart, more than is looked through in one step or not. */
const GAPS = 1000;
/** In so many places what the model says is looked for; what is decided is found everywhere. */
const MOST_SUGGESTED = 10_000;
/** Work between two steps. */
const STEP = 1000;

/** Open documents with the same label sets as this one: itself first, the others in the order of their names. */
export function comparableWith(sessions: Sessions, catalog: Catalog, session: DocumentSession): DocumentSession[] {
  const folder = catalog.folderOf(session.uri);
  const others = openInOrder(sessions).filter(
    (other) => other !== session && other.labels !== undefined && catalog.folderOf(other.uri) === folder,
  );
  return [session, ...others];
}

/** Those that are decided and those that are suggested, in order; a line break between two words is a blank. */
export function* labelsOn(session: DocumentSession, task: LabelTask, words: string): Steps<Annotation[]> {
  const wanted = sameWords(words);
  const { labels } = session;
  if (labels === undefined || wanted === "") return [];
  const found: Annotation[] = [];
  let count = 0;
  for (const item of labels.annotations({ task, status: "accepted" })) {
    if (sameWords(session.text.slice(item.span.start, item.span.end)) === wanted) found.push(item);
    if (++count % STEP === 0) yield undefined;
  }
  for (const span of yield* places(session.text, wanted)) {
    // What the model said of text that is out of sight is placed when it is asked for.
    session.place([span]);
    for (const item of labels.annotations({ task, region: span, status: "suggested" }))
      if (sameSpan(item.span, span)) found.push(item);
    yield undefined;
  }
  return found.sort((a, b) => a.span.start - b.span.start);
}

/** Where words stand, whatever is part of longer ones. */
function* places(text: string, wanted: string): Steps<Span[]> {
  const pattern = new RegExp(wanted.split(" ").map(escapeRegExp).join("\\s+"), "gu");
  const found: Span[] = [];
  for (let from = 0; from < text.length; from += STRETCH) {
    const part = text.slice(from, from + STRETCH + wanted.length + GAPS);
    for (const match of part.matchAll(pattern)) {
      if (match.index >= STRETCH || found.length === MOST_SUGGESTED) break;
      found.push({ start: from + match.index, end: from + match.index + match[0].length });
    }
    yield undefined;
  }
  return found;
}
