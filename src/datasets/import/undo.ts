/** Taking an import back. */
import path from "node:path";
import { isRefused } from "../../files/refused";
import type { DecisionEvent } from "../../labels/events";
import { Journal } from "../../labels/log/journal";
import { safeAround } from "../../labels/log/paths";
import { filesByDocument, parseLog } from "../../labels/log/read-log";
import { ImportError } from "./plan";
import { undoEvent } from "./events";

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
  const [latest] = [...imports.values()].sort((a, b) => (a.time < b.time ? 1 : -1));
  return latest && { ...latest, documents: [...latest.documents] };
}

/**
 * Takes an import back, in every document and for every annotator it wrote to. Documents it made stay: they may have been edited since. Gives the documents.
 * @throws {ImportError} if no log knows the act, or it was taken back already.
 */
export async function undoImport(workspace: string, act: string): Promise<readonly string[]> {
  const root = path.join(path.resolve(workspace), ".glossator");
  const documents = new Set<string>();
  let known = false;
  for await (const { document, events } of logsHolding(root, act)) {
    const mine = events.find((event) => event.act === act);
    if (mine === undefined) continue;
    known = true;
    if (undoneIn(events).has(act)) continue;
    await new Journal(root, document, mine.author).append([undoEvent(act, mine.author, mine.task)]);
    documents.add(document);
  }
  if (!known) throw new ImportError(`No decision in this workspace comes from the import ${act}.`);
  if (documents.size === 0) throw new ImportError("This import was taken back already.");
  return [...documents];
}
