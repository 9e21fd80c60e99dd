/** Answers that say the same, taken together. */
import { overlaps } from "../text/span";
import type { Span } from "../text/span";

/** Answers that overlap are one: the best of them. Passages share sentences, so that an answer may come twice. Returns at most `top`, best first. */
export function distinctAnswers<T extends Span & { readonly score: number }>(answers: readonly T[], top: number): T[] {
  const kept: T[] = [];
  for (const answer of [...answers].sort((a, b) => b.score - a.score || a.start - b.start)) {
    if (kept.length === top) break;
    if (!kept.some((other) => overlaps(other, answer))) kept.push(answer);
  }
  return kept;
}
