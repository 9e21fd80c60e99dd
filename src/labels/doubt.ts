/** Which suggestions teach most: those that contradict what was decided elsewhere, and those of which the model is least sure. Pure. */
import type { Task } from "../documents/tasks";
import { firstIndex } from "../text/search";
import type { Steps } from "../text/slices";
import type { Annotation } from "./annotation";
import type { DocumentLabelling } from "./contract";

/**
 * How far the best label is before the second best, 0 to 1: margin sampling (Scheffer, Decomain and Wrobel 2001; Settles 2009, 3.1). Where the model named no
 * second, all that is left counts as one.
 */
export function marginOf({ score = 1, alternative }: Pick<Annotation, "score" | "alternative">): number {
  return Math.max(0, score - (alternative?.score ?? 1 - score));
}

/** What was decided on the same words. */
export interface Contradiction {
  /** Other labels, in order; none: only that it is not this one. */
  readonly labels: readonly string[];
  /** How often those were accepted; without any, how often this one was rejected. */
  readonly times: number;
}

/** What was decided on words, wherever they stand. */
export class DecidedWords {
  /** By task and words: how often each label was accepted. */
  readonly #accepted = new Map<string, Map<string, number>>();
  /** By task, words and label: how often it was rejected. */
  readonly #rejected = new Map<string, number>();

  /** Takes what was decided in a document, in steps of bounded cost. */
  *add(labels: Pick<DocumentLabelling, "annotations" | "rejected">): Steps<void> {
    let count = 0;
    for (const { task, label, quote } of labels.annotations({ status: "accepted" })) {
      this.#accept(key(task, quote.exact), label, 1);
      if (++count % 1000 === 0) yield undefined;
    }
    for (const { task, value } of labels.rejected()) {
      addCount(this.#rejected, key(task, value.quote.exact, value.label), 1);
      if (++count % 1000 === 0) yield undefined;
    }
  }

  /** Takes what others know, in steps of bounded cost. */
  *merge(other: DecidedWords): Steps<void> {
    let count = 0;
    for (const [words, labels] of other.#accepted) {
      for (const [label, times] of labels) this.#accept(words, label, times);
      if (++count % 1000 === 0) yield undefined;
    }
    for (const [words, times] of other.#rejected) {
      addCount(this.#rejected, words, times);
      if (++count % 1000 === 0) yield undefined;
    }
  }

  /** Whether a suggestion contradicts what was decided. Where the same words were both accepted with its label and not, nothing is certain: then it does not. */
  contradicted({ task, label, quote }: Pick<Annotation, "task" | "label" | "quote">): Contradiction | undefined {
    const labels = this.#accepted.get(key(task, quote.exact)) ?? new Map<string, number>();
    if (labels.has(label)) return undefined;
    // To give a suggestion another label is to reject it, too: that counts once.
    const rejected = this.#rejected.get(key(task, quote.exact, label)) ?? 0;
    const times = labels.size === 0 ? rejected : [...labels.values()].reduce((sum, accepted) => sum + accepted, 0);
    return times === 0 ? undefined : { labels: [...labels.keys()].sort(), times };
  }

  #accept(words: string, label: string, times: number): void {
    const known = this.#accepted.get(words) ?? new Map<string, number>();
    this.#accepted.set(words, known);
    addCount(known, label, times);
  }
}

function addCount(counts: Map<string, number>, of: string, times: number): void {
  counts.set(of, (counts.get(of) ?? 0) + times);
}

/** What an order goes by. */
export interface Weighed {
  readonly margin: number;
  /** Absent where the model gives none. */
  readonly entropy: number | undefined;
  /** Of the words of its sentence, in nats; absent where the model says nothing of single words. */
  readonly sentenceEntropy: number | undefined;
  readonly contradiction: Contradiction | undefined;
}

/** Orders in which suggestions of all documents stand together. */
export type Ranking = "doubt" | "sentence" | "entropy" | "disagreement";

/** The rank of a suggestion in each order; the least comes first. */
export const RANKS: Readonly<Record<Ranking, (item: Weighed) => number>> = {
  /** What contradicts a decision, then what the model is least sure of; both by the margin. */
  doubt: ({ contradiction, margin }) => (contradiction === undefined ? 1 : 0) + margin,
  /** What stands in the sentence of which the model leaves most open: a sentence's suggestions stay together. Without that, what is in none comes last, by the margin. */
  sentence: ({ sentenceEntropy, margin }) => (sentenceEntropy === undefined ? margin : -sentenceEntropy),
  /** What spreads most over all labels, whatever was decided (Settles 2009, 3.1); by the margin where that is not known. */
  entropy: ({ entropy, margin }) => 1 - (entropy ?? 1 - margin),
  /** What most decisions contradict, then the rest by the margin. */
  disagreement: ({ contradiction, margin }) =>
    contradiction === undefined ? 1 + margin : 1 / (1 + contradiction.times),
};

function key(task: Task, words: string, label = ""): string {
  return [task, words, label].join("\u0000");
}

/** The `count` items of the least rank, in order; of equal ones the earlier. It does not sort the others, which may be many. */
export function* least<T>(items: readonly T[], rank: (item: T) => number, count: number): Steps<T[]> {
  const first: { readonly item: T; readonly rank: number }[] = [];
  for (const [index, item] of items.entries()) {
    if (index % 1000 === 999) yield undefined;
    const own = rank(item);
    const at = firstIndex(first, (other) => other.rank > own);
    if (at === count) continue;
    first.splice(at, 0, { item, rank: own });
    first.length = Math.min(first.length, count);
  }
  return first.map(({ item }) => item);
}
