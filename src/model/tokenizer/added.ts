/** Added tokens: strings that are looked for in the text before anything else, and become one token each. */
import { escapeRegExp } from "../../text/escape-regexp";
import type { AddedToken } from "./parts";
import { isWhiteSpace } from "./tables";

/** Where an added token was found: UTF-16 offsets in the text searched. */
export interface Found {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** The Rust library's `\w`. */
const WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;

/** Finds added tokens, at each place the longest. */
export class AddedTokens {
  readonly #byContent: ReadonlyMap<string, AddedToken>;
  readonly #pattern: RegExp | undefined;

  constructor(tokens: readonly AddedToken[]) {
    this.#byContent = new Map(tokens.filter(({ content }) => content !== "").map((token) => [token.content, token]));
    // Longest first, so that the alternation finds what the Rust library's leftmost-longest search finds.
    const contents = [...this.#byContent.keys()].sort((a, b) => b.length - a.length);
    if (contents.length > 0) this.#pattern = new RegExp(contents.map(escapeRegExp).join("|"), "g");
  }

  /** All that are in `text`, in order. */
  find(text: string): Found[] {
    const found: Found[] = [];
    if (!this.#pattern) return found;
    let done = 0;
    for (const match of text.matchAll(this.#pattern)) {
      const token = this.#byContent.get(match[0])!;
      let start = match.index;
      let end = start + match[0].length;
      if (start < done) continue;
      if (token.singleWord && (isWordBefore(text, start) || isWordAfter(text, end))) continue;
      if (token.lstrip) while (start > done && isWhiteSpace(text.charCodeAt(start - 1))) start--;
      if (token.rstrip) while (end < text.length && isWhiteSpace(text.charCodeAt(end))) end++;
      found.push({ id: token.id, start, end });
      done = end;
    }
    return found;
  }
}

function isWordBefore(text: string, at: number): boolean {
  if (at === 0) return false;
  const low = text.charCodeAt(at - 1);
  const paired = at > 1 && (low & 0xfc00) === 0xdc00;
  return WORD.test(text.slice(at - (paired ? 2 : 1), at));
}

function isWordAfter(text: string, at: number): boolean {
  return at < text.length && WORD.test(String.fromCodePoint(text.codePointAt(at)!));
}
