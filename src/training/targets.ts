/** What an example says of each token: which output is right there, which are wrong, or nothing. */
import { overlaps } from "../text/span";
import type { Span } from "../text/span";
import type { Encoding } from "../model/tokenizer/encoding";
import type { TeachExample } from "./examples/example";

/** Target of a token of which nothing is said, and of what is no first piece of a word. */
export const IGNORED = -100;

/** What is said of the units of an example: its tokens, or all of it as one. */
export interface Targets {
  /** Row of the output layer a unit, or {@link IGNORED}. */
  readonly right: Int32Array;
  /** By unit: rows that were said to be wrong there. Units with a right row are not among them. */
  readonly wrong: ReadonlyMap<number, ReadonlySet<number>>;
  /** Whether some unit is left about which nothing is said. */
  readonly open: boolean;
}

/**
 * Targets of tokens: one for the first token of each word, as in base training; a word that a label touches belongs to it.
 * @param row number of a tag in the output layer.
 * @throws Error when a label has no tag, or holds no word of the tokenizer's.
 */
export function spanTargets(example: TeachExample, encoding: Encoding, row: (tag: string) => number): Targets {
  const { labels, rejected, reviewed, unknown } = example;
  const { starts, ends, words } = encoding;
  const right = new Int32Array(words.length).fill(IGNORED);
  const wrong = new Map<number, Set<number>>();
  const begun = new Set<Span>();
  let open = false;
  for (let i = 0; i < words.length; i++) {
    if (words[i] === words[i - 1]) continue;
    let last = i;
    while (words[last + 1] === words[i]) last++;
    const word = { start: starts[i]!, end: ends[last]! };
    const label = labels.find((item) => overlaps(item, word));
    if (label) {
      right[i] = row(`${begun.has(label) ? "I" : "B"}-${label.label}`);
      begun.add(label);
    } else if (unknown.some((item) => overlaps(item, word))) open = true;
    else if (reviewed.some(({ start, end }) => start <= word.start && word.end <= end)) right[i] = row("O");
    else {
      open = true;
      const not = rejected.filter((item) => overlaps(item, word));
      if (not.length > 0)
        wrong.set(i, new Set(not.flatMap((item) => [row(`B-${item.label}`), row(`I-${item.label}`)])));
    }
  }
  const wordless = labels.find((label) => !begun.has(label));
  if (wordless) throw new Error(`the ${wordless.label} at ${wordless.start}–${wordless.end} holds no word`);
  return { right, wrong, open };
}

/** Targets of the whole: the class that it has, or those that it has not. */
export function classTargets({ labels, rejected }: TeachExample, row: (label: string) => number): Targets {
  const label = labels[0];
  if (label) return { right: Int32Array.of(row(label.label)), wrong: new Map(), open: false };
  const not = new Set(rejected.map((item) => row(item.label)));
  return { right: Int32Array.of(IGNORED), wrong: new Map([[0, not]]), open: true };
}
