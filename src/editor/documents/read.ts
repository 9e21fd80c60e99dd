/** What deciding says of the text around it: a sentence in which nothing is left to decide was read. Offsets are UTF-16 code units. */
import type { AutomaticTask } from "../../documents/tasks";
import type { Act } from "../../labels/contract";
import type { Span } from "../../text/span";
import { covered } from "../../text/spans";
import type { Opened } from "./targets";

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
export function undecided(
  { session, labels }: Opened,
  sentence: Span,
  tasks: readonly AutomaticTask[] = session.tasks,
): readonly string[] {
  return labels
    .annotations({ region: sentence, status: "suggested" })
    .filter(({ task }) => tasks.some((one) => one === task))
    .map(({ id }) => id);
}

/** Tells which sentences are for somebody to read, as tasks and reviewed text are when it is made. */
export class Unread {
  readonly #tasks: readonly AutomaticTask[];
  readonly #reviewed: readonly Span[];

  constructor(private readonly at: Opened) {
    this.#tasks = at.session.tasks;
    this.#reviewed = at.session.reviewed;
  }

  /** Whether the model has spoken of a sentence, suggests nothing there, and nobody marked it as reviewed. What it said must be placed. */
  has(sentence: Span): boolean {
    if (this.#tasks.length === 0 || covered(this.#reviewed, sentence)) return false;
    return this.at.session.isLabelled(sentence) && undecided(this.at, sentence, this.#tasks).length === 0;
  }

  /** Those that begin in a region, in order. Of text that is not cut yet the model has not spoken. */
  *in(region: Span): Iterable<Span> {
    for (const { text, start, end } of this.at.session.knownSentences(region))
      if (text !== undefined && start >= region.start && start < region.end && this.has({ start, end }))
        yield { start, end };
  }
}

/** Marks the sentences in which an act decided what was left to decide as reviewed, as a part of that act. */
export function markRead(at: Opened, act: Act): void {
  const { session, labels } = at;
  const touched = new Map<number, Span>();
  for (const place of places(act))
    for (const { start, end } of session.sentences(place)) touched.set(start, { start, end });
  if (touched.size === 0) return;
  const sentences = [...touched.values()];
  // What the model said of text that is out of sight may not be placed yet.
  session.place(sentences);
  const unread = new Unread(at);
  const read = sentences.filter((sentence) => unread.has(sentence));
  if (read.length > 0) labels.alsoReviewed(act, read, ...session.tasks).saved.catch(() => undefined);
}
