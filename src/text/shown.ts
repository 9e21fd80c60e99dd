/** Text from outside as it is shown: nothing in it acts, hides, reorders what is around it, or ends what it stands in. Data keeps it as it is. Pure. */
import { shortenedTo } from "./print";

/** Longest name of a label that is shown, in code points. */
const NAME_LENGTH = 48;

/**
 * What is no visible part of prose: controls, separators of lines, what turns the direction of text (Unicode UAX #9: U+202A to U+202E, U+2066 to
 * U+2069), tags, halves of surrogate pairs. Joiners and variation selectors stay: scripts and emoji need them.
 */
const HIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/** In a name nothing invisible has a place, a plain blank excepted, nor the empty Braille cell, which only looks like one. */
const NOT_IN_NAMES = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A character as a reader can see it: `⟨U+000C⟩`. */
function named(character: string): string {
  return `⟨U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/**
 * A text that may hold anything, as a message, an item of a list or the status bar shows it: as text. VS Code makes links of `[…](command:…)` in
 * notifications (`base/common/linkedText.ts`: the two brackets have to touch) and icons of `$(name)` in labels (`base/common/iconLabels`: dollar
 * and bracket have to touch); a blank between them is what both need to be text. Line breaks and tabs are blanks.
 */
export function plainText(text: string): string {
  return text
    .replace(/\r\n|[\t\n\r]/g, " ")
    .replace(HIDDEN, named)
    .replace(/\](?=\()/g, "] ")
    .replace(/\$(?=\()/g, "$ ");
}

/** {@link plainText} that keeps its line breaks, for the details of a dialog. */
export function plainLines(text: string): string {
  return text
    .split(/\r\n|[\n\r]/)
    .map(plainText)
    .join("\n");
}

/** The name of a label, whoever gave it, as it is shown: everything in it is visible, and it is no longer than 48 code points. */
export function shownName(name: string): string {
  return plainText(shortenedTo(name, NAME_LENGTH).replace(NOT_IN_NAMES, named));
}

/**
 * A text as the content of a decoration. VS Code builds a style sheet from it and escapes only `'` and `\` in its first line
 * (`browser/services/abstractCodeEditorService.ts`), while CSS also ends a string at a form feed (CSS Syntax 3, 3.3 and 4.3.5): what could end, continue or
 * escape a string is named, as is what begins or ends a tag; quotation marks become those of printing.
 */
export function decorationText(text: string): string {
  return plainText(text)
    .replace(/'/g, "’")
    .replace(/"/g, "”")
    .replace(/[\\<>`]/g, named);
}
