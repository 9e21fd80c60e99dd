/** Reviewed stretches of text: cutting, anchoring and finding them. Offsets are UTF-16 code units. */
import { createHash } from "node:crypto";
import { finish } from "../text/slices";
import type { Steps } from "../text/slices";
import type { Span } from "../text/span";
import type { RegionAnchor } from "./events";

const END_UNITS = 32;
/** A text with changes in it may be twice as long as it was, and so many units more. */
const MOST_GROWTH = 200;
/** Places with a region's beginning that are looked at. */
const MOST_TRIES = 1000;
/** Work on all regions of a text, in units compared or digested: so often its length, and so many more. */
const MOST_TIMES = 100;
const MOST_UNITS = 10_000_000;

/** Digest of a region's text: first 16 hex digits of SHA-256. */
function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 16);
}

/** Anchors a region as it is. */
export function anchor(text: string, span: Span): RegionAnchor {
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
  // No further than the region: the next blank line may be megabytes away.
  for (const { index, 0: blank } of text.slice(start, end).matchAll(/\r?\n[^\S\n]*\n/g)) {
    push(start + index);
    from = start + index + blank.length;
  }
  if (from < end) push(end);
  return anchors;
}

/**
 * Where regions are in a text now; undefined for one whose text has changed. Regions that follow each other are looked for at the same distance first.
 * @param contexts those of them that may have changed between their ends: what questions are about
 */
export function findRegions(
  text: string,
  regions: readonly RegionAnchor[],
  contexts?: ReadonlySet<RegionAnchor>,
): (Span | undefined)[] {
  return finish(findingRegions(text, regions, contexts));
}

/**
 * As {@link findRegions}. A log may hold thousands of regions as long as the text: beyond an amount of work, those that are left count as changed, and so
 * as not reviewed.
 */
export function* findingRegions(
  text: string,
  regions: readonly RegionAnchor[],
  contexts: ReadonlySet<RegionAnchor> = new Set(),
): Steps<(Span | undefined)[]> {
  let moved = 0;
  let left = MOST_TIMES * text.length + MOST_UNITS;
  const at = (region: RegionAnchor, start: number): Span | undefined => {
    left -= region.head.length + 1;
    const end = start + region.span.end - region.span.start;
    if (start < 0 || end > text.length || !text.startsWith(region.head, start)) return undefined;
    if (!text.startsWith(region.tail, end - region.tail.length)) return undefined;
    left -= end - start;
    return digest(text.slice(start, end)) === region.digest ? { start, end } : undefined;
  };
  const found: (Span | undefined)[] = [];
  // Many questions are about one paragraph.
  const same = new Map<string, Span | undefined>();
  for (const region of regions) {
    // What was reviewed is never found where a question's paragraph is that has changed.
    const key = `${region.span.start} ${region.span.end} ${region.digest} ${contexts.has(region)}`;
    if (same.has(key)) {
      found.push(same.get(key));
      continue;
    }
    let place = left > 0 ? (at(region, region.span.start + moved) ?? at(region, region.span.start)) : undefined;
    yield;
    if (place === undefined && region.head !== "") {
      // Digests are only computed where both ends fit, so this stays linear for text that does not repeat itself.
      for (let i = text.indexOf(region.head), tries = 0; i >= 0 && tries < MOST_TRIES && left > 0; tries++) {
        place = at(region, i);
        if (place !== undefined) break;
        i = text.indexOf(region.head, i + 1);
        yield;
      }
    }
    if (place === undefined && contexts.has(region) && left > 0) {
      left -= 2 * text.length;
      place = betweenEnds(text, region);
      yield;
    }
    if (place !== undefined) moved = place.start - region.span.start;
    same.set(key, place);
    found.push(place);
  }
  return found;
}

/**
 * Where a region may be whose text has changed between its ends: from the only place of its head to the next place of its tail, if that is not much longer
 * than it was. Undefined if that cannot be told.
 */
function betweenEnds(text: string, { span, head, tail }: RegionAnchor): Span | undefined {
  const start = text.indexOf(head);
  if (head === "" || start < 0 || text.indexOf(head, start + 1) >= 0) return undefined;
  const found = text.indexOf(tail, start);
  const end = found + tail.length;
  const most = 2 * (span.end - span.start) + MOST_GROWTH;
  return found < 0 || end < start + head.length || end - start > most ? undefined : { start, end };
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
