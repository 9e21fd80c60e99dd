/** What an import made beside decisions: documents and labels. Kept in a file of its own, so that undo finds it after a restart; undo takes the file away. */
import { createHash } from "node:crypto";
import path from "node:path";
import { CLASS_TASKS, LABEL_TASKS, perTask } from "../../documents/tasks";
import type { ClassTask } from "../../documents/tasks";
import { isRefused } from "../../files/refused";
import { safeAround } from "../../labels/log/paths";
import { documentName, safePath } from "./paths";
import type { NewLabels } from "./labels";

const MOST_BYTES = 100_000_000;

/** A document that an import made. */
export interface CreatedDocument {
  /** Relative to the workspace, with `/`. */
  readonly path: string;
  /** {@link digestOf} its text. */
  readonly digest: string;
}

/** What one import made. */
export interface ImportRecord {
  readonly act: string;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The name of the exchange format. */
  readonly format: string;
  readonly created: readonly CreatedDocument[];
  /** Folders that were not there, each the first one of its path. */
  readonly folders: readonly string[];
  /** Labels that `labels.json` did not have. */
  readonly labels: NewLabels;
  /** Tasks of whose classes it let texts have several; absent: none. */
  readonly several?: readonly ClassTask[];
  /** Where the import made `labels.json`: {@link digestOf} what it wrote. */
  readonly labelsFile?: string;
}

/** First 32 hex digits of the SHA-256 of a text in UTF-8. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex").slice(0, 32);
}

function folderOf(root: string): string {
  return path.join(root, "imports");
}

function fileOf(root: string, act: string): string | undefined {
  return /^[0-9A-Za-z]{1,40}$/.test(act) ? path.join(folderOf(root), `${act}.json`) : undefined;
}

/** Writes a record, in place of an earlier one of the same import. @throws the file system's error. */
export async function saveRecord(root: string, record: ImportRecord): Promise<void> {
  const file = fileOf(root, record.act)!;
  const around = safeAround(root);
  await around.makeFolders(folderOf(root));
  await around.remove(file);
  const handle = await around.openNew(file);
  try {
    await handle.writeFile(`${JSON.stringify(record, undefined, 1)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The record of an import; undefined if there is none that can be read. */
export async function recordOf(root: string, act: string): Promise<ImportRecord | undefined> {
  const file = fileOf(root, act);
  if (file === undefined) return undefined;
  try {
    return checked(JSON.parse((await safeAround(root).read(file, MOST_BYTES)).toString("utf8")), act);
  } catch (error) {
    if (error instanceof SyntaxError || isRefused(error)) return undefined;
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** The records of all imports that were not taken back. */
export async function recordsOf(root: string): Promise<ImportRecord[]> {
  const entries = await safeAround(root)
    .list(folderOf(root))
    .catch((error: unknown) => {
      if (isRefused(error) || (error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    });
  const acts = entries.flatMap(({ name }) => /^(\w+)\.json$/.exec(name)?.[1] ?? []);
  return (await Promise.all(acts.map((act) => recordOf(root, act)))).flatMap((record) => record ?? []);
}

/** Takes a record away. */
export async function removeRecord(root: string, act: string): Promise<void> {
  const file = fileOf(root, act);
  if (file === undefined) return;
  await safeAround(root).remove(file);
  await safeAround(root).removeEmpty(folderOf(root));
}

/** A record may be anybody's: it names documents of a kind that imports make, and no others. */
function checked(value: unknown, act: string): ImportRecord | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { time, format, created, folders, labels, several, labelsFile } = value as Readonly<Record<string, unknown>>;
  if (typeof time !== "string" || Number.isNaN(Date.parse(time)) || typeof format !== "string") return undefined;
  const named = list(labels === undefined || labels === null ? [] : [labels])[0] as Record<string, unknown> | undefined;
  return {
    ...{ act, time, format },
    created: list(created).flatMap((one): CreatedDocument[] => {
      const { path: document, digest } = (one ?? {}) as Record<string, unknown>;
      return typeof digest === "string" && isMade(document) ? [{ path: document, digest }] : [];
    }),
    folders: list(folders).filter((one): one is string => typeof one === "string" && safePath(one) === one),
    labels: perTask(LABEL_TASKS, (task) => list(named?.[task]).filter((one): one is string => typeof one === "string")),
    ...(several !== undefined && { several: CLASS_TASKS.filter((task) => list(several).includes(task)) }),
    ...(typeof labelsFile === "string" && { labelsFile }),
  };
}

function isMade(document: unknown): document is string {
  return (
    typeof document === "string" &&
    safePath(document) === document &&
    /[^/]$/.test(documentName(document)) &&
    documentName(document) === document
  );
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
