/** Taking an import back. */
import path from "node:path";
import { isRefused } from "../../files/refused";
import type { DecisionEvent } from "../../labels/events";
import { Journal } from "../../labels/log/journal";
import { safeAround } from "../../labels/log/paths";
import { filesByDocument, parseLog } from "../../labels/log/read-log";
import { ImportError } from "./import-error";
import { each } from "./lanes";
import { recordOf, recordsOf, removeRecord } from "./record";
import { takeBackMade } from "./take-back";
import type { TakenBack } from "./take-back";
import { LABEL_TASKS, perTask } from "../../documents/tasks";
import { undoEvent } from "./events";

const NO_LABELS = perTask(LABEL_TASKS, (): readonly string[] => []);

/** Events of every log in which a text stands. Most logs have nothing imported: parsing them all would be slow. */
async function* logsHolding(
  root: string,
  text: string,
): AsyncGenerator<{ readonly document: string; readonly events: readonly DecisionEvent[] }> {
  for (const [document, files] of await filesByDocument(root)) {
    for (const file of files) {
      // A log that is refused to readers is refused to writers: no import went there.
      const content = await safeAround(root)
        .read(file)
        .then((bytes) => bytes.toString("utf8"))
        .catch((error: unknown) => {
          if (isRefused(error)) return "";
          throw error;
        });
      if (content.includes(text)) yield { document, events: parseLog(content, file).events };
    }
  }
}

function undoneIn(events: readonly DecisionEvent[]): ReadonlySet<string> {
  return new Set(events.flatMap((event) => (event.kind === "undone" ? [event.undoes] : [])));
}

/** An import that the logs tell of. */
export interface LoggedImport {
  readonly act: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The exchange format. */
  readonly format: string;
  readonly documents: readonly string[];
}

/** The latest import that was not taken back, by any annotator; undefined if there is none. */
export async function lastImport(workspace: string): Promise<LoggedImport | undefined> {
  const root = path.join(path.resolve(workspace), ".glossator");
  const imports = new Map<string, Omit<LoggedImport, "documents"> & { readonly documents: Set<string> }>();
  for await (const { document, events } of logsHolding(root, '"origin"')) {
    const undone = undoneIn(events);
    for (const { act, origin, time } of events) {
      if (origin === undefined || undone.has(act)) continue;
      const known = imports.get(act) ?? { act, time, format: origin.format, documents: new Set() };
      imports.set(act, known);
      known.documents.add(document);
    }
  }
  // An import may have made documents and decided nothing.
  for (const { act, time, format, created } of await recordsOf(root)) {
    const known = imports.get(act) ?? { act, time, format, documents: new Set<string>() };
    for (const { path: document } of created) known.documents.add(document);
    imports.set(act, known);
  }
  const [latest] = [...imports.values()].sort((a, b) => (a.time < b.time ? 1 : -1));
  return latest && { ...latest, documents: [...latest.documents] };
}

/** What an import that was taken back had touched. */
export interface UndoneImport extends TakenBack {
  /** Documents whose decisions were taken back, and those that are gone, in order. */
  readonly documents: readonly string[];
}

/**
 * Takes an import back, in every document and for every annotator it wrote to: decisions, words, documents that it made and labels that it added. What was changed
 * or used since stays, and is told.
 * @throws {ImportError} if no log knows the act, or it was taken back already.
 */
export async function undoImport(workspace: string, act: string): Promise<UndoneImport> {
  const root = path.join(path.resolve(workspace), ".glossator");
  const documents = new Set<string>();
  const record = await recordOf(root, act);
  let known = record !== undefined;
  const open: { readonly document: string; readonly first: DecisionEvent }[] = [];
  for await (const { document, events } of logsHolding(root, act)) {
    const first = events.find((event) => event.act === act);
    if (first === undefined) continue;
    known = true;
    if (!undoneIn(events).has(act)) open.push({ document, first });
  }
  await each(open, async ({ document, first: { author, task } }) => {
    await new Journal(root, document, author).append([undoEvent(act, author, task)]);
    documents.add(document);
  });
  if (!known) throw new ImportError(`No decision in this workspace comes from the import ${act}.`);
  if (documents.size === 0 && record === undefined) throw new ImportError("This import was taken back already.");
  if (record === undefined) return { documents: [...documents].sort(), removed: [], kept: [], labels: NO_LABELS };
  const taken = await takeBackMade(path.resolve(workspace), record);
  await removeRecord(root, act);
  return { ...taken, documents: [...new Set([...documents, ...taken.removed])].sort() };
}
