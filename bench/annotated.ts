/** Sentences of a corpus as somebody decided on them, for simulated annotators, and strict F1 over them. */
import type { EntityExample } from "../src/evaluation/corpora";
import type { Span } from "../src/text/span";
import type { TeachExample } from "../src/training/examples/example";
import type { Given } from "../src/training/taught-decoder";

/** A text, its words, and its labels as decisions. Offsets are UTF-16 code units. */
export interface Sentence {
  readonly text: string;
  readonly words: readonly Span[];
  readonly labels: TeachExample["labels"];
}

/** Words with blanks between them, as a text that somebody labelled. */
export function sentenceOf({ words, entities }: EntityExample): Sentence {
  let at = 0;
  const spans = words.map((word) => {
    const span = { start: at, end: at + word.length };
    at = span.end + 1;
    return span;
  });
  const labels = entities.map(({ from, to, type }) => ({
    ...{ start: spans[from]!.start, end: spans[to - 1]!.end, label: type, how: "added" as const },
  }));
  return { text: words.join(" "), words: spans, labels };
}

/** The sentence as an example, reviewed whole. */
export function exampleOf({ text, labels }: Sentence): TeachExample {
  const span = { start: 0, end: text.length };
  return {
    ...{ task: "entities", document: "wnut17", span, text, labels, rejected: [], reviewed: [span] },
    ...{ unknown: [], weight: 1 },
  };
}

/** Strict F1, in points. @param given the labels that a model gives each of the sentences */
export function f1(given: readonly (readonly Given[])[], sentences: readonly Sentence[]): number {
  let [right, all] = [0, 0];
  sentences.forEach(({ labels }, i) => {
    const key = ({ start, end, label }: Span & { label: string }): string => `${start} ${end} ${label}`;
    const gold = new Set(labels.map(key));
    all += gold.size + given[i]!.length;
    right += given[i]!.filter((item) => gold.has(key(item))).length;
  });
  return (200 * right) / all;
}
