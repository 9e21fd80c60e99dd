/** From a workspace on disk to documents whose annotators can be compared. Offsets are UTF-16 code units. */
import path from "node:path";
import { NO_LABEL_SETS } from "../../labels/labelset";
import { loadLabelSets } from "../../labels/labelset-file";
import { underOwnNames } from "../../labels/own-names";
import { append } from "../../text/grouped";
import { inSlices } from "../../text/slices";
import type { ComparedDocument } from "../../labels/agreement/agreement-units";
import type { LogIssue } from "../../labels/log/read-log";
import { comparedDocument } from "./compared-document";
import { sentencesOf, walkWorkspace, whyUnreadable } from "./walk";
import type { WalkOptions } from "./walk";

/** Which documents to compare. */
export interface CompareOptions extends WalkOptions {
  /** A document's text, if it is not the one on disk: an editor may have changed it. */
  readonly textOf?: (document: string) => string | undefined;
}

/** What can be compared, and what could not be read. */
export interface Compared {
  readonly documents: readonly ComparedDocument[];
  /** Odd lines in logs. */
  readonly issues: readonly LogIssue[];
  /** Documents that cannot be read, with the reason. */
  readonly unreadable: readonly { readonly document: string; readonly reason: string }[];
}

/**
 * Reads every annotator's decisions on the documents of a workspace. Documents that only one worked on are among them.
 * @throws {LabelSetError} for a broken `labels.json`; the signal's reason when aborted, the file system's error for a log that cannot be read.
 */
export async function compareDocuments(options: CompareOptions): Promise<Compared> {
  const { signal } = options;
  const labels = await loadLabelSets(path.join(path.resolve(options.workspace), ".glossator"), NO_LABEL_SETS);
  const documents: ComparedDocument[] = [];
  const issues: LogIssue[] = [];
  const unreadable: { document: string; reason: string }[] = [];
  for await (const { document, logs, unreadable: why, read } of walkWorkspace(options, options.textOf)) {
    for (const log of logs) append(issues, log.issues);
    try {
      // Without one of the logs nobody knows who agrees.
      if (why !== undefined) throw new Error(`its log cannot be read: ${why}`);
      const text = await read();
      const sentences = await inSlices(sentencesOf(text, document), signal);
      const events = logs.map((log) => underOwnNames(log.events, labels));
      documents.push(await inSlices(comparedDocument(document, text, events, sentences), signal));
    } catch (error) {
      signal?.throwIfAborted();
      unreadable.push({ document, reason: whyUnreadable(error) });
    }
  }
  return { documents, issues, unreadable };
}
