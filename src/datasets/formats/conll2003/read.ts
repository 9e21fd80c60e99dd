/** Reading CoNLL-2003 and its kin: one word a line, the tag in the last column, empty lines between sentences, `-DOCSTART-` between documents. */
import { head, linesOf, textOf } from "../../reading/bytes";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import { joinWords, ReadError } from "../../format";
import type { DatasetFiles, ReadDocument, ReadLabel, ReaderOptions, ReadResult } from "../../format";
import { decodeTags, detectScheme, isTag, TAG_SCHEMES } from "../../../text/tags";

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

/** See {@link ReadResult}. The format names no documents: each block between `-DOCSTART-` lines is one without a path. */
export function readConll2003(files: DatasetFiles, options: ReaderOptions): ReadResult {
  const losses: Loss[] = [];
  const blocks: Block[] = [];
  for (const [file, bytes] of files) {
    if (/(?:^|\/)(?:losses\.json|losses\.md|readme(?:\.md)?)$/i.test(file)) continue;
    if (tagShare(`${head(bytes)}\n`) < 0.5 && !/^-DOCSTART-/m.test(head(bytes))) {
      losses.push({ kind: "dropped", file, reason: "not read: its lines do not end in tags" });
      continue;
    }
    const text = textOf(files, file, losses);
    if (text === undefined) continue;
    for (const block of blocksOf(text, file, losses)) blocks.push(block);
  }
  if (blocks.length === 0) {
    throw new ReadError(
      losses[0] === undefined
        ? "There are no words with tags in these files."
        : `${losses[0].file ?? ""}: ${losses[0].reason}`,
    );
  }
  const chosen = TAG_SCHEMES.find((one) => one === options.scheme);
  const tagged = (words: readonly Word[]): string[] => words.map(({ tag = "O" }) => tag);
  const scheme =
    chosen === undefined
      ? detectScheme(blocks.flatMap(({ sentences }) => sentences.map(tagged)))
      : { value: chosen, reason: "chosen" };
  const documents = blocks.map(({ file, line, sentences }): ReadDocument => {
    const { text, words } = joinWords(sentences.map((sentence) => sentence.map(({ word }) => word)));
    const entities = sentences.flatMap((sentence, number) => {
      const { entities: found, problems } = decodeTags(tagged(sentence), scheme.value);
      for (const { index, reason } of problems) {
        const at = sentence[index]!;
        losses.push({ kind: "assumed", task: "entities", file, line: at.line, exact: excerpt(at.word), reason });
      }
      return found.map(({ first, last, label }): ReadLabel => {
        const span = { start: words[number]![first]!.start, end: words[number]![last]!.end };
        return { ...span, label, exact: text.slice(span.start, span.end), line: sentence[first]!.line };
      });
    });
    const reviewed = sentences.flatMap((sentence, number) =>
      sentence.some(({ tag }) => tag === undefined)
        ? []
        : [{ start: words[number]![0]!.start, end: words[number]!.at(-1)!.end }],
    );
    return {
      ...{ file, line, text, kind: "tokens", words: words.flat(), entities, reviewed },
      ...{ sentiment: [], questions: [], rejected: [] },
    };
  });
  return { documents, scheme, losses };
}
