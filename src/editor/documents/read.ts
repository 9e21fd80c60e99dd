/** What deciding says of the text around it: a sentence in which nothing is left to decide was read. Offsets are UTF-16 code units. */
import type { Act } from "../../labels/contract";
import type { Span } from "../../text/span";
import { covered } from "../../text/spans";
import type { DocumentSession } from "./session";
import type { Front } from "./targets";

/** Where an act decided something. */
function places({ events }: Act): Span[] {
  return events.flatMap((event): Span[] => {
    switch (event.kind) {
      case "accepted":
      case "relabelled":
      case "resized":
      case "added":
        return [event.new.span];
      case "rejected":
        return [event.old.span];
      default:
        return [];
    }
  });
}

/** Suggestions in a sentence that are not decided yet. */
export function undecided({ session, labels }: Front, sentence: Span): readonly string[] {
  const { tasks } = session;
  return labels
    .annotations({ region: sentence, status: "suggested" })
    .filter(({ task }) => tasks.some((one) => one === task))
    .map(({ id }) => id);
}

/** Whether a sentence is for somebody to read: the model has spoken of it, suggests nothing there, and nobody marked it as reviewed. */
export function isUnread(at: Front, sentence: Span, reviewed: readonly Span[] = at.session.reviewed): boolean {
  return !covered(reviewed, sentence) && at.session.isLabelled(sentence) && undecided(at, sentence).length === 0;
}

/** Marks the sentences in which an act decided what was left to decide as reviewed, as a part of that act. */
export function markRead(at: Front, act: Act): void {
  const { session, labels } = at;
  const reviewed = session.reviewed;
  const read = new Map<number, Span>();
  for (const place of places(act))
    for (const { start, end } of session.sentences(place))
      if (!read.has(start) && isUnread(at, { start, end }, reviewed)) read.set(start, { start, end });
  for (const sentence of read.values())
    labels.alsoReviewed(act, sentence, ...session.tasks).saved.catch(() => undefined);
}

/** Sentences of a region that are for somebody to read, in order; see {@link isUnread}. */
export function* unreadSentences(at: Front, region: Span, reviewed: readonly Span[]): Iterable<Span> {
  for (const { start, end } of sentencesFrom(at.session, region))
    if (isUnread(at, { start, end }, reviewed)) yield { start, end };
}

function* sentencesFrom(session: DocumentSession, region: Span): Iterable<Span> {
  for (const sentence of session.sentences(region))
    if (sentence.start >= region.start && sentence.start < region.end) yield sentence;
}
