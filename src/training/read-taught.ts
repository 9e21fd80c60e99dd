/** What a workspace teaches the model that is used now. Runs no model, and loads no library that does. */
import { readManifest } from "../model/manifest/manifest";
import { collectTaught } from "./examples/collect";
import type { Taught } from "./examples/collect";
import type { TeachRequest } from "./request";
import { Versions } from "./versions";

/**
 * Reads the decisions of a workspace as examples for the model that is used now.
 * @throws as `readManifest` and `collectTaught`.
 */
export async function readTaught(
  request: Pick<TeachRequest, "workspace" | "modelFolder" | "versions" | "tasks">,
  signal?: AbortSignal,
): Promise<Taught> {
  const active = await new Versions(request.versions).active();
  const manifest = await readManifest(active?.folder ?? request.modelFolder);
  const { workspace, tasks } = request;
  return collectTaught({ workspace, manifest, ...(tasks && { tasks }), ...(signal && { signal }) });
}
