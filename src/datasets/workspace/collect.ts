/** From a workspace on disk to labelled documents: logs, and the files they speak of. */
import { LABEL_TASKS, perTask } from "../../documents/tasks";
import { append } from "../../text/grouped";
import path from "node:path";
import { disagreementsOf } from "../../labels/agreement/disagreements";
import type { DecisionEvent } from "../../labels/events";
import { defaultLabelSets, NO_LABEL_SETS, withSeveral } from "../../labels/labelset";
import { loadLabelSets } from "../../labels/labelset-file";
import type { LabelSets } from "../../labels/labelset";
import { loggedDocuments, readLogs } from "../../labels/log/read-log";
import type { LogIssue } from "../../labels/log/read-log";
import { underOwnNames } from "../../labels/own-names";
import { replaying } from "../../labels/replay";
import type { Replay } from "../../labels/replay";
import { labelled, settle } from "../../labels/settled";
import { inSlices } from "../../text/slices";
import type { Steps } from "../../text/slices";
import type { LabelledDocument } from "../document";
import type { Loss } from "../losses";
import { lossesBeyondTasks } from "./beyond-tasks";
import { comparedDocument } from "./compared-document";
import { unsettledLosses } from "./unsettled";
import { UsedLabels } from "./used-labels";
import { sentencesOf, walkWorkspace, whyUnreadable } from "./walk";
import type { WalkOptions } from "./walk";

/** What and how to collect. */
export interface CollectOptions extends WalkOptions {
  /** One annotator's own decisions alone, without adjudications; absent: everybody's, and adjudications where there are some. */
  readonly annotator?: string;
  /** Labels to use where `labels.json` is absent, those of the model as a rule. */
  readonly defaults?: LabelSets;
  /** Is given everybody's events on each document, a list a person, under the names of the label set: whoever counts events need not read the logs again. */
  readonly onEvents?: (logs: readonly (readonly DecisionEvent[])[]) => Promise<void>;
}

/** What was collected beside the documents. */
export interface Collection {
  readonly labels: LabelSets;
  /** Odd lines in logs. */
  readonly issues: readonly LogIssue[];
  /** Documents and lines that could not be read. */
  readonly losses: readonly Loss[];
}

/** What was collected. */
export interface Collected extends Collection {
  readonly documents: readonly LabelledDocument[];
}

/** Everybody's events on a text, a list a person, placed on it. Where a disagreement was settled, the adjudication counts. */
export function* documentFrom(
  file: string,
  text: string,
  logs: readonly (readonly DecisionEvent[])[],
  sentences: LabelledDocument["sentences"],
): Steps<LabelledDocument> {
  const replays: Replay[] = [];
  for (const events of logs) {
    const replay = yield* replaying(events, text);
    yield* replay.seeking();
    replays.push(replay);
  }
  return { path: file, sentences, ...labelled(text, replays, settle(replays)) };
}

/**
 * Reads a workspace's decisions and the documents they are about. A document that cannot be read is listed in `losses`.
 * @throws {LabelSetError} for a broken `labels.json`, the signal's reason when aborted.
 */
export async function collectDocuments(options: CollectOptions): Promise<Collected> {
  const documents: LabelledDocument[] = [];
  const collection = await collectInto(options, documents, (document) => documents.push(document));
  return { documents, ...collection };
}

/**
 * As {@link collectDocuments}, for a list that does not keep the documents as they are.
 * @param documents the list. @param add puts a document at its end; they come in order of path
 */
export async function collectInto(
  options: CollectOptions,
  documents: Iterable<LabelledDocument>,
  add: (document: LabelledDocument) => void,
): Promise<Collection> {
  const { defaults, signal } = options;
  const workspace = path.resolve(options.workspace);
  const root = path.join(workspace, ".glossator");
  const own = await loadLabelSets(root, NO_LABEL_SETS);
  const logged = await loggedDocuments(root);
  const paths = [...new Set(options.documents ?? logged)].sort();
  const used = new UsedLabels();
  // Without a `labels.json` nothing says that a label in use is wrong.
  const open = LABEL_TASKS.some((task) => own[task].length === 0);
  const issues: LogIssue[] = [];
  const losses: Loss[] = [];
  for await (const { document: item, logs, unreadable, read } of walkWorkspace({ ...options, documents: paths })) {
    if (unreadable !== undefined)
      losses.push({
        kind: "dropped",
        document: item,
        reason: `its log cannot be read, so none of its labels is here: ${unreadable}`,
      });
    for (const log of logs) append(issues, log.issues);
    if (open) for (const log of logs) used.addEvents(log.events);
    for (const { path: file, line, kind, reason } of logs.flatMap((log) => log.issues)) {
      if (kind === "edited") continue;
      const where = path.relative(workspace, file).replaceAll(path.sep, "/");
      losses.push({
        kind: "dropped",
        document: item,
        reason: line === 0 ? `a log was not read: ${reason}` : `${where}, line ${line}: ${reason}`,
      });
    }
    const events = logs
      .map((log) =>
        underOwnNames(log.events, own).filter(
          ({ author }) => options.annotator === undefined || author === options.annotator,
        ),
      )
      .filter((list) => list.length > 0);
    await options.onEvents?.(events);
    try {
      const text = await read();
      if (events.length === 0) continue;
      const cut = await inSlices(sentencesOf(text, item), signal);
      const counting = events.map((list) =>
        options.annotator === undefined ? list : list.filter(({ kind }) => kind !== "adjudicated"),
      );
      append(losses, lossesBeyondTasks(item, counting));
      add(await inSlices(documentFrom(item, text, counting, cut), signal));
      if (events.length === 1) continue;
      const compared = await inSlices(comparedDocument(item, text, events, cut), signal);
      append(losses, unsettledLosses(text, disagreementsOf(compared)));
    } catch (error) {
      signal?.throwIfAborted();
      losses.push({ kind: "dropped", document: item, reason: `the document cannot be read: ${whyUnreadable(error)}` });
    }
  }
  if (open) {
    const chosen = new Set(paths);
    const others = logged.filter((file) => !chosen.has(file));
    for await (const { logs } of readLogs(root, others)) {
      signal?.throwIfAborted();
      for (const { events } of logs) used.addEvents(events);
    }
    for (const document of documents) used.addDocument(document);
  }
  const preset = defaults ?? defaultLabelSets();
  const names = perTask(LABEL_TASKS, (task) => (own[task].length === 0 ? used.extend(preset, task) : own[task]));
  const labels = withSeveral<LabelSets>(names, own.multiple ?? []);
  return { labels, issues, losses };
}
