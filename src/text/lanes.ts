/** Spans that overlap each other, told apart by lanes, as tracks lie beside each other: of two spans in one lane none overlaps the other. Offsets are UTF-16 code units. */
import { byPlace } from "./spans";
import type { Span } from "./span";

/**
 * The lane of each span, from 0: of those that begin at one place the longest has the lowest, and each has the lowest that is free. What overlaps nothing is in lane 0.
 * @param most lanes there are; what finds none free is in the last.
 */
export function lanesOf<T extends Span>(spans: readonly T[], most: number): ReadonlyMap<T, number> {
  const lanes = new Map<T, number>();
  const ends: number[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || byPlace(b, a))) {
    const free = ends.findIndex((end) => end <= span.start);
    const lane = free >= 0 ? free : Math.min(ends.length, most - 1);
    ends[lane] = Math.max(ends[lane] ?? 0, span.end);
    lanes.set(span, lane);
  }
  return lanes;
}
