/** A document whose suggestions the Review Queue lists: an open one, or a file that was only read. Offsets are UTF-16 code units. */
import type { Uri } from "vscode";
import type { Annotation } from "../../labels/annotation";
import type { DecidedWords } from "../../labels/doubt";
import type { Steps } from "../../text/slices";
import type { Span } from "../../text/span";

/** What lists need to know of it. */
export interface QueuedDocument {
  /** Its address; of a cell of a notebook that of its text, for this window alone. */
  readonly id: string;
  /** Where it is, for folders and names. */
  readonly uri: Uri;
  /** The line of one of its suggestions, from 1. */
  lineOf(item: Annotation): number;
  /** The text in which one of its suggestions stands ({@link textAround}). */
  around(item: Annotation): string;
  /** Adds what the user decided in it. */
  addDecided(words: DecidedWords): Steps<void>;
}

/** So much of the text on both sides of a suggestion is shown with it. */
const AROUND = 120;

/** The text of a span and some on both sides, without half a character. */
export function textAround(text: string, { start, end }: Span): string {
  const around = text.slice(Math.max(0, start - AROUND), Math.min(text.length, end + AROUND));
  return around.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}
