/** From the probabilities of first and last tokens to answers. Offsets are UTF-16 code units of the passage. */
import { marksEnd } from "../../text/marks";
import type { Row } from "../rows";
import type { Encoding } from "../tokenizer/encoding";

/** A possible answer: UTF-16 span in its passage and the probability the model gives it there. */
export interface PassageAnswer {
  readonly start: number;
  readonly end: number;
  readonly score: number;
  /** The probability that the window it was read in holds no answer. */
  readonly noAnswer: number;
}

/** Longest answer, in tokens (the SQuAD baselines' value). */
const MAXIMUM_ANSWER = 30;
/** Starts and ends that are combined per window. */
const BEAM = 20;

/**
 * Adds a window's best spans, widened to whole words; of a span that two windows give, the better reading.
 * @param text the passage.
 * @param shift positions in front of the window's first token; position 0 stands for "no answer".
 * @param pStart probability of each position to be the first; `pEnd`, the last.
 * @param found spans so far, by their offsets.
 * @param borders offsets in the passage at which another block begins: no answer crosses one.
 */
export function collect(
  text: string,
  encoding: Encoding,
  row: Row,
  shift: number,
  pStart: Float32Array,
  pEnd: Float32Array,
  found: Map<string, PassageAnswer>,
  borders: readonly number[] = [],
): void {
  const { starts, ends, words } = encoding;
  const noAnswer = pStart[0]! * pEnd[0]!;
  const tops = (p: Float32Array): number[] =>
    [...p.keys()]
      .filter((i) => i >= shift)
      .sort((a, b) => p[b]! - p[a]!)
      .slice(0, BEAM);
  const endTops = tops(pEnd);
  for (const s of tops(pStart))
    for (const e of endTops) {
      if (e < s || e - s >= MAXIMUM_ANSWER) continue;
      let first = row.from + s - shift;
      let last = row.from + e - shift;
      while (first > 0 && words[first - 1] === words[first]) first--;
      while (last + 1 < words.length && words[last + 1] === words[last]) last++;
      const end = marksEnd(text, ends[last]!);
      // White space alone, which is tokens to some tokenizers.
      if (end === starts[first]!) continue;
      if (borders.some((border) => border > starts[first]! && border < end)) continue;
      const answer = { start: starts[first]!, end, score: pStart[s]! * pEnd[e]!, noAnswer };
      const key = `${answer.start}-${answer.end}`;
      const known = found.get(key);
      if (!known || known.score < answer.score) found.set(key, answer);
    }
}

/** The best answers that do not overlap a better one. */
export function best(found: Map<string, PassageAnswer>, top: number): PassageAnswer[] {
  const kept: PassageAnswer[] = [];
  for (const answer of [...found.values()].sort((a, b) => b.score - a.score || a.start - b.start)) {
    if (kept.length === top) break;
    if (kept.every((k) => answer.end <= k.start || answer.start >= k.end)) kept.push(answer);
  }
  return kept;
}
