/** What the model said of a region of an open document, in the light of the sentences around. Offsets are UTF-16 code units. */
import type { SegmentLabels } from "../../engine/protocol";
import { labelsTogether } from "../../engine/together";
import { NEIGHBOURS } from "../../model/tasks/together";
import type { LocatedSentence, UncutStretch } from "../../text/segmented";
import type { Span } from "../../text/span";
import type { SaidSpan } from "./suggest";

type Known = LocatedSentence | UncutStretch;

/** How far from a region the sentences around it are looked for: longer sentences than five hundred units each are read with fewer. */
const FAR_UNITS = 500 * NEIGHBOURS;

/**
 * @param sentences that touch a region, in order, those that are not cut yet as stretches.
 * @param lookup what is known of a sentence's text; undefined if it was not labelled yet.
 * @returns the sentences of a region with their labels.
 */
export function readAround(
  sentences: (region: Span) => Iterable<Known>,
  lookup: (text: string) => SegmentLabels | undefined,
): (region: Span) => SaidSpan[] {
  return (region) => {
    const own = [...sentences(region)];
    const start = own[0]?.start ?? region.start;
    const end = own.at(-1)?.end ?? region.end;
    const before = [...sentences({ start: Math.max(0, start - FAR_UNITS), end: start })].filter(
      (sentence) => sentence.end <= start,
    );
    const after: Known[] = [];
    for (const sentence of sentences({ start: end, end: end + FAR_UNITS }))
      if (sentence.start >= end && after.push(sentence) === NEIGHBOURS) break;
    const all = [...before.slice(-NEIGHBOURS), ...own, ...after].map((sentence) => ({
      ...sentence,
      labels: sentence.text === undefined ? undefined : lookup(sentence.text),
    }));
    const from = Math.min(before.length, NEIGHBOURS);
    const read = labelsTogether(all, from, from + own.length);
    return all.slice(from, from + own.length).map((sentence, i) => ({ ...sentence, labels: read[i] }));
  };
}
