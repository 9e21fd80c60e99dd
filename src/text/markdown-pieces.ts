/** Cuts a Markdown block that costs the parser too much into pieces that do not. Offsets are UTF-16 units in the block. */
import { MarkdownCost, MOST_COST } from "./markdown-cost";
import { insidePair } from "./offsets";
import type { Span } from "./span";

/** A stretch of a block to parse by itself, after `before`: what the parser must have seen, such as a table's head. */
export interface MarkdownPiece extends Span {
  readonly before: string;
}

/** If so little costs too much, its markup is too dense for prose: it is left out, and counts as plain text. */
const SHORTEST = 1000;
const LINE_FEED = 10;
/** In the middle of a line nothing but inline markup begins: a word in front tells the parser. */
const MID_LINE = "x ";
/** A line is looked at in stretches of so many units. */
const STRETCH = 100;
/** A table's first two lines, where they are no longer than this. */
const HEAD_UNITS = 1000;
const TABLE_HEAD = /^[^\n]*\|[^\n]*\n[ \t]{0,3}\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\r?(?:\n|$)/;

/** The pieces in order. A block that costs little is one; stretches that belong to no piece are plain text. */
export function* markdownPieces(block: string): Generator<MarkdownPiece> {
  const head = tableHead(block);
  for (let start = 0; start < block.length;) {
    const midLine = start > 0 && block.charCodeAt(start - 1) !== LINE_FEED;
    const before = start === 0 ? "" : midLine ? MID_LINE : head;
    const { end, dense } = affordable(block, start, before);
    if (!dense) yield { start: start + indent(block, start, before), end, before };
    start = end;
  }
}

/** How far a piece from `start` may go: to the end of the block, else of a line, of a word, or of what can be afforded. */
function affordable(block: string, start: number, before: string): { end: number; dense: boolean } {
  const cost = new MarkdownCost();
  cost.add(before);
  let lineEnd = start;
  let wordEnd = start;
  let at = start;
  while (at < block.length) {
    const stretch = block.slice(at, at + STRETCH);
    const line = stretch.slice(0, stretch.indexOf("\n") + 1);
    const next = line === "" ? stretch : line;
    cost.add(next);
    if (cost.total > MOST_COST || cost.dense) break;
    const space = next.search(/\s\S*$/);
    if (space >= 0) wordEnd = at + space + 1;
    at += next.length;
    if (line !== "") lineEnd = at;
  }
  if (at >= block.length) return { end: block.length, dense: false };
  if (at - start < SHORTEST) return { end: outsidePair(block, Math.min(block.length, start + SHORTEST)), dense: true };
  const half = start + (at - start) / 2;
  const end = lineEnd > half ? lineEnd : wordEnd > half ? wordEnd : outsidePair(block, at);
  return { end, dense: false };
}

const outsidePair = (text: string, at: number): number => (insidePair(text, at) ? at - 1 : at);

/** White space at the beginning of a piece of lines, which would make it code. */
function indent(block: string, start: number, before: string): number {
  if (start === 0 || before !== "") return 0;
  const found = /^[ \t]+/.exec(block.slice(start, start + STRETCH));
  return found?.[0].length ?? 0;
}

function tableHead(block: string): string {
  const head = TABLE_HEAD.exec(block.slice(0, HEAD_UNITS))?.[0] ?? "";
  return head.endsWith("\n") ? head : "";
}
