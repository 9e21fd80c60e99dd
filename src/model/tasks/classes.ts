/** Logits of a segment's rows to its class. */
import { probabilities } from "./bio";
import { classCount } from "../manifest/manifest";
import type { Decoder } from "../manifest/manifest";
import type { Row } from "../rows";
import { entropyOf } from "./entropy";

/** The class of a whole segment. */
export interface Classification {
  /** The most probable one. */
  readonly label: string;
  readonly score: number;
  /** The probability of every label by name. */
  readonly scores: Readonly<Record<string, number>>;
  /** How far these are spread, 0 to 1 ({@link entropyOf}). */
  readonly entropy: number;
}

/** Collects the logits of one segment, window by window: each counts by its length. */
export class ClassReader {
  readonly #sums: Float32Array;
  readonly #found: Float32Array;
  /** Tokens of the windows so far. */
  #weight = 0;

  constructor(private readonly decoder: Decoder) {
    this.#sums = new Float32Array(decoder.labels.length);
    this.#found = new Float32Array(decoder.labels.length);
  }

  /** Takes the logits of one window, `row` of a batch: as many as there are classes for each row. */
  add({ count }: Row, logits: Float32Array, row: number): void {
    probabilities(this.decoder, logits, row * classCount(this.decoder), this.#found, 0);
    this.#weight += count;
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! += this.#found[i]! * count;
  }

  /** The class, by all windows. */
  finish(): Classification {
    const { labels } = this.decoder;
    const share = (i: number): number => this.#sums[i]! / this.#weight;
    const best = this.#sums.indexOf(Math.max(...this.#sums));
    const scores = Object.fromEntries(labels.map((label, i) => [label, share(i)]));
    const entropy = entropyOf(Object.values(scores), this.decoder.independent);
    return { label: labels[best]!, score: share(best), scores, entropy };
  }
}
