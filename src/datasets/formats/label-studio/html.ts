/** The text that a piece of HTML shows, as far as offsets into it need. Nothing is run or loaded. */
import { decodeHTML } from "entities/decode";

/** Whether a text has no tags and no entities, so that it shows itself. */
export function isPlain(html: string): boolean {
  return !/<[a-z!/?]|&(?:#|[a-z])/i.test(html);
}

/** What shows nothing: comments, scripts, styles, tags. In this order, since the first may hold what looks like the last. */
const UNSEEN = [
  /<!--[\s\S]*?-->/g,
  /<(script|style|template)\b[^>]*>[\s\S]*?<\/\1\s*>/gi,
  /<\/?[a-z!?](?:[^<>"']|"[^"]*"|'[^']*')*>/gi,
];

/**
 * A browser's `textContent` of the HTML: tags and comments gone, character references decoded as the HTML standard has it (all names, some
 * without their semicolon, numbers of Windows-1252). Scripts and styles show nothing and are left out.
 */
export function visibleText(html: string): string {
  // A reference ends where a tag begins. U+0000 marks the place, since HTML has no such character: browsers leave it out.
  const text = UNSEEN.reduce((rest, unseen) => rest.replace(unseen, "\0"), html);
  return text
    .split("\0")
    .map((piece) => decodeHTML(piece))
    .join("");
}
