/** How labels fare when a text changes outside the editor, counted against the truth of {@link Changed}. */
import { makeQuote } from "../../../src/text/anchors";
import type { Span } from "../../../src/text/span";
import { Positions } from "../../../src/labels/positions";
import { lastingQuote } from "../../../src/text/quoting";
import type { DecisionEvent } from "../../../src/labels/events";
import { backwards, deleteLineAt, isOwn, truth } from "./edit-scripts";
import type { Changed, LabelledSource } from "./edit-scripts";

/** Counts of labels, summed over changes. */
export interface Fate {
  labels: number;
  /** Its own text is still there. */
  alive: number;
  /** Found where its own text is. */
  kept: number;
  /** Found where its own text is not. */
  moved: number;
  /** Of those moved: the words and 32 units on both sides are exactly as recorded, or taking out the line found instead gives the same text. */
  twins: number;
}

/** Logs of version 0.1, whose quotes do not say what was the only one of its kind. */
const OLD = process.argv.includes("--old-logs");

/** Nothing counted yet. */
export const noFate = (): Fate => ({ labels: 0, alive: 0, kept: 0, moved: 0, twins: 0 });

/** How labels are found again: from the log alone in a later session, or in an editor that still has the text before. */
export type How = "log" | "open";

/** Labels the spans, changes the text, finds the labels again, and adds up what became of them. @returns what moved, for a message */
export function measure(
  source: LabelledSource,
  spans: readonly Span[],
  changed: Changed,
  how: How,
  fate: Fate,
): string[] {
  const events = spans.map((span, index): DecisionEvent => ({
    ...{
      v: 1,
      id: `e${index}`,
      act: `e${index}`,
      time: "2026-01-01T00:00:00Z",
      author: "a",
      task: "entities",
      unit: "utf16",
    },
    ...{
      kind: "added",
      annotation: `a${index}`,
      new: { label: "X", span, quote: (OLD ? makeQuote : lastingQuote)(source.text, span) },
    },
  }));
  const positions = new Positions();
  for (const event of events) positions.track(event, how === "open" ? source.text : changed.text);
  const follow = (positions as { follow?: (before: string, after: string) => void }).follow?.bind(positions);
  if (how === "open" && follow !== undefined) follow(source.text, changed.text);
  else positions.locate(changed.text);
  const back = backwards(changed);
  const moved: string[] = [];
  for (const event of events) {
    if (event.kind !== "added") continue;
    const { span, quote } = event.new;
    const found = positions.at(event.new);
    const right = truth(source.text, span, changed, back);
    fate.labels++;
    if (right !== undefined) fate.alive++;
    if (found === undefined) continue;
    if (isOwn(source.text, span, changed, found)) {
      fate.kept++;
      continue;
    }
    fate.moved++;
    const now = makeQuote(changed.text, found);
    const same = now.exact === quote.exact && now.prefix === quote.prefix && now.suffix === quote.suffix;
    // Of two lines that read the same next to each other, the text does not say which is gone.
    const other = changed.origin[found.start]!;
    const twin = same || (other >= 0 && deleteLineAt(source.text, other).text === changed.text);
    if (twin) fate.twins++;
    else moved.push(`${JSON.stringify(quote)} → ${JSON.stringify(now)}`);
  }
  return moved;
}
