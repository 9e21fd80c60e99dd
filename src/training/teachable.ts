/** Whether a model can be taught at all. Runs no model, and loads no library that does. */
import { readManifest } from "../model/manifest/manifest";

/** Whether a model folder holds what teaching needs: an encoder, and a step graph of a task. False for a folder that cannot be read. */
export async function isTeachable(modelFolder: string): Promise<boolean> {
  try {
    const { encoder, steps } = await readManifest(modelFolder);
    return encoder !== undefined && (steps?.graphs.length ?? 0) > 0;
  } catch {
    return false;
  }
}
