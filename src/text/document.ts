/** The sentences of a whole document, in one go or in slices. */
import { isJsonLines, isTable, scanBlocks } from "./blocks";
import type { Block } from "./scan";
import { isChatHead } from "./chat-lines";
import { commentMask } from "./code/marks";
import { codeLanguage } from "./code/endings";
import { codeSyntax } from "./code/syntax";
import { maskingMarkdown } from "./markdown";
import { unfilled } from "./filled";
import { frontMatterTexts } from "./front-matter";
import { escapesIn } from "./json-lines/escapes";
import { cellOfPath } from "./notebooks";
import { blankOut, splitSentences, splittingSentences } from "./sentences";
import type { Masked } from "./sentences";
import type { Span } from "./span";
import { append } from "./grouped";
import { finish } from "./slices";
import type { Steps } from "./slices";
import { isCell, isFragment, SegmentKinds } from "./segment-kind";
import type { SegmentKind } from "./segment-kind";

/** A sentence of a document, with the markup in it that the model must not see. Offsets are UTF-16 units in the document. */
export interface Sentence extends Span {
  /** In order, apart from each other, inside the sentence. */
  readonly masked: readonly Masked[];
  readonly kind: SegmentKind;
}

/** As VS Code's Markdown extension lists them. */
const MARKDOWN = /\.(?:md|mkd|mdwn|mdown|markdown|markdn|mdtxt|mdtext|workbook)$/i;

const TABLE = /\.([ct]sv)$/i;

const JSON_LINES = /\.(?:jsonl|ndjson)$/i;

/**
 * What {@link scanBlocks} takes for a language: VS Code's language id, but tables and JSON Lines, which VS Code without other extensions has as plain text (or JSON), by their path.
 * @param languageId absent: by the path, too.
 */
export function layoutOf(path: string, languageId: string = languageOf(path)): string {
  if (JSON_LINES.test(path) && (languageId === "plaintext" || languageId === "json")) return "jsonl";
  return (languageId === "plaintext" ? TABLE.exec(path)?.[1]?.toLowerCase() : undefined) ?? languageId;
}

/** VS Code's language id for a path, where no editor says otherwise: Markdown, JSON Lines and code by the end of it, cells of notebooks are Markdown, everything else is plain text. */
export function languageOf(path: string): string {
  if (MARKDOWN.test(path) || cellOfPath(path) !== undefined) return "markdown";
  return JSON_LINES.test(path) ? "jsonl" : (codeLanguage(path) ?? "plaintext");
}

/** The sentences of one block of {@link scanBlocks}; none if it is masked. Use it to work through a large document in slices. */
export function segmentBlock(text: string, block: Block, languageId: string): Sentence[] {
  const steps = segmentingBlock(text, block, languageId);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** As {@link segmentBlock}, in steps of a few milliseconds: markup and sentences may take a long block a hundred times as long as prose does. */
export function* segmentingBlock(
  text: string,
  block: Block,
  languageId: string,
): Generator<undefined, Sentence[], undefined> {
  if (block.kind === "masked") return [];
  const content = text.slice(block.start, block.end);
  if (block.kind === "fields") return fieldSentences(content, block.start);
  if (isJsonLines(languageId)) return yield* valueSentences(content, block.start);
  const code = codeSyntax(languageId);
  const mask: Span[] = code ? commentMask(content, code) : [];
  if (languageId === "markdown")
    for (const part of maskingMarkdown(content)) {
      append(mask, part);
      yield;
    }
  const kindOf = kindsIn(content, languageId);
  const sentences: Sentence[] = [];
  let next = 0;
  // The signs of a comment stand where a list or a heading has its own, so they are blank before it is split.
  const split = code ? blankOut(content, { start: 0, end: content.length }, mask) : content;
  for (const spans of splittingSentences(split, mask)) {
    for (const { start, end } of spans) {
      while (next < mask.length && mask[next]!.end <= start) next++;
      const masked: Span[] = [];
      for (let i = next; i < mask.length && mask[i]!.start < end; i++)
        masked.push({
          start: block.start + Math.max(mask[i]!.start, start),
          end: block.start + Math.min(mask[i]!.end, end),
        });
      const inBlock = masked.map((span) => ({ start: span.start - block.start, end: span.end - block.start }));
      const kind = kindOf({ start, end }, inBlock);
      sentences.push({ start: block.start + start, end: block.start + end, masked, kind });
    }
    yield;
  }
  return sentences;
}

/** Tells the kinds of a block's sentences, asked for in order. Offsets are in the block. */
function kindsIn(content: string, languageId: string): (sentence: Span, masked: readonly Span[]) => SegmentKind {
  if (codeSyntax(languageId)) return () => "comment";
  const table = isTable(languageId);
  if (!table && languageId !== "markdown" && isChatHead(content.trim())) return () => "speaker";
  const kinds = new SegmentKinds(content, languageId === "markdown");
  return (sentence, masked) =>
    table && isCell(content.slice(sentence.start, sentence.end)) ? "cell" : kinds.of(sentence, masked);
}

/** The sentences of a value of JSON Lines, its escapes read: they are cut as a reader sees them, so none begins or ends within an escape. */
function* valueSentences(content: string, shift: number): Generator<undefined, Sentence[], undefined> {
  const escapes = escapesIn(content);
  const read = blankOut(content, { start: 0, end: content.length }, escapes);
  const bare = unfilled(read) ?? { text: read, at: (offset: number) => offset };
  const kinds = new SegmentKinds(bare.text, false);
  const sentences: Sentence[] = [];
  let next = 0;
  for (const spans of splittingSentences(bare.text)) {
    for (const span of spans) {
      const [start, end] = [bare.at(span.start), bare.at(span.end)];
      while (next < escapes.length && escapes[next]!.end <= start) next++;
      const masked: Masked[] = [];
      for (; next < escapes.length && escapes[next]!.start < end; next++) {
        const { start: from, end: to, ...as } = escapes[next]!;
        masked.push({ start: shift + from, end: shift + to, ...as });
      }
      const kind = kinds.of(span, []);
      sentences.push({
        ...{ start: shift + start, end: shift + end, masked },
        kind: kind === "prose" && isFragment(bare.text.slice(span.start, span.end)) ? "cell" : kind,
      });
    }
    yield;
  }
  return sentences;
}

/** The sentences in the values of a front matter. A value is looked at as a table's cell is: opinions are seldom in it. */
function fieldSentences(content: string, shift: number): Sentence[] {
  return frontMatterTexts(content).flatMap(({ start, end }) =>
    splitSentences(content.slice(start, end)).map((sentence): Sentence => ({
      ...{ start: shift + start + sentence.start, end: shift + start + sentence.end },
      ...{ masked: [], kind: "cell" },
    })),
  );
}

/** All sentences of a document. @param languageId as {@link layoutOf} has it. */
export function segmentDocument(text: string, languageId: string): { sentences: Sentence[] } {
  return { sentences: finish(segmentingDocument(text, languageId)) };
}

/** As {@link segmentDocument}. */
export function* segmentingDocument(text: string, languageId: string): Steps<Sentence[]> {
  const sentences: Sentence[] = [];
  for (const block of scanBlocks(text, languageId)) {
    append(sentences, yield* segmentingBlock(text, block, languageId));
    yield;
  }
  return sentences;
}

/** A sentence as the model reads it: its markup replaced by as many spaces, its escapes by what they stand for, so that offsets hold. */
export function sentenceText(text: string, sentence: Sentence): string {
  return blankOut(text, sentence, sentence.masked);
}
