/** Where a word goes on across two tokens of one pre-tokenizer's word. */

const LETTER = /[\p{L}\p{M}\p{N}\p{Join_Control}]/u;
const MARK = /[\p{M}\p{Join_Control}]/u;
/** Scripts written without spaces between words: a word there is what a token says it is. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}]/u;

/** Whether the characters before `end` and from `start` (UTF-16 offsets) are of one word; what may lie between was dropped by the normaliser. */
export function goesOn(text: string, end: number, start: number): boolean {
  if (end <= 0 || start >= text.length || /\p{White_Space}/u.test(text.slice(end, start))) return false;
  const next = String.fromCodePoint(text.codePointAt(start)!);
  if (MARK.test(next)) return true;
  const low = text.charCodeAt(end - 1);
  const previous = text.slice(end - ((low & 0xfc00) === 0xdc00 ? 2 : 1), end);
  return LETTER.test(previous) && LETTER.test(next) && !UNSPACED.test(previous) && !UNSPACED.test(next);
}
