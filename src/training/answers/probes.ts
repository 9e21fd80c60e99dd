/** Whether a taught model still answers questions about other text as it did. */
import { answerF1 } from "../../evaluation/metrics";
import type { Verdict } from "../gate";
import type { GivenAnswer } from "./given";

/** An answer that the model gives with at least this probability is one that it is sure of. Of those with .5 and more none changed in any job that was measured. */
export const SURE_OF_ANSWER = 0.3;

/**
 * Agreement on other text: how far the words of the new answers are those of the old ones (SQuAD's F1), where the old model was sure enough. Where one of the two says that there is no answer, they are other ones.
 * @param before of the same questions as `after`. @param least probability of what the old one said
 */
export function answerProbes(
  before: readonly GivenAnswer[],
  after: readonly GivenAnswer[],
  least = SURE_OF_ANSWER,
): Verdict["probes"] {
  const sure = before.flatMap((old, i) => (old.score >= least ? [agreement(old.text, after[i]!.text)] : []));
  const sum = sure.reduce((total, one) => total + one, 0);
  return { agreement: sure.length === 0 ? 1 : sum / sure.length, sure: sure.length };
}

const agreement = (old: string, now: string): number => (old === now ? 1 : answerF1(old, now));
