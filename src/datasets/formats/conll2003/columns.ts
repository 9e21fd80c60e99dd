/** Which columns of a file with one word a line hold the words and the tags: found out by what is in them, or chosen by the user. */
import { linesOf } from "../../reading/bytes";
import { isTag } from "../../../text/tags";

/** Lines by which the separator is told. */
const FIRST_LINES = 2000;
/** More different values tell nothing more. */
const MOST_VALUES = 100_000;
/** No file has so many columns; a line of nothing but tabs would fill the memory with them. */
const MOST_COLUMNS = 1000;
/** In a column of tags most cells are tags; damaged lines are among all. */
const MOST_ARE_TAGS = 0.5;

/** What the first lines of documents say. `#DOCSTART` is BSNLP's. */
const DOCSTART = /^(?:-DOCSTART-?|#\s?DOCSTART)/;

/** Whether a line begins a document. */
export function beginsDocument(line: string): boolean {
  return (line[0] === "-" || line[0] === "#") && DOCSTART.test(line);
}

/** Phrases of CoNLL-2000 and its kin: chunks, not entities. */
const CHUNKS = new Set("NP VP PP ADVP ADJP SBAR PRT CONJP INTJ LST UCP NC VC PC AC MPN CNP".split(" "));

/** How the cells of a file's lines are told apart. */
export type Separator = "\t" | "blanks";

/** The cells of a line; none for a line without any text. The last has some. */
export function cellsOf(line: string, separator: Separator): string[] {
  const trimmed = withoutBlanks(line, "end");
  if (trimmed === "") return [];
  if (separator === "\t") return trimmed.split("\t").map((cell) => withoutBlanks(cell, "both"));
  // Files are long, and most lines have one blank between two cells.
  return /\t| {2}/.test(trimmed) ? trimmed.split(/[ \t]+/) : trimmed.split(" ");
}

const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** Without the blanks and tabs at its end, or at both. Other white space, such as U+FEFF, may be a word; and a regular expression would look again at every blank of a long run. */
function withoutBlanks(text: string, where: "end" | "both"): string {
  let [from, to] = [0, text.length];
  while (to > 0 && isBlank(text[to - 1])) to--;
  if (where === "both") while (from < to && isBlank(text[from])) from++;
  return text.slice(from, to);
}

/** A comment: what the tag of a word `#` would be is none. */
export function isComment(line: string, cells: readonly string[]): boolean {
  return line[0] === "#" && isBlank(line[1]) && !isTag(cells.at(-1) ?? "");
}

/** What is in a column. */
export type ColumnKind = "words" | "tags" | "chunks" | "numbers" | "nothing" | "other";

/** A column as it looks. */
export interface SeenColumn {
  readonly kind: ColumnKind;
  /** How many lines have it. */
  readonly cells: number;
  /** Of tags and chunks: how many words begin one, as far as was looked. */
  readonly labels: number;
  /** Values that say what is in it. */
  readonly examples: readonly string[];
}

/** The columns of a file. Indexes count from 0. */
export interface Columns {
  readonly separator: Separator;
  readonly word: number;
  /** One, or what the user chose. Empty: no column has tags. */
  readonly tags: readonly number[];
  readonly all: readonly SeenColumn[];
  /** The share of lines whose tag is one. */
  readonly share: number;
}

interface Counted {
  cells: number;
  tags: number;
  begins: number;
  outside: number;
  chunks: number;
  letters: number;
  inOrder: number;
  readonly values: Map<string, number>;
}

/** What a value is by itself. A file has far fewer values than cells. */
interface Traits {
  readonly tag: boolean;
  /** Of a tag: it says that an entity begins. */
  readonly begins: boolean;
  readonly chunk: boolean;
  readonly letters: boolean;
  /** `NaN` where it is none. */
  readonly number: number;
}

function traitsOf(cell: string): Traits {
  const tag = isTag(cell);
  return {
    tag,
    begins: tag && /^[BSUW]-/.test(cell),
    chunk: tag && cell !== "O" && CHUNKS.has(cell.slice(2)),
    letters: /\p{L}/u.test(cell),
    number: /^\d+$/.test(cell) ? Number(cell) : NaN,
  };
}

function counts(text: string, separator: Separator): Counted[] {
  const columns: Counted[] = [];
  const traits = new Map<string, Traits>();
  const known = (cell: string): Traits => {
    const found = traits.get(cell) ?? traitsOf(cell);
    if (traits.size < MOST_VALUES) traits.set(cell, found);
    return found;
  };
  let before: readonly string[] = [];
  for (const { text: line } of linesOf(text)) {
    const cells = beginsDocument(line) ? [] : cellsOf(line, separator);
    if (cells.length === 0 || isComment(line, cells)) {
      before = [];
      continue;
    }
    for (let index = 0; index < Math.min(cells.length, MOST_COLUMNS); index++) {
      const of = (columns[index] ??= {
        ...{ cells: 0, tags: 0, begins: 0, outside: 0, chunks: 0, letters: 0, inOrder: 0 },
        values: new Map(),
      });
      count(of, cells[index]!, before[index], known);
    }
    before = cells;
  }
  return columns;
}

/** Counts a cell with the one before it in its sentence. */
function count(of: Counted, cell: string, before: string | undefined, known: (cell: string) => Traits): void {
  const { tag, begins, chunk, letters, number } = known(cell);
  of.cells++;
  if (tag) of.tags++;
  if (cell === "O") of.outside++;
  // An entity begins where the tag changes, or says so.
  else if (tag && (begins || before?.slice(2) !== cell.slice(2))) of.begins++;
  if (chunk) of.chunks++;
  if (letters) of.letters++;
  if (number === (before === undefined ? Math.min(number, 1) : Number(before) + 1)) of.inOrder++;
  const seen = of.values.get(cell);
  if (seen !== undefined || of.values.size < MOST_VALUES) of.values.set(cell, (seen ?? 0) + 1);
}

const FILL = /^(?:_|-|--|\*|-X-|X|O|)$/;

/** Names without prefixes, such as Stanford's `PERSON`: few, with `O` among them. */
function isBare({ cells, outside, values }: Counted): boolean {
  if (outside < cells * 0.2 || values.size < 2 || values.size > Math.min(60, Math.max(2, cells / 2))) return false;
  return [...values.keys()].every((value) => FILL.test(value) || /^\p{L}[\p{L}\p{N}_.:/-]*$/u.test(value));
}

function kindOf(counted: Counted): ColumnKind {
  const { cells, tags, begins, outside, chunks, letters, inOrder, values } = counted;
  if ([...values.keys()].every((value) => FILL.test(value))) return outside > cells / 2 ? "tags" : "nothing";
  if (inOrder > cells * 0.9) return "numbers";
  if (tags >= cells * MOST_ARE_TAGS && begins > 0) return chunks * 2 > tags - outside ? "chunks" : "tags";
  if (isBare(counted)) return "tags";
  return letters * 2 >= values.size ? "words" : "other";
}

function separatorOf(lines: readonly string[]): Separator {
  const full = lines.filter((line) => line.trim() !== "" && !beginsDocument(line) && !line.startsWith("# "));
  const tabbed = full.filter((line) => line.includes("\t"));
  if (full.length === 0 || tabbed.length < full.length * 0.9) return "blanks";
  // Words with blanks in them are rare: where most cells have some, the blanks separate.
  const blank = tabbed.filter((line) => /[^\t ] +[^\t ]/.test(line)).length;
  return blank > tabbed.length / 2 ? "blanks" : "\t";
}

/** The begins of entities among names without prefixes: where the name changes. */
function bareBegins(text: string, separator: Separator, column: number): number {
  let before = "O";
  let begins = 0;
  for (const { text: line } of linesOf(text)) {
    const cell = cellsOf(line, separator)[column] ?? "O";
    if (!FILL.test(cell) && cell !== before) begins++;
    before = cell;
  }
  return begins;
}

/**
 * The columns of a file by what is in them. Words: the first column of mostly different values with letters. Tags: the column of tags that are no
 * chunks with the most entities, the last of equals; names without prefixes, or chunks, where there is nothing else.
 */
export function columnsOf(text: string): Columns {
  const separator = separatorOf(text.split(/\r?\n/, FIRST_LINES));
  const counted = counts(text, separator);
  const all = counted.map((one, index): SeenColumn => {
    const kind = kindOf(one);
    const bare = kind === "tags" && one.begins === 0;
    const common = [...one.values].sort(([, a], [, b]) => b - a).map(([value]) => value);
    const telling = kind === "tags" || kind === "chunks" ? common.filter((value) => !FILL.test(value)) : common;
    return {
      kind,
      cells: one.cells,
      labels: bare ? bareBegins(text, separator, index) : one.begins,
      examples: telling.slice(0, 3),
    };
  });
  const different = (index: number): number => counted[index]!.values.size;
  const words = [...all.keys()].filter((index) => all[index]!.kind === "words");
  const most = words.reduce((some, index) => Math.max(some, different(index)), 0);
  const word = words.find((index) => different(index) * 2 >= most) ?? 0;
  const best = (kind: ColumnKind, prefixed: boolean): number | undefined =>
    [...all.keys()]
      .filter((index) => index !== word && all[index]!.kind === kind && counted[index]!.begins > 0 === prefixed)
      .sort((a, b) => all[b]!.labels - all[a]!.labels || b - a)[0];
  const tag = best("tags", true) ?? bareOf() ?? best("chunks", true) ?? best("tags", false);
  function bareOf(): number | undefined {
    const found = best("tags", false);
    return found !== undefined && all[found]!.labels > 0 ? found : undefined;
  }
  const of = tag === undefined ? undefined : counted[tag]!;
  const rows = counted.reduce((most, { cells }) => Math.max(most, cells), 1);
  const share = of === undefined ? 0 : (of.begins > 0 ? of.tags : of.cells) / rows;
  return { separator, word, tags: tag === undefined ? [] : [tag], all, share };
}
