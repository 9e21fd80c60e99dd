/** Blocks of a document: paragraphs, headings, list items, and what is no prose. */
import { afterChatHead } from "./chat-lines";
import { nextComment } from "./code/comments";
import { codeSyntax } from "./code/syntax";
import { frontMatterEnd } from "./front-matter";
import { nextValue } from "./json-lines/values";
import { cut, isBlank, lineEnd, lineHead, MAX_BLOCK, nextLine, skipBlank } from "./scan";
import type { Block, Found, ScanState } from "./scan";

/** A quoted cell of a table goes on over at most so many lines: a stray quote must not make one row of all that follows. */
export const MAX_ROW_LINES = 50;

const FENCE = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+|>[ \t]?)*(`{3,}(?!.*`)|~{3,})/;
const LIST_ITEM = /^[ \t]*(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)/;
const HEADING = /^ {0,3}#{1,6}(?:[ \t]|$)/;
const UNDERLINE = /^ {0,3}(?:=+|-+)[ \t]*$/;
const RULE = /^ {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$/;
const QUOTE = /^ {0,3}>/;
const COMMENT = /^ {0,3}<!--/;

/**
 * Cuts a document into blocks, in order, without the blank lines between them. A generator: take as many as there is time for.
 * Plain text is cut at blank lines, and each line of a chat after its head and at its end; Markdown also into fenced and indented code, front matter, HTML comments, headings,
 * list items, block quotes and tables; a table of CSV or TSV into its rows, so that no name runs on into the next one; JSON Lines into the values that are text; code into the paragraphs of its comments and docstrings. A block over
 * {@link MAX_BLOCK} is cut at a line end or white space.
 * @param languageId VS Code's: "markdown"; "csv" or "tsv" for rows; "jsonl" for JSON Lines; one that {@link codeSyntax} knows for code; anything else is plain text.
 * @param from Where to go on; `block.resume` of an earlier block.
 */
export function* scanBlocks(text: string, languageId: string, from: ScanState = { at: 0 }): Generator<Block> {
  const markdown = languageId === "markdown";
  const code = codeSyntax(languageId);
  const next = markdown
    ? nextMarkdown
    : isTable(languageId)
      ? nextRow(languageId === "csv")
      : isJsonLines(languageId)
        ? nextValue
        : code
          ? nextComment(code)
          : nextPlain;
  let state = from;
  if (markdown && state.at === 0 && !state.open) {
    const end = frontMatterEnd(text);
    if (end > 0) {
      state = { at: end };
      yield { start: 0, end, kind: "fields", resume: state };
    }
  }
  while (state.at < text.length) {
    const found = next(text, state);
    if (!found) return;
    const block = cut(text, found);
    yield block;
    state = block.resume;
  }
}

function nextPlain(text: string, state: ScanState): Found | undefined {
  let line = skipBlank(text, state.at);
  if (line >= text.length) return undefined;
  const start = line;
  const limit = start + MAX_BLOCK + 1;
  const partial = { open: { kind: "prose" } } as const;
  // Who speaks is no part of what is said: a sentence would run on from one speaker into the next.
  const begins = start === 0 || text.charAt(start - 1) === "\n";
  const said = begins ? afterChatHead(text, start) : start;
  if (said > start) return { start, end: said, kind: "prose", resume: { at: said }, partial };
  const alone = !begins && state.open === undefined;
  let end: number;
  do {
    end = lineEnd(text, line, limit);
    line = nextLine(text, end);
  } while (!alone && line < text.length && end < limit && !isBlank(text, line) && afterChatHead(text, line) === line);
  return { start, end, kind: "prose", resume: { at: end }, partial };
}

/** Whether a language is a table of rows. */
export const isTable = (languageId: string): boolean => languageId === "csv" || languageId === "tsv";

/** Whether a language is JSON Lines. */
export const isJsonLines = (languageId: string): boolean => languageId === "jsonl";

/** A row: a line, or several where a quoted cell goes on (RFC 4180, section 2, rule 6). Quotes mean nothing in TSV. */
const nextRow =
  (quoted: boolean) =>
  (text: string, state: ScanState): Found | undefined => {
    const start = skipBlank(text, state.at);
    if (start >= text.length) return undefined;
    const limit = start + MAX_BLOCK + 1;
    const line = lineEnd(text, start, limit);
    const end = quoted && state.open === undefined ? (quotesClosed(text, start, line, limit) ?? line) : line;
    return { start, end, kind: "prose", resume: { at: end }, partial: { open: { kind: "prose" } } };
  };

const QUOTE_CODE = 34;
const DELIMITER = /[,;|\t]/;

/** The end of the line on which all quotes of a row are closed; undefined if that is too far. */
function quotesClosed(text: string, start: number, line: number, limit: number): number | undefined {
  let open = false;
  let closed = -1;
  let from = start;
  let end = line;
  for (let lines = 1; lines <= MAX_ROW_LINES; lines++) {
    for (let at = from; at < end; at++) {
      if (text.charCodeAt(at) !== QUOTE_CODE) continue;
      if (open) closed = at + 1;
      // One inside of a cell, as in 5", quotes nothing. The second of a doubled one opens again.
      open = !open && (at === start || at === closed || DELIMITER.test(text.charAt(at - 1)));
    }
    if (!open) return end;
    from = nextLine(text, end);
    if (from >= text.length || from >= limit) return undefined;
    end = lineEnd(text, from, limit);
  }
  return undefined;
}

function nextMarkdown(text: string, state: ScanState): Found | undefined {
  if (state.open?.kind === "fence") return fenced(text, state.at, state.at, state.open.fence, state.inList);
  // The comment may have been cut inside its end.
  if (state.open?.kind === "comment") return comment(text, state.at, state.at - 2, state.inList);
  if (state.open?.kind === "line") return single(text, state.at, "masked", state.inList === true);
  const start = skipBlank(text, state.at);
  if (start >= text.length) return undefined;
  const head = lineHead(text, start);
  const fence = FENCE.exec(head)?.[1];
  const indented = /^(?: {4}|\t| {1,3}\t)/.test(head);
  const item = LIST_ITEM.test(head) && !RULE.test(head);
  const inList = item || ((indented || /^ {2,3}\S/.test(head)) && state.inList === true);
  if (state.open?.kind === "prose") return paragraph(text, start, start, state.inList === true);
  if (fence !== undefined) return fenced(text, start, undefined, fence, inList);
  if (COMMENT.test(head)) return comment(text, start, text.indexOf("<!--", start) + 4, inList);
  if (RULE.test(head)) return single(text, start, "masked", false);
  if (HEADING.test(head)) return single(text, start, "prose", false);
  if (indented && !inList) return single(text, start, "masked", false);
  return paragraph(text, start, start + head.length - head.trimStart().length, inList);
}

/** A block of one line. */
function single(text: string, start: number, kind: Block["kind"], inList: boolean): Found {
  const end = lineEnd(text, start, start + MAX_BLOCK + 1);
  const partial = { open: { kind: kind === "prose" ? "prose" : "line" } as const, inList };
  return { start, end, kind, resume: { at: end, inList }, partial };
}

/** Lines up to a blank one or one that starts another block. `start` leaves out an indentation, which would make it code. */
function paragraph(text: string, line: number, start: number, inList: boolean): Found {
  const quoted = QUOTE.test(lineHead(text, line));
  const limit = start + MAX_BLOCK + 1;
  let end = lineEnd(text, line, limit);
  while (end < limit) {
    line = nextLine(text, end);
    if (line >= text.length || isBlank(text, line)) break;
    const head = lineHead(text, line);
    if (UNDERLINE.test(head)) {
      end = lineEnd(text, line, limit);
      break;
    }
    const starts =
      FENCE.test(head) || LIST_ITEM.test(head) || HEADING.test(head) || RULE.test(head) || COMMENT.test(head);
    if (starts || QUOTE.test(head) !== quoted) break;
    end = lineEnd(text, line, limit);
  }
  return { start, end, kind: "prose", resume: { at: end, inList }, partial: { open: { kind: "prose" }, inList } };
}

/** A fenced block up to its closing fence, or to the end of the document as CommonMark has it. */
function fenced(text: string, start: number, from: number | undefined, fence: string, inList = false): Found {
  const close = new RegExp(`^[ \\t]*(?:>[ \\t]?)*${fence.charAt(0)}{${fence.length},}[ \\t]*$`);
  const limit = start + MAX_BLOCK + 1;
  let end = from ?? lineEnd(text, start, limit);
  let line = from ?? nextLine(text, end);
  while (line < text.length && end < limit) {
    end = lineEnd(text, line, limit);
    if (close.test(lineHead(text, line))) break;
    line = nextLine(text, end);
  }
  const partial = { open: { kind: "fence", fence } as const, inList };
  return { start, end, kind: "masked", resume: { at: end, inList }, partial };
}

/** An HTML comment with the rest of the line it ends on. */
function comment(text: string, start: number, from: number, inList = false): Found {
  const limit = Math.min(text.length, start + MAX_BLOCK + 1);
  const close = text.slice(Math.max(0, from), limit).indexOf("-->");
  const end = close < 0 ? limit : lineEnd(text, Math.max(0, from) + close, limit);
  return { start, end, kind: "masked", resume: { at: end, inList }, partial: { open: { kind: "comment" }, inList } };
}
