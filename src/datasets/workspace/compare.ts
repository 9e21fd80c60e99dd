/** From a workspace on disk to documents whose annotators can be compared. Offsets are UTF-16 code units. */
import { inSlices } from "../../text/slices";
import path from "node:path";
import type { ComparedDocument } from "../../labels/agreement/agreement-units";
import { loggedDocuments, readLogs } from "../../labels/log/read-log";
import type { LogIssue } from "../../labels/log/read-log";
import { append } from "../../text/grouped";
import { readDocument, sentencesOf } from "./collect";
import type { Progress } from "./collect";
import { comparedDocument } from "./compared-document";

/** Which documents to compare. */
export interface CompareOptions {
  /** The workspace folder; its decisions are in `.glossator`. */
  readonly workspace: string;
  /** Paths relative to the workspace with `/`; absent: every document with a log. */
  readonly documents?: readonly string[];
  /** A document's text, if it is not the one on disk: an editor may have changed it. */
  readonly textOf?: (document: string) => string | undefined;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
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
 * @throws the signal's reason when aborted, the file system's error for a log that cannot be read.
 */
export async function compareDocuments(options: CompareOptions): Promise<Compared> {
  const { onProgress, signal, textOf } = options;
  const workspace = path.resolve(options.workspace);
  const root = path.join(workspace, ".glossator");
  const paths = [...new Set(options.documents ?? (await loggedDocuments(root)))].sort();
  const documents: ComparedDocument[] = [];
  const issues: LogIssue[] = [];
  const unreadable: { document: string; reason: string }[] = [];
  let done = 0;
  for await (const { document, logs, unreadable: why } of readLogs(root, paths)) {
    signal?.throwIfAborted();
    for (const log of logs) append(issues, log.issues);
    try {
      // Without one of the logs nobody knows who agrees.
      if (why !== undefined) throw new Error(`its log cannot be read: ${why}`);
      const text = textOf?.(document) ?? (await readDocument(workspace, document));
      const sentences = await inSlices(sentencesOf(text, document), signal);
      const events = logs.map((log) => log.events);
      documents.push(await inSlices(comparedDocument(document, text, events, sentences), signal));
    } catch (error) {
      signal?.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      unreadable.push({ document, reason: code === "ENOENT" ? "it does not exist (moved or renamed?)" : message });
    }
    onProgress?.({ done: ++done, total: paths.length, item: document });
  }
  return { documents, issues, unreadable };
}
