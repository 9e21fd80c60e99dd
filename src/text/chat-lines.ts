/** The head of a line of a chat: when something was said, and by whom. Offsets are UTF-16 code units. */

const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,6})?(?:[ \t]?[ap]\.?m\.?)?`;
const DATE = String.raw`\d[\d./-]{5,9}(?:,[ \t]?|[T \t])`;
/** `[09:12]`, `(9:12 pm)`, `[2024-05-01 09:12:33]`. */
const STAMP = String.raw`[[(](?:${DATE})?${TIME}[\])]`;
/** As IRC's programs write nicknames, with the mark of an operator before them: `<anna>`, `<@anna>`, `< anna>`. */
const NICK = String.raw`<[ @+%&~]?[\p{L}\p{N}_[\]\\^{|}.\x60-]{1,40}>`;
const HEAD = new RegExp(
  String.raw`[ \t]*(?:${STAMP}(?:[ \t]+${NICK})?|(?:(?:${DATE})?${TIME}[ \t]+)?${NICK})[ \t]+(?=\S)`,
  "iuy",
);
/** No head is longer. */
const HEAD_UNITS = 120;

/**
 * Where what was said begins, on a line of a chat that begins at `line`; `line` itself if it is none. Heads are a time in brackets, a nickname in angle
 * brackets, or both. `09:12 Anna:` is none: names with a colon are speakers as well as headwords.
 */
export function afterChatHead(text: string, line: number): number {
  HEAD.lastIndex = line;
  if (!HEAD.test(text)) return line;
  const end = HEAD.lastIndex;
  return end - line <= HEAD_UNITS && !text.slice(line, end).includes("\n") ? end : line;
}

/** Whether a text is the head of a chat's line and nothing else. */
export function isChatHead(text: string): boolean {
  return afterChatHead(`${text} .`, 0) === text.length + 1;
}
