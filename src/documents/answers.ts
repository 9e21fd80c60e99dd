/**
 * What the right answers to a question are decided to be. "No answer" is a word of its own and never an empty list: a question that lost its
 * answers, since they did not fit or their text is gone, must not become one without.
 */

/** A list of one or more. */
export type Some<T> = readonly [T, ...T[]];

/** The right answers to a question in a text, or that it has none there. */
export type DecidedAnswers<T> = Some<T> | "none";

/** The list as one that is not empty; undefined if it is. */
export function some<T>(list: readonly T[]): Some<T> | undefined {
  return list.length === 0 ? undefined : (list as Some<T>);
}

/**
 * Answers from where an empty list says "none": events of the log, and other lists of all there ever were. Never for what is left of a list:
 * that is {@link answersLeft}.
 */
export function answersSaid<T>(list: readonly T[]): DecidedAnswers<T> {
  return some(list) ?? "none";
}

/** The answers as a list, for what does something with each of them. */
export function answersIn<T>(answers: DecidedAnswers<T>): readonly T[] {
  return answers === "none" ? [] : answers;
}

/**
 * What is left of answers of which `found` could be taken: "none" only if none was said. Undefined where all that were said are lost: then
 * there is no question any more, and the caller leaves it out and says so.
 */
export function answersLeft<T>(said: readonly unknown[], found: readonly T[]): DecidedAnswers<T> | undefined {
  return said.length === 0 ? "none" : some(found);
}

/** Each answer as something else. */
export function mapAnswers<T, R>(answers: DecidedAnswers<T>, to: (answer: T, index: number) => R): DecidedAnswers<R> {
  return answers === "none" ? answers : (answers.map(to) as readonly R[] as Some<R>);
}

/** The {@link answersLeft} of those that `keep` finds a place for. It is called for each answer, and reports those it does not keep. */
export function keptAnswers<T, R>(
  answers: DecidedAnswers<T>,
  keep: (answer: T) => R | undefined,
): DecidedAnswers<R> | undefined {
  const said = answersIn(answers);
  return answersLeft(
    said,
    said.flatMap((answer) => keep(answer) ?? []),
  );
}
