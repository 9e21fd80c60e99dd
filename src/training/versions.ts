/**
 * Versions of a model that was taught: a folder each, which appears by one rename, and a file that says which of them is used, which is replaced by one rename.
 * A crash at any moment leaves what was used before, or what is used now.
 */
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { patiently } from "../files/patiently";
import { writeWhole } from "../files/write-whole";
import { readManifest } from "../model/manifest/manifest";
import type { Manifest } from "../model/manifest/manifest";
import type { Task } from "../documents/tasks";
import type { Verdict } from "./gate";
import type { TrainingSettings } from "./trainer";
import { inStorage } from "./storage";
import { writeModel } from "./write-model";
import type { TrainedModel } from "./write-model";

/** What a version says of itself, in its manifest under `training.taught`. */
export interface TaughtRecord {
  /** ISO 8601, UTC. */
  readonly made: string;
  readonly task: Task;
  /** The version it was taught from; absent: the model as it came. */
  readonly parent?: string;
  /** Whether it passed the gate. */
  readonly accepted: boolean;
  readonly verdict: Verdict;
  readonly decisions: number;
  readonly examples: number;
  /** SHA-256 over the examples. */
  readonly examplesHash: string;
  /** SHA-256 over all that it was taught with besides the model: examples, labels, settings, other text. */
  readonly taughtHash: string;
  /** New labels, each with the old one that it began like. */
  readonly newLabels: Readonly<Record<string, string>>;
  readonly settings: TrainingSettings;
  /** Steps of the final run. */
  readonly steps: number;
  readonly seconds: number;
  /** It was trained elsewhere, from an exported job, on what it says: "2 × cuda". Absent: here. */
  readonly elsewhere?: string;
}

/** A version. */
export interface Version extends TaughtRecord {
  /** The name of its folder: when it was made, `YYYYMMDD-HHMMSS` in UTC, and a mark where two were made in one second. */
  readonly id: string;
  readonly folder: string;
  /** As in `EngineInfo.modelVersion`. */
  readonly digest: string;
  /** That of the model that it was taught from. */
  readonly parentDigest: string | undefined;
}

/** A version cannot be had; the message says which and why. */
export class VersionError extends Error {
  override readonly name = "VersionError";
}

/** Stands for the model as it came where the name of a version is due. */
export const AS_IT_CAME = "none";

const ID = /^\d{8}-\d{6}(?:-\d+)?$/;

/** The versions of one model for one workspace. */
export class Versions {
  /** @param folder of its own, made when the first version is. */
  constructor(readonly folder: string) {}

  /** All versions, the oldest first. What is no version, or cannot be read, is left out. */
  async list(): Promise<Version[]> {
    const names = await readdir(join(this.folder, "versions")).catch(() => [] as string[]);
    const found: Version[] = [];
    for (const id of names.sort()) {
      const version = await this.#read(id);
      if (version) found.push(version);
    }
    return found;
  }

  /** The version that is used; undefined where the model is used as it came. */
  async active(): Promise<Version | undefined> {
    let id: unknown;
    try {
      id = (JSON.parse(await readFile(this.#pointer, "utf8")) as { version?: unknown }).version;
    } catch {
      return undefined;
    }
    return this.#read(id);
  }

  /**
   * Uses a version from now on. @param id undefined: the model as it came
   * @throws {VersionError} if there is none of this name; {@link StorageError}.
   */
  async activate(id: string | undefined): Promise<Version | undefined> {
    const version = id === undefined ? undefined : await this.#known(id);
    const pointer = `${JSON.stringify({ version: id ?? null })}\n`;
    await inStorage(this.folder, () => writeWhole(this.#pointer, pointer));
    return version;
  }

  /**
   * The version of a task that teaching with just this would make again: the latest one of the task in what is used, or one that was kept aside.
   * @param taughtHash as in {@link TaughtRecord}. @param active the version that is used. @param digest of the model that is used
   */
  async sameAs(
    task: Task,
    taughtHash: string,
    active: string | undefined,
    digest: string,
  ): Promise<Version | undefined> {
    const all = (await this.list()).reverse();
    const same = (version: Version): boolean => version.task === task && version.taughtHash === taughtHash;
    let used = active;
    for (const version of all) {
      if (version.id !== used) continue;
      // Only the latest: what was decided otherwise since is to be unlearned.
      if (version.task === task) {
        if (version.accepted && same(version)) return version;
        break;
      }
      used = version.parent;
    }
    return all.find((version) => same(version) && !version.accepted && version.parentDigest === digest);
  }

  /**
   * Uses what the active version was taught from: the version before, or the model as it came.
   * @throws {VersionError} where the model is used as it came already.
   */
  async back(): Promise<Version | undefined> {
    const now = await this.active();
    if (!now) throw new VersionError("The model is used as it came: there is nothing to go back to.");
    return this.activate((await this.parentOf(now))?.id);
  }

  /** What a version was taught from; undefined: the model as it came, also where a parent was deleted, which leads on to nobody knows whom. */
  async parentOf({ parent }: Version): Promise<Version | undefined> {
    return this.#read(parent);
  }

  /**
   * Deletes a version for good.
   * @throws {VersionError} if there is none of this name, or it is the active one; {@link StorageError}.
   */
  async remove(id: string): Promise<void> {
    const { folder } = await this.#known(id);
    if ((await this.active())?.id === id)
      throw new VersionError(`${id} is used now. Go back, or activate another version, and delete it then.`);
    // Away by one rename first: a deletion that is interrupted leaves no half version.
    const gone = join(this.folder, "versions", `.deleted-${id}`);
    await inStorage(this.folder, () => patiently(() => rename(folder, gone)));
    await rm(gone, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Writes a version, which is not used before it is activated. @throws {StorageError}; else as `writeModel`. */
  async publish(
    parent: Manifest,
    trained: Pick<TrainedModel, "parameters" | "labels">,
    record: TaughtRecord,
  ): Promise<Version> {
    const day = record.made.slice(0, 19).replaceAll("-", "").replaceAll(":", "").replace("T", "-");
    const versions = join(this.folder, "versions");
    await this.#sweep(versions);
    let id = day;
    for (let n = 2; await stat(join(versions, id)).catch(() => undefined); n++) id = `${day}-${n}`;
    const model = {
      ...{ ...trained, name: parent.name, version: `${parent.version.replace(/\+.*$/, "")}+${id}` },
      ...{ linked: true, training: { taught: record } },
    };
    await inStorage(this.folder, () => writeModel(parent, join(versions, id), model));
    return this.#known(id);
  }

  /** What crashes left half made or half deleted. */
  async #sweep(versions: string): Promise<void> {
    for (const name of await readdir(versions).catch(() => [] as string[]))
      if (name.startsWith(".")) await rm(join(versions, name), { recursive: true, force: true, maxRetries: 5 });
  }

  async #known(id: string): Promise<Version> {
    const version = await this.#read(id);
    if (!version) throw new VersionError(`There is no version ${id}.`);
    return version;
  }

  /** A version by the name of its folder; undefined for what is none, or was damaged from outside. */
  async #read(id: unknown): Promise<Version | undefined> {
    if (typeof id !== "string" || !ID.test(id)) return undefined;
    const folder = join(this.folder, "versions", id);
    try {
      const { digest } = await readManifest(folder);
      const json = JSON.parse(await readFile(join(folder, "manifest.json"), "utf8")) as {
        training?: { taught?: TaughtRecord; parent?: { digest: string } };
      };
      const { taught, parent } = json.training ?? {};
      return taught && { ...taught, id, folder, digest, parentDigest: parent?.digest };
    } catch {
      return undefined;
    }
  }

  get #pointer(): string {
    return join(this.folder, "active.json");
  }
}
