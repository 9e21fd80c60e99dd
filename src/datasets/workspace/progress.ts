/** How far the text files of a workspace are: reviewed in whole, begun, or untouched; and which one is next. */
import path from "node:path";
import { SafeFolder } from "../../files/safe-folder";
import { NO_LABEL_SETS } from "../../labels/labelset";
import { loadLabelSets } from "../../labels/labelset-file";
import { loggedDocuments } from "../../labels/log/read-log";
import { underOwnNames } from "../../labels/own-names";
import { inSlices } from "../../text/slices";
import { documentFrom } from "./collect";
import { DatasetCounter } from "./summary";
import type { DocumentSummary } from "./summary";
import { MOST_FILES, textFiles } from "./text-files";
import { sentencesOf, walkWorkspace } from "./walk";

/** Files that are left to do and are listed. */
const MOST_NEXT = 25;

/** How far a file is: every sentence of it was looked at; something was decided; nothing was. */
export type FileState = "reviewed" | "begun" | "untouched";

/** A file that is left to do. */
export interface FileLeft {
  /** Relative to the workspace, with `/`. */
  readonly document: string;
  readonly state: Exclude<FileState, "reviewed">;
  /** Share of it that was reviewed, as in {@link DocumentSummary}. */
  readonly reviewed: number;
}

/** How far all are. */
export interface WorkspaceProgress extends Readonly<Record<FileState, number>> {
  /** The first files that are left to do, in the order in which files are gone through. */
  readonly next: readonly FileLeft[];
  /** There are more files than are looked at. */
  readonly more: boolean;
}

/** Which files to look at. */
export interface FileOptions {
  readonly workspace: string;
  /** As for {@link textFiles}. */
  readonly languages?: readonly string[];
  /** Which of them count; default: all. */
  readonly wanted?: (document: string) => boolean;
  readonly signal?: AbortSignal;
}

/** How far a document is. @param summary absent: nothing was decided on it */
export function stateOf(summary: DocumentSummary | undefined): FileState {
  if (summary === undefined) return "untouched";
  const { counts, rejected, stale, reviewed } = summary;
  const decided = rejected + stale + Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (decided === 0 && reviewed === 0) return "untouched";
  return reviewed === 1 ? "reviewed" : "begun";
}

/** The files that count, in order, and at last whether there are more of them. A file without a byte has nothing to review. */
async function* filesOf({ workspace, languages, wanted, signal }: FileOptions): AsyncGenerator<string, boolean> {
  const folder = new SafeFolder(workspace);
  let count = 0;
  for await (const document of textFiles(workspace, signal, languages)) {
    if (wanted?.(document) === false) continue;
    if (count === MOST_FILES) return true;
    // What cannot be looked at is told when it is opened.
    if ((await folder.size(document).catch(() => 1)) === 0) continue;
    count++;
    yield document;
  }
  return false;
}

/**
 * How far the text files are, by what was counted of the documents with decisions.
 * @throws the signal's reason when aborted.
 */
export async function progressOf(
  options: FileOptions,
  documents: readonly DocumentSummary[],
): Promise<WorkspaceProgress> {
  const known = new Map(documents.map((one) => [one.path, one]));
  const counts: Record<FileState, number> = { reviewed: 0, begun: 0, untouched: 0 };
  const next: FileLeft[] = [];
  const files = filesOf(options);
  for (;;) {
    const step = await files.next();
    if (step.done === true) return { ...counts, next, more: step.value };
    const summary = known.get(step.value);
    const state = stateOf(summary);
    counts[state]++;
    if (state !== "reviewed" && next.length < MOST_NEXT)
      next.push({ document: step.value, state, reviewed: summary?.reviewed ?? 0 });
  }
}

/**
 * The first file after another one, and then from the first on, that is not reviewed in whole. Undefined where all others are. Reads logs and texts as far as it
 * takes to find one.
 * @param after a path; absent, or none of the files: from the first one on
 * @throws {LabelSetError} for a broken `labels.json`; the signal's reason when aborted.
 */
export async function nextFile(options: FileOptions, after?: string): Promise<string | undefined> {
  const root = path.join(options.workspace, ".glossator");
  const [logged, sets] = [new Set(await loggedDocuments(root)), await loadLabelSets(root, NO_LABEL_SETS)];
  const all: string[] = [];
  for await (const document of filesOf(options)) all.push(document);
  const from = after === undefined ? -1 : all.indexOf(after);
  for (const document of [...all.slice(from + 1), ...all.slice(0, Math.max(0, from))])
    if (!logged.has(document) || (await stateNow(options, document, sets)) !== "reviewed") return document;
  return undefined;
}

/** A file that cannot be read is left to do, too. */
async function stateNow(
  { workspace, signal }: FileOptions,
  document: string,
  sets: Awaited<ReturnType<typeof loadLabelSets>>,
): Promise<FileState> {
  const counter = new DatasetCounter();
  const walk = { workspace, documents: [document], ...(signal && { signal }) };
  for await (const { logs, read } of walkWorkspace(walk)) {
    const text = await read().catch(() => undefined);
    const events = logs.map((log) => underOwnNames(log.events, sets)).filter((list) => list.length > 0);
    if (text === undefined || events.length === 0) continue;
    const sentences = await inSlices(sentencesOf(text, document), signal);
    counter.add(await inSlices(documentFrom(document, text, events, sentences), signal));
  }
  return stateOf(counter.summary().documents[0]);
}
