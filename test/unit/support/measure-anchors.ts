/** How labels fare when a text changes outside the editor, counted against the truth of {@link Changed}. */
import { makeQuote } from "../../../src/text/anchors";
import { linesOf, solidUnits } from "../../../src/text/lines";
import type { Span } from "../../../src/text/span";
import { Positions } from "../../../src/labels/positions";
import { lastingQuote } from "../../../src/text/quoting";
import type { DecisionEvent } from "../../../src/labels/events";
import { backwards, isOwn, truth } from "./edit-scripts";
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
  /** Of those moved: no finder could tell it from the two texts ({@link undecidable}). */
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
    if (undecidable(source.text, span, changed.text, found)) fate.twins++;
    else moved.push(`${JSON.stringify(quote)} → ${JSON.stringify(now)}`);
  }
  return moved;
}

/**
 * Whether a place reads as the label's own did, so that the two texts might as well come from an edit that left the label there. Its line and at least the
 * lines next to it (or an end of the text) are the same, white space aside; and they stand, with as many more as are the same, in both texts just once: that
 * edit keeps these lines together and changes all others. Whoever cannot see which characters were moved has every reason to take the place for the label's.
 */
export function undecidable(before: string, span: Span, after: string, found: Span): boolean {
  const [old, now] = [spotOf(before, span), spotOf(after, found)];
  if (old === undefined || now === undefined) return false;
  if (old.column !== now.column || before.slice(span.start, span.end) !== after.slice(found.start, found.end))
    return false;
  if (old.lines[old.at] !== now.lines[now.at]) return false;
  const same = (step: number): boolean => old.lines[old.at + step] === now.lines[now.at + step];
  const isEnd = (step: number): boolean => old.lines[old.at + step] === undefined;
  let [up, down] = [0, 0];
  while (same(up - 1) && !isEnd(up)) up--;
  while (same(down + 1) && !isEnd(down)) down++;
  if (up === 0 || down === 0) return false;
  const run = Array.from({ length: down - up + 1 }, (_, i) => old.lines[old.at + up + i]);
  return [old.lines, now.lines].every((lines) => timesIn(lines, run) === 1);
}

/** The lines of a text, undefined before and after, and where among them a span begins; white space aside. */
function spotOf(
  text: string,
  { start }: Span,
): { lines: (string | undefined)[]; at: number; column: number } | undefined {
  const lines = linesOf(text);
  const at = lines.findIndex((line) => line.start <= start && start < line.end);
  if (at < 0) return undefined;
  const column = solidUnits(text, { start: lines[at]!.start, end: start });
  return { lines: [undefined, ...lines.map(({ words }) => words), undefined], at: at + 1, column };
}

function timesIn<T>(list: readonly T[], run: readonly T[]): number {
  return list.filter((_, at) => run.every((one, i) => at + i < list.length && list[at + i] === one)).length;
}
