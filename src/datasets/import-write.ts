/** Carrying out an import, whole or not at all, and taking it back. */
import { constants } from "node:fs";
import { mkdir, open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import type { DecisionEvent } from "../labels/events";
import { newId } from "../labels/ids";
import { Journal } from "../labels/journal";
import { saveLabelSets } from "../labels/labelset";
import { logFiles, loggedDocuments, readLog } from "../labels/read-log";
import type { Progress } from "./collect";
import { formatOf } from "./formats";
import { ImportError } from "./import";
import type { ImportPlan } from "./import";
import type { Choice, Conflict } from "./import-conflicts";
import { importEvents, undoEvent } from "./import-events";
import { liesInside } from "./import-files";
import type { Loss } from "./losses";

/** Fsyncs wait for the disk, not for the processor: this many logs are written at a time. */
const AT_ONCE = 16;

/** What was imported. */
export interface ImportReport {
  /** Undo by this; undefined if there was nothing to write. */
  readonly act?: string;
  readonly format: string;
  /** Documents with decisions that were taken, and those made. */
  readonly documents: readonly string[];
  readonly created: readonly string[];
  /** Decisions written, those known before, conflicts by how they were settled. */
  readonly decisions: number;
  readonly same: number;
  readonly conflicts: Readonly<Record<Choice, number>>;
  readonly losses: readonly Loss[];
}

/** How to carry a plan out. */
export interface WriteOptions {
  /** Default: keep mine. */
  readonly choose?: (conflict: Conflict) => Choice;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

async function create(workspace: string, document: string, text: string): Promise<void> {
  const file = path.join(workspace, ...document.split("/"));
  if (!(await liesInside(workspace, path.dirname(file))))
    throw new ImportError(`${document} would lie outside the workspace.`);
  await mkdir(path.dirname(file), { recursive: true });
  const nofollow = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;
  const handle = await open(file, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | nofollow, 0o666);
  try {
    await handle.writeFile(text, "utf8");
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Runs work on every item, some at a time, in order of starting; stops starting at the first failure. */
async function each<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const index = next++;
      try {
        await work(items[index]!, index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: AT_ONCE }, lane));
  const broken = lanes.find((result) => result.status === "rejected");
  if (broken !== undefined) throw broken.reason;
}

/**
 * Writes what was planned: new documents, labels the workspace lacks, then the decisions, all with one act. If anything fails, or the signal
 * aborts, what was written is taken back. @throws {ImportError}, `JournalWriteError`, or the signal's reason.
 */
export async function carryOut(
  plan: ImportPlan,
  { choose = () => "mine", onProgress, signal }: WriteOptions = {},
): Promise<ImportReport> {
  const { workspace, format } = plan;
  const root = path.join(workspace, ".glossator");
  const act = newId();
  const time = new Date().toISOString();
  const conflicts: Record<Choice, number> = { mine: 0, theirs: 0, both: 0 };
  const counted = (conflict: Conflict): Choice => {
    const choice = choose(conflict);
    conflicts[choice]++;
    return choice;
  };
  const texts = new Map(plan.targets.map((target) => [target.path, target.text]));
  const work = plan.logs.map(({ document, author, mine, compared }) => {
    const events = importEvents(texts.get(document) ?? "", { act, author, time, format }, mine, compared, counted);
    return { document, author, events };
  });
  const written: { document: string; author: string; task: DecisionEvent["task"] }[] = [];
  const created: string[] = [];
  try {
    for (const { path: document, text, isNew } of plan.targets) {
      signal?.throwIfAborted();
      if (!isNew) continue;
      await create(workspace, document, text);
      created.push(document);
    }
    const { entities, sentiment } = plan.newLabels;
    if (entities.length + sentiment.length > 0) await saveLabelSets(root, plan.labels);
    let done = 0;
    const some = work.filter(({ events }) => events.length > 0);
    await each(some, async ({ document, author, events }) => {
      signal?.throwIfAborted();
      written.push({ document, author, task: events[0]!.task });
      await new Journal(root, document, author).append(events);
      onProgress?.({ done: ++done, total: some.length, item: document });
    });
  } catch (error) {
    for (const { document, author, task } of written) {
      await new Journal(root, document, author).append([undoEvent(act, author, task)]).catch(() => undefined);
    }
    for (const document of created) await rm(path.join(workspace, ...document.split("/")), { force: true });
    throw error;
  }
  return {
    ...(written.length > 0 && { act }),
    format: formatOf(format).title,
    documents: plan.targets.map((target) => target.path),
    created,
    decisions: work.reduce(
      (sum, { events }) => sum + events.filter(({ kind }) => kind !== "reviewed" && kind !== "removed").length,
      0,
    ),
    same: plan.logs.reduce((sum, { compared }) => sum + compared.same, 0),
    conflicts,
    losses: plan.losses,
  };
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
  const imports = new Map<string, { act: string; time: string; format: string; documents: Set<string> }>();
  for (const document of await loggedDocuments(root)) {
    for (const file of await logFiles(root, document)) {
      // Most logs have nothing imported: parsing them all would be slow.
      if (!(await readFile(file, "utf8")).includes('"origin"')) continue;
      const { events } = await readLog(file);
      const undone = new Set(events.flatMap((event) => (event.kind === "undone" ? [event.undoes] : [])));
      for (const { act, origin, time } of events) {
        if (origin === undefined || undone.has(act)) continue;
        const known = imports.get(act) ?? { act, time, format: origin.format, documents: new Set() };
        imports.set(act, known);
        known.documents.add(document);
      }
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
  const documents: string[] = [];
  let known = false;
  for (const document of await loggedDocuments(root)) {
    for (const file of await logFiles(root, document)) {
      // Most logs have nothing of it: parsing them all would be slow.
      if (!(await readFile(file, "utf8")).includes(act)) continue;
      const { events } = await readLog(file);
      const mine = events.find((event) => event.act === act);
      if (mine === undefined) continue;
      known = true;
      if (events.some((event) => event.kind === "undone" && event.undoes === act)) continue;
      await new Journal(root, document, mine.author).append([undoEvent(act, mine.author, mine.task)]);
      documents.push(document);
    }
  }
  if (!known) throw new ImportError(`No decision in this workspace comes from the import ${act}.`);
  if (documents.length === 0) throw new ImportError("This import was taken back already.");
  return [...new Set(documents)];
}
