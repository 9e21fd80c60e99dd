/** The models of one or several folders, opened. */
import { createHash } from "node:crypto";
import { chooseDevice } from "./network/devices";
import { DirectNetwork } from "./network/direct";
import { describeModels } from "./manifest/folders";
import type { Part } from "./manifest/folders";
import type { Manifest } from "./manifest/manifest";
import { checkModel } from "./model";
import type { Model } from "./model";
import { EncoderNetwork } from "./network/network";
import type { Device } from "./network/network";
import type { Task } from "../documents/tasks";
import { loadTokenizer } from "./tokenizer/load";

/** How models are opened. */
export interface OpenOptions {
  readonly device: Device | "auto";
  readonly threads: number;
  /** Devices that crashed the process before; they are not tried. */
  readonly skip: ReadonlySet<string>;
  /** Called before each trial of a device, and with `undefined` after it. */
  readonly before: (device: Device | undefined) => void;
}

/** An open model and the tasks it serves. */
export interface OpenModel extends Model {
  readonly tasks: readonly Task[];
  readonly device: Device;
}

/** Open models, and what to call them together. */
export interface Models {
  readonly open: readonly OpenModel[];
  readonly name: string;
  /** The model's own digest; of several, SHA-256 over theirs; first 12 hex digits. */
  readonly version: string;
  /** The devices, each once. */
  readonly device: string;
  /** Why these devices, one line a device. */
  readonly deviceReason: string;
  /** What had to be assumed, in words, for the user. */
  readonly notes: readonly string[];
}

/**
 * Opens what model folders hold; a folder none of whose tasks is left to serve is not opened.
 * @throws {ModelError} saying which folder cannot be used, and why.
 */
export async function openModels(dirs: readonly string[], options: OpenOptions): Promise<Models> {
  const open: OpenModel[] = [];
  const reasons: string[] = [];
  const notes: string[] = [];
  const parts = await describeModels(dirs);
  try {
    for (const part of parts) {
      const { manifest } = part;
      const several = parts.length > 1 ? `${title(manifest)}: ` : "";
      if (part.tasks.length === 0) {
        notes.push(`${title(manifest)} is not used: the models before it serve its tasks.`);
        continue;
      }
      const { model, reason } = await openModel(part, options);
      open.push(model);
      reasons.push(several + reason);
      notes.push(...manifest.notes.map((note) => `${title(manifest)}: ${note}`));
    }
  } catch (error) {
    for (const { network } of open) await network.close();
    throw error;
  }
  const digests = open.map(({ manifest }) => manifest.digest);
  return {
    open,
    name: open.map(({ manifest }) => title(manifest)).join(" + "),
    version:
      digests.length === 1 ? digests[0]! : createHash("sha256").update(digests.join(" ")).digest("hex").slice(0, 12),
    device: [...new Set(open.map(({ device }) => device))].join(", "),
    deviceReason: reasons.join("\n"),
    notes,
  };
}

async function openModel(part: Part, options: OpenOptions): Promise<{ model: OpenModel; reason: string }> {
  const { tasks } = part;
  // Only what is served is opened.
  const manifest = {
    ...part.manifest,
    tasks: Object.fromEntries(tasks.map((task) => [task, part.manifest.tasks[task]!])),
  };
  const tokenizer = await loadTokenizer(manifest.dir);
  checkModel(manifest, tokenizer);
  const { threads } = options;
  const { device, reason } = await chooseDevice(manifest, options.device, threads, options.skip, options.before);
  const settings = { device, threads };
  const { encoder } = manifest;
  const network = encoder
    ? await EncoderNetwork.open({ ...manifest, encoder }, settings)
    : await DirectNetwork.open(manifest, settings, tokenizer.vocabSize - 1);
  return { model: { manifest, network, tokenizer, tasks, device }, reason };
}

const title = ({ name, version }: Manifest): string => (version === "" ? name : `${name} ${version}`);
