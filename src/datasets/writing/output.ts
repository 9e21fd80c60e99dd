/** Where writers put files, row by row or whole, and say what they could not hold. */
import { append } from "../../text/grouped";
import { foldedName } from "../../files/names";
import { lineSafeJson } from "../../text/print";
import type { Documents, WriterOptions } from "../document";
import type { Loss } from "../losses";
import { PackedList } from "../packed-list";
import type { Split } from "../splits";
import type { Contents } from "./contents";

/** What an export is as a whole, to whoever writes a part of it. */
export interface ExportOutput {
  readonly options: WriterOptions;
  /** A whole file. Its path is relative to the target folder, with `/`. */
  file(name: string, contents: string | Uint8Array): void;
  /** Says what does not come out as it went in. */
  report(losses: Iterable<Loss>): void;
  /** What `make` gives, made once an export. Documents: all that are written, in order; those that are written later are equal to them, but need not be the same. */
  once<T>(make: (documents: Documents, options: WriterOptions) => T): T;
}

/** An export whose documents are all written. */
export interface FinishedOutput extends ExportOutput {
  /** What is written so far; may be changed. */
  readonly files: Map<string, Contents>;
}

/** What one document's writer gets beside the document. */
export interface Output extends ExportOutput {
  /** The split the document is in. */
  readonly split: Split;
  /** The document's place in the export, from 1. */
  readonly number: number;
  /** Adds a row, or some, to a file, line ends included: rows come one after another, or as the format joins them. @param examples how many are in it */
  row(file: string, row: string, examples?: number): void;
  /** Counts examples that are no rows of a file. */
  count(what: string, examples?: number): void;
  /** A file name that this export has not used, also where case is not told apart: what was asked for, or that with `_` at its end. */
  unique(name: string): string;
}

/** What comes of writing documents. */
export class Collected implements FinishedOutput {
  readonly files = new Map<string, Contents>();
  readonly rows = new Map<string, PackedList<string>>();
  readonly counts = new Map<string, number>();
  readonly losses: Loss[] = [];
  readonly #taken = new Set<string>();
  readonly #made = new Map<unknown, unknown>();

  constructor(
    private readonly documents: Documents,
    readonly options: WriterOptions,
  ) {}

  file(name: string, contents: string | Uint8Array): void {
    this.files.set(name, contents);
  }

  report(losses: Iterable<Loss>): void {
    append(this.losses, losses);
  }

  once<T>(make: (documents: Documents, options: WriterOptions) => T): T {
    if (!this.#made.has(make)) this.#made.set(make, make(this.documents, this.options));
    return this.#made.get(make) as T;
  }

  /** What the document of this number is written to. */
  of(split: Split, number: number): Output {
    return {
      options: this.options,
      split,
      number,
      file: (name, contents) => this.file(name, contents),
      report: (losses) => this.report(losses),
      once: (make) => this.once(make),
      row: (file, row, examples = 1) => this.#row(file, row, examples),
      count: (what, examples = 1) => this.#count(what, examples),
      unique: (name) => this.#unique(name),
    };
  }

  #row(file: string, row: string, examples: number): void {
    let rows = this.rows.get(file);
    if (rows === undefined) this.rows.set(file, (rows = new PackedList()));
    rows.add(row, row.length);
    if (examples > 0) this.#count(file, examples);
  }

  #count(what: string, examples: number): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + examples);
  }

  #unique(asked: string): string {
    let name = asked;
    while (this.#taken.has(foldedName(name))) name += "_";
    this.#taken.add(foldedName(name));
    return name;
  }
}

/** One line of JSON Lines. */
export function jsonLine(row: unknown): string {
  return `${lineSafeJson(row)}\n`;
}
