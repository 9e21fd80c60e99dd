/** What is said of a question that lost its answers, which is not the same as a question without one. */
import { QUESTIONS } from "../documents/tasks";
import { excerpt } from "./losses";
import type { Loss } from "./losses";

/** For a question that is left out since `keptAnswers` found none of its answers; each of those has a loss of its own. */
export function lostQuestion({ question }: { readonly question: string }): Pick<Loss, "task" | "exact" | "reason"> {
  const reason = "none of the question's answers could be taken, so the question is left out";
  return { task: QUESTIONS, exact: excerpt(question), reason };
}
