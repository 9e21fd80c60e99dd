/** The labels of a document by label, then by their words, then by place. Pure. */
import type { Annotation } from "./annotation";
import { sameWords } from "./consistency";

/** Words with a label, and where they have it. */
export interface OutlinedWords {
  readonly words: string;
  /** In order. */
  readonly places: readonly Annotation[];
}

/** A label, and the words that have it, in the order of their first places. */
export interface OutlinedLabel {
  readonly label: string;
  readonly words: readonly OutlinedWords[];
  /** How many places there are. */
  readonly count: number;
}

/** See {@link outlineOf}. */
export interface Outline {
  /** In the order of their first places. */
  readonly labels: readonly OutlinedLabel[];
  /** So many labels had no room. */
  readonly left: number;
}

/**
 * @param all in order of place
 * @param most entries in all: labels, words that stand in several places, and places
 */
export function outlineOf(all: readonly Annotation[], most: number): Outline {
  const labels = new Map<string, Map<string, Annotation[]>>();
  let entries = 0;
  let taken = 0;
  for (const item of all) {
    const byWords = labels.get(item.label) ?? new Map<string, Annotation[]>();
    const words = sameWords(item.quote.exact);
    const places = byWords.get(words) ?? [];
    // A second place makes an entry of the words, with both below it.
    const needed = Number(byWords.size === 0) + (places.length === 1 ? 2 : 1);
    if (entries + needed > most) break;
    entries += needed;
    taken++;
    places.push(item);
    byWords.set(words, places);
    labels.set(item.label, byWords);
  }
  return {
    labels: [...labels].map(([label, byWords]) => ({
      label,
      words: [...byWords].map(([words, places]) => ({ words, places })),
      count: [...byWords.values()].reduce((sum, places) => sum + places.length, 0),
    })),
    left: all.length - taken,
  };
}
