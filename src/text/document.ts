import { scanBlocks, type Block } from "./blocks";
import { maskMarkdown } from "./markdown";
import { blankOut, splitSentences } from "./sentences";
import type { Span } from "./span";
import { append } from "./grouped";
import { SegmentKinds, type SegmentKind } from "./segment-kind";

/** A sentence of a document, with the markup in it that the model must not see. Offsets are UTF-16 units in the document. */
export interface Sentence extends Span {
  /** In order, apart from each other, inside the sentence. */
  readonly masked: readonly Span[];
  readonly kind: SegmentKind;
}

/** As VS Code's Markdown extension lists them. */
const MARKDOWN = /\.(?:md|mkd|mdwn|mdown|markdown|markdn|mdtxt|mdtext|workbook)$/i;

/** VS Code's language id for a path, where no editor says otherwise: Markdown by its extension, everything else is plain text. */
export function languageOf(path: string): "markdown" | "plaintext" {
  return MARKDOWN.test(path) ? "markdown" : "plaintext";
}

/** The sentences of one block of {@link scanBlocks}; none if it is masked. Use it to work through a large document in slices. */
export function segmentBlock(text: string, block: Block, languageId: string): Sentence[] {
  if (block.kind === "masked") return [];
  const content = text.slice(block.start, block.end);
  const mask = languageId === "markdown" ? maskMarkdown(content) : [];
  const kinds = new SegmentKinds(content, languageId === "markdown");
  let next = 0;
  return splitSentences(content, mask).map((sentence) => {
    while (next < mask.length && mask[next]!.end <= sentence.start) next++;
    const masked: Span[] = [];
    for (let i = next; i < mask.length && mask[i]!.start < sentence.end; i++)
      masked.push({
        start: Math.max(mask[i]!.start, sentence.start),
        end: Math.min(mask[i]!.end, sentence.end),
      });
    return {
      start: block.start + sentence.start,
      end: block.start + sentence.end,
      masked: masked.map(({ start, end }) => ({ start: block.start + start, end: block.start + end })),
      kind: kinds.of(sentence, masked),
    };
  });
}

/** All sentences of a document. @param languageId VS Code's: "markdown", or anything else for plain text. */
export function segmentDocument(text: string, languageId: string): { sentences: Sentence[] } {
  const sentences: Sentence[] = [];
  for (const block of scanBlocks(text, languageId)) append(sentences, segmentBlock(text, block, languageId));
  return { sentences };
}

/** A sentence as the model reads it: its markup replaced by as many spaces, so that offsets hold. */
export function sentenceText(text: string, sentence: Sentence): string {
  return blankOut(text, sentence, sentence.masked);
}
