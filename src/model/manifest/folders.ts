/** What one or several model folders hold: each task is served by the first folder that has it. */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../errors";
import { isHuggingFaceFolder, readHuggingFaceFolder } from "./hf-folder";
import { readManifest } from "./manifest";
import type { Manifest } from "./manifest";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";

/** A folder's description and the tasks it is to serve. */
export interface Part {
  readonly manifest: Manifest;
  readonly tasks: readonly Task[];
}

/**
 * Reads a model folder: its `manifest.json`, or a Hugging Face export's `config.json`.
 * @throws {ModelError} as {@link readManifest} and {@link readHuggingFaceFolder} do.
 */
export async function describeModel(dir: string): Promise<Manifest> {
  if (await isHuggingFaceFolder(dir)) return readHuggingFaceFolder(dir);
  if (await stat(join(dir, "manifest.json")).catch(() => undefined)) return readManifest(dir);
  throw new ModelError(
    "model-missing",
    `No model in ${dir}: it holds neither a manifest.json (a Glossator model) nor a config.json (a Hugging Face export). Choose another folder.`,
  );
}

/**
 * Reads model folders and deals out the tasks.
 * @throws {ModelError} as {@link describeModel} does.
 */
export async function describeModels(dirs: readonly string[]): Promise<Part[]> {
  const taken = new Set<Task>();
  const parts: Part[] = [];
  for (const dir of dirs) {
    const manifest = await describeModel(dir);
    const tasks = TASK_NAMES.filter((task) => manifest.tasks[task] && !taken.has(task));
    for (const task of tasks) taken.add(task);
    parts.push({ manifest, tasks });
  }
  return parts;
}

/** The description of the model that serves a task. */
export function serving<P extends Part>(parts: readonly P[], task: Task): P | undefined {
  return parts.find(({ tasks }) => tasks.includes(task));
}
