/** Texts as parts of regular expressions. */

/** A pattern that stands for just this text, outside of a character class, with the flags `u` and `v`, too: these refuse a backslash before a hyphen. */
export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
