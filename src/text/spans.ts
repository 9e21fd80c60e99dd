/** Lists of spans that are in order and do not overlap. Offsets are UTF-16 code units. */
import { firstIndex } from "./search";
import { overlaps } from "./span";
import type { Span } from "./span";

/** Regions in order, those that touch or overlap joined. */
export function mergeSpans(spans: readonly Span[]): Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}

/** Whether `span` lies in one of `merged` (in order, not overlapping, see {@link mergeSpans}). */
export function covered(merged: readonly Span[], span: Span): boolean {
  const region = merged[firstIndex(merged, ({ end }) => end >= span.end)];
  return region !== undefined && region.start <= span.start && span.end <= region.end;
}

/** Whether `span` shares text with one of `merged` (in order, not overlapping, see {@link mergeSpans}). */
export function touched(merged: readonly Span[], span: Span): boolean {
  const next = merged[firstIndex(merged, ({ end }) => end > span.start)];
  return next !== undefined && next.start < span.end;
}

/** In order of position. */
export function byPlace(a: Span, b: Span): number {
  return a.start - b.start || a.end - b.end;
}

/** Text in both of two lists of merged spans. */
export function commonText(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const start = Math.max(a[i]!.start, b[j]!.start);
    const end = Math.min(a[i]!.end, b[j]!.end);
    if (start < end) common.push({ start, end });
    if (a[i]!.end < b[j]!.end) i++;
    else j++;
  }
  return common;
}

/** In order of place, without those that overlap one before them in the list. */
export function apart<T extends Span>(list: readonly T[]): T[] {
  const ranked = list.map((span, rank) => ({ span, rank }));
  const kept: typeof ranked = [];
  for (const one of ranked.sort((a, b) => byPlace(a.span, b.span))) {
    let last = kept.at(-1);
    // What ends an earlier one in its favour is taken back, as far as it reaches.
    while (last !== undefined && overlaps(last.span, one.span) && one.rank < last.rank) {
      kept.pop();
      last = kept.at(-1);
    }
    if (last === undefined || !overlaps(last.span, one.span)) kept.push(one);
  }
  return kept.map(({ span }) => span);
}
