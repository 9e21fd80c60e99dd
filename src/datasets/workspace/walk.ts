/** The documents of a workspace, one after another: their logs, and their texts. */
import path from "node:path";
import { loggedDocuments, readLogs } from "../../labels/log/read-log";
import type { LogContents } from "../../labels/log/read-log";
import { layoutOf, segmentingDocument } from "../../text/document";
import type { Steps } from "../../text/slices";
import type { LabelledDocument } from "../document";
import { WorkspaceTexts } from "./workspace-texts";

/** How far a long piece of work is. */
export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What was worked on last. */
  readonly item: string;
}

/** Which documents to go through. */
export interface WalkOptions {
  /** The workspace folder; its decisions are in `.glossator`. */
  readonly workspace: string;
  /** Paths relative to the workspace with `/`; absent: every document with a log. */
  readonly documents?: readonly string[];
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** A document on the way. */
export interface Visited {
  /** Relative to the workspace, with `/`. */
  readonly document: string;
  readonly logs: readonly LogContents[];
  /** Why some of its logs are not here. */
  readonly unreadable?: string;
  /** Its text; as {@link WorkspaceTexts.read}. */
  readonly read: () => Promise<string>;
}

/**
 * Goes through documents in order of path, and tells the progress after each.
 * @param textOf a document's text, if it is not the one on disk
 * @throws the signal's reason when aborted
 */
export async function* walkWorkspace(
  { documents, onProgress, signal, ...options }: WalkOptions,
  textOf?: (document: string) => string | undefined,
): AsyncGenerator<Visited> {
  const workspace = path.resolve(options.workspace);
  const root = path.join(workspace, ".glossator");
  const paths = [...new Set(documents ?? (await loggedDocuments(root)))].sort();
  const texts = new WorkspaceTexts(workspace);
  let done = 0;
  for await (const { document, logs, unreadable } of readLogs(root, paths)) {
    signal?.throwIfAborted();
    const read = async (): Promise<string> => textOf?.(document) ?? (await texts.read(document));
    yield { document, logs, ...(unreadable !== undefined && { unreadable }), read };
    onProgress?.({ done: ++done, total: paths.length, item: document });
  }
}

/** In words, why a document's text cannot be had. */
export function whyUnreadable(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? "it does not exist (moved or renamed?)" : message;
}

/** The sentences of a document as the editor has it: by its extension. */
export function sentencesOf(text: string, document: string): Steps<LabelledDocument["sentences"]> {
  return segmentingDocument(text, layoutOf(document));
}
