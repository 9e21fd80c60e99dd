/** Offsets as files count them: into UTF-16 units of the text, snapped or refused where they do not fit; and which unit a file counts in. */
import type { ExactSpan } from "../../documents/labelled";
import type { Span } from "../../text/span";
import { insidePair, OffsetMap } from "../../text/offsets";
import type { OffsetUnit } from "../../text/offsets";
import { excerpt } from "../losses";
import type { Loss } from "../losses";
import type { Detected, Misaligned } from "../format";

const NAMES: Readonly<Record<OffsetUnit, string>> = {
  utf16: "UTF-16 code units",
  codepoint: "code points",
  byte: "UTF-8 bytes",
};

/** The unit's name as people write it. */
export function unitName(unit: OffsetUnit): string {
  return NAMES[unit];
}

/** One span as a file has it, for {@link detectUnit}. */
export interface UnitSample extends Span {
  readonly text: string;
  /** What the file says the span holds, if it does; then its start tells. */
  readonly exact?: string;
}

const WORD = /[\p{L}\p{N}\p{M}]/u;
/** Enough to tell, and cheap for a file of any size. */
const MOST_SAMPLES = 2000;

/** How well a span fits in a unit: as it says, at the edges of words, or not at all. */
function fit(map: OffsetMap, { text, start, end, exact }: UnitSample, unit: OffsetUnit): number {
  let from: number;
  let to: number;
  try {
    from = map.toUtf16(start, unit);
    to = exact === undefined ? map.toUtf16(end, unit) : from;
  } catch {
    return 0;
  }
  if (exact !== undefined) return text.startsWith(exact, from) ? 1 : 0;
  const inner = text.slice(from, to);
  if (inner.trim() === "") return 0;
  const before = Array.from(text.slice(Math.max(0, from - 2), from)).at(-1) ?? " ";
  const after = String.fromCodePoint(text.codePointAt(to) ?? 32);
  const first = String.fromCodePoint(inner.codePointAt(0)!);
  const last = Array.from(inner).at(-1)!;
  const left = !(WORD.test(before) && WORD.test(first)) && !/\s/.test(first);
  const right = !(WORD.test(last) && WORD.test(after)) && !/\s/.test(last);
  return (Number(left) + Number(right)) / 2;
}

/**
 * The unit in which most spans hold what they say, or else begin and end at edges of words. `candidates`: the likeliest first, which is
 * taken when the spans do not tell, as when all texts are ASCII.
 */
export function detectUnit(samples: Iterable<UnitSample>, candidates: readonly OffsetUnit[]): Detected<OffsetUnit> {
  const scores = candidates.map(() => 0);
  let told = 0;
  let map: OffsetMap | undefined;
  let text: string | undefined;
  for (const sample of samples) {
    if (text !== sample.text) {
      text = sample.text;
      // All units agree on ASCII.
      map = /^[\0-\x7f]*$/.test(text) ? undefined : new OffsetMap(text);
    }
    if (map === undefined) continue;
    const fits = candidates.map((unit) => fit(map!, sample, unit));
    if (fits.every((value) => value === fits[0])) continue;
    for (const [index, value] of fits.entries()) scores[index] = (scores[index] ?? 0) + value;
    if (++told >= MOST_SAMPLES) break;
  }
  const value = candidates[scores.indexOf(Math.max(...scores))]!;
  if (told === 0) return { value, reason: "no span tells units apart; this is the format's usual one" };
  const list = candidates.map((unit, index) => `${scores[index]} in ${NAMES[unit]}`).join(", ");
  return { value, reason: `of ${told} spans that tell units apart, those that fit: ${list}` };
}

/** What a report says about a span. */
export type SpanPlace = Pick<Loss, "document" | "task" | "label" | "file" | "line">;

/** Moves an offset in a unit to the nearest place at or before (`-1`) or after (`1`) it where a character starts. */
function nearest(map: OffsetMap, offset: number, unit: OffsetUnit, direction: 1 | -1): number {
  const length = map.length(unit);
  for (let at = Math.min(Math.max(Math.trunc(offset), 0), length); at >= 0 && at <= length; at += direction) {
    try {
      return map.toUtf16(at, unit);
    } catch {
      // Inside a character: the next one is at most three bytes away.
    }
  }
  return direction < 0 ? 0 : map.toUtf16(length, unit);
}

/**
 * A span in some unit as UTF-16 units of the text. One that ends past the text, cuts a character or does not hold the text the file says
 * is snapped (to the nearest characters, or to the nearest occurrence of that text) or refused; either is added to `losses`. Undefined if refused,
 * empty, or beyond help.
 */
export function spanIn(
  text: string,
  map: OffsetMap,
  span: Span & { readonly exact?: string },
  unit: OffsetUnit,
  misaligned: Misaligned,
  place: SpanPlace,
  losses: Loss[],
): ExactSpan | undefined {
  const { start, end, exact } = span;
  const refuse = (problem: string): ExactSpan | undefined => {
    losses.push({ kind: "dropped", ...place, ...(exact !== undefined && { exact: excerpt(exact) }), reason: problem });
    return undefined;
  };
  if (!Number.isFinite(start) || !Number.isFinite(end)) return refuse("its offsets are no numbers");
  const said = `${NAMES[unit]} ${start}–${end}`;
  if (start >= end) return refuse(`${said} hold nothing`);
  if (start >= map.length(unit) && exact === undefined) {
    return refuse(`${said} lie past the end of the text (${map.length(unit)})`);
  }
  let problem: string;
  try {
    const found = { start: map.toUtf16(start, unit), end: map.toUtf16(end, unit) };
    const held = text.slice(found.start, found.end);
    if (exact === undefined || held === exact) return { ...found, exact: held };
    problem = `${said} hold ${JSON.stringify(excerpt(held))}, not ${JSON.stringify(excerpt(exact))}`;
  } catch (error) {
    problem = (error as Error).message;
  }
  if (misaligned === "refuse") return refuse(problem);
  const hint = nearest(map, start, unit, -1);
  const snapped = exact === undefined ? { start: hint, end: nearest(map, end, unit, 1) } : closest(text, exact, hint);
  if (snapped === undefined || snapped.start >= snapped.end) return refuse(problem);
  const held = text.slice(snapped.start, snapped.end);
  losses.push({ kind: "snapped", ...place, span: snapped, exact: excerpt(held), reason: problem });
  return { ...snapped, exact: held };
}

/** The occurrence of a text nearest to a place; undefined if there is none. */
function closest(text: string, exact: string, hint: number): Span | undefined {
  if (exact === "") return undefined;
  const whole = (start: number): boolean =>
    start >= 0 && !insidePair(text, start) && !insidePair(text, start + exact.length);
  let after = text.indexOf(exact, hint);
  while (after >= 0 && !whole(after)) after = text.indexOf(exact, after + 1);
  let before = text.lastIndexOf(exact, hint);
  while (before > 0 && !whole(before)) before = text.lastIndexOf(exact, before - 1);
  const found = [before, after].filter(whole).sort((a, b) => Math.abs(a - hint) - Math.abs(b - hint))[0];
  return found === undefined ? undefined : { start: found, end: found + exact.length };
}
