/** What kind of text a sentence is part of, as its markup says. Offsets are UTF-16 code units. */
import { WORD_CHARACTER } from "./letters";
import type { Span } from "./span";

/**
 * Kinds of text, the first that fits. `heading` and `cell` (of a table, or a short value among data) are as in Markdown and HTML; `links`: nothing but links, as in a line of
 * badges or a table of contents; `code`: with inline code in it; `item`: of a list; `comment`: in code; `speaker`: who speaks, and when, at the head of a chat's line; `prose` is
 * everything else.
 */
export type SegmentKind = "heading" | "cell" | "links" | "code" | "item" | "comment" | "speaker" | "prose";

/** Enough of a line to know what it starts. */
const HEAD_UNITS = 200;
const MARKERS = /^(?:[ \t]*>)*[ \t]*(?:(?:[-*+•‣–—]|\d{1,9}[.)])[ \t]+)*/;
const ITEM = /^(?:[ \t]*>)*[ \t]*(?:[-*+•‣–—]|\d{1,9}[.)])[ \t]/;
const HEADING = /^#{1,6}(?:[ \t]|$)/;
const UNDERLINE = /\n[ \t>]*(?:=+|-+)[ \t]*$/;
const DELIMITER_ROW = /^[ \t>]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)+\|?[ \t]*$/;
/** Where an HTML heading, table cell or link begins and ends. */
const ELEMENT = /<(\/?)(h[1-6]|t[dh]|a)\b/gi;
/** A Markdown link with its label, a bare address. */
const LINK = /\[[^[\]]{1,500}\](?:\([^()\n]{0,1000}\)|\[[^[\]]{0,200}\])|(?:https?:\/\/|www\.)[^\s<>]{1,1000}/g;
const CODE = /`|<(?:code|pre|kbd|samp)\b/i;

/** So many words of a table's cell are prose. A comma before a space separates no cells. */
const PROSE_WORDS = 6;
const CELL_END = /[,;\t|](?! )/;

/** Whether a sentence in a table's row is of cells alone, none of which is prose. */
export function isCell(sentence: string): boolean {
  return sentence
    .split(CELL_END)
    .every((cell) => cell.split(/\s+/, PROSE_WORDS + 1).filter(Boolean).length < PROSE_WORDS);
}

const ENDS = /[\p{Sentence_Terminal}…][^\p{L}\p{N}]*$/u;

/** Whether a text among data is no sentence but a name, a title or the like: short, and nothing ends it. */
export function isFragment(text: string): boolean {
  return !ENDS.test(text) && text.split(/\s+/, PROSE_WORDS + 1).filter(Boolean).length < PROSE_WORDS;
}

/** A stretch of a block that its markup says to be of a kind. */
interface Marked extends Span {
  readonly kind: SegmentKind;
}

/** The kinds of sentences of one block, asked for in order of their offsets. */
export class SegmentKinds {
  /** What the whole block is, if it is more than prose. */
  readonly #whole: SegmentKind | undefined;
  readonly #elements: readonly Marked[];
  readonly #links: readonly Span[];
  /** Where the table of a Markdown block begins. */
  readonly #table: number;
  #line = 0;
  #element = 0;
  #link = 0;

  /** @param block its text; @param markdown whether its markup means something. */
  constructor(
    private readonly block: string,
    markdown: boolean,
  ) {
    const underlined = markdown && UNDERLINE.test(block.slice(-HEAD_UNITS));
    this.#whole = underlined ? "heading" : markdown && ITEM.test(block.slice(0, HEAD_UNITS)) ? "item" : undefined;
    this.#elements = markdown ? elements(block) : [];
    this.#links = markdown ? links(block) : [];
    this.#table = markdown ? tableStart(block) : Infinity;
  }

  /** The kind of a sentence; `masked` are the parts of it that nobody reads. Sentences must be asked for in order. */
  of(sentence: Span, masked: readonly Span[]): SegmentKind {
    const line = this.#lineOf(sentence.start);
    const head = this.block.slice(line, line + HEAD_UNITS);
    const rest = head.replace(MARKERS, "");
    const element = this.#elementAt(sentence.start);
    if (HEADING.test(rest) || this.#whole === "heading" || element === "heading") return "heading";
    if (rest.startsWith("|") || element === "cell" || sentence.start >= this.#table) return "cell";
    if (this.#onlyLinks(sentence, masked)) return "links";
    if (masked.some(({ start, end }) => CODE.test(this.block.slice(start, end)))) return "code";
    return this.#whole ?? (ITEM.test(head) ? "item" : "prose");
  }

  #lineOf(offset: number): number {
    for (let end = this.block.indexOf("\n", this.#line); end >= 0 && end < offset;) {
      this.#line = end + 1;
      end = this.block.indexOf("\n", this.#line);
    }
    return this.#line;
  }

  #elementAt(offset: number): SegmentKind | undefined {
    while (this.#element < this.#elements.length && this.#elements[this.#element]!.end <= offset) this.#element++;
    const element = this.#elements[this.#element];
    return element !== undefined && element.start <= offset ? element.kind : undefined;
  }

  /** Whether a sentence has links and no word beside them. */
  #onlyLinks({ start, end }: Span, masked: readonly Span[]): boolean {
    while (this.#link < this.#links.length && this.#links[this.#link]!.end <= start) this.#link++;
    const inside: Span[] = [];
    for (let i = this.#link; i < this.#links.length && this.#links[i]!.start < end; i++) inside.push(this.#links[i]!);
    if (inside.length === 0) return false;
    const hidden = [...inside, ...masked].sort((a, b) => a.start - b.start);
    let at = start;
    for (const span of hidden) {
      if (span.start > at && WORD_CHARACTER.test(this.block.slice(at, span.start))) return false;
      at = Math.max(at, span.end);
    }
    return at >= end || !WORD_CHARACTER.test(this.block.slice(at, end));
  }
}

/** The HTML headings and table cells of a block, outermost only, in order. */
function elements(block: string): Marked[] {
  const found: Marked[] = [];
  let open: { readonly name: string; readonly start: number } | undefined;
  for (const { 1: slash, 2: tag, index } of block.matchAll(ELEMENT)) {
    const name = tag!.toLowerCase();
    if (name === "a") continue;
    const closes = slash === "/";
    // HTML lets a cell end where the next begins.
    const next = !closes && name.startsWith("t") && open?.name.startsWith("t") === true;
    if (open !== undefined && ((closes && open.name === name) || next)) {
      found.push({ start: open.start, end: index, kind: open.name.startsWith("h") ? "heading" : "cell" });
      open = undefined;
    }
    if (!closes) open ??= { name, start: index };
  }
  return found;
}

/** The links of a block, Markdown's and HTML's, in order and apart from each other. */
function links(block: string): Span[] {
  const found = Array.from(block.matchAll(LINK), ({ 0: link, index }) => ({ start: index, end: index + link.length }));
  let open: number | undefined;
  for (const { 1: slash, 2: tag, index } of block.matchAll(ELEMENT)) {
    if (tag!.toLowerCase() !== "a") continue;
    if (slash === "") open ??= index;
    else if (open !== undefined) {
      found.push({ start: open, end: index });
      open = undefined;
    }
  }
  const apart: Span[] = [];
  for (const link of found.sort((a, b) => a.start - b.start || b.end - a.end))
    if (link.start >= (apart.at(-1)?.end ?? 0)) apart.push(link);
  return apart;
}

/** Where the first table's head row begins; Infinity without one. */
function tableStart(block: string): number {
  if (!block.includes("|")) return Infinity;
  let before = -1;
  for (let line = 0; line < block.length;) {
    const newline = block.indexOf("\n", line);
    const end = newline < 0 ? block.length : newline;
    if (before >= 0 && end - line <= 4 * HEAD_UNITS && DELIMITER_ROW.test(block.slice(line, end).trimEnd()))
      return before;
    before = line;
    line = end + 1;
  }
  return Infinity;
}
