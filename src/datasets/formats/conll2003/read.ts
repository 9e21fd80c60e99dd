/** Reading CoNLL-2003 and its kin: one word a line, the tag in the last column, empty lines between sentences, `-DOCSTART-` between documents. */
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
import type { ReadDocument } from "../../format";
import { decodeTags, isTag } from "../../../text/tags";
import type { TagScheme } from "../../../text/tags";

interface Word {
  readonly word: string;
  /** Absent where the line has one column only. */
  readonly tag?: string;
  readonly line: number;
}

interface Block {
  readonly file: string;
  readonly line: number;
  readonly sentences: Word[][];
}

/** The share of a file's first lines whose last column is a tag, and of those with a prefix among them; by it a file is known. */
export function tagShare(start: string): number {
  let lines = 0;
  let tags = 0;
  let entities = 0;
  for (const line of start.split(/\r?\n/).slice(0, -1)) {
    const columns = line.split(/[ \t]+/);
    if (line.trim() === "" || line.startsWith("-DOCSTART-") || /^#\s/.test(line)) continue;
    lines++;
    if (columns.length < 2 || !isTag(columns.at(-1)!)) continue;
    tags++;
    if (columns.at(-1) !== "O") entities++;
  }
  return lines === 0 || entities === 0 ? 0 : tags / lines;
}

function isComment(columns: readonly string[]): boolean {
  return columns[0] === "#" && !isTag(columns.at(-1)!);
}

function blocksOf(text: string, file: string, losses: Loss[]): Block[] {
  const blocks: Block[] = [];
  let sentence: Word[] = [];
  const flush = (): void => {
    if (sentence.length === 0) return;
    if (blocks.length === 0) blocks.push({ file, line: sentence[0]!.line, sentences: [] });
    blocks.at(-1)!.sentences.push(sentence);
    sentence = [];
  };
  for (const { line, text: raw } of linesOf(text)) {
    const columns = raw.replace(/[ \t]+$/, "").split(/[ \t]+/);
    const [word] = columns;
    if (word === undefined || (word === "" && columns.length === 1)) {
      flush();
    } else if (word.startsWith("-DOCSTART-")) {
      flush();
      blocks.push({ file, line, sentences: [] });
    } else if (isComment(columns)) {
      continue;
    } else if (word === "") {
      losses.push({
        kind: "dropped",
        file,
        line,
        exact: excerpt(raw),
        reason: "the line begins with white space, so it has no word",
      });
    } else if (columns.length === 1) {
      losses.push({
        kind: "assumed",
        file,
        line,
        exact: excerpt(word),
        reason: "the word has no tag; its sentence was not taken for reviewed",
      });
      sentence.push({ word, line });
    } else {
      sentence.push({ word, tag: columns.at(-1)!, line });
    }
  }
  flush();
  return blocks.filter(({ sentences }) => sentences.length > 0);
}

function* blocksIn(input: Input): Generator<Block> {
  const { files, losses } = input;
  const names = [...files.keys()].filter((file) => {
    if (/(?:^|\/)readme(?:\.md)?$/i.test(file)) return false;
    const start = head(files.get(file)!);
    if (tagShare(`${start}\n`) >= 0.5 || /^-DOCSTART-/m.test(start)) return true;
    losses.push({ kind: "dropped", file, reason: "not read: its lines do not end in tags" });
    return false;
  });
  for (const { file, text } of textsIn(input, names)) yield* blocksOf(text, file, losses);
}

const tagsOf = (words: readonly Word[]): string[] => words.map(({ tag = "O" }) => tag);

function documentOf({ file, line, sentences }: Block, scheme: TagScheme, losses: Loss[]): ReadDocument {
  const { text, words } = joinWords(sentences.map((sentence) => sentence.map(({ word }) => word)));
  const spans = sentences.flatMap((sentence, number) => {
    const { entities, problems } = decodeTags(tagsOf(sentence), scheme);
    for (const { index, reason } of problems) {
      const at = sentence[index]!;
      losses.push({ kind: "assumed", task: SPANS, file, line: at.line, exact: excerpt(at.word), reason });
    }
    return entities.map(({ first, last, label }): Label => {
      const span = { start: words[number]![first]!.start, end: words[number]![last]!.end };
      return { ...span, label, exact: text.slice(span.start, span.end), line: sentence[first]!.line };
    });
  });
  const reviewed = sentences.flatMap((sentence, number) =>
    sentence.some(({ tag }) => tag === undefined)
      ? []
      : [{ start: words[number]![0]!.start, end: words[number]!.at(-1)!.end }],
  );
  const layers = layersByKind({ spans, reviewed });
  return { ...UNLABELLED, file, line, text, kind: "tokens", words: words.flat(), layers };
}

/** The format names no documents: each block between `-DOCSTART-` lines is one without a path. */
export const readConll2003 = reader<Block>("There are no words with tags in these files", (input) => ({
  parts: blocksIn(input),
  documents: (blocks) => {
    const scheme = schemeOf(
      input.options,
      blocks.flatMap(({ sentences }) => sentences.map(tagsOf)),
    );
    return { documents: blocks.map((block) => documentOf(block, scheme.value, input.losses)), scheme };
  },
}));
