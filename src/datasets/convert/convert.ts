/** Convert: files of one format into files of another, without a workspace. */
import { LABEL_TASKS, perTask, TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { onlyTasks } from "../../documents/select";
import { append } from "../../text/grouped";
import { NO_LABEL_SETS } from "../../labels/labelset";
import { chooseOwn } from "../document";
import type { WriterOptions } from "../document";
import { formatOf } from "../formats";
import type { FormatName } from "../formats";
import { holds, ReadError } from "../format";
import type { ReadDocument, ReaderOptions } from "../format";
import { withReviewed } from "../import/complete";
import { adoptLabels } from "../import/labels";
import type { SourceFiles } from "../import/files";
import type { RowChoice } from "../import/rows";
import { readSource } from "../import/source";
import type { Loss } from "../losses";
import { writeDataset } from "../writing/drive";
import type { Written } from "../writing/drive";
import { convertedDocuments } from "./documents";

/** Some files that belong together: what one name on the command line stands for. */
export interface ConvertSource extends SourceFiles {
  /** For messages. */
  readonly name: string;
}

/** What to convert, and how. */
export interface ConvertOptions extends Partial<Omit<WriterOptions, "labels">> {
  readonly sources: readonly ConvertSource[];
  /** Absent: found out for each source. */
  readonly from?: FormatName;
  readonly to: FormatName;
  /** Absent: all. */
  readonly tasks?: readonly Task[];
  /** As for an import. */
  readonly reviewed?: boolean;
  /** As for an import. */
  readonly rows?: RowChoice;
  readonly reader?: Partial<ReaderOptions>;
  readonly signal?: AbortSignal;
}

/** What came of it. Nothing is written yet. */
export interface Converted {
  /** What each source was taken for, or why nothing of it could be. */
  readonly sources: readonly { readonly name: string; readonly format?: FormatName; readonly because: string }[];
  /** Documents that the texts make, whether or not the format holds something of each. */
  readonly documents: number;
  readonly written: Written;
  /** What was not taken as it was. */
  readonly unread: readonly Loss[];
}

/**
 * Reads the sources and makes the files. A source that cannot be read is told of in the result.
 * @throws {ReadError} if none can be read or nothing is left to write; as the writer does; the signal's reason when aborted.
 */
export async function convertDataset(options: ConvertOptions): Promise<Converted> {
  const { from, to, reader, seed = 0, validation = 0, test = 0, tasks = TASK_NAMES, signal } = options;
  const unread: Loss[] = [];
  const read: ReadDocument[] = [];
  const listed = perTask(LABEL_TASKS, () => new Set<string>());
  const sources: Converted["sources"][number][] = [];
  const apart = tellingApart(options.sources);
  for (const source of options.sources) {
    signal?.throwIfAborted();
    append(unread, source.refused);
    const { name } = source;
    try {
      const result = await readSource(source, { ...(from && { format: from }), ...(reader && { reader }) });
      sources.push({ name, format: result.format, because: result.because });
      append(unread, result.losses);
      append(
        read,
        result.documents.map((one) => apart(source, one)),
      );
      for (const task of LABEL_TASKS) for (const label of result.labels?.[task] ?? []) listed[task].add(label);
    } catch (error) {
      if (!(error instanceof ReadError)) throw error;
      sources.push({ name, because: error.message });
    }
  }
  if (sources.every(({ format }) => format === undefined))
    throw new ReadError(sources.map(({ name, because }) => `${name}: ${because}`).join("\n"));
  const names = perTask(LABEL_TASKS, (task) => [...listed[task]]);
  const wanted = withReviewed(read, options.reviewed).map((one) => onlyTasks(one, tasks));
  const { documents: renamed, labels } = adoptLabels(wanted, NO_LABEL_SETS, names, unread);
  const documents = await convertedDocuments(
    renamed,
    { misaligned: reader?.misaligned ?? "refuse", losses: unread, ...(options.rows && { rows: options.rows }) },
    signal,
  );
  signal?.throwIfAborted();
  const format = formatOf(to);
  const { python, tokens } = options;
  const written = await writeDataset(format, documents, {
    ...{ labels, seed, validation, test, choices: chooseOwn(format.options, options.choices) },
    ...(python !== undefined && { python }),
    ...(tokens !== undefined && { tokens }),
  });
  if (written.files.size === 0) {
    const first = [...written.losses, ...unread].find(({ kind }) => kind === "dropped");
    const why = first === undefined ? "" : ` First reason: ${first.document ?? first.file ?? ""} ${first.reason}.`;
    throw new ReadError(`There is nothing in it that ${format.title} can hold (${holds(format)}).${why}`);
  }
  return { sources, documents: documents.length, written, unread };
}

/** Gives texts of files whose name several sources have the name of their source, so that they stay apart. */
function tellingApart(sources: readonly ConvertSource[]): (source: ConvertSource, read: ReadDocument) => ReadDocument {
  const counts = new Map<string, number>();
  for (const { files } of sources) for (const file of files.keys()) counts.set(file, (counts.get(file) ?? 0) + 1);
  const places = placesOf(sources);
  return (source, read) => {
    if (read.path !== undefined || (counts.get(read.file) ?? 0) < 2) return read;
    const place = places.get(source)!;
    return { ...read, file: source.files.size === 1 ? place : `${place}/${read.file}` };
  };
}

/** The ends of the sources' names, at least two parts of each, and as many as it takes that no two are the same. */
function placesOf(sources: readonly ConvertSource[]): Map<ConvertSource, string> {
  const parts = sources.map(({ name }) => name.split(/[\\/]+/).filter((part) => part !== "" && part !== "."));
  const most = parts.reduce((longest, { length }) => Math.max(longest, length), 2);
  for (let count = 2; ; count++) {
    const ends = parts.map((some) => some.slice(-count).join("/"));
    if (count === most || new Set(ends).size === ends.length)
      return new Map(sources.map((source, index) => [source, ends[index]!]));
  }
}
