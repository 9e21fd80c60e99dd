/** Blocks of Markdown that need no parser. Offsets are UTF-16 units in the block. */
import type { Span } from "./span";

/** Whether a block can hold markup at all. Most prose cannot, and parsing is the dearest step (about 3 s for 1 MB). */
export const MARKUP = /[*_`[\]<>|~#\\@]|:\/\/|www\.|^\s*(?:[-+=]|\d+[.)])/im;

/** A list item's marker, with a task's box, or a heading's. */
const MARKER = /^ {0,3}(?:(?:[-*+]|\d{1,9}[.)])(?: {1,4}(?:\[[ xX]\] )?|$)|#{1,6}(?:[ \t]+|$))(?=\S|$)/;
/** The line below a heading. */
const UNDERLINE = /\r?\n {0,3}(?:=+|-+)[ \t]*$/;

/** What there may be something to say about. */
const WORDS = /[\p{L}\p{N}\p{So}\p{Extended_Pictographic}]/u;

/**
 * The mask of a block without other markup than one list marker, heading marker or underline, as the parser would have it in a hundred times the time;
 * undefined where there is more. A block without a word is masked whole. Most blocks with markup are of this kind.
 */
export function maskSimple(block: string): Span[] | undefined {
  if (!WORDS.test(block)) return [{ start: 0, end: block.length }];
  const marker = MARKER.exec(block)?.[0] ?? "";
  const underline = marker === "" ? (UNDERLINE.exec(block)?.[0] ?? "") : "";
  if ((marker === "") === (underline === "")) return undefined;
  const end = block.length - underline.length;
  const text = block.slice(marker.length, end);
  if (MARKUP.test(text) || (marker.includes("#") && /[\r\n]/.test(text)) || /^\s|[ \t]$|\n\r?\n/.test(text))
    return undefined;
  if (underline !== "") return text === "" ? undefined : [{ start: end, end: block.length }];
  return [{ start: 0, end: marker.length }];
}
