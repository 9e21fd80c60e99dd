/** Every place where the same words stand. Offsets are UTF-16 code units. */
import type { Span } from "./span";
import { cutsWord } from "./word-borders";

/** The stretches of a text that are exactly these words and no part of longer ones, in order, not overlapping. */
export function occurrences(text: string, words: string): Span[] {
  const found: Span[] = [];
  if (words === "") return found;
  for (let start = text.indexOf(words); start >= 0;) {
    const end = start + words.length;
    const whole = !cutsWord(text, { start, end });
    if (whole) found.push({ start, end });
    start = text.indexOf(words, whole ? end : start + 1);
  }
  return found;
}
