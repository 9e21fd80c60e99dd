/** Scores as the field counts them: accuracy, strict entity F1, SQuAD's exact match and F1. Every score carries its exact counts. */
import { decodeTags } from "../text/tags";

/** `correct` of `total`; `value` is 0 where there is nothing to count. */
export interface Share {
  readonly value: number;
  readonly correct: number;
  readonly total: number;
}

/** A share, with its value from 0 to 1. */
export function share(correct: number, total: number): Share {
  return { value: total === 0 ? 0 : correct / total, correct, total };
}

/** An entity in a sentence of words: first word, word after the last, type. */
export interface WordEntity {
  readonly from: number;
  readonly to: number;
  readonly type: string;
}

/** Precision, recall and F1 from 0 to 1 (0 where there is nothing to count), with the counts they come from. */
export interface EntityScore {
  readonly f1: number;
  readonly precision: number;
  readonly recall: number;
  readonly correct: number;
  readonly found: number;
  readonly reference: number;
}

/** {@link EntityScore} over all types together, and of each type. */
export interface EntityScores extends EntityScore {
  readonly types: Readonly<Record<string, EntityScore>>;
}

function entityScore(correct: number, found: number, reference: number): EntityScore {
  const ratio = (count: number, of: number): number => (of === 0 ? 0 : count / of);
  return {
    f1: ratio(2 * correct, found + reference),
    precision: ratio(correct, found),
    recall: ratio(correct, reference),
    correct,
    found,
    reference,
  };
}

/**
 * The entities of one sentence's tags in any scheme, in order. A stray I- (after O or another type) opens an entity, as in `conlleval` (Tjong
 * Kim Sang & De Meulder 2003).
 */
export function entitiesOf(tags: readonly string[]): WordEntity[] {
  // Where nothing is said of what is astray, IOB1 reads every scheme.
  const { entities } = decodeTags(tags, "IOB1");
  return entities.map(({ first, last, label }) => ({ from: first, to: last + 1, type: label }));
}

/**
 * Strict, micro-averaged: an entity counts as right if first word, last word and type are those of the reference (CoNLL-2003's measure).
 * @throws {RangeError} when the numbers of sentences differ.
 */
export function entityScores(
  predicted: readonly (readonly WordEntity[])[],
  reference: readonly (readonly WordEntity[])[],
): EntityScores {
  if (predicted.length !== reference.length)
    throw new RangeError(`${predicted.length} sentences cannot be compared with ${reference.length}.`);
  const counts = new Map<string, { correct: number; found: number; reference: number }>();
  const of = (type: string): { correct: number; found: number; reference: number } => {
    let count = counts.get(type);
    if (!count) counts.set(type, (count = { correct: 0, found: 0, reference: 0 }));
    return count;
  };
  const key = ({ from, to, type }: WordEntity): string => `${from} ${to} ${type}`;
  for (const [index, sentence] of reference.entries()) {
    const right = new Set(sentence.map(key));
    const said = new Map(predicted[index]!.map((entity) => [key(entity), entity]));
    for (const { type } of sentence) of(type).reference++;
    for (const [name, { type }] of said) {
      of(type).found++;
      if (right.has(name)) of(type).correct++;
    }
  }
  const all = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const sum = (field: "correct" | "found" | "reference"): number => all.reduce((n, [, count]) => n + count[field], 0);
  return {
    ...entityScore(sum("correct"), sum("found"), sum("reference")),
    types: Object.fromEntries(all.map(([type, c]) => [type, entityScore(c.correct, c.found, c.reference)])),
  };
}

/** Mean exact match and F1 from 0 to 1 over `total` questions. */
export interface AnswerScore {
  readonly exactMatch: number;
  readonly f1: number;
  readonly total: number;
}

/** Python's `string.punctuation`, which the official script removes. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Articles as whole words; Python's `\b` and `\w` know letters and digits of every script, JavaScript's only ASCII's. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** Characters at which Python's `str.split()` splits. */
// eslint-disable-next-line no-control-regex
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;

function answerWords(text: string): string[] {
  const bare = text.toLowerCase().replace(PUNCTUATION, "").replace(ARTICLES, " ");
  return bare.split(BLANKS).filter((word) => word !== "");
}

/** Lower case, no ASCII punctuation, no articles, single spaces: `normalize_answer` of the official SQuAD v1.1 script (`evaluate-v1.1.py`). */
export function normaliseAnswer(text: string): string {
  return answerWords(text).join(" ");
}

/** Overlap of the normalised words from 0 to 1, `f1_score` of the official SQuAD v1.1 script: 0 where no word is shared. */
export function answerF1(predicted: string, reference: string): number {
  const [said, right] = [answerWords(predicted), answerWords(reference)];
  const left = new Map<string, number>();
  for (const word of right) left.set(word, (left.get(word) ?? 0) + 1);
  let common = 0;
  for (const word of said) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    common++;
  }
  return common === 0 ? 0 : (2 * common) / (said.length + right.length);
}

/**
 * Best over each question's reference answers, averaged (SQuAD v1.1).
 * @throws {RangeError} when the numbers of questions differ.
 */
export function answerScore(predicted: readonly string[], references: readonly (readonly string[])[]): AnswerScore {
  const total = references.length;
  if (predicted.length !== total)
    throw new RangeError(`${predicted.length} answers cannot be compared with ${total} questions.`);
  let exact = 0;
  let f1 = 0;
  for (const [index, answers] of references.entries()) {
    const said = predicted[index]!;
    if (answers.some((answer) => normaliseAnswer(answer) === normaliseAnswer(said))) exact++;
    f1 += Math.max(0, ...answers.map((answer) => answerF1(said, answer)));
  }
  return { exactMatch: total === 0 ? 0 : exact / total, f1: total === 0 ? 0 : f1 / total, total };
}
