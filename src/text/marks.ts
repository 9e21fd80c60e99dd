/** Combining marks that belong to the letter before them. */
const MARK = /[\p{M}\u200c\u200d]/u;

/**
 * Where the marks that follow `end` (a UTF-16 offset) end: combining marks, joiners and variation selectors. Tokenizers that drop marks, or compose
 * them with the letter before, leave them outside the token's span; a reader takes them for part of the word.
 */
export function marksEnd(text: string, end: number): number {
  let at = end;
  while (at < text.length && text.charCodeAt(at) >= 0x300) {
    const char = String.fromCodePoint(text.codePointAt(at)!);
    if (!MARK.test(char)) break;
    at += char.length;
  }
  return at;
}
