/** `.glossator/labels.json` on disk: read whole, added to under a lock, written in one step. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { LABEL_TASKS, perTask } from "../documents/tasks";
import type { ClassTask, LabelTask } from "../documents/tasks";
import { allowsSeveral, defaultLabelSets, LabelSetError, parseLabelSets, withLabel, withSeveral } from "./labelset";
import type { DeclaredLabels, LabelDefinition, LabelSets } from "./labelset";
import { withLock } from "./log/lock";
import { safeAround } from "./log/paths";

/** Larger files are no label sets. */
const MOST_BYTES = 8_000_000;

/** The file, given the workspace's `.glossator` folder. */
export function labelsFile(root: string): string {
  return path.join(root, "labels.json");
}

/** Reads a workspace's label sets; defaults if it has no file. @throws {LabelSetError} also for a file that cannot be read. */
export async function loadLabelSets(root: string, defaults: LabelSets = defaultLabelSets()): Promise<DeclaredLabels> {
  const file = labelsFile(root);
  let json: string;
  try {
    json = (await safeAround(root).read(file, MOST_BYTES)).toString("utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return defaults;
    throw new LabelSetError(file, "", `cannot be read: ${(error as Error).message}`, { cause: error });
  }
  return parseLabelSets(json, file, defaults);
}

/**
 * Adds labels to a workspace's sets as they are on disk now, whoever changed them since they were read; labels that are there already stay as they are.
 * @param added names of labels of `whole`
 * @param whole what to write where there is no file yet
 * @param several tasks of whose classes a text may have several from now on
 * @throws {LabelSetError} for a broken file, {LockError} if another program holds it, the file system's error.
 */
export async function addLabelSets(
  root: string,
  added: Readonly<Record<LabelTask, readonly string[]>>,
  whole: LabelSets,
  several: readonly ClassTask[] = [],
): Promise<AddedLabels> {
  return withLock(labelsFile(root), async () => {
    const isNew = !(await isThere(root));
    const there = await loadLabelSets(root, whole);
    let sets: DeclaredLabels = there;
    for (const task of LABEL_TASKS) {
      for (const name of added[task]) {
        const label = whole[task].find((one) => one.name === name) ?? { name };
        if (!sets[task].some((one) => one.name === name)) sets = withLabel(sets, task, label);
      }
    }
    const before = isNew ? undefined : there;
    const fresh = perTask(LABEL_TASKS, (task) =>
      added[task].filter((name) => before?.[task].some((one) => one.name === name) !== true),
    );
    const json = await saveLabelSets(root, withSeveral(sets, several));
    const allowed = several.filter((task) => isNew || !allowsSeveral(there, task));
    return { added: fresh, several: allowed, ...(isNew && { made: json }) };
  });
}

/** What {@link addLabelSets} did. */
export interface AddedLabels {
  /** Names that were not there. */
  readonly added: Readonly<Record<LabelTask, readonly string[]>>;
  /** Tasks of whose classes a text could have one before. */
  readonly several: readonly ClassTask[];
  /** Where there was no file: what is in it now. */
  readonly made?: string;
}

/**
 * Takes labels out of a workspace's sets, those that have nothing but a number and a name. Gives the names of the others, which stay.
 * @param single tasks of whose classes a text has one again
 * @throws as {@link addLabelSets}
 */
export async function removeLabels(
  root: string,
  names: Readonly<Record<LabelTask, readonly string[]>>,
  single: readonly ClassTask[] = [],
): Promise<Readonly<Record<LabelTask, readonly string[]>>> {
  return withLock(labelsFile(root), async () => {
    const there = await loadLabelSets(root);
    const bare = (one: LabelDefinition): boolean => Object.keys(one).every((key) => key === "id" || key === "name");
    const kept = perTask(LABEL_TASKS, (task) =>
      there[task].filter((one) => names[task].includes(one.name) && !bare(one)).map(({ name }) => name),
    );
    const gone = (task: LabelTask, name: string): boolean => names[task].includes(name) && !kept[task].includes(name);
    const left = perTask(LABEL_TASKS, (task) => there[task].filter(({ name }) => !gone(task, name)));
    const { multiple = [], ...rest } = there;
    const several = multiple.filter((task) => !single.includes(task));
    if (several.length < multiple.length || LABEL_TASKS.some((task) => left[task].length < there[task].length))
      await saveLabelSets(root, withSeveral({ ...rest, ...left }, several));
    return kept;
  });
}

/** Whether a workspace has a file of label sets, or something in its place. */
async function isThere(root: string): Promise<boolean> {
  return safeAround(root)
    .modified(labelsFile(root))
    .then(
      () => true,
      (error: unknown) => (error as NodeJS.ErrnoException).code !== "ENOENT",
    );
}

/**
 * Makes a workspace's file of label sets. False if there is one already: that one stays as it is.
 * @throws {LockError} if another program holds it, {RefusedFileError} for a link in the way, the file system's error.
 */
export async function makeLabelSets(root: string, sets: LabelSets): Promise<boolean> {
  return withLock(labelsFile(root), async () => {
    if (await isThere(root)) return false;
    await saveLabelSets(root, sets);
    return true;
  });
}

/**
 * Changes a workspace's label sets as they are on disk now.
 * @param change what to make of them
 * @throws {LabelSetError} for a broken file or a change that does not fit, {LockError} if another program holds it, the file system's error.
 */
export async function changeLabelSets(
  root: string,
  defaults: LabelSets,
  change: (sets: DeclaredLabels) => DeclaredLabels,
): Promise<void> {
  await withLock(labelsFile(root), async () => {
    await saveLabelSets(root, change(await loadLabelSets(root, defaults)));
  });
}

/** Writes a workspace's label sets, whole or not at all, and gives what it wrote. @throws {RefusedFileError} for a link in the way; the file system's error. */
export async function saveLabelSets(root: string, sets: LabelSets): Promise<string> {
  const json = `${JSON.stringify(sets, undefined, 2)}\n`;
  const file = labelsFile(root);
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const around = safeAround(root);
  await around.makeFolders(root);
  try {
    const handle = await around.openNew(temporary);
    try {
      await handle.writeFile(json);
    } finally {
      await handle.close();
    }
    await around.rename(temporary, file);
    return json;
  } finally {
    await around.remove(temporary);
  }
}
