/** Stretches of a text that are nearly a pattern. */
import type { Span } from "./span";

/** A stretch of text that differs from a pattern by so many inserted, deleted or replaced UTF-16 units. */
export interface ApproximateMatch extends Span {
  readonly errors: number;
}

/**
 * The stretches of `text` within `maxErrors` edits of `pattern`, one for each local best end (Sellers' algorithm, 1980, with
 * the start carried along). Costs text × pattern steps: give it a window, not a document.
 */
export function approximate(text: string, pattern: string, maxErrors: number): ApproximateMatch[] {
  const length = pattern.length;
  let errors = Int32Array.from({ length: length + 1 }, (_, i) => i);
  let starts = new Int32Array(length + 1);
  let nextErrors = new Int32Array(length + 1);
  let nextStarts = new Int32Array(length + 1);
  const matches: ApproximateMatch[] = [];
  for (let j = 0; j < text.length; j++) {
    nextErrors[0] = 0;
    nextStarts[0] = j + 1;
    for (let i = 1; i <= length; i++) {
      let cost = errors[i - 1]! + (text.charCodeAt(j) === pattern.charCodeAt(i - 1) ? 0 : 1);
      let start = starts[i - 1]!;
      if (nextErrors[i - 1]! + 1 < cost) {
        cost = nextErrors[i - 1]! + 1;
        start = nextStarts[i - 1]!;
      }
      if (errors[i]! + 1 < cost) {
        cost = errors[i]! + 1;
        start = starts[i]!;
      }
      nextErrors[i] = cost;
      nextStarts[i] = start;
    }
    [errors, nextErrors] = [nextErrors, errors];
    [starts, nextStarts] = [nextStarts, starts];
    if (errors[length]! > maxErrors) continue;
    const match = { start: starts[length]!, end: j + 1, errors: errors[length]! };
    const last = matches.at(-1);
    // Ends next to each other share a start: keep the best of them.
    if (last?.start !== match.start) matches.push(match);
    else if (match.errors < last.errors) matches[matches.length - 1] = match;
  }
  return matches;
}
