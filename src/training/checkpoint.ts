/** The state of a run on disk, so that it goes on where it was stopped, whatever stopped it. */
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "../files/write-whole";
import type { Matrix } from "../model/onnx/onnx-file";
import { readMatrices, writeMatrices } from "./matrix-file";
import type { RunState } from "./trainer";

/** What a run's file holds besides its matrices. */
interface Beside {
  readonly count: number;
  readonly losses: readonly number[];
}

/** The three lists of values that a parameter has. */
const KEPT = ["now", "m", "v"] as const;

/** Keeps what is worked out in a job: the state of each run, and what finished parts found. */
export class Checkpoint {
  /** @param folder of this very job: another job must have another. */
  constructor(private readonly folder: string) {}

  /** Keeps a run. */
  async keepRun(name: string, { state, losses }: RunState): Promise<void> {
    const matrices = new Map<string, Matrix>();
    for (const [parameter, values] of state.values)
      for (const kept of KEPT) matrices.set(`${kept} ${parameter}`, values[kept]);
    await writeMatrices<Beside>(this.#file(name, "run"), { beside: { count: state.count, losses }, matrices });
  }

  /** A run that was kept; undefined if there is none that can be read: it begins anew then. */
  async run(name: string): Promise<RunState | undefined> {
    const file = await readMatrices<Beside>(this.#file(name, "run"));
    if (file === undefined) return undefined;
    const { beside, matrices } = file;
    const values = new Map<string, { now: Matrix; m: Matrix; v: Matrix }>();
    for (const kept of matrices.keys()) {
      const parameter = kept.slice(kept.indexOf(" ") + 1);
      const [now, m, v] = KEPT.map((which) => matrices.get(`${which} ${parameter}`)) as [Matrix, Matrix, Matrix];
      values.set(parameter, { now, m, v });
    }
    return { state: { count: beside.count, values }, losses: beside.losses };
  }

  /** Keeps what a part of the job found. */
  async keep(name: string, found: unknown): Promise<void> {
    await writeWhole(this.#file(name, "json"), Buffer.from(JSON.stringify(found)));
    await rm(this.#file(name, "run"), { force: true });
  }

  /** What a part found; undefined if it was not kept. */
  async found<T>(name: string): Promise<T | undefined> {
    try {
      return JSON.parse(await readFile(this.#file(name, "json"), "utf8")) as T;
    } catch {
      return undefined;
    }
  }

  /** Forgets all of it. */
  async clear(): Promise<void> {
    await remove(this.folder);
  }

  /** Forgets other jobs that lie beside this one, those whose names begin so. */
  async clearOthers(prefix: string): Promise<void> {
    const jobs = dirname(this.folder);
    for (const name of await readdir(jobs).catch(() => [] as string[]))
      if (name.startsWith(prefix) && name !== basename(this.folder)) await remove(join(jobs, name));
  }

  #file(name: string, kind: "run" | "json"): string {
    return join(this.folder, `${name}.${kind}`);
  }
}

const remove = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 5 });
