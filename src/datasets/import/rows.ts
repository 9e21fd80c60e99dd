/** Which texts of a file become a document each, and which are put together: a file of thousands of sentences is no folder of thousands of files. */
import { addTo } from "../../text/grouped";
import type { ReadDocument } from "../format";

/** `apart`: a document each. `together`: put together, so many a document. `auto`: together where a file has very many short ones. The default first. */
export const ROW_CHOICES = ["auto", "apart", "together"] as const;
/** One of {@link ROW_CHOICES}. */
export type RowChoice = (typeof ROW_CHOICES)[number];

/** Up to so many texts of a file are a document each, whatever they are like. */
const MOST_APART = 500;
/** So many are put together to a document. */
const ROWS_A_DOCUMENT = 100;
/** Texts that are longer than this as a rule are documents, not rows. UTF-16 units. */
const LONG_UNITS = 1000;

/** Texts of a file that are put together. */
export interface RowGroup {
  readonly file: string;
  readonly texts: number;
  readonly documents: number;
}

/** The document of a row, of a file whose rows are put together: its number, from 1, and of how many. */
export interface RowDocument {
  readonly document: number;
  readonly of: number;
}

/** A text that the file names no document for, and that is no piece of one. */
export function isRow({ path, kind }: ReadDocument): boolean {
  return path === undefined && kind !== "excerpt";
}

/** Whether most are short and, where they are made of words, one sentence. */
function areShort(rows: readonly ReadDocument[]): boolean {
  const long = rows.filter(({ kind, text }) => text.length > LONG_UNITS || (kind === "tokens" && text.includes("\n")));
  return long.length * 2 < rows.length;
}

/** The documents of the rows that are put together with others. Others are not in it. */
export function rowPlaces(
  documents: readonly ReadDocument[],
  choice: RowChoice = "auto",
): ReadonlyMap<ReadDocument, RowDocument> {
  const places = new Map<ReadDocument, RowDocument>();
  if (choice === "apart") return places;
  const byFile = new Map<string, ReadDocument[]>();
  for (const one of documents) if (isRow(one)) addTo(byFile, one.file, [one]);
  for (const rows of byFile.values()) {
    if (rows.length < 2 || (choice === "auto" && (rows.length <= MOST_APART || !areShort(rows)))) continue;
    const of = Math.ceil(rows.length / ROWS_A_DOCUMENT);
    for (const [index, row] of rows.entries())
      places.set(row, { document: Math.floor(index / ROWS_A_DOCUMENT) + 1, of });
  }
  return places;
}

/** The places in numbers, a file each. */
export function rowGroups(places: ReadonlyMap<ReadDocument, RowDocument>): RowGroup[] {
  const groups = new Map<string, { file: string; texts: number; documents: number }>();
  for (const [{ file }, { of }] of places) {
    const group = groups.get(file) ?? { file, texts: 0, documents: of };
    group.texts++;
    groups.set(file, group);
  }
  return [...groups.values()];
}

/** Rows one after another, an empty line between two, each with its place; the same text twice is there twice. */
export function stacked(rows: readonly ReadDocument[]): {
  readonly text: string;
  readonly reads: readonly ReadDocument[];
} {
  let length = 0;
  const reads = rows.map((row): ReadDocument => {
    const offset = length;
    length += row.text.length + 2;
    return { ...row, kind: row.kind === "whole" ? "excerpt" : row.kind, offset };
  });
  return { text: `${rows.map(({ text }) => text).join("\n\n")}\n`, reads };
}
