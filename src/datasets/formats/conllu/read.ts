/** Reading CoNLL-U: words with their entities from MISC, `Entity=` brackets or one tag a word. */
import { layersByKind } from "../../../documents/layers";
import type { Label } from "../../../documents/labelled";
import type { Span } from "../../../text/span";
import { readBrackets } from "./brackets";
import { UNLABELLED } from "../../reading/builder";
import { head, linesOf } from "../../reading/bytes";
import { reader, schemeOf, textsIn } from "../../reading/drive";
import type { Input } from "../../reading/drive";
import { SPANS } from "../../../documents/tasks";
import { excerpt } from "../../losses";
import type { Loss } from "../../losses";
import type { Detected, ReadDocument, ReaderOptions } from "../../format";
import { decodeTags, isTag } from "../../../text/tags";
import type { TagScheme, WordRange } from "../../../text/tags";

/** A word as it stands in the text: of a range such as `3-4` (`don't`), the whole. */
interface Word {
  readonly form: string;
  readonly line: number;
  /** What stands between it and the next word. */
  readonly after: string;
  readonly entity: string;
  readonly tag?: string;
}

interface Sentence {
  readonly words: Word[];
  /** Where it starts in its document, in UTF-16 units, if the file says so. */
  readonly start?: number;
}

interface Block {
  readonly file: string;
  readonly line: number;
  readonly path?: string;
  readonly sentences: Sentence[];
  /** What the fields of a bracket are, such as `eid-etype`. */
  fields?: string;
}

/** The comment by which we say where a sentence starts in its document: the same words may be there twice. */
export const START = "start_utf16";

const TAG_KEYS = /^(?:NE|NER|name|BIO|IOB)=/i;

const UNESCAPED: Readonly<Record<string, string>> = { s: " ", t: "\t", n: "\n", r: "\r", p: "|" };

function spaceAfter(parts: readonly string[]): string {
  if (parts.includes("SpaceAfter=No")) return "";
  const escaped = parts.find((part) => part.startsWith("SpacesAfter="))?.slice("SpacesAfter=".length);
  return escaped?.replace(/\\(.)/g, (_, character: string) => UNESCAPED[character] ?? character) ?? " ";
}

function miscOf(misc: string): Pick<Word, "after" | "entity" | "tag"> {
  const parts = misc === "_" ? [] : misc.split("|");
  const entity = parts.find((part) => part.startsWith("Entity="))?.slice("Entity=".length) ?? "";
  const named = parts.find((part) => TAG_KEYS.test(part) && isTag(part.replace(TAG_KEYS, "")));
  const tag = named?.replace(TAG_KEYS, "") ?? parts.find((part) => isTag(part));
  return { after: spaceAfter(parts), entity, ...(tag !== undefined && { tag }) };
}

/** The columns from the third on that this program has no place for. */
const GRAMMAR = ["LEMMA", "UPOS", "XPOS", "FEATS", "HEAD", "DEPREL", "DEPS"] as const;

class BlockReader {
  readonly blocks: Block[] = [];
  #words: Word[] = [];
  #start: number | undefined;
  /** How many words have something in the columns that are about grammar. */
  readonly #beside = new Map<string, number>();
  /** The range that the words to come are in. */
  #range: { readonly last: number } | undefined;

  constructor(
    private readonly file: string,
    private readonly losses: Loss[],
  ) {}

  read(text: string): Block[] {
    for (const { line, text: raw } of linesOf(text)) {
      if (raw.trim() === "") this.#flush();
      else if (raw.startsWith("#")) this.#comment(raw, line);
      else this.#row(raw, line);
    }
    this.#flush();
    for (const [name, count] of this.#beside)
      this.losses.push({ kind: "beside", file: this.file, count, reason: `the column ${name}` });
    return this.blocks.filter(({ sentences }) => sentences.length > 0);
  }

  #current(line: number): Block {
    if (this.blocks.length === 0) this.blocks.push({ file: this.file, line, sentences: [] });
    return this.blocks.at(-1)!;
  }

  #flush(): void {
    this.#range = undefined;
    if (this.#words.length === 0) return;
    const start = this.#start === undefined ? {} : { start: this.#start };
    this.#current(this.#words[0]!.line).sentences.push({ words: this.#words, ...start });
    this.#words = [];
    this.#start = undefined;
  }

  #comment(raw: string, line: number): void {
    const [, key, value] = /^#\s*(newdoc id|newdoc|global\.Entity|start_utf16)\s*(?:=\s*(.*?))?\s*$/.exec(raw) ?? [];
    if (key === "global.Entity" && value !== undefined) this.#current(line).fields = value;
    if (key === START && /^\d+$/.test(value ?? "")) this.#start = Number(value);
    if (key?.startsWith("newdoc") !== true) return;
    const path = value === undefined || value === "" ? {} : { path: value };
    this.blocks.push({ file: this.file, line, ...path, sentences: [] });
  }

  #row(raw: string, line: number): void {
    const columns = raw.split("\t");
    const [id = "", form = "", , , , , , , , misc = "_"] = columns;
    const match = /^(\d+)(?:-(\d+)|(\.)\d+)?$/.exec(id);
    if (match === null || columns.length !== 10 || form === "") {
      const reason = `a line of CoNLL-U has ten columns with a number in the first; this has ${columns.length}`;
      this.losses.push({ kind: "dropped", file: this.file, line, exact: excerpt(raw), reason });
      return;
    }
    const [, number, last, empty] = match;
    for (const [index, name] of GRAMMAR.entries())
      if ((columns[index + 2] ?? "_") !== "_") this.#beside.set(name, (this.#beside.get(name) ?? 0) + 1);
    // An empty node stands for a word that was not said.
    if (empty !== undefined) return;
    const word = { form, line, ...miscOf(misc) };
    if (last !== undefined) {
      this.#range = { last: Number(last) };
      this.#words.push(word);
      return;
    }
    if (this.#range !== undefined && Number(number) <= this.#range.last) {
      // The parts of a range have no place in the text of their own; what is said of them is said of the whole.
      const whole = this.#words.pop()!;
      const tag = whole.tag === undefined || whole.tag === "O" ? (word.tag ?? whole.tag) : whole.tag;
      this.#words.push({ ...whole, entity: whole.entity + word.entity, ...(tag !== undefined && { tag }) });
      return;
    }
    this.#range = undefined;
    this.#words.push(word);
  }
}

/** The text of sentences, a line each, with the places of their words. @param exact with all that stands between words, not a space alone */
function joined(
  sentences: readonly Sentence[],
  exact: boolean,
): {
  readonly text: string;
  readonly words: readonly (readonly Span[])[];
} {
  const pieces: string[] = [];
  let at = 0;
  const put = (piece: string): void => {
    pieces.push(piece);
    at += piece.length;
  };
  const words = sentences.map((sentence, number) => {
    if (number > 0) put("\n");
    return sentence.words.map(({ form, after }, index) => {
      const span = { start: at, end: at + form.length };
      put(form);
      if (after !== "" && index < sentence.words.length - 1) put(exact ? after : " ");
      return span;
    });
  });
  return { text: pieces.join(""), words };
}

/** A document whose sentences say where they start, sentence by sentence. */
function apart(block: Block): Block[] {
  if (!block.sentences.every(({ start }) => start !== undefined)) return [block];
  return block.sentences.map((sentence) => ({ ...block, line: sentence.words[0]!.line, sentences: [sentence] }));
}

function* blocksIn(input: Input): Generator<Block> {
  const { files, losses } = input;
  const names = [...files].filter(([, bytes]) => /^\d+(?:[-.]\d+)?\t/m.test(head(bytes))).map(([file]) => file);
  for (const { file, text } of textsIn(input, names)) yield* new BlockReader(file, losses).read(text);
}

const tagsOf = ({ words }: Sentence): string[] => words.map(({ tag = "O" }) => tag);

/** How entities are written: in brackets, or as tags of a scheme; undefined if there are none. */
function writingOf(sentences: readonly Sentence[], options: ReaderOptions): Detected<string> | undefined {
  if (sentences.some(({ words }) => words.some(({ entity }) => entity !== "")))
    return { value: BRACKETS, reason: "brackets in MISC" };
  if (!sentences.some(({ words }) => words.some(({ tag }) => tag !== undefined))) return undefined;
  return schemeOf(options, sentences.map(tagsOf));
}

const BRACKETS = "Entity";

class DocumentMaker {
  constructor(
    private readonly scheme: string | undefined,
    private readonly losses: Loss[],
  ) {}

  /** The entities of a sentence, by its words. */
  #ranges(sentence: Sentence, { file, path, fields }: Block): readonly WordRange[] {
    if (this.scheme === undefined) return [];
    const report = (index: number, kind: Loss["kind"], reason: string): void => {
      const at = sentence.words[index]!;
      const of = { task: SPANS, file, line: at.line, exact: excerpt(at.form) } as const;
      this.losses.push({ kind, ...(path !== undefined && { document: path }), ...of, reason });
    };
    if (this.scheme === BRACKETS) {
      const values = sentence.words.map(({ entity }) => entity);
      return readBrackets(values, fields, report);
    }
    const { entities, problems } = decodeTags(tagsOf(sentence), this.scheme as TagScheme);
    for (const { index, reason } of problems) report(index, "assumed", reason);
    return entities;
  }

  make(block: Block): ReadDocument {
    const { file, line, path, sentences } = block;
    const [first] = sentences;
    const ours = first?.start !== undefined;
    const { text, words } = joined(sentences, ours);
    const spans = sentences.flatMap((sentence, number) =>
      this.#ranges(sentence, block).map(({ first: from, last, label }): Label => {
        const span = { start: words[number]![from]!.start, end: words[number]![last]!.end };
        return { ...span, label, exact: text.slice(span.start, span.end), line: sentence.words[from]!.line };
      }),
    );
    const whole = words.map((some) => ({ start: some[0]!.start, end: some.at(-1)!.end }));
    return {
      ...UNLABELLED,
      ...(path !== undefined && { path }),
      // With its place and all that stands between its words, a sentence is a piece of its document to the letter.
      ...(ours && { offset: first.start }),
      ...{ file, line, text, kind: ours ? "excerpt" : "tokens", words: words.flat() },
      layers: layersByKind({ spans, reviewed: this.scheme === undefined ? [] : whole }),
    };
  }
}

/** Documents are what `newdoc` begins; its id is taken for the path. */
export const readConllu = reader<Block>("There are no lines with CoNLL-U's ten columns in these files", (input) => ({
  parts: blocksIn(input),
  documents: (blocks) => {
    const { options, losses } = input;
    const scheme = writingOf(
      blocks.flatMap(({ sentences }) => sentences),
      options,
    );
    if (scheme === undefined) {
      const reason = "no entities in MISC: the texts were read, and nothing was taken for reviewed";
      losses.push({ kind: "assumed", reason });
    }
    const maker = new DocumentMaker(scheme?.value, losses);
    const documents = blocks.flatMap(apart).map((block) => maker.make(block));
    return { documents, ...(scheme !== undefined && { scheme }) };
  },
}));
