/** Markdown's syntax masked by spaces, so that offsets hold. */
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { append } from "./grouped";
import { markdownPieces } from "./markdown-pieces";
import { MARKUP, maskSimple } from "./markdown-simple";
import type { Span } from "./span";

const micromarkExtensions = [gfm()];
// Without the transforms, which find e-mail addresses in text afterwards and lose the positions of what is around them.
const mdastExtensions = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));

/** Reference links and footnotes whose definitions are in another block: the parser sees plain text. */
const REFERENCE = /\[\^[^\]\s]{1,80}\]|(\[)[^[\]]{1,500}(\]\[[^[\]]{0,200}\])/dg;
/** Quote markers before the second and further lines of a paragraph: no other text line starts so. */
const QUOTE_MARKER = /(?<=\n)[ \t]*(?:>[ \t]?)+/g;
const ESCAPE = /\\(?=[!-/:-@[-`{-~])/g;
const TAG = /<\/?[a-zA-Z][^>]*>|<!--[^]*?(?:-->|$)|<[!?][^>]*>/g;
/** Elements whose content is no prose, either. */
const OPAQUE = /<(script|style|pre|textarea|svg|code)\b[^]*?(?:<\/\1\s*>|$)/gi;

/**
 * The parts of one Markdown block that are not prose: markers, link targets, bare URLs, inline code, images, HTML tags, table
 * pipes. In order, apart from each other; offsets are UTF-16 units in the block. White space between masked parts may be masked, too.
 */
export function maskMarkdown(block: string): Span[] {
  const mask: Span[] = [];
  for (const part of maskingMarkdown(block)) append(mask, part);
  return mask;
}

/**
 * As {@link maskMarkdown}, in steps of bounded cost: a block that costs the parser too much is cut into pieces, and a piece whose markup is too dense to be
 * anybody's prose counts as plain text.
 */
export function* maskingMarkdown(block: string): Generator<Span[]> {
  if (!MARKUP.test(block)) return;
  const simple = maskSimple(block);
  if (simple) {
    yield simple;
    return;
  }
  for (const { start, end, before } of markdownPieces(block)) {
    const mask = parseMask(before + block.slice(start, end));
    const shift = start - before.length;
    yield mask
      .filter((span) => span.end > before.length)
      .map((span) => ({ start: shift + Math.max(before.length, span.start), end: shift + span.end }));
  }
}

/** The mask of a piece of a block, by the parser: {@link maskMarkdown} without its short ways and its bounds. Its time may grow with the square of the length. */
export function parseMask(block: string): Span[] {
  if (!MARKUP.test(block)) return [];
  const kept: Span[] = [];
  collect(fromMarkdown(block, { extensions: micromarkExtensions, mdastExtensions }), block, kept);
  const mask: Span[] = [];
  let at = 0;
  for (const { start, end } of [...kept, { start: block.length, end: block.length }]) {
    if (start > at && /\S/.test(block.slice(at, start))) mask.push({ start: at, end: start });
    at = Math.max(at, end);
  }
  return mask;
}

/** What is prose below a node, in order. Not recursive: quotes can be nested thousands deep. */
function collect(root: Nodes, block: string, kept: Span[]): void {
  const stack: Nodes[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    const start = node.position?.start.offset;
    const end = node.position?.end.offset;
    if (start === undefined || end === undefined) continue;
    if (node.type === "text") keepWithout(start, end, inText(block.slice(start, end)), kept);
    else if (node.type === "html") keepWithout(start, end, inHtml(block.slice(start, end)), kept);
    else if (node.type === "link" && isBare(node)) continue;
    else if ("children" in node) for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
  }
}

/** A link that shows its own address. */
function isBare(link: Extract<Nodes, { type: "link" }>): boolean {
  const [child] = link.children;
  if (link.children.length !== 1 || child?.type !== "text") return false;
  return [child.value, `http://${child.value}`, `mailto:${child.value}`].includes(link.url);
}

function inText(text: string): Span[] {
  const hidden: Span[] = [];
  for (const pattern of [ESCAPE, QUOTE_MARKER])
    for (const match of text.matchAll(pattern)) hidden.push({ start: match.index, end: match.index + match[0].length });
  for (const { indices } of text.matchAll(REFERENCE)) {
    const parts = indices?.[1] ? [indices[1], indices[2]] : [indices?.[0]];
    for (const part of parts) if (part) hidden.push({ start: part[0], end: part[1] });
  }
  return hidden;
}

function inHtml(html: string): Span[] {
  return [OPAQUE, TAG].flatMap((pattern) =>
    Array.from(html.matchAll(pattern), (match) => ({ start: match.index, end: match.index + match[0].length })),
  );
}

/** Keeps `[start, end)` but for the hidden spans, which count from `start` and may overlap. */
function keepWithout(start: number, end: number, hidden: Span[], kept: Span[]): void {
  let at = start;
  for (const span of hidden.sort((a, b) => a.start - b.start)) {
    if (start + span.start > at) kept.push({ start: at, end: start + span.start });
    at = Math.max(at, start + span.end);
  }
  if (at < end) kept.push({ start: at, end });
}
