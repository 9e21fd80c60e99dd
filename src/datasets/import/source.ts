/** A source as it is read, for an import or to convert it: in the format that the user named, or in the one that it looks most like. */
import path from "node:path";
import { detectFormats } from "../formats";
import type { DetectedFormat, FormatName } from "../formats";
import { ReadError } from "../format";
import type { DatasetFiles, ReaderOptions, ReadResult } from "../format";
import { readDataset } from "../reading/read-dataset";
import type { Split } from "../splits";
import { datasetFiles } from "./files";
import type { SourceFiles } from "./files";
import { splitsOf } from "./source-splits";
import { tableFormat, unknownFormat } from "./unknown-format";

/** What is there to import. */
export interface DetectedSource {
  /** Every format the files look like, the likeliest first. */
  readonly formats: readonly DetectedFormat[];
  readonly splits: readonly Split[];
}

/** Detects what files are, by their names and their beginnings. @throws {ReadError} as `datasetFiles`. */
export async function detectSource(source: string): Promise<DetectedSource> {
  const files = await datasetFiles(path.resolve(source));
  return { formats: detectFormats(files), splits: splitsOf(files.keys()) };
}

/** How to read a source. */
export interface SourceOptions {
  /** Absent: detected. */
  readonly format?: FormatName;
  readonly reader?: Partial<ReaderOptions>;
}

/** What was read. */
export interface ReadSource extends ReadResult {
  readonly format: FormatName;
  /** Why it was taken for that, in words. */
  readonly because: string;
}

/** Reads files. @throws {ReadError} if they look like no format, or nothing at all can be read in theirs */
export async function readSource(
  { files, beside }: Pick<SourceFiles, "files" | "beside">,
  { format: wanted, reader = {} }: SourceOptions,
): Promise<ReadSource> {
  const { format, because } = wanted === undefined ? likeliest(files, reader) : { format: wanted, because: "chosen" };
  const options = { misaligned: "refuse", ...(beside && { beside }), ...reader } as const;
  return { format, because, ...(await readDataset(format, files, options)) };
}

function likeliest(
  files: DatasetFiles,
  { columns }: Partial<ReaderOptions>,
): { readonly format: FormatName; readonly because: string } {
  const [first] = detectFormats(files);
  if (first !== undefined) return { format: first.name, because: first.reason };
  if (columns === undefined) throw new ReadError(unknownFormat(files));
  return { format: tableFormat(files), because: "since its columns were named" };
}
