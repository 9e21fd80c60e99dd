/** Reading CoNLL-2003 and its kin: one word a line with its tag, empty lines between sentences, `-DOCSTART-` between documents. */
import { layersByKind } from "../../../documents/layers";
import type { Label } from "../../../documents/labelled";
import { UNLABELLED } from "../../reading/builder";
import { head, linesOf } from "../../reading/bytes";
import { reader, schemeOf, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { SPANS } from "../../../documents/tasks";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { joinWords } from "../../format";
import type { ReadDocument, TableColumns } from "../../format";
import { decodeTags } from "../../../text/tags";
import { chosenColumns, tableOf, tellOthers } from "./choice";
import type { Chosen } from "./choice";
import { beginsDocument, cellsOf, columnsOf, isComment } from "./columns";
import type { TagScheme } from "../../../text/tags";

interface Word {
  readonly word: string;
  /** One for each column of tags; none where the line has no such column. */
  readonly tags: readonly string[];
  readonly line: number;
}

interface Block {
  readonly file: string;
  readonly line: number;
  readonly sentences: Word[][];
}

/** The share of a file's first lines that have a tag, if any is of an entity; by it a file is known. */
export function tagShare(start: string): number {
  const { tags, all, share } = columnsOf(start.slice(0, start.lastIndexOf("\n") + 1));
  return tags.some((index) => all[index]!.labels > 0) ? share : 0;
}

/** UNER marks a sentence that was looked at by `B-O`. */
const outside = (tag: string): string => (/^(?:[BI]-O|_|-|)$/.test(tag) ? "O" : tag);

function blocksOf(text: string, file: string, { separator, word: at, tags }: Chosen, losses: Loss[]): Block[] {
  const blocks: Block[] = [];
  let sentence: Word[] = [];
  const flush = (): void => {
    if (sentence.length === 0) return;
    if (blocks.length === 0) blocks.push({ file, line: sentence[0]!.line, sentences: [] });
    blocks.at(-1)!.sentences.push(sentence);
    sentence = [];
  };
  for (const { line, text: raw } of linesOf(text)) {
    const cells = cellsOf(raw, separator);
    const word = cells[at] ?? "";
    const found = tags.flatMap((index) => cells[index] ?? []).map(outside);
    if (cells.every((cell) => cell === "")) {
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

/** The tags of a sentence, a list for each column. */
const tagsOf = (words: readonly Word[], columns: number): string[][] =>
  Array.from({ length: columns }, (_, column) => words.map(({ tags }) => tags[column] ?? "O"));

const columnsIn = (words: readonly Word[]): number => Math.max(0, ...words.map(({ tags }) => tags.length));

function documentOf({ file, line, sentences }: Block, scheme: TagScheme, losses: Loss[]): ReadDocument {
  const { text, words } = joinWords(sentences.map((sentence) => sentence.map(({ word }) => word)));
  const spans = sentences.flatMap((sentence, number) => {
    const seen = new Set<string>();
    return tagsOf(sentence, columnsIn(sentence)).flatMap((tags) => {
      const { entities, problems } = decodeTags(tags, scheme);
      for (const { index, reason } of problems) {
        const at = sentence[index]!;
        losses.push({ kind: "assumed", task: SPANS, file, line: at.line, exact: excerpt(at.word), reason });
      }
      return entities.flatMap(({ first, last, label }): Label[] => {
        const key = `${first} ${last} ${label}`;
        if (seen.has(key)) return [];
        seen.add(key);
        const span = { start: words[number]![first]!.start, end: words[number]![last]!.end };
        return [{ ...span, label, exact: text.slice(span.start, span.end), line: sentence[first]!.line }];
      });
    });
  });
  const reviewed = sentences.flatMap((sentence, number) =>
    sentence.some(({ tags }) => tags.length === 0)
      ? []
      : [{ start: words[number]![0]!.start, end: words[number]!.at(-1)!.end }],
  );
  const layers = layersByKind({ spans, reviewed });
  return { ...UNLABELLED, file, line, text, kind: "tokens", words: words.flat(), layers };
}

class ColumnFiles {
  readonly tables: TableColumns[] = [];

  constructor(private readonly input: Input) {}

  *blocks(): Generator<Block> {
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
export const readConll2003 = reader<Block>("There are no words with tags in these files", (input) => {
  const files = new ColumnFiles(input);
  return {
    parts: files.blocks(),
    documents: (blocks) => {
      const scheme = schemeOf(
        input.options,
        blocks.flatMap(({ sentences }) => sentences.flatMap((sentence) => tagsOf(sentence, columnsIn(sentence)))),
      );
      return {
        documents: blocks.map((block) => documentOf(block, scheme.value, input.losses)),
        scheme,
        tables: files.tables,
      };
    },
  };
});
