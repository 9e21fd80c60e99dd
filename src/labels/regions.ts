/** Reviewed stretches of text: cutting, anchoring and finding them. Offsets are UTF-16 code units. */
import { createHash } from "node:crypto";
import type { Span } from "../text/span";
import type { RegionAnchor } from "./events";

const END_UNITS = 32;

/** Digest of a region's text: first 16 hex digits of SHA-256. */
function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 16);
}

function anchor(text: string, span: Span): RegionAnchor {
  const exact = text.slice(span.start, span.end);
  return { span, head: exact.slice(0, END_UNITS), tail: exact.slice(-END_UNITS), digest: digest(exact) };
}

/**
 * Anchors a region, a paragraph at a time, so that a later change costs only the paragraph it is in.
 * White space around paragraphs is left out.
 */
export function anchorRegion(text: string, region: Span): RegionAnchor[] {
  const start = Math.max(0, region.start);
  const end = Math.min(text.length, region.end);
  const anchors: RegionAnchor[] = [];
  let from = start;
  const push = (to: number): void => {
    const exact = text.slice(from, to);
    const left = from + (exact.length - exact.trimStart().length);
    const right = left + exact.trim().length;
    if (right > left) anchors.push(anchor(text, { start: left, end: right }));
  };
  const blank = /\r?\n[^\S\n]*\n/g;
  blank.lastIndex = start;
  for (let match = blank.exec(text); match !== null && match.index < end; match = blank.exec(text)) {
    push(match.index);
    from = blank.lastIndex;
  }
  if (from < end) push(end);
  return anchors;
}

/** Where regions are in a text now; undefined for one whose text has changed. Regions that follow each other are looked for at the same distance first. */
export function findRegions(text: string, regions: readonly RegionAnchor[]): (Span | undefined)[] {
  let moved = 0;
  const at = (region: RegionAnchor, start: number): Span | undefined => {
    const end = start + region.span.end - region.span.start;
    if (start < 0 || end > text.length || !text.startsWith(region.head, start)) return undefined;
    const exact = text.slice(start, end);
    return exact.endsWith(region.tail) && digest(exact) === region.digest ? { start, end } : undefined;
  };
  return regions.map((region) => {
    let found = at(region, region.span.start + moved) ?? at(region, region.span.start);
    if (found === undefined && region.head !== "") {
      // Digests are only computed where both ends fit, so this stays linear for text that does not repeat itself.
      for (let i = text.indexOf(region.head), tries = 0; i >= 0 && tries < 1000; tries++) {
        found = at(region, i);
        if (found !== undefined) break;
        i = text.indexOf(region.head, i + 1);
      }
    }
    if (found !== undefined) moved = found.start - region.span.start;
    return found;
  });
}

/** What is left of regions after an edit: text that was replaced or put in is not reviewed. */
export function cutByEdit(regions: readonly Span[], change: Span, inserted: number): Span[] {
  const delta = inserted - (change.end - change.start);
  return regions.flatMap((region) => {
    if (region.end <= change.start) return [region];
    if (region.start >= change.end) return [{ start: region.start + delta, end: region.end + delta }];
    const before = { start: region.start, end: change.start };
    const after = { start: change.start + inserted, end: region.end + delta };
    return [before, after].filter(({ start, end }) => end > start);
  });
}

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
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((merged[middle]?.end ?? 0) < span.end) low = middle + 1;
    else high = middle;
  }
  const region = merged[low];
  return region !== undefined && region.start <= span.start && span.end <= region.end;
}

/** Whether `span` shares text with one of `merged` (in order, not overlapping, see {@link mergeSpans}). */
export function touched(merged: readonly Span[], span: Span): boolean {
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((merged[middle]?.end ?? 0) > span.start) high = middle;
    else low = middle + 1;
  }
  const next = merged[low];
  return next !== undefined && next.start < span.end;
}
