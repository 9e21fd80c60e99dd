/** Reading CoNLL-2003 and its kin: one word a line with its tag, empty lines between sentences, `-DOCSTART-` between documents. */
import { head, linesOf } from "../../reading/bytes";
import { reader, schemeOf, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { tagsOf, taggedDocument } from "../../codecs/tagged-words";
import type { TaggedBlock, TaggedWord } from "../../codecs/tagged-words";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { TableColumns } from "../../format";
import { chosenColumns, tableOf, tellOthers } from "./choice";
import type { Chosen } from "./choice";
import { beginsDocument, cellsOf, columnsOf, isComment } from "./columns";

/** The share of a file's first lines that have a tag, if any is of an entity; by it a file is known. */
export function tagShare(start: string): number {
  const { tags, all, share } = columnsOf(start.slice(0, start.lastIndexOf("\n") + 1));
  return tags.some((index) => all[index]!.labels > 0) ? share : 0;
}

/** A block whose sentences are still coming. */
type GrowingBlock = Omit<TaggedBlock, "sentences"> & { readonly sentences: TaggedWord[][] };

/** UNER marks a sentence that was looked at by `B-O`. */
const outside = (tag: string): string => (tag !== "O" && /^(?:[BI]-O|_|-|)$/.test(tag) ? "O" : tag);

function blocksOf(text: string, file: string, { separator, word: at, tags }: Chosen, losses: Loss[]): TaggedBlock[] {
  const blocks: GrowingBlock[] = [];
  let sentence: TaggedWord[] = [];
  const flush = (): void => {
    if (sentence.length === 0) return;
    if (blocks.length === 0) blocks.push({ file, line: sentence[0]!.line, sentences: [] });
    blocks.at(-1)!.sentences.push(sentence);
    sentence = [];
  };
  for (const { line, text: raw } of linesOf(text)) {
    const cells = cellsOf(raw, separator);
    const word = cells[at] ?? "";
    const found = tags.filter((index) => index < cells.length).map((index) => outside(cells[index]!));
    if (cells.length === 0) {
      flush();
    } else if (beginsDocument(raw)) {
      flush();
      blocks.push({ file, line, sentences: [] });
    } else if (isComment(raw, cells)) {
      continue;
    } else if (word === "") {
      losses.push({ kind: "dropped", file, line, exact: excerpt(raw), reason: "the line has no word in its column" });
    } else if (found.length < tags.length || found.length === 0) {
      const reason = "the word has no tag; its sentence was not taken for reviewed";
      losses.push({ kind: "assumed", file, line, exact: excerpt(word), reason });
      sentence.push({ word, tags: [], line });
    } else {
      sentence.push({ word, tags: found, line });
    }
  }
  flush();
  return blocks.filter(({ sentences }) => sentences.length > 0);
}

class ColumnFiles {
  readonly tables: TableColumns[] = [];

  constructor(private readonly input: Input) {}

  *blocks(): Generator<TaggedBlock> {
    const { files, losses, options } = this.input;
    const names = [...files.keys()].filter((file) => {
      if (/(?:^|\/)readme(?:\.md)?$/i.test(file)) return false;
      const start = head(files.get(file)!);
      if (options.columns !== undefined || tagShare(`${start}\n`) >= 0.5 || /^(?:-|#)DOCSTART/m.test(start))
        return true;
      losses.push({ kind: "dropped", file, reason: "not read: no column of its lines has tags" });
      return false;
    });
    for (const { file, text } of textsIn(this.input, names)) {
      const chosen = chosenColumns(text, file, options.columns);
      tellOthers(chosen, file, losses);
      this.tables.push(tableOf(chosen, text, file));
      yield* blocksOf(text, file, chosen, losses);
    }
  }
}

/** The format names no documents: each block between `-DOCSTART-` lines is one without a path. */
export const readConll2003 = reader<TaggedBlock>("There are no words with tags in these files", (input) => {
  const files = new ColumnFiles(input);
  return {
    parts: files.blocks(),
    documents: (blocks) => {
      const scheme = schemeOf(
        input.options,
        blocks.flatMap(({ sentences }) => sentences.flatMap(tagsOf)),
      );
      return {
        documents: blocks.map((block) => taggedDocument(block, scheme.value, input.losses)),
        scheme,
        tables: files.tables,
      };
    },
  };
});
