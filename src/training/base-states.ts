/** The encoder's states of the base text, kept from job to job: teaching changes neither the encoder nor the text, and reading it costs more than reading the examples. */
import { createHash } from "node:crypto";
import { readdir, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import type { KeptStates } from "../model/training/kept-states";
import { readMatrices, writeMatrices } from "./matrix-file";

/** Beyond this many values nothing is kept: 64 MB. The model's own base text has a third of it. */
const MOST_VALUES = 16 * 1024 * 1024;
/** A disk with less room, in bytes, keeps it for versions. */
const ROOM = 512 * 1024 * 1024;

/** A text's states, and the tokens that they are of. */
export interface StatesOfText extends KeptStates {
  readonly encoding: { readonly ids: ArrayLike<number> };
}

const nameOf = (ids: ArrayLike<number>): string => Array.from(ids).join();

/** The states of one encoder and one base text. What cannot be kept, or is damaged, is worked out anew: no error is worth a job. */
export class BaseStates {
  readonly #file: string | undefined;
  #known: ReadonlyMap<string, KeptStates> = new Map();

  /**
   * @param folder of its own: it holds the states that were used last, and no others
   * @param encoder the digest of its weights; undefined: nobody knows whether they are the same, and nothing is kept
   */
  constructor(
    private readonly folder: string,
    encoder: string | undefined,
    texts: readonly string[],
  ) {
    if (encoder === undefined) return;
    const digest = createHash("sha256")
      .update(JSON.stringify([encoder, texts]))
      .digest("hex");
    this.#file = join(folder, `${digest.slice(0, 24)}.states`);
  }

  /** Reads what was kept. */
  async load(): Promise<void> {
    const file = this.#file === undefined ? undefined : await readMatrices(this.#file);
    if (file === undefined) return;
    const known = new Map<string, KeptStates>();
    for (const [name, { dims, data }] of file.matrices) {
      const [length = 0, width = 0] = dims;
      if (length > 0 && width > 0) known.set(name, { length, states: data });
    }
    this.#known = known;
  }

  /** States of a text. @param ids of its tokens, without special ones. @param length with these */
  readonly of = (ids: ArrayLike<number>, length: number): KeptStates | undefined => {
    const found = this.#known.get(nameOf(ids));
    return found?.length === length ? found : undefined;
  };

  /** Keeps the states of all texts, unless they were kept. */
  async keep(texts: readonly StatesOfText[]): Promise<void> {
    if (this.#file === undefined || texts.every(({ encoding, length }) => this.of(encoding.ids, length))) return;
    if (texts.reduce((sum, { states }) => sum + states.length, 0) > MOST_VALUES) return;
    const matrices = new Map(
      texts.map(({ encoding, length, states }) => [
        nameOf(encoding.ids),
        { dims: [length, states.length / length], data: states },
      ]),
    );
    try {
      // What crashes left, and what is of another encoder.
      for (const name of await readdir(this.folder).catch(() => [] as string[]))
        await rm(join(this.folder, name), { recursive: true, force: true });
      // Of the folder above, which the job's lock is in.
      const { bavail, bsize } = await statfs(join(this.folder, ".."));
      if (bavail * bsize >= ROOM) await writeMatrices(this.#file, { beside: {}, matrices });
    } catch {
      return;
    }
  }
}
