/** Text in which one character stands for several units of a document, as it does where escapes are read. Offsets are UTF-16 code units. */
import { firstIndex } from "./search";

/**
 * Stands before a character that is written with more units in the document, once for each unit more: so the text that is read is as long as the one that is
 * written. It is no character that texts hold (Unicode keeps U+FDD0 for a program's own use), and no model gets to see it.
 */
export const FILL = "\uFDD0";

/** A text without its {@link FILL}s, and how places in it and in the text with them belong together. */
export interface Unfilled {
  readonly text: string;
  /** Where an offset of {@link text} is in the text with fills. Fills belong to the character after them, so no span that is placed so begins or ends among them. */
  at(offset: number): number;
  /** The offset in {@link text} of one in the text with fills. */
  of(offset: number): number;
}

/** A text as a reader sees it. */
export function asRead(text: string): string {
  return text.replaceAll(FILL, "");
}

/** A text as a reader sees it, with its places; undefined where nothing in it is filled. */
export function unfilled(text: string): Unfilled | undefined {
  if (!text.includes(FILL)) return undefined;
  const parts: string[] = [];
  const ends = [0];
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    if (at < text.length && text.charAt(at) !== FILL) {
      ends.push(at + 1);
      continue;
    }
    if (at > from) parts.push(text.slice(from, at));
    from = at + 1;
  }
  return {
    text: parts.join(""),
    at: (offset) => ends[offset]!,
    of: (offset) => firstIndex(ends, (end) => end >= offset),
  };
}
