/** BIO2-constrained decoding: the best tag sequence in which I-X follows only B-X or I-X (Viterbi over transitions). */

import type { Alternative } from "../../documents/labelled";
import { classCount } from "../manifest/manifest";
import type { Decoder } from "../manifest/manifest";

/** A labelled run of words, `end` excluded. `score` is the mean probability of its words' tags. */
export interface TaggedRun {
  readonly start: number;
  readonly end: number;
  readonly label: string;
  readonly score: number;
}

/**
 * What it takes off a path's log-probability that a name begins right after one of its type: two such names seldom stand side by side without a comma, and a
 * long name was given two marks. Chosen on CoNLL-2003's validation part (F1 93.0 to 93.3; on its test part 88.7 to 88.9).
 */
export const SIDE_BY_SIDE = 2;

/**
 * What is added to a path's log-probability where one tag follows another, −∞ where it may not, and where one comes first. Rows: previous tag; the last row:
 * start of the sequence.
 */
export function transitions(tags: readonly string[], sideBySide = SIDE_BY_SIDE): number[][] {
  const of = (previous: string | undefined, next: string): number => {
    const same = previous !== undefined && previous !== "O" && previous.slice(2) === next.slice(2);
    if (next.startsWith("I-")) return same ? 0 : -Infinity;
    return same ? -sideBySide : 0;
  };
  return [...tags.map((p) => tags.map((n) => of(p, n))), tags.map((n) => of(undefined, n))];
}

/** Which tags are of another type than the one before them, `O` included. Rows: previous tag. */
function apart(tags: readonly string[]): boolean[][] {
  return tags.map((p) => tags.map((n) => p.slice(2) !== n.slice(2)));
}

/**
 * Best path through log-probabilities [words × tags] (row-major). Returns a tag index per word.
 * @param beginning log-probabilities of tags that follow another type, `O` or nothing, where they differ (IOB1): see {@link apart}.
 */
export function viterbi(
  logProbabilities: Float32Array,
  words: number,
  steps: readonly (readonly number[])[],
  beginning?: { readonly logProbabilities: Float32Array; readonly apart: readonly (readonly boolean[])[] },
): Int32Array {
  const n = steps.length - 1;
  const path = new Int32Array(words);
  if (words === 0) return path;
  let best = new Float64Array(n);
  const back = new Int32Array(words * n);
  const first = beginning?.logProbabilities ?? logProbabilities;
  for (let t = 0; t < n; t++) best[t] = first[t]! + steps[n]![t]!;
  for (let w = 1; w < words; w++) {
    const next = new Float64Array(n);
    for (let t = 0; t < n; t++) {
      let top = -Infinity;
      let from = 0;
      const at = w * n + t;
      for (let p = 0; p < n; p++) {
        const own = beginning?.apart[p]![t] ? beginning.logProbabilities[at]! : logProbabilities[at]!;
        const whole = best[p]! + own + steps[p]![t]!;
        if (whole > top) {
          top = whole;
          from = p;
        }
      }
      next[t] = top;
      back[at] = from;
    }
    best = next;
  }
  let tag = best.indexOf(Math.max(...best));
  for (let w = words - 1; w >= 0; w--) {
    path[w] = tag;
    tag = back[w * n + tag]!;
  }
  return path;
}

const logarithms = (values: Float32Array): Float32Array => values.map((p) => Math.log(Math.max(p, 1e-30)));

/** What is known of a tag set: its {@link transitions}, those where an entity may begin with I-, and which tags are {@link apart}. */
interface Steps {
  readonly strict: number[][];
  readonly loose: number[][];
  readonly apart: boolean[][];
}

const stepsKnown = new WeakMap<readonly string[], Steps>();

/** Worked out once for a tag set: sentences are read by the thousand. */
function stepsOf(tags: readonly string[]): Steps {
  const known = stepsKnown.get(tags);
  if (known !== undefined) return known;
  // Where an entity may begin with I-, B- is written between two names of a type alone, and is as sure as any tag.
  const steps = { strict: transitions(tags), loose: transitions(tags, 0), apart: apart(tags) };
  stepsKnown.set(tags, steps);
  return steps;
}

/**
 * The best path through the probabilities of words [words × tags].
 * @param insideBegins an entity may begin with I-, read as the B- it means: after another type the probability of B- is that of both, which is written to `found`.
 */
export function bestPath(found: Float32Array, tags: readonly string[], insideBegins: boolean): Int32Array {
  const n = tags.length;
  const words = found.length / n;
  const { strict, loose, apart: parted } = stepsOf(tags);
  if (!insideBegins) return viterbi(logarithms(found), words, strict);
  const beginning = found.slice();
  for (const [t, tag] of tags.entries()) {
    const inside = tag.startsWith("B-") ? tags.indexOf(`I-${tag.slice(2)}`) : -1;
    if (inside >= 0) for (let at = t; at < found.length; at += n) beginning[at]! += found[at - t + inside]!;
  }
  const path = viterbi(logarithms(found), words, loose, {
    logProbabilities: logarithms(beginning),
    apart: parted,
  });
  for (let word = 0; word < words; word++)
    if (word === 0 || parted[path[word - 1]!]![path[word]!])
      found[word * n + path[word]!] = beginning[word * n + path[word]!]!;
  return path;
}

/** Tag indices → runs of words with one label. `probabilities` [words × tags]. */
export function runs(path: Int32Array, probabilities: Float32Array, tags: readonly string[]): TaggedRun[] {
  const result: TaggedRun[] = [];
  const n = tags.length;
  for (let w = 0; w < path.length;) {
    const tag = tags[path[w]!]!;
    if (tag === "O") {
      w++;
      continue;
    }
    let end = w + 1;
    let sum = probabilities[w * n + path[w]!]!;
    while (end < path.length && tags[path[end]!] === `I-${tag.slice(2)}`) {
      sum += probabilities[end * n + path[end]!]!;
      end++;
    }
    result.push({ start: w, end, label: tag.slice(2), score: sum / (end - w) });
    w = end;
  }
  return result;
}

/**
 * What the words of a run would be if not what they are: another type, or none, whichever is more probable. Its score is made as the run's own is. Undefined
 * where there is no other tag.
 */
export function alternativeTo(
  { start, end, label }: Pick<TaggedRun, "start" | "end" | "label">,
  probabilities: Float32Array,
  tags: readonly string[],
): Alternative | undefined {
  const n = tags.length;
  const mean = (first: number, next: number): number => {
    let sum = 0;
    for (let w = start; w < end; w++) sum += probabilities[w * n + (w === start ? first : next)]!;
    return sum / (end - start);
  };
  let best: Alternative | undefined;
  for (const type of new Set(tags.map((tag) => tag.slice(2)))) {
    if (type === label) continue;
    const [outside, begins, inside] = [tags.indexOf("O"), tags.indexOf(`B-${type}`), tags.indexOf(`I-${type}`)];
    const score =
      type === "" ? mean(outside, outside) : mean(begins < 0 ? inside : begins, inside < 0 ? begins : inside);
    if (best === undefined || score > best.score) best = { ...(type !== "" && { label: type }), score };
  }
  return best;
}

/**
 * Probabilities of one row of logits, per label: softmax, or sigmoid where classes are independent; of classes that stand for one label, the sum.
 * @param at first logit of the row in `logits`; @param outAt first probability of the row in `out` [labels].
 */
export function probabilities(
  decoder: Pick<Decoder, "labels" | "classes" | "independent" | "temperature">,
  logits: Float32Array,
  at: number,
  out: Float32Array,
  outAt: number,
): void {
  const { labels, classes, independent, temperature } = decoder;
  const n = classCount(decoder);
  if (!classes && !independent) {
    softmax(logits, at, n, temperature, out, outAt);
    return;
  }
  // A class that is left out has no part in the softmax, either.
  const each = logits.slice(at, at + n);
  if (classes) for (let i = 0; i < n; i++) if (classes[i]! < 0) each[i] = -Infinity;
  if (independent) for (let i = 0; i < n; i++) each[i] = 1 / (1 + Math.exp(-each[i]! / temperature));
  else softmax(each, 0, n, temperature, each, 0);
  out.fill(0, outAt, outAt + labels.length);
  for (let i = 0; i < n; i++) {
    if (classes && classes[i]! < 0) continue;
    const label = outAt + (classes?.[i] ?? i);
    // Independent probabilities cannot be added: that of either is at least the larger.
    out[label] = independent ? Math.max(out[label]!, each[i]!) : out[label]! + each[i]!;
  }
}

/** Softmax of one row of logits divided by `temperature`, written to `out`, which may be `logits` at the same place. */
export function softmax(
  logits: Float32Array,
  at: number,
  n: number,
  temperature: number,
  out: Float32Array,
  outAt: number,
): void {
  let top = -Infinity;
  for (let i = 0; i < n; i++) top = Math.max(top, logits[at + i]!);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += out[outAt + i] = Math.exp((logits[at + i]! - top) / temperature);
  for (let i = 0; i < n; i++) out[outAt + i]! /= sum;
}
