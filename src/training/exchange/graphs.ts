/** What of a model a job hangs on: it is read by these graphs, and only a model that has them can take what was trained. */
import type { LabelTask } from "../../documents/tasks";
import type { EncoderManifest, Manifest } from "../../model/manifest/manifest";
import { JobFolderError } from "./job-folder";
import type { JobTask } from "./job-folder";

/** @throws {JobFolderError} for a model without an encoder, which cannot be taught */
export function withEncoder(manifest: Manifest): EncoderManifest {
  const { encoder } = manifest;
  if (encoder === undefined) throw new JobFolderError(`${manifest.name} has no encoder: it cannot be taught.`);
  return { ...manifest, encoder };
}

/** The digests of the two graphs by which a task's texts are read. @throws {JobFolderError} for a model whose manifest has none. */
export function digestsOf(manifest: EncoderManifest, task: LabelTask): Pick<JobTask, "encoder" | "decoder"> {
  const [encoder, decoder] = [manifest.encoder.sha256, manifest.tasks[task]?.sha256];
  if (encoder === undefined || decoder === undefined)
    throw new JobFolderError(`${manifest.name} says no digests of its graphs: a job could not be told to be its own.`);
  return { encoder, decoder };
}
