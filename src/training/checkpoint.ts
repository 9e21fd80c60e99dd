/** The state of a run on disk, so that it goes on where it was stopped, whatever stopped it. */
import { readdir, readFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "../files/write-whole";
import type { Matrix } from "../model/training/onnx-file";
import type { RunState } from "./trainer";

/** Of the file's form; a file of another is not read. */
const FORM = 1;

interface Header {
  readonly form: number;
  readonly count: number;
  readonly losses: readonly number[];
  /** In the order of the values. */
  readonly matrices: readonly { readonly name: string; readonly dims: readonly number[] }[];
}

/** The three lists of values that a parameter has. */
const KEPT = ["now", "m", "v"] as const;

/** Keeps what is worked out in a job: the state of each run, and what finished parts found. */
export class Checkpoint {
  /** @param folder of this very job: another job must have another. */
  constructor(private readonly folder: string) {}

  /** Keeps a run. */
  async keepRun(name: string, { state, losses }: RunState): Promise<void> {
    const matrices: { name: string; dims: readonly number[] }[] = [];
    const parts: Uint8Array[] = [];
    for (const [parameter, values] of state.values)
      for (const kept of KEPT) {
        const { dims, data } = values[kept];
        matrices.push({ name: `${kept} ${parameter}`, dims });
        parts.push(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
    const header: Header = { form: FORM, count: state.count, losses, matrices };
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(text.length);
    await writeWhole(this.#file(name, "run"), Buffer.concat([size, text, ...parts]));
  }

  /** A run that was kept; undefined if there is none that can be read. */
  async run(name: string): Promise<RunState | undefined> {
    const bytes = await readFile(this.#file(name, "run")).catch(() => undefined);
    if (bytes === undefined) return undefined;
    try {
      const size = bytes.readUInt32LE(0);
      const header = JSON.parse(bytes.subarray(4, 4 + size).toString()) as Header;
      if (header.form !== FORM) return undefined;
      const values = new Map<string, { now: Matrix; m: Matrix; v: Matrix }>();
      let at = 4 + size;
      for (const { name: kept, dims } of header.matrices) {
        const count = dims.reduce((a, b) => a * b, 1);
        // A copy, since the values in the file are not aligned.
        const data = new Float32Array(new Uint8Array(bytes.subarray(at, at + 4 * count)).buffer);
        if (data.length !== count) return undefined;
        at += 4 * count;
        const [which, parameter] = [kept.slice(0, kept.indexOf(" ")), kept.slice(kept.indexOf(" ") + 1)];
        values.set(parameter, { ...values.get(parameter), [which]: { dims, data } } as {
          now: Matrix;
          m: Matrix;
          v: Matrix;
        });
      }
      return { state: { count: header.count, values }, losses: header.losses };
    } catch {
      // Half a file, or none of ours: the run begins anew.
      return undefined;
    }
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
