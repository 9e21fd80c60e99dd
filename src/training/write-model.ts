/** A trained model as a folder of its own: a copy of the one it came from with other weights. */
import { createHash } from "node:crypto";
import {
  chmod,
  copyFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { syncFolder } from "../files/durable";
import { patiently } from "../files/patiently";
import { ModelError } from "../model/errors";
import { FORMAT, FORMAT_OUTPUTS } from "../model/manifest/manifest";
import type { Manifest } from "../model/manifest/manifest";
import type { Matrix, OnnxFile } from "../model/onnx/onnx-file";
import type { GraphFile } from "../model/manifest/graph-file";
import type { Part } from "../model/manifest/step-manifest";
import { readOnnx } from "../model/training/step-parameters";
import type { LabelChange, Parameters } from "../model/training/step-parameters";
import type { Task } from "../documents/tasks";

/** What is new in the folder. */
export interface TrainedModel {
  /** By PART.NAME. */
  readonly parameters: Parameters;
  /** The trained decoder's output layer, if it changed, and which of its rows are served; default: all. */
  readonly labels?: {
    readonly decoder: Task;
    readonly change: LabelChange;
    readonly served?: readonly string[];
  };
  readonly name: string;
  readonly version: string;
  /** Files that did not change are the parent's own (hard links), where the file system can do that, and take no room. Default: copies. */
  readonly linked?: boolean;
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
    const parts = byPart(trained.parameters);
    // The parent's model card does not describe the new model.
    const fresh = new Set(["README.md", "manifest.json"]);
    for (const part of parts.keys()) {
      const { path, int8 } = graphOf(parent, part);
      fresh.add(basename(path));
      if (int8 && part === trained.labels?.decoder) fresh.add(basename(int8.path));
    }
    for (const entry of await readdir(parent.dir, { withFileTypes: true }))
      if (entry.isFile() && !fresh.has(entry.name))
        await take(join(parent.dir, entry.name), join(side, entry.name), trained.linked ?? false);
    const manifest = JSON.parse(await readFile(join(parent.dir, "manifest.json"), "utf8")) as Json;
    for (const [part, values] of parts) {
      const file = graphOf(parent, part);
      const change = trained.labels?.decoder === part ? trained.labels.change : undefined;
      const rows = change && { from: change.from.length, to: change.to.length };
      const section = sectionOf(manifest, part);
      await put(side, file, section, (onnx) => onnx.written(values, rows));
      if (change) {
        // It holds no weights, but says how many outputs there are.
        if (file.int8) await put(side, file.int8, section["int8"] as Json, (onnx) => onnx.written(new Map(), rows));
        const { served = change.to } = trained.labels!;
        section["labels"] = served;
        if (served.length < change.to.length) section["outputs"] = change.to;
        else delete section["outputs"];
        if (!served.some((label) => label === section["unmarked"])) delete section["unmarked"];
        const network = manifest["network"] as Json | undefined;
        const key = NETWORK_LABELS[part];
        if (network && key !== undefined) network[key] = change.to;
      }
    }
    const { name, version, digest } = parent;
    const sections = Object.values(manifest["tasks"] as Record<string, Json>);
    Object.assign(manifest, {
      format: sections.some((section) => section["outputs"] !== undefined) ? FORMAT_OUTPUTS : FORMAT,
      name: trained.name,
      version: trained.version,
      training: { ...trained.training, parent: { name, version, digest } },
    });
    await writeFile(join(side, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`, { flush: true });
    await syncFolder(side);
    await patiently(() => rename(side, out));
    await syncFolder(dirname(out));
  } catch (error) {
    await rm(side, { recursive: true, force: true, maxRetries: 5 });
    throw error;
  }
}

/** Writes what is made of a graph into `folder`, under the graph's name, and its digest into the manifest's `section`. */
async function put(
  folder: string,
  file: GraphFile,
  section: Json,
  made: (onnx: OnnxFile) => Uint8Array,
): Promise<void> {
  const bytes = made(await readOnnx(file));
  await writeFile(join(folder, basename(file.path)), bytes, { flush: true });
  section["sha256"] = createHash("sha256").update(bytes).digest("hex");
}

function graphOf(parent: Manifest, part: Part): GraphFile {
  const file = parent.steps?.parts[part];
  if (!file) throw new Error(`${parent.name} has no graph for ${part}`);
  return file;
}

/** A file that stays as it is. What cannot be linked (another file system, one without links) is copied. */
async function take(from: string, to: string, linked: boolean): Promise<void> {
  if (
    linked &&
    (await link(from, to).then(
      () => true,
      () => false,
    ))
  )
    return;
  await copyFile(from, to);
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
