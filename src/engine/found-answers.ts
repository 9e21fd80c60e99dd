/** Whether a document answers a question, by the model's own account. */
import type { Answer } from "./protocol";

/** What came of a question. */
export interface FoundAnswers<T> {
  /** Those likely enough to show, best first. */
  readonly answers: readonly T[];
  /** Whether the model says that there is no answer, or none is likely enough. */
  readonly noAnswer: boolean;
  /** The best there is; only where there is no answer. */
  readonly closest?: T;
}

/**
 * Tells answers from guesses: there is none where the best answer is less likely than that its passage holds none.
 * @param best distinct answers, best first.
 * @param minimum least probability of an answer, 0 to 1; with 0 guesses are answers, too.
 */
export function foundAnswers<T extends Pick<Answer, "score" | "noAnswer">>(
  best: readonly T[],
  minimum: number,
): FoundAnswers<T> {
  const likely = best.filter(({ score }) => score >= minimum);
  const [first] = best;
  const noAnswer = likely.length === 0 || first!.noAnswer > first!.score;
  const answers = noAnswer && minimum > 0 ? [] : likely;
  return { answers, noAnswer, ...(noAnswer && first !== undefined && { closest: first }) };
}
