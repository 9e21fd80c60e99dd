/** Widening and narrowing a span by words and by characters. Pure; offsets are UTF-16 code units. */
import { unfilled } from "../../text/filled";
import { readEscapes, wholeEscapes } from "../../text/json-lines/escapes";
import type { Span } from "../../text/span";
import { cutsWord } from "../../text/word-borders";

/** Which end moves, and where to. */
export type Resize = "widenLeft" | "widenRight" | "narrowLeft" | "narrowRight";

/** How far around the span words are looked for. */
const REACH = 400;
const segmenter = new Intl.Segmenter(undefined, { granularity: "word" });
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Start and end of the words (and single marks) in a stretch of the text; white space is none, and an escape of JSON is part of its word. */
export function wordsIn(text: string, from: number, to: number): Span[] {
  const found: { start: number; end: number }[] = [];
  const stretch = text.slice(from, to);
  const escaped = /\\u[0-9a-f]{4}/i.test(stretch);
  for (const { segment, index } of segmenter.segment(stretch)) {
    if (segment.trim() === "") continue;
    const last = found.at(-1);
    if (escaped && last?.end === from + index && cutsWord(text, { start: last.end, end: last.end })) {
      last.end += segment.length;
      continue;
    }
    found.push({ start: from + index, end: from + index + segment.length });
  }
  return found;
}

/** What is seen as one character each, between two offsets. @param escaped an escape of JSON is what it stands for */
function characters(text: string, from: number, to: number, escaped: boolean): Span[] {
  const first = escaped ? wholeEscapes(text, { start: from, end: from }).start : from;
  const stretch = text.slice(first, to);
  const read = escaped ? unfilled(readEscapes(stretch)) : undefined;
  const at = (offset: number): number => first + (read?.at(offset) ?? offset);
  return Array.from(graphemes.segment(read?.text ?? stretch), ({ segment, index }) => ({
    start: at(index),
    end: at(index + segment.length),
  }));
}

/** The span with one end moved by one word; undefined if there is no word to take in, or only one left to give up. */
export function resizeByWord(text: string, span: Span, how: Resize): Span | undefined {
  const around = wordsIn(text, Math.max(0, span.start - REACH), Math.min(text.length, span.end + REACH));
  const inside = around.filter(({ start, end }) => start < span.end && end > span.start);
  switch (how) {
    case "widenLeft": {
      const word = around.filter(({ start }) => start < span.start).at(-1);
      return word && { start: word.start, end: span.end };
    }
    case "widenRight": {
      const word = around.find(({ end }) => end > span.end);
      return word && { start: span.start, end: word.end };
    }
    case "narrowLeft": {
      const next = inside[1];
      return next && { start: next.start, end: span.end };
    }
    case "narrowRight": {
      const last = inside.at(-2);
      return last && { start: span.start, end: last.end };
    }
  }
}

/** The span with one end moved by one character as people see it (a grapheme); undefined at the end of the text, or if only one is left. White space counts. @param escaped the text is JSON */
export function resizeByCharacter(text: string, span: Span, how: Resize, escaped = false): Span | undefined {
  const { start, end } = span;
  switch (how) {
    case "widenLeft": {
      const before = characters(text, Math.max(0, start - REACH), start, escaped).at(-1);
      return before && { start: before.start, end };
    }
    case "widenRight": {
      const after = characters(text, end, Math.min(text.length, end + REACH), escaped)[0];
      return after && { start, end: after.end };
    }
    case "narrowLeft": {
      const next = characters(text, start, Math.min(end, start + REACH), escaped)[1];
      return next && { start: next.start, end };
    }
    case "narrowRight": {
      const last = characters(text, Math.max(start, end - REACH), end, escaped).at(-1);
      return last === undefined || last.start === start ? undefined : { start, end: last.start };
    }
  }
}
