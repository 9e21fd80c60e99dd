/** Export: a workspace's decisions into a folder of the chosen format, whole or not at all. */
import path from "node:path";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import type { LogIssue } from "../../labels/log/read-log";
import { SpanCheckError } from "../../text/checked-offsets";
import { collectInto } from "../workspace/collect";
import type { CollectOptions } from "../workspace/collect";
import { chooseOwn } from "../document";
import type { Documents, LabelledDocument, WriterOptions } from "../document";
import { holds } from "../format";
import { formatOf } from "../formats";
import type { FormatName } from "../formats";
import { checkTarget, ExportError, withReport, writeFolder } from "./target";
import { stopAtUnknownLabels } from "./unknown-labels";
import type { Loss } from "../losses";
import { PackedList } from "../packed-list";
import { PythonError } from "../reading/python";
import type { DatasetFormat } from "../format";
import { writeDataset } from "../writing/drive";
import type { Written } from "../writing/drive";
import { decisionsIn } from "../../documents/layers";
import { onlyTasks } from "../../documents/select";
import { eachTime } from "../../text/grouped";

/** What to export, and where to. */
export interface ExportOptions extends CollectOptions, Partial<Omit<WriterOptions, "labels">> {
  readonly format: FormatName;
  /** Absent: all. */
  readonly tasks?: readonly Task[];
  /** The folder to make. */
  readonly target: string;
  /** Go on though decisions are left out since `labels.json` lacks their labels; absent: {@link UnknownLabelsError}. */
  readonly leaveOutUnknownLabels?: boolean;
  /** Replace an earlier export there. */
  readonly overwrite?: boolean;
  /** Called when all is computed, and waited for before anything is written. */
  readonly beforeWriting?: () => Promise<void>;
}

/** What was exported. */
export interface ExportReport {
  readonly target: string;
  /** Relative to the target, with `/`, sorted. */
  readonly files: readonly string[];
  /** Examples by file. */
  readonly counts: Readonly<Record<string, number>>;
  /** Documents with decisions. */
  readonly documents: number;
  readonly losses: readonly Loss[];
  readonly issues: readonly LogIssue[];
}

/** Characters that a label takes, about, with who decided it and what a model had said. */
const LABEL = 200;

/** About how many characters a document has, its labels counted as {@link LABEL} each. */
function sizeOf(document: LabelledDocument): number {
  return document.text.length + LABEL * (decisionsIn(document).length + document.sentences.length);
}

async function write(format: DatasetFormat, documents: Documents, options: WriterOptions): Promise<Written> {
  try {
    return await writeDataset(format, documents, options);
  } catch (error) {
    if (error instanceof PythonError) throw new ExportError(error.message, { cause: error });
    if (error instanceof SpanCheckError)
      throw new SpanCheckError(`${error.message}. Nothing was exported; please report this.`, { cause: error });
    throw error;
  }
}

/**
 * Collects, writes and puts the folder in place in one step.
 * @throws {UnknownLabelsError} before it leaves out decisions whose label the label set lacks; {ExportError} if the target will not do or there is nothing to export; as `collectDocuments` does; the signal's reason when aborted.
 */
export async function exportDataset(options: ExportOptions): Promise<ExportReport> {
  const { format, overwrite = false, seed = 0, validation = 0.2, test = 0, signal } = options;
  const target = path.resolve(options.target);
  await checkTarget(target, overwrite);
  const { tasks = TASK_NAMES } = options;
  const documents = new PackedList<LabelledDocument>();
  const {
    labels,
    issues,
    losses: unread,
  } = await collectInto(options, documents, (document) => documents.add(document, sizeOf(document)));
  signal?.throwIfAborted();
  const chosen = formatOf(format);
  // Several formats may be exported with one set of choices: each takes its own.
  const choices = chooseOwn(chosen.options, options.choices);
  const python = options.python === undefined ? {} : { python: options.python };
  const tokens = options.tokens === undefined ? {} : { tokens: options.tokens };
  // What the user left out is no loss.
  const kept = eachTime(documents, (document) => onlyTasks(document, tasks));
  const written = await write(chosen, kept, { labels, seed, validation, test, choices, ...python, ...tokens });
  if (options.leaveOutUnknownLabels !== true) stopAtUnknownLabels(written.losses);
  const losses = [...unread, ...written.losses];
  if (written.files.size === 0) {
    const why = losses[0] === undefined ? "" : ` First reason: ${losses[0].document ?? ""} ${losses[0].reason}.`;
    throw new ExportError(
      `There is nothing to export: no decisions that ${chosen.title} can hold (${holds(chosen)}).${why}`,
    );
  }
  const files = withReport(written.files, losses);
  signal?.throwIfAborted();
  const entries = await checkTarget(target, overwrite);
  await options.beforeWriting?.();
  await writeFolder(target, files, entries, signal);
  return {
    target,
    files: [...files.keys()].sort(),
    counts: written.counts,
    documents: documents.length,
    losses,
    issues,
  };
}
