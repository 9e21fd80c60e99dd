/** Tags of tokens to entities with their places in the text. */
import type { Alternative } from "../../documents/labelled";
import { marksEnd } from "../../text/marks";
import type { Span } from "../../text/span";
import { insideWord } from "../../text/word-borders";
import { alternativeTo, apart, probabilities, runs, transitions, viterbi } from "./bio";
import { entropyOf } from "./entropy";
import { classCount } from "../manifest/manifest";
import type { Decoder } from "../manifest/manifest";
import type { Row } from "../rows";
import type { Encoding } from "../tokenizer/encoding";

/** An entity: UTF-16 span in its segment, type, and mean probability of its words' tags. */
export interface Entity extends Span {
  readonly label: string;
  readonly score: number;
  /** What it is if not that; absent where the model has one label and no other tag. */
  readonly alternative?: Alternative;
  /** The mean entropy of its words' tags, 0 to 1 (token entropy, Settles and Craven 2008). */
  readonly entropy: number;
}

/**
 * Collects the token logits of one segment, window by window, and reads the entities off them. A word is labelled by its first
 * piece, as in training; words are the caller's where the text is already split, else the tokenizer's, put together where it cuts inside a word of the text.
 */
export class EntityReader {
  /** First token of each unit, and the unit's place in the text. */
  readonly #firstTokens: number[] = [];
  readonly #spans: Span[] = [];
  /** Logits of each unit's first token [units × classes], and how far inside its window that token was. */
  readonly #logits: Float32Array;
  readonly #depth: Int32Array;

  constructor(
    item: { readonly text: string; readonly words?: readonly Span[] },
    private readonly encoding: Encoding,
    private readonly decoder: Decoder,
  ) {
    if (item.words) this.#useWords(item.words);
    else this.#useTokenizerWords(item.text);
    this.#logits = new Float32Array(this.#spans.length * classCount(decoder));
    this.#depth = new Int32Array(this.#spans.length).fill(-1);
  }

  /** Takes the logits of one window: the row's first own token is at `at`. Where windows overlap, the more central reading counts. */
  add(row: Row, logits: Float32Array, at: number): void {
    const n = classCount(this.decoder);
    const end = row.from + row.count;
    for (let unit = 0; unit < this.#firstTokens.length; unit++) {
      const token = this.#firstTokens[unit]!;
      if (token < row.from || token >= end) continue;
      const left = row.from === 0 ? Infinity : token - row.from;
      const right = end === this.encoding.ids.length ? Infinity : end - 1 - token;
      const depth = Math.min(left, right, 1 << 30);
      if (depth <= this.#depth[unit]!) continue;
      this.#depth[unit] = depth;
      const from = at + (token - row.from) * n;
      this.#logits.set(logits.subarray(from, from + n), unit * n);
    }
  }

  /** The entities, in order, without overlap. */
  finish(): Entity[] {
    const tags = this.decoder.labels;
    const n = tags.length;
    const units = this.#spans.length;
    const found = new Float32Array(units * n);
    const classes = classCount(this.decoder);
    for (let unit = 0; unit < units; unit++) probabilities(this.decoder, this.#logits, unit * classes, found, unit * n);
    // Before the path is found, which may put two tags together.
    const entropies = this.#spans.map((_, unit) =>
      entropyOf(found.subarray(unit * n, (unit + 1) * n), this.decoder.independent),
    );
    const path = this.decoder.insideBegins ? loosePath(found, units, tags) : strictPath(found, units, tags);
    return runs(path, found, tags).map(({ start, end, label, score }) => {
      const alternative = alternativeTo({ start, end, label }, found, tags);
      return {
        start: this.#spans[start]!.start,
        end: this.#spans[end - 1]!.end,
        label,
        score,
        ...(alternative && { alternative }),
        entropy: entropies.slice(start, end).reduce((sum, own) => sum + own, 0) / (end - start),
      };
    });
  }

  #useTokenizerWords(text: string): void {
    const { words, starts, ends } = this.encoding;
    for (let i = 0; i < words.length;) {
      let j = i + 1;
      while (j < words.length && (words[j] === words[i] || insideWord(text, ends[j - 1]!, starts[j]!))) j++;
      // A word of white space alone, which some tokenizers have, is none.
      if (ends[j - 1]! > starts[i]!) {
        this.#firstTokens.push(i);
        this.#spans.push({ start: starts[i]!, end: marksEnd(text, ends[j - 1]!) });
      }
      i = j;
    }
  }

  #useWords(words: readonly Span[]): void {
    const { starts } = this.encoding;
    let token = 0;
    for (const word of words) {
      while (token < starts.length && starts[token]! < word.start) token++;
      // A word of characters the tokenizer drops has no token, and no label.
      if (token >= starts.length || starts[token]! >= word.end) continue;
      this.#firstTokens.push(token);
      this.#spans.push(word);
    }
  }
}

const logarithms = (values: Float32Array): Float32Array => values.map((p) => Math.log(Math.max(p, 1e-30)));

function strictPath(found: Float32Array, units: number, tags: readonly string[]): Int32Array {
  return viterbi(logarithms(found), units, transitions(tags));
}

/**
 * The path where an entity may begin with I-, read as the B- it means: after another type the probability of B- is that of both. Writes the
 * probability each beginning was given to `found`.
 */
function loosePath(found: Float32Array, units: number, tags: readonly string[]): Int32Array {
  const n = tags.length;
  const beginning = found.slice();
  for (const [t, tag] of tags.entries()) {
    const inside = tag.startsWith("B-") ? tags.indexOf(`I-${tag.slice(2)}`) : -1;
    if (inside >= 0) for (let at = t; at < found.length; at += n) beginning[at]! += found[at - t + inside]!;
  }
  const parted = apart(tags);
  // There B- is written between two names of a type alone, and is as sure as any tag.
  const path = viterbi(logarithms(found), units, transitions(tags, 0), {
    logProbabilities: logarithms(beginning),
    apart: parted,
  });
  for (let unit = 0; unit < units; unit++)
    if (unit === 0 || parted[path[unit - 1]!]![path[unit]!])
      found[unit * n + path[unit]!] = beginning[unit * n + path[unit]!]!;
  return path;
}
