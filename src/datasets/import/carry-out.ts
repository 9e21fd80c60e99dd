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
import { each } from "./lanes";
import { digestOf, removeRecord, saveRecord } from "./record";
import type { ImportRecord } from "./record";
import { takeBackMade } from "./take-back";
import { append } from "../../text/grouped";
import type { Loss } from "../losses";
import { relationLosses } from "../lost-relations";

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
  /** Waited for before anything is written. */
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

/** What there will be to take back beside decisions; undefined if nothing is made. */
async function recordBefore(
  { targets, newLabels, several, format }: ImportPlan,
  around: SafeFolder,
  { act, time }: Pick<ImportRecord, "act" | "time">,
): Promise<ImportRecord | undefined> {
  const made = targets.filter(({ isNew }) => isNew);
  const labelled = several.length > 0 || LABEL_TASKS.some((task) => newLabels[task].length > 0);
  if (made.length === 0 && !labelled) return undefined;
  const created = made.map(({ path: document, text }) => ({ path: document, digest: digestOf(text) }));
  const above = new Set(made.map(({ path: document }) => path.posix.dirname(document)));
  const folders = new Set<string>();
  for (const folder of above) {
    const first = folder === "." ? undefined : await firstMissing(around, folder);
    if (first !== undefined) folders.add(first);
  }
  const allowed = several.length > 0 && { several };
  return { act, time, format, created, folders: [...folders], labels: newLabels, ...allowed };
}

/** The first folder of a path that is not there. */
async function firstMissing(around: SafeFolder, folder: string): Promise<string | undefined> {
  const parts = folder.split("/");
  for (const index of parts.keys()) {
    const some = parts.slice(0, index + 1).join("/");
    const there = await around.check(some).then(
      () => true,
      (error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw error;
      },
    );
    if (!there) return some;
  }
  return undefined;
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
  const loose: Loss[] = [];
  let decisions = 0;
  const written: { document: string; author: string; task: DecisionEvent["task"] }[] = [];
  const created: string[] = [];
  let record = await recordBefore(plan, around, { act, time });
  await beforeWriting?.();
  try {
    if (record !== undefined) await saveRecord(root, record);
    for (const { path: document, text, isNew } of plan.targets) {
      signal?.throwIfAborted();
      if (!isNew) continue;
      await create(around, document, text);
      created.push(document);
    }
    const { newLabels, several } = plan;
    if (record !== undefined && (several.length > 0 || LABEL_TASKS.some((task) => newLabels[task].length > 0))) {
      const changed = await addLabelSets(root, newLabels, plan.labels, several);
      const { added, made } = changed;
      record = { ...record, labels: added, several: changed.several };
      if (made !== undefined) record = { ...record, labelsFile: digestOf(made) };
      await saveRecord(root, record);
    }
    let done = 0;
    // Events are made one log after another: those of a large dataset are many times what it says.
    await each(plan.logs, async ({ document, author, mine, compared, tokenized }) => {
      signal?.throwIfAborted();
      const text = texts.get(document) ?? "";
      const made = importEvents(text, { act, author, time, format }, mine, compared, counted, tokenized);
      append(loose, relationLosses(made.loose, { document }, "a label that it joins gave way to yours"));
      const [first] = made.events;
      if (first !== undefined) {
        written.push({ document, author, task: first.task });
        await new Journal(root, document, author).append(made.events);
        decisions += made.events.filter(({ kind }) => !NO_DECISIONS.includes(kind)).length;
      }
      onProgress?.({ done: ++done, total: plan.logs.length, item: document });
    });
  } catch (error) {
    for (const { document, author, task } of written) {
      await new Journal(root, document, author).append([undoEvent(act, author, task)]).catch(() => undefined);
    }
    const made = record;
    if (made !== undefined) {
      const there = made.created.filter(({ path: document }) => created.includes(document));
      // Where that fails as well, the record stays, so that undo can take back what is left.
      await takeBackMade(workspace, { ...made, created: there })
        .then(() => removeRecord(root, act))
        .catch(() => undefined);
    }
    throw error;
  }
  return {
    ...(written.length + created.length > 0 && { act }),
    format: formatOf(format).title,
    documents: plan.targets.map((target) => target.path),
    created,
    decisions,
    same: plan.logs.reduce((sum, { compared }) => sum + compared.same, 0),
    conflicts,
    losses: [...plan.losses, ...loose],
  };
}
