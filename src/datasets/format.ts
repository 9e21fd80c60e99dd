/**
 * What a format is, and what its reader gives back.
 *
 * To add a format, make a room `src/datasets/formats/<name>/` with a {@link DatasetFormat}, and put it into the table in `formats.ts`; the command
 * line and the editor need nothing else.
 *
 * **What it holds** is declared ({@link Holds}), and a test holds each format to it. The driver (`writing/drive.ts`) draws splits, gives the writer each document with
 * the decisions that have a place alone, and lists all others; it sees to half surrogate pairs, to text that was not reviewed, to counts, and to
 * what has a place in no document, such as who decided.
 *
 * **Writer**: `write(document, out)`, one document at a time, in order of path.
 * - Deterministic: the same documents and options give the same bytes. No clock, no random ids, no order of a `Set` of data.
 * - Rows go to `out.row`, whole files to `out.file`; a document's are those of its `out.split`. What is made once of all documents comes from `out.once`.
 * - Convert every span with `CheckedOffsets` (or compare `text.slice` with `exact`), in the format's own unit.
 * - Report a `Loss` for every decision that the format cannot hold as it is although it has a place for its like: one a decision, with
 *   document, task, span and label. A loss that is not listed is a bug.
 * - Unreviewed is not outside: where the format's readers take missing labels for negatives, write reviewed sentences only
 *   (`entityExamples` does it).
 * - Integer label ids come from `options.labels` (`classNames`, `bioNames`), never from the data.
 * - Ask for a task's kind (`documents/tasks.ts`), or take the first of a kind (`SPANS`, `CLASSES`, `QUESTIONS`); no name of a task is written out.
 *
 * **Reader**: `reader(nothing, open)` of `reading/drive.ts`, or `rowReader` of `codecs/texts.ts` for rows of JSON that are texts with labels. Files come apart into
 * parts (rows, blocks, pages), the driver finds out the unit of offsets, the parts become documents. The driver says what is missing where there is no part.
 * - Pure: bytes in, a {@link ReadResult} out. Nothing is executed, no other file is opened.
 * - Never throws for bad data: what cannot be taken becomes a `Loss` with `file` and `line`, and the rest is read. `textsIn` decodes files one by one,
 *   `reading/bytes.ts` and `reading/json.ts` cut lines and rows.
 * - Every span ends up in UTF-16 units of the read text, with `text.slice(start, end) === exact`. `spanIn` (in `units.ts`) converts from any unit,
 *   and snaps or refuses as `options.misaligned` says, reporting either.
 * - A document begins as `UNLABELLED` of `reading/builder.ts`, and has beside it what the format says.
 * - A question without an answer is one that the file says so of. What is left of the answers it names goes through `answersLeft` or `keptAnswers`;
 *   with none left the question is dropped, with `lostQuestion` as the loss. `GrowingQuestion` does both for answers that come one by one.
 * - `reviewed` only where the format says so, by its nature (every token has a tag) or by a mark of ours.
 * - Paths are what the file says, unchecked: the import checks them.
 * - A text that is rebuilt from tokens says so (`kind: "tokens"`) and lists its `words`.
 *
 * **Signs** ({@link Sign}) are what a file is known by: data, and asked of every file, so of its name and its ends alone.
 *
 * **Tests**: `datasets-holds.test.ts` takes each format of the table. `roundTrip` in `test/unit/support/round-trip.ts` holds a format to `import(export(x)) = x`, up to the losses it reports, over generated documents.
 */
import type { Labelled } from "../documents/labelled";
import { CLASSES, QUESTIONS, SPANS } from "../documents/tasks";
import type { LabelTask, Task } from "../documents/tasks";
import type { OffsetUnit } from "../text/offsets";
import type { Span } from "../text/span";
import type { FormatOption, LabelledDocument } from "./document";
import type { Loss } from "./losses";
import type { ExportOutput, FinishedOutput, Output } from "./writing/output";

/** What to do with a span that does not fit its text: move it to the nearest boundary, or leave it out. Either is listed. */
export type Misaligned = "snap" | "refuse";

/** Files by path relative to what was chosen, with `/`; a single file has its own name. In order of path. */
export type DatasetFiles = ReadonlyMap<string, Uint8Array>;

/** Names of labels by number; a number may have none. */
export type NumberNames = readonly (string | undefined)[];

/** Labels that are numbers without names, for the user to name. */
export interface UnnamedLabels {
  readonly task: Task;
  /** In order. */
  readonly numbers: readonly number[];
  /** A few rows with such labels, as a person reads them. */
  readonly samples: readonly string[];
}

/** Lines of a table of which some columns were taken, for the user to look at, and to choose others. */
export interface TableColumns {
  readonly file: string;
  readonly columns: readonly {
    /** As the user chooses it: its name in the first row, else its number from 1. */
    readonly name: string;
    /** What it was taken for; absent: for nothing. */
    readonly role?: string;
    /** What seems to be in it. */
    readonly holds: string;
  }[];
  /** A few of its rows. */
  readonly rows: readonly (readonly string[])[];
  /** What columns can be chosen for. */
  readonly roles: readonly string[];
}

/** How a reader is to read. */
export interface ReaderOptions {
  readonly misaligned: Misaligned;
  /** The unit of offsets, where the user chose it; absent: the format's own, or detected. */
  readonly unit?: OffsetUnit;
  /** The tag scheme, where the user chose it; absent: detected. */
  readonly scheme?: string;
  /** Names of labels by number, as the user gave them: they count before what a file says. Numbers without a name stay numbers. */
  readonly names?: Readonly<Partial<Record<Task, NumberNames>>>;
  /** Columns of tables by what they are to be taken for, as the user chose them: a name or a number from 1, several with `+`. */
  readonly columns?: Readonly<Record<string, string>>;
  /** Where only one file is imported: what of the files beside it may say something about it, such as a list of labels. */
  readonly beside?: DatasetFiles;
  /** The executable of a Python the user named, for formats that a Python library reads; never one that a workspace names. */
  readonly python?: string;
}

/** A text with its labels as read: a whole document or a piece of one. Offsets are UTF-16 code units of `text`. */
export interface ReadDocument extends Labelled {
  /** The document's path as the file says it; untrusted. Absent where the format names none. */
  readonly path?: string;
  /**
   * `whole`: the text is the document. `excerpt`: a piece of it, such as a sentence or a context. `tokens`: rebuilt from tokens, so
   * that its white space need not be the document's.
   */
  readonly kind: "whole" | "excerpt" | "tokens";
  /** For an excerpt, where it starts in the document, in UTF-16 units, if the file says so. A hint. */
  readonly offset?: number;
  /** The words in `text` as the file has them, in order; for `tokens` always. */
  readonly words?: readonly Span[];
  /** The sentences that the words are in; absent: a line end between two words ends one. */
  readonly sentences?: readonly Span[];
  /** The file it was in, and the line it starts at, counted from 1. */
  readonly file: string;
  readonly line?: number;
}

/** Something the reader found out by itself, and why it thinks so. */
export interface Detected<T> {
  readonly value: T;
  readonly reason: string;
}

/** What a reader makes of files. */
export interface ReadResult {
  readonly documents: readonly ReadDocument[];
  readonly unit?: Detected<OffsetUnit>;
  readonly scheme?: Detected<string>;
  /** The fields of rows that the reader knows, by name: all others are told of. Absent: it tells of them itself. */
  readonly fields?: ReadonlySet<string>;
  /** Which columns of tables were taken for what. */
  readonly tables?: readonly TableColumns[];
  /** Labels that are numbers, and which nothing names. */
  readonly unnamed?: readonly UnnamedLabels[];
  /** Label names in the file's own order, where it has a list of them; labels without an occurrence are in no document. */
  readonly labels?: Readonly<Partial<Record<LabelTask, readonly string[]>>>;
  /** What was not taken as it is, with file and line. Spans are in UTF-16 units of the read text. */
  readonly losses: readonly Loss[];
}

/** A format's reader: a pure function; a promise where a library needs one. @throws {ReadError} if nothing at all can be read. */
export type DatasetReader = (files: DatasetFiles, options: ReaderOptions) => ReadResult | Promise<ReadResult>;

/** How well files look like a format. */
export interface Detection {
  /** 0: not this format. 1: a mark that only this format has. */
  readonly confidence: number;
  /** In words a user understands, such as `"train.txt" has tags in its last column`. */
  readonly reason: string;
}

/** The ends of a file, for {@link Sign}. */
export interface LookedAt {
  readonly name: string;
  /** The first 64 KiB as text. */
  readonly start: string;
  /** That and, of a longer file, the last 16 KiB. */
  readonly ends: string;
}

/** Something in a file by which a format is known: all that is said of it holds. */
export interface Sign {
  /** What the file's path is like. */
  readonly name?: RegExp;
  /** Each is found at the file's ends. */
  readonly has?: readonly RegExp[];
  /** It is not. */
  readonly lacks?: RegExp;
  /** What no pattern can say. */
  readonly test?: (file: LookedAt) => boolean;
  /** Above 0. 1: a mark that only this format has. */
  readonly confidence: number;
  /** What the user is told, after the file's name. */
  readonly says: string | ((file: LookedAt) => string);
}

/**
 * What a format has a place for. What it does not claim here the driver lists as lost, so no writer has to, or can forget it; but for overlaps and several
 * classes, of which the writer alone knows what becomes of them, and lists it. A test holds every format that is written to all of it.
 */
export interface Holds {
  /** Their decisions have a place; those of all others never reach the writer. */
  readonly tasks: readonly Task[];
  /** Of these tasks labels that were said to be wrong have a place, too. */
  readonly rejected: readonly Task[];
  /** Who decided, when, and what a model had said. */
  readonly provenance: boolean;
  /**
   * Which text was looked at in full. `marked`: it says so, or holds nothing else. `all`: its tools know no mark for it, and take all of a document for
   * looked at. `none`: they know no mark, and take none of it for that.
   */
  readonly reviewed: "marked" | "all" | "none";
  /** What labels say beside their names (`Details.attributes`). */
  readonly attributes: boolean;
  /** Relations between labels, with what they say besides if attributes have a place; absent: they have none. */
  readonly relations?: boolean;
  /** Spans of one task that overlap. */
  readonly overlaps: boolean;
  /** Several classes of one unit. */
  readonly severalClasses: boolean;
  /** Which document a text is from. */
  readonly paths: boolean;
  /** Words and sentences; absent: it has no place for them. */
  readonly words?: boolean;
  /** Which part of a document a question is about, and its id in the dataset it came from; absent: neither. */
  readonly contexts?: boolean;
  /**
   * Half surrogate pairs, which no UTF-8 file can hold. `replaced`: they are U+FFFD in the text, and what begins or ends in one is left out. `refused`: a
   * document with one is left out. `skipped`: the writer leaves out the examples that hold one, and says so.
   */
  readonly surrogates: "replaced" | "refused" | "skipped";
}

/** Formats have a place for spans, one for classes and one for questions, whatever tasks there are. */
const ONE_OF_EACH_KIND = [SPANS, CLASSES, QUESTIONS] as const;

/** Of a format that has a place for everything. */
export const HOLDS_ALL: Holds = {
  tasks: ONE_OF_EACH_KIND,
  rejected: ONE_OF_EACH_KIND,
  provenance: true,
  reviewed: "marked",
  attributes: true,
  overlaps: true,
  severalClasses: true,
  paths: true,
  surrogates: "replaced",
};

/** An exchange format. */
export interface DatasetFormat {
  readonly title: string;
  readonly holds: Holds;
  /** What the user may choose when writing; see `chosenOption`. */
  readonly options?: readonly FormatOption[];
  /** Extensions of its files, lower case, without the point; for the open dialogue. */
  readonly extensions: readonly string[];
  /** Files that it writes once beside its documents, by name: they say what is in these, and hold no text. */
  readonly beside?: readonly string[];
  /** Writes one document, in order of path, with the decisions it {@link holds} alone. Absent: read only. */
  readonly write?: (document: LabelledDocument, out: Output) => void;
  /** Makes a file of its rows, where they do not simply come one after another: bytes, or the parts of a text, which for a long one are asked for when it is written. */
  readonly join?: (rows: Iterable<string>, file: string, out: ExportOutput) => Iterable<string> | Uint8Array;
  /** Called when all documents are written, if there is any file: for what is written once. */
  readonly finish?: (out: FinishedOutput) => void | Promise<void>;
  /** Absent: write only. */
  readonly read?: DatasetReader;
  /** By which of its files it is known. */
  readonly signs: readonly Sign[];
}

/** What a format holds, in a few words. */
export function holds(format: Pick<DatasetFormat, "holds">): string {
  return format.holds.tasks.join(", ");
}

/** Whether reading back what was written gives all decisions of the format's tasks, with their provenance and attributes. */
export function isLossless({ holds }: DatasetFormat): boolean {
  return holds.provenance && holds.attributes && holds.tasks.every((task) => holds.rejected.includes(task));
}

/** The files hold nothing this reader can read; the message says what is wrong and what to do. */
export class ReadError extends Error {
  override readonly name = "ReadError";
}

/** A document's text from words in order, a space between two, an empty line between groups (sentences), so that they stay apart. Offsets are UTF-16 code units. */
export function joinWords(groups: readonly (readonly string[])[]): {
  readonly text: string;
  readonly words: readonly (readonly Span[])[];
} {
  const pieces: string[] = [];
  let at = 0;
  const words = groups.map((group, index) => {
    if (index > 0) {
      pieces.push("\n\n");
      at += 2;
    }
    return group.map((word, position) => {
      if (position > 0) {
        pieces.push(" ");
        at++;
      }
      pieces.push(word);
      const span = { start: at, end: at + word.length };
      at += word.length;
      return span;
    });
  });
  return { text: pieces.join(""), words };
}
