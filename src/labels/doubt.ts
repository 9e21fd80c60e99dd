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

/** What was decided on the same words: other labels, or that it is not this one. */
export type Contradiction = { readonly labels: readonly string[] } | "rejected";

/** What was decided on words, wherever they stand. */
export class DecidedWords {
  /** By task and words: accepted labels. */
  readonly #accepted = new Map<string, Set<string>>();
  /** By task, words and label. */
  readonly #rejected = new Set<string>();

  /** Takes what was decided in a document, in steps of bounded cost. */
  *add(labels: Pick<DocumentLabelling, "annotations" | "rejected">): Steps<void> {
    let count = 0;
    for (const { task, label, quote } of labels.annotations({ status: "accepted" })) {
      this.#accept(key(task, quote.exact), label);
      if (++count % 1000 === 0) yield undefined;
    }
    for (const { task, value } of labels.rejected()) {
      this.#rejected.add(key(task, value.quote.exact, value.label));
      if (++count % 1000 === 0) yield undefined;
    }
  }

  /** Takes what others know, in steps of bounded cost. */
  *merge(other: DecidedWords): Steps<void> {
    let count = 0;
    for (const [words, labels] of other.#accepted) {
      for (const label of labels) this.#accept(words, label);
      if (++count % 1000 === 0) yield undefined;
    }
    for (const words of other.#rejected) {
      this.#rejected.add(words);
      if (++count % 1000 === 0) yield undefined;
    }
  }

  /** Whether a suggestion contradicts what was decided. Where the same words were both accepted with its label and not, nothing is certain: then it does not. */
  contradicted({ task, label, quote }: Pick<Annotation, "task" | "label" | "quote">): Contradiction | undefined {
    const labels = this.#accepted.get(key(task, quote.exact));
    if (labels?.has(label) === true) return undefined;
    if (labels !== undefined) return { labels: [...labels].sort() };
    return this.#rejected.has(key(task, quote.exact, label)) ? "rejected" : undefined;
  }

  #accept(words: string, label: string): void {
    const known = this.#accepted.get(words);
    if (known === undefined) this.#accepted.set(words, new Set([label]));
    else known.add(label);
  }
}

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
