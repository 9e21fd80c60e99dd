/** Whether a model can be taught at all. Runs no model, and loads no library that does. */
import { LABEL_TASKS } from "../documents/tasks";
import { readManifest } from "../model/manifest/manifest";

/** Whether a model folder holds what teaching needs: an encoder, and a step graph of a task. False for a folder that cannot be read. */
export async function isTeachable(modelFolder: string): Promise<boolean> {
  try {
    const { encoder, steps } = await readManifest(modelFolder);
    const trains = LABEL_TASKS.some((task) => steps?.graphs.some(({ decoder }) => decoder === task) === true);
    return encoder !== undefined && trains;
  } catch {
    return false;
  }
}
