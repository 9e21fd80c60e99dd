/** Logs of labels that are hard to find again. */
import type { DecisionEvent } from "../../../src/labels/events";
import { lastingQuotes } from "../../../src/text/quoting";
import { finish } from "../../../src/text/slices";
import type { Quote } from "../../../src/text/span";

/**
 * Labels spread over a text, five units each, on words that are there many times where the text repeats itself.
 * @param there whether the log fits the text; else the labels were put on another one, with other contexts, and their lines are gone
 */
export function staleLogOf(text: string, count: number, there = false): DecisionEvent[] {
  const step = Math.max(1, Math.floor((text.length - 100) / count));
  const spans = Array.from({ length: count }, (_, i) => ({ start: 40 + i * step, end: 45 + i * step }));
  const quotes = there
    ? finish(lastingQuotes(text, spans))
    : spans.map(({ start, end }, i): Quote => ({
        exact: text.slice(start, end),
        // Like the text's own for the most part: what is compared is compared for long.
        prefix: `${text.slice(start - 24, start - 8)}${i}${text.slice(start - 8, start)}`,
        suffix: `${text.slice(end, end + 8)}${i}${text.slice(end + 8, end + 24)}`,
        once: "near",
      }));
  return spans.map((span, i): DecisionEvent => {
    const id = `e${String(i).padStart(6, "0")}`;
    const of = {
      v: 1,
      id,
      act: id,
      time: "2026-01-01T00:00:00Z",
      author: "a",
      task: "entities",
      unit: "utf16",
    } as const;
    return { ...of, kind: "added", annotation: `a${i}`, new: { label: "X", span, quote: quotes[i]! } };
  });
}
