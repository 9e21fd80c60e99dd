/** Readers of the corpora a model is measured on. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { isTag } from "../text/tags";
import { entitiesOf } from "./metrics";
import type { WordEntity } from "./metrics";

/** A corpus file is absent or not what it should be; the message names it, and the line where there is one. */
export class CorpusError extends Error {
  override readonly name = "CorpusError";
}

/** A sentence and whether its opinion is good. */
export interface OpinionExample {
  readonly text: string;
  readonly positive: boolean;
}

/** A sentence that is split into words, with its entities. */
export interface EntityExample {
  readonly words: readonly string[];
  readonly entities: readonly WordEntity[];
  /** Which document of the file it is in, from 0. */
  readonly document: number;
}

/** A question on a context, with every answer that counts as right. */
export interface QuestionExample {
  /** Of the article. */
  readonly title: string;
  readonly context: string;
  readonly question: string;
  readonly answers: readonly string[];
}

async function readText(file: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CorpusError(`${file} ${code === "ENOENT" ? "is missing" : `cannot be read: ${message}`}.`, {
      cause: error,
    });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new CorpusError(`${file} is not UTF-8.`, { cause: error });
  }
}

async function readRows(file: string): Promise<string[]> {
  return (await readText(file)).split(/\r?\n/);
}

function some<T>(file: string, examples: T[]): T[] {
  if (examples.length === 0) throw new CorpusError(`${file} holds no examples.`);
  return examples;
}

/** SST-2 as GLUE has it: a header line, then `label<TAB>text`, 0 negative, 1 positive. @throws {CorpusError} */
export async function readSst2(file: string): Promise<OpinionExample[]> {
  const examples: OpinionExample[] = [];
  for (const [index, line] of (await readRows(file)).entries()) {
    if (index === 0 || line === "") continue;
    const [label, text] = [line.slice(0, 1), line.slice(2).trim()];
    if (line.charAt(1) !== "\t" || (label !== "0" && label !== "1") || text === "")
      throw new CorpusError(`${file}, line ${index + 1}: expected 0 or 1, a tab and a text.`);
    examples.push({ text, positive: label === "1" });
  }
  return some(file, examples);
}

/** The lines of a file that are not blank, without white space around them. @throws {CorpusError} */
export async function readLines(file: string): Promise<string[]> {
  const lines = (await readRows(file)).map((line) => line.trim()).filter((line) => line !== "");
  return some(file, lines);
}

/**
 * CoNLL-2003 columns: the first is the word, the last the tag (IOB1 in the original files; IOB2 and BIOES are understood, too); blank lines
 * between sentences, `-DOCSTART-` between documents. @throws {CorpusError}
 */
export async function readConll(file: string): Promise<EntityExample[]> {
  const examples: EntityExample[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  let document = 0;
  const close = (): void => {
    if (words.length > 0) examples.push({ words, entities: entitiesOf(tags), document });
    [words, tags] = [[], []];
  };
  for (const [index, line] of (await readRows(file)).entries()) {
    const begins = line.startsWith("-DOCSTART-");
    if (begins || line.trim() === "") {
      close();
      if (begins && examples.length > 0) document = examples.at(-1)!.document + 1;
      continue;
    }
    const columns = line.trim().split(/\s+/);
    const tag = columns.at(-1)!;
    if (columns.length < 2 || !isTag(tag))
      throw new CorpusError(`${file}, line ${index + 1}: expected a word and, last, a tag such as O or I-PER.`);
    words.push(columns[0]!);
    tags.push(tag);
  }
  close();
  return some(file, examples);
}

interface SquadFile {
  readonly data: readonly {
    readonly title?: string;
    readonly paragraphs: readonly {
      readonly context: string;
      readonly qas: readonly { readonly question: string; readonly answers: readonly { readonly text: string }[] }[];
    }[];
  }[];
}

/** SQuAD v1.1's JSON, questions in order of the file. @throws {CorpusError} */
export async function readSquad(file: string): Promise<QuestionExample[]> {
  const text = await readText(file);
  try {
    const { data } = JSON.parse(text) as SquadFile;
    const examples = data.flatMap(({ title = "", paragraphs }) =>
      paragraphs.flatMap(({ context, qas }) =>
        qas.map(({ question, answers }) => ({
          title,
          context,
          question,
          answers: answers.map((answer) => answer.text),
        })),
      ),
    );
    return some(file, examples);
  } catch (error) {
    if (error instanceof CorpusError) throw error;
    throw new CorpusError(`${file} is not in SQuAD's format: ${(error as Error).message}`, { cause: error });
  }
}

/** At most `limit` of the items, drawn with `seed`, in their order; the same draw on every machine. */
export function sample<T>(items: readonly T[], limit: number | undefined, seed: number): readonly T[] {
  if (limit === undefined || items.length <= limit) return items;
  const rank = (index: number): string => createHash("sha256").update(`${seed}\n${index}`).digest("hex");
  const drawn = items
    .map((_, index) => ({ index, rank: rank(index) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, limit)
    .map(({ index }) => index);
  return drawn.sort((a, b) => a - b).map((index) => items[index]!);
}
