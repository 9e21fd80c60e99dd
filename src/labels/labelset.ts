/** The labels a workspace uses, `.glossator/labels.json`: fixed integer ids that no later edit may move, with names, colours, keys and guidelines. */
import { randomBytes } from "node:crypto";
import path from "node:path";
import { withLock } from "./log/lock";
import { isSpanTask, LABEL_TASKS, perTask, TASKS } from "../documents/tasks";
import type { LabelTask, Task } from "../documents/tasks";
import { safeAround } from "./log/paths";

/** Larger files are no label sets. */
const MOST_BYTES = 8_000_000;

/** One label. */
export interface LabelDefinition {
  /** The number in exported data. Never changes, and is never given to another label. */
  readonly id: number;
  readonly name: string;
  /** `#rrggbb`. */
  readonly colour?: string;
  /** One character, to choose it by. */
  readonly key?: string;
  /** When to use it, for annotators. */
  readonly guideline?: string;
  /** No longer offered; kept so that its id stays taken and old decisions keep their meaning. */
  readonly retired?: boolean;
}

/** The labels by task, in order of id. */
export type LabelSets = Readonly<Record<LabelTask, readonly LabelDefinition[]>>;

/** `labels.json` does not say what it must. The message names the file and the property. */
export class LabelSetError extends Error {
  override readonly name = "LabelSetError";

  constructor(
    readonly file: string,
    /** Such as `entities[2].id`; empty for the file as a whole. */
    readonly property: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${file}${property === "" ? "" : `, ${property}`}: ${problem}`, options);
  }
}

/** The file, given the workspace's `.glossator` folder. */
export function labelsFile(root: string): string {
  return path.join(root, "labels.json");
}

/** Label sets for a model's labels. BIO tags are taken apart, `O` is left out; ids follow the model's order. A task the model lacks gets the usual labels. */
export function defaultLabelSets(labels: Readonly<Partial<Record<Task, readonly string[]>>> = {}): LabelSets {
  const numbered = (list: readonly string[]): LabelDefinition[] => [...new Set(list)].map((name, id) => ({ id, name }));
  return perTask(LABEL_TASKS, (task) => {
    const names = labels[task] ?? TASKS[task].labels;
    return numbered(
      isSpanTask(task) ? names.filter((name) => name !== "O").map((name) => name.replace(/^[BIESLU]-/, "")) : names,
    );
  });
}

function parseLabel(value: unknown, file: string, at: string): LabelDefinition {
  const fail = (property: string, problem: string): never => {
    throw new LabelSetError(file, `${at}${property}`, problem);
  };
  if (typeof value !== "object" || value === null || Array.isArray(value)) return fail("", "must be an object.");
  const fields = value as Record<string, unknown>;
  const { id, name, colour, key, guideline, retired } = fields;
  const known = ["id", "name", "colour", "key", "guideline", "retired"];
  const odd = Object.keys(fields).find((field) => !known.includes(field));
  if (odd !== undefined) return fail(`.${odd}`, `is not a property of a label; those are ${known.join(", ")}.`);
  if (!Number.isSafeInteger(id) || (id as number) < 0) return fail(".id", "must be an integer from 0.");
  if (typeof name !== "string" || !/^\S+$/.test(name)) return fail(".name", "must be a name without white space.");
  if (name === "O") return fail(".name", '"O" means "no label" in every tag scheme; choose another name.');
  if (colour !== undefined && !(typeof colour === "string" && /^#[0-9a-f]{6}$/i.test(colour))) {
    return fail(".colour", 'must be a colour such as "#3b82f6".');
  }
  if (key !== undefined && !(typeof key === "string" && Array.from(key).length === 1)) {
    return fail(".key", "must be one character.");
  }
  if (guideline !== undefined && typeof guideline !== "string") return fail(".guideline", "must be text.");
  if (retired !== undefined && typeof retired !== "boolean") return fail(".retired", "must be true or false.");
  return fields as unknown as LabelDefinition;
}

function parseTask(value: unknown, file: string, task: string): readonly LabelDefinition[] {
  if (!Array.isArray(value)) throw new LabelSetError(file, task, "must be a list of labels.");
  const labels = value.map((item, index) => parseLabel(item, file, `${task}[${index}]`));
  for (const field of ["id", "name", "key"] as const) {
    const first = new Map<unknown, number>();
    for (const [index, label] of labels.entries()) {
      if (label[field] === undefined || (field === "key" && label.retired)) continue;
      const other = first.get(label[field]);
      if (other !== undefined) {
        const problem = `${JSON.stringify(label[field])} is also the ${field} of ${task}[${other}]; each label needs its own.`;
        throw new LabelSetError(file, `${task}[${index}].${field}`, problem);
      }
      first.set(label[field], index);
    }
  }
  return [...labels].sort((a, b) => a.id - b.id);
}

/**
 * Reads the text of `labels.json`. A task that is absent takes its labels from `defaults`.
 * @throws {LabelSetError} naming the file and the property.
 */
export function parseLabelSets(json: string, file: string, defaults: LabelSets = defaultLabelSets()): LabelSets {
  let parsed: unknown;
  try {
    parsed = JSON.parse(json.replace(/^\uFEFF/, ""));
  } catch (error) {
    throw new LabelSetError(file, "", `is not JSON: ${(error as Error).message}`, { cause: error });
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    throw new LabelSetError(file, "", "must be an object with a list of labels a task.");
  }
  const fields = parsed as Record<string, unknown>;
  const known: readonly string[] = ["$schema", ...LABEL_TASKS];
  const odd = Object.keys(fields).find((field) => !known.includes(field));
  if (odd !== undefined)
    throw new LabelSetError(file, odd, `is not a task with labels; those are ${LABEL_TASKS.join(", ")}.`);
  return perTask(LABEL_TASKS, (task) =>
    fields[task] === undefined ? defaults[task] : parseTask(fields[task], file, task),
  );
}

/** Label sets with one more label; its id is above every id so far, those of retired labels included. @throws {LabelSetError} if the name is taken or not allowed. */
export function withLabel(
  sets: LabelSets,
  task: keyof LabelSets,
  label: Omit<LabelDefinition, "id">,
  file = "labels.json",
): LabelSets {
  const id = sets[task].reduce((most, { id }) => Math.max(most, id), -1) + 1;
  return { ...sets, [task]: parseTask([...sets[task], { ...label, id }], file, task) };
}

/** Reads a workspace's label sets; defaults if it has no file. @throws {LabelSetError} also for a file that cannot be read. */
export async function loadLabelSets(root: string, defaults: LabelSets = defaultLabelSets()): Promise<LabelSets> {
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
 * @throws {LabelSetError} for a broken file, {LockError} if another program holds it, the file system's error.
 */
export async function addLabelSets(
  root: string,
  added: Readonly<Record<keyof LabelSets, readonly string[]>>,
  whole: LabelSets,
): Promise<void> {
  await withLock(labelsFile(root), async () => {
    const there = await loadLabelSets(root, whole);
    let sets = there;
    for (const task of LABEL_TASKS) {
      for (const name of added[task]) {
        const label = whole[task].find((one) => one.name === name) ?? { name };
        if (!sets[task].some((one) => one.name === name)) sets = withLabel(sets, task, label);
      }
    }
    await saveLabelSets(root, sets);
  });
}

/** Writes a workspace's label sets, whole or not at all. @throws {RefusedFileError} for a link in the way; the file system's error. */
export async function saveLabelSets(root: string, sets: LabelSets): Promise<void> {
  const file = labelsFile(root);
  const temporary = `${file}.${randomBytes(6).toString("hex")}.tmp`;
  const around = safeAround(root);
  await around.makeFolders(root);
  try {
    const handle = await around.openNew(temporary);
    try {
      await handle.writeFile(`${JSON.stringify(sets, undefined, 2)}\n`);
    } finally {
      await handle.close();
    }
    await around.rename(temporary, file);
  } finally {
    await around.remove(temporary);
  }
}
