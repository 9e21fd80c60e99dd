/** Carrying out an import, whole or not at all. */
import { LABEL_TASKS } from "../../documents/tasks";
import path from "node:path";
import { SafeFolder } from "../../files/safe-folder";
import type { DecisionEvent } from "../../labels/events";
import { newId } from "../../labels/ids";
import { Journal } from "../../labels/log/journal";
import { addLabelSets } from "../../labels/labelset-file";
import type { Progress } from "../workspace/walk";
import { formatOf } from "../formats";
import type { ImportPlan } from "./plan";
import type { Choice, Conflict } from "./conflicts";
import { importEvents, undoEvent } from "./events";
import type { Loss } from "../losses";

/** Fsyncs wait for the disk, not for the processor: this many logs are written at a time. */
const AT_ONCE = 16;

/** Kinds of events of an import that are no decision that was in it. */
const NO_DECISIONS: readonly DecisionEvent["kind"][] = ["reviewed", "removed", "tokenized"];

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
  /** The id that undo takes it back by; default: a new one. */
  readonly act?: string;
  /** Default: keep mine. */
  readonly choose?: (conflict: Conflict) => Choice;
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
  /** Called when all is computed, and waited for before anything is written. */
  readonly beforeWriting?: () => Promise<void>;
}

async function create(workspace: SafeFolder, document: string, text: string): Promise<void> {
  await workspace.makeFolders(path.dirname(document));
  const handle = await workspace.openNew(document);
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
 * aborts, what was written is taken back. @throws {RefusedFileError} for a link in the way, `JournalWriteError`, or the signal's reason.
 */
export async function carryOut(
  plan: ImportPlan,
  { act = newId(), choose = () => "mine", onProgress, signal, beforeWriting }: WriteOptions = {},
): Promise<ImportReport> {
  const { workspace, format } = plan;
  const root = path.join(workspace, ".glossator");
  const around = new SafeFolder(workspace);
  const time = new Date().toISOString();
  const conflicts: Record<Choice, number> = { mine: 0, theirs: 0, both: 0 };
  const counted = (conflict: Conflict): Choice => {
    const choice = choose(conflict);
    conflicts[choice]++;
    return choice;
  };
  const texts = new Map(plan.targets.map((target) => [target.path, target.text]));
  const work = plan.logs.map(({ document, author, mine, compared, tokenized }) => {
    const text = texts.get(document) ?? "";
    const events = importEvents(text, { act, author, time, format }, mine, compared, counted, tokenized);
    return { document, author, events };
  });
  const written: { document: string; author: string; task: DecisionEvent["task"] }[] = [];
  const created: string[] = [];
  await beforeWriting?.();
  try {
    for (const { path: document, text, isNew } of plan.targets) {
      signal?.throwIfAborted();
      if (!isNew) continue;
      await create(around, document, text);
      created.push(document);
    }
    if (LABEL_TASKS.some((task) => plan.newLabels[task].length > 0))
      await addLabelSets(root, plan.newLabels, plan.labels);
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
    for (const document of created) await around.remove(document);
    throw error;
  }
  return {
    ...(written.length > 0 && { act }),
    format: formatOf(format).title,
    documents: plan.targets.map((target) => target.path),
    created,
    decisions: work.reduce(
      (sum, { events }) => sum + events.filter(({ kind }) => !NO_DECISIONS.includes(kind)).length,
      0,
    ),
    same: plan.logs.reduce((sum, { compared }) => sum + compared.same, 0),
    conflicts,
    losses: plan.losses,
  };
}
