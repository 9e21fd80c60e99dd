/** A trained model as a folder of its own: a copy of the one it came from with other weights. */
import { createHash } from "node:crypto";
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { patiently } from "../files/patiently";
import { ModelError } from "../model/errors";
import type { Manifest } from "../model/manifest/manifest";
import type { Matrix } from "../model/training/onnx-file";
import type { Part } from "../model/manifest/step-manifest";
import { readOnnx } from "../model/training/step-parameters";
import type { LabelChange, Parameters } from "../model/training/step-parameters";
import type { Task } from "../documents/tasks";

/** What is new in the folder. */
export interface TrainedModel {
  /** By PART.NAME. */
  readonly parameters: Parameters;
  /** The trained decoder's label set, if it changed. */
  readonly labels?: { readonly decoder: Task; readonly change: LabelChange };
  readonly name: string;
  readonly version: string;
  /** For the manifest's `training`: what it was trained on, scores. The parent model is added. */
  readonly training?: Readonly<Record<string, unknown>>;
}

type Json = Record<string, unknown>;

/** Where the manifest's `network`, which training in Python reads, has the labels of a part. */
const NETWORK_LABELS: Readonly<Partial<Record<Part, string>>> = {
  entities: "entity_labels",
  sentiment: "sentiment_labels",
};

/**
 * Writes the folder `out`, which appears whole or not at all: it is made beside and then renamed.
 * @throws {ModelError} `model-unsupported` when `out` exists; Error when weights do not fit the graphs. Nothing is left behind then.
 */
export async function writeModel(parent: Manifest, out: string, trained: TrainedModel): Promise<void> {
  if (await stat(out).catch(() => undefined))
    throw new ModelError("model-unsupported", `${out} exists already. Choose another folder for the new model.`);
  await mkdir(dirname(out), { recursive: true });
  const side = await mkdtemp(join(dirname(out), `.${basename(out)}-`));
  try {
    // mkdtemp makes a folder for its owner alone.
    await chmod(side, 0o755);
    // The parent's model card does not describe the new model.
    for (const entry of await readdir(parent.dir, { withFileTypes: true }))
      if (entry.isFile() && entry.name !== "README.md")
        await copyFile(join(parent.dir, entry.name), join(side, entry.name));
    const manifest = JSON.parse(await readFile(join(side, "manifest.json"), "utf8")) as Json;
    for (const [part, values] of byPart(trained.parameters)) {
      const file = parent.steps?.parts[part];
      if (!file) throw new Error(`${parent.name} has no graph for ${part}`);
      const change = trained.labels?.decoder === part ? trained.labels.change : undefined;
      const rows = change && { from: change.from.length, to: change.to.length };
      const bytes = (await readOnnx(file)).written(values, rows);
      await writeFile(join(side, basename(file.path)), bytes, { flush: true });
      const section = sectionOf(manifest, part);
      section["sha256"] = createHash("sha256").update(bytes).digest("hex");
      if (change) {
        section["labels"] = change.to;
        const network = manifest["network"] as Json | undefined;
        const key = NETWORK_LABELS[part];
        if (network && key !== undefined) network[key] = change.to;
      }
    }
    const { name, version, digest } = parent;
    Object.assign(manifest, {
      name: trained.name,
      version: trained.version,
      training: { ...trained.training, parent: { name, version, digest } },
    });
    await writeFile(join(side, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await patiently(() => rename(side, out));
  } catch (error) {
    await rm(side, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

function byPart(parameters: Parameters): Map<Part, Map<string, Matrix>> {
  const parts = new Map<Part, Map<string, Matrix>>();
  for (const [name, value] of parameters) {
    const dot = name.indexOf(".");
    const part = name.slice(0, dot) as Part;
    const values = parts.get(part) ?? new Map<string, Matrix>();
    parts.set(part, values.set(name.slice(dot + 1), value));
  }
  return parts;
}

function sectionOf(manifest: Json, part: Part): Json {
  if (part === "encoder") return manifest["encoder"] as Json;
  const tasks = manifest["tasks"] as Record<string, Json>;
  return tasks[part]!;
}
