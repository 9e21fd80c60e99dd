/** Text that UTF-8 can hold. */

/** Half a surrogate pair. */
export const LONE = /\p{Cs}/gu;

/** Half surrogate pairs become U+FFFD, which is as long in UTF-16 units and in code points. */
export function wellFormed(text: string): string {
  return text.replace(LONE, "\ufffd");
}

/** Whether a text cannot be written in UTF-8. */
export function unwritable(text: string): boolean {
  return /\p{Cs}/u.test(text);
}

/** Why such a text is left out. */
export const UNWRITABLE = "holds half a surrogate pair, which no UTF-8 file can hold";
