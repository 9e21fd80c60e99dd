/** Convert: files of one format into files of another, without a workspace. */
import { LABEL_TASKS, perTask, TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { onlyTasks } from "../../documents/select";
import { append } from "../../text/grouped";
import type { LabelSets } from "../../labels/labelset";
import { chooseOwn } from "../document";
import type { WriterOptions } from "../document";
import { formatOf, holds } from "../formats";
import type { FormatName } from "../formats";
import { ReadError } from "../format";
import type { DatasetFiles, Misaligned, ReadDocument, ReaderOptions, ReadResult } from "../format";
import { withReviewed } from "../import/complete";
import { adoptLabels } from "../import/labels";
import { chooseFormat } from "../import/plan";
import { detectFormats } from "../formats";
import type { RowChoice } from "../import/rows";
import type { Loss } from "../losses";
import { readDataset } from "../reading/read-dataset";
import { writeDataset } from "../writing/drive";
import type { Written } from "../writing/drive";
import { convertedDocuments } from "./documents";

/** Some files that belong together: what one name on the command line stands for. */
export interface ConvertSource {
  /** For messages. */
  readonly name: string;
  readonly files: DatasetFiles;
  /** What of it was not opened. */
  readonly refused: readonly Loss[];
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
  /** Documents with something that the format holds. */
  readonly documents: number;
  readonly written: Written;
  /** What was not taken as it was. */
  readonly unread: readonly Loss[];
}

const NO_LABELS: LabelSets = perTask(LABEL_TASKS, () => []);

/**
 * Reads the sources and makes the files. A source that cannot be read is told of in the result.
 * @throws {ReadError} if none can be read or nothing is left to write; as the writer does; the signal's reason when aborted.
 */
export async function convertDataset(options: ConvertOptions): Promise<Converted> {
  const { to, seed = 0, validation = 0, test = 0, tasks = TASK_NAMES, signal } = options;
  const misaligned: Misaligned = options.reader?.misaligned ?? "refuse";
  const unread: Loss[] = [];
  const read: ReadDocument[] = [];
  const listed = perTask(LABEL_TASKS, () => new Set<string>());
  const sources: Converted["sources"][number][] = [];
  for (const source of options.sources) {
    signal?.throwIfAborted();
    append(unread, source.refused);
    const result = await readSource(source, options, misaligned, sources);
    if (result === undefined) continue;
    append(unread, result.losses);
    append(read, within(source, options.sources, result.documents));
    for (const task of LABEL_TASKS) for (const name of result.labels?.[task] ?? []) listed[task].add(name);
  }
  if (sources.every(({ format }) => format === undefined))
    throw new ReadError(sources.map(({ name, because }) => `${name}: ${because}`).join("\n"));
  const names = perTask(LABEL_TASKS, (task) => [...listed[task]]);
  const wanted = withReviewed(read, options.reviewed).map((one) => onlyTasks(one, tasks));
  const { documents: renamed, labels } = adoptLabels(wanted, NO_LABELS, names, unread);
  const documents = await convertedDocuments(
    renamed,
    { misaligned, losses: unread, ...(options.rows && { rows: options.rows }) },
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
    const [first] = written.losses;
    const why = first === undefined ? "" : ` First reason: ${first.document ?? ""} ${first.reason}.`;
    throw new ReadError(`There is nothing in it that ${format.title} can hold (${holds(format)}).${why}`);
  }
  return { sources, documents: documents.length, written, unread };
}

async function readSource(
  { name, files }: ConvertSource,
  { from, reader }: ConvertOptions,
  misaligned: Misaligned,
  sources: Converted["sources"][number][],
): Promise<ReadResult | undefined> {
  try {
    const detected = detectFormats(files);
    const format = chooseFormat(files, detected, { ...(from && { format: from }), ...(reader && { reader }) });
    const result = await readDataset(format, files, { ...reader, misaligned });
    const reason = detected.find((one) => one.name === format)?.reason ?? "";
    sources.push({ name, format, because: from === undefined ? reason : "chosen" });
    return result;
  } catch (error) {
    // An import that cannot be is one kind of it.
    if (!(error instanceof ReadError) && (error as Error).name !== "ImportError") throw error;
    sources.push({ name, because: (error as Error).message });
    return undefined;
  }
}

/** Files of several sources that have one name are told apart by their source. */
function within(
  { name, files }: ConvertSource,
  sources: readonly ConvertSource[],
  documents: readonly ReadDocument[],
): readonly ReadDocument[] {
  const others = new Set(sources.filter((one) => one.files !== files).flatMap((one) => [...one.files.keys()]));
  const place = name
    .replace(/[\\/]+$/, "")
    .replace(/^.*[\\/](?=[^\\/]+[\\/])/, "")
    .replaceAll("\\", "/");
  return documents.map((one) =>
    one.path === undefined && others.has(one.file)
      ? { ...one, file: files.size === 1 ? place : `${place}/${one.file}` }
      : one,
  );
}
