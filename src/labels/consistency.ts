/** The same words with several labels of one task. Pure. Offsets are UTF-16 code units. */
import { isLabelTask } from "../documents/tasks";
import type { ClassTask, LabelTask, Task } from "../documents/tasks";
import { addTo } from "../text/grouped";
import type { Steps } from "../text/slices";
import type { Span } from "../text/span";
import type { DocumentLabelling } from "./contract";
import { allowsSeveral } from "./labelset";
import type { DecidedPhrases } from "./repeats";

/** A decided label, and where it is. */
export interface LabelledPlace {
  /** The document's address. */
  readonly document: string;
  readonly id: string;
  readonly label: string;
  readonly span: Span;
}

/** A document whose labels are compared. */
export interface Compared {
  readonly document: string;
  /** As it is now. */
  readonly text: string;
  readonly labels: Pick<DocumentLabelling, "annotations">;
  readonly decided: DecidedPhrases;
  /** Tasks of whose classes a text may have several: there two are no contradiction. */
  readonly multiple: readonly ClassTask[];
}

/** What another label than a place's stands on the same words. */
export interface OtherLabel {
  readonly label: string;
  /** In how many other places. */
  readonly times: number;
  /** Those, of the same document first if there are any in it. */
  readonly places: readonly LabelledPlace[];
}

/** Of more words that are labelled in several ways only so many are told of. */
const MOST_WORDS = 1000;
/** Of another label so many places are named. */
const MOST_NAMED = 5;
/** Work between two steps. */
const STEP = 1000;

/** Words as they are compared: a line break between two is a blank. */
export function sameWords(words: string): string {
  return words.replace(/\s+/gu, " ").trim();
}

/** A task and words, as what is remembered of them goes by. */
export function wordsKey(task: Task, words: string): string {
  return `${task}\u0000${sameWords(words)}`;
}

const placeKey = ({ document, span }: LabelledPlace): string => `${span.start} ${span.end} ${document}`;

/** The most frequent first, and none that is not there. */
function inOrder(times: readonly (readonly [label: string, times: number])[]): (readonly [string, number])[] {
  return times.filter(([, count]) => count > 0).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
}

/** Words on which a task has different labels in different places. */
export class Inconsistency {
  /** By label and document. */
  readonly #places = new Map<string, Map<string, LabelledPlace[]>>();
  readonly #times = new Map<string, number>();
  /** The labels of each place: a dataset may bring several. */
  readonly #together = new Map<string, string[]>();

  #differs = false;
  #all: readonly (readonly [label: string, times: number])[] | undefined;

  private constructor(
    readonly task: LabelTask,
    readonly words: string,
    /** By document, in order. */
    readonly places: readonly LabelledPlace[],
  ) {}

  /** Of places by document, in order, in steps of bounded cost. */
  static *of(task: LabelTask, words: string, places: readonly LabelledPlace[]): Steps<Inconsistency> {
    const one = new Inconsistency(task, words, places);
    let count = 0;
    for (const place of places) {
      one.#add(place);
      if (++count % STEP === 0) yield undefined;
    }
    let first: string | undefined;
    for (const labels of one.#together.values()) {
      const said = labels.length === 1 ? labels[0]! : [...new Set(labels)].sort().join("\u0000");
      first ??= said;
      one.#differs ||= said !== first;
      if (++count % STEP === 0) yield undefined;
    }
    return one;
  }

  #add(place: LabelledPlace): void {
    const { label, document } = place;
    const documents = this.#places.get(label) ?? new Map<string, LabelledPlace[]>();
    this.#places.set(label, documents);
    addTo(documents, document, [place]);
    this.#times.set(label, (this.#times.get(label) ?? 0) + 1);
    addTo(this.#together, placeKey(place), [label]);
  }

  /** Whether the places differ. Where each has the same labels, several though they be, they do not. */
  get differs(): boolean {
    return this.#differs;
  }

  /** How often each label is given, the most frequent first. @param document in this one alone */
  labels(document?: string): readonly (readonly [label: string, times: number])[] {
    if (document === undefined) return (this.#all ??= inOrder([...this.#times]));
    return inOrder(
      [...this.#places].map(([label, documents]) => [label, documents.get(document)?.length ?? 0] as const),
    );
  }

  /** The other labels of these words in other places, the most frequent first; none: the place agrees with all others. */
  others(place: LabelledPlace): readonly OtherLabel[] {
    const here = this.#together.get(placeKey(place)) ?? [];
    return this.labels().flatMap(([label, all]): OtherLabel[] => {
      const times = all - here.filter((one) => one === label).length;
      if (label === place.label || times === 0) return [];
      return [{ label, times, places: this.#named(label, place) }];
    });
  }

  #named(label: string, place: LabelledPlace): LabelledPlace[] {
    const named: LabelledPlace[] = [];
    const documents = this.#places.get(label)!;
    const own = documents.get(place.document) ?? [];
    const here = placeKey(place);
    for (const list of [own, ...[...documents].flatMap(([id, other]) => (id === place.document ? [] : [other]))])
      for (const other of list) {
        if (named.length === MOST_NAMED) return named;
        if (placeKey(other) !== here) named.push(other);
      }
    return named;
  }
}

/**
 * What people labelled in several ways, in steps of bounded cost: labels that somebody decided on and labels that a dataset brought. What nobody decided yet counts
 * for nothing, nor does a label of several stretches, since its words are not these alone.
 * @param documents those that are compared with each other
 * @param kept whether somebody said of a task and words ({@link wordsKey}) that this is right
 */
export function* inconsistencies(
  documents: readonly Compared[],
  kept: (key: string) => boolean = () => false,
): Steps<Inconsistency[]> {
  const contested = yield* contestedWords(documents, kept);
  if (contested.size === 0) return [];
  const found = new Map<string, LabelledPlace[]>();
  let count = 0;
  for (const { document, text, labels, multiple } of documents) {
    const here: { readonly key: string; readonly place: LabelledPlace }[] = [];
    for (const { id, task, label, span, quote, further } of labels.annotations({ status: "accepted" })) {
      if (++count % STEP === 0) yield undefined;
      if (further !== undefined || !isCompared(task, multiple)) continue;
      const key = wordsKey(task, quote.exact);
      // Words that were edited since are others.
      if (!contested.has(key) || wordsKey(task, text.slice(span.start, span.end)) !== key) continue;
      here.push({ key, place: { document, id, label, span } });
    }
    here.sort((a, b) => a.place.span.start - b.place.span.start);
    for (const { key, place } of here) addTo(found, key, [place]);
    yield undefined;
  }
  const all: Inconsistency[] = [];
  for (const [key, places] of found) {
    const end = key.indexOf("\u0000");
    const one = yield* Inconsistency.of(key.slice(0, end) as LabelTask, key.slice(end + 1), places);
    if (one.differs) all.push(one);
    yield undefined;
  }
  return all;
}

/** Words with more than one label. Of most words there is nothing else to find out. */
function* contestedWords(documents: readonly Compared[], kept: (key: string) => boolean): Steps<Set<string>> {
  const first = new Map<string, string>();
  const contested = new Set<string>();
  let count = 0;
  for (const { decided, multiple } of documents)
    for (const { task, words, given, brought } of decided.values()) {
      if (++count % STEP === 0) yield undefined;
      if (!isCompared(task, multiple)) continue;
      const key = wordsKey(task, words);
      for (const label of [...given, ...brought]) {
        const other = first.get(key);
        if (other === undefined) first.set(key, label);
        else if (other !== label && contested.size < MOST_WORDS && !kept(key)) contested.add(key);
      }
    }
  return contested;
}

function isCompared(task: Task, multiple: readonly ClassTask[]): task is LabelTask {
  return isLabelTask(task) && !allowsSeveral({ multiple }, task);
}
