/** Long lists in little memory. */
import { deserialize, serialize } from "node:v8";
import { deflateRawSync, inflateRawSync } from "node:zlib";

/** Units of {@link PackedList.add}'s size that are kept as they are: 4 MB of text, about. */
const OPEN = 4_000_000;
/** The fastest that zlib has: rows of JSON become a sixth of their length by it, and twice the time makes it a seventh. */
const LEVEL = 1;

/**
 * Values in the order in which they were added, to go through any number of times. Of a long list all but the end is packed in memory, so that an
 * export of 100 MB does not need all of its documents and rows at once; what comes out is then a copy.
 */
export class PackedList<T> implements Iterable<T> {
  readonly #packed: Buffer[] = [];
  #open: T[] = [];
  #size = 0;
  #length = 0;

  /** @param most the size from which values are packed. */
  constructor(private readonly most = OPEN) {}

  /** How many values there are. */
  get length(): number {
    return this.#length;
  }

  /** Whether the list is so long that some of it is packed. */
  get isLong(): boolean {
    return this.#packed.length > 0;
  }

  /** @param value what the structured clone algorithm can copy. @param size about how many characters it has. */
  add(value: T, size: number): void {
    this.#open.push(value);
    this.#length++;
    this.#size += size;
    if (this.#size < this.most) return;
    this.#packed.push(deflateRawSync(serialize(this.#open), { level: LEVEL }));
    this.#open = [];
    this.#size = 0;
  }

  *[Symbol.iterator](): Generator<T> {
    for (const some of this.#packed) yield* deserialize(inflateRawSync(some)) as T[];
    yield* this.#open;
  }
}
