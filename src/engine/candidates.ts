/** Chooses the passages of a document to read for a question. */
import { embedQuestion, planPassages } from "../model/tasks/passage-embeddings";
import type { Model } from "../model/model";
import { batchTokens, planningTokens } from "./batch-size";
import type { PassageCache } from "./passage-cache";
import type { DocumentPassages, Rankings } from "./protocol";
import type { JobStep } from "./queue";
import { fuse, nearest } from "./retrieval";

/** Tokens of a batch of the background: a keystroke's sentence waits no longer than for one of labels. */
export const BACKGROUND_BATCH_TOKENS = 256;
/** Tokens of a batch somebody waits for: about 100 ms on two cores, after which other urgent work may go first. */
export const URGENT_BATCH_TOKENS = 768;
/** Texts of one step of the index of words. */
const WORDS_STEP = 32;
/** Passages whose batches are planned together, so that tokenising a document does not hold up the process. */
const PLANNED = 32;
/** Ranks of each kind that are mixed: beyond them nothing is read. */
const DEPTH = 100;

/**
 * Weight of the ranking by embedding beside that by words, of 1: the built-in encoder was trained for tasks, and its embedding finds less than
 * words do. Of 0 to 1, this finds most passages among the first five on SQuADShifts (Wikipedia) without losing many of the first place.
 */
const MEANING_WEIGHT = 0.1;

/** The parts of the process that work on passages needs. */
export interface Parts {
  readonly model: Model;
  readonly cache: PassageCache;
  /** Announces that contexts are about to be run: their indices, and at most how many tokens. */
  readonly begin: (items: readonly number[], tokens: number) => void;
}

/** Contexts that are not set aside. */
export function readable({ contexts, without }: DocumentPassages): number[] {
  const left = new Set(without);
  return [...contexts.keys()].filter((i) => !left.has(i));
}

/** Steps that bring the index of words up to date. */
export function* indexWords({ cache, begin }: Parts, { document, contexts }: DocumentPassages): Generator<JobStep> {
  const index = { complete: false };
  while (!index.complete)
    yield {
      begin: () => begin([], WORDS_STEP),
      run: () => {
        index.complete = cache.words(document).update(contexts, WORDS_STEP);
        return Promise.resolve();
      },
    };
}

/**
 * Steps that encode contexts and keep them.
 * @param wanted indices of the contexts; each of them that stopped the process once is run alone.
 * @param onEncoded called with the number of contexts a step has finished.
 */
export function* encodeContexts(
  { model, cache, begin }: Parts,
  { contexts, apart }: DocumentPassages,
  wanted: readonly number[],
  budget: number,
  onEncoded: (count: number) => void,
): Generator<JobStep> {
  const alone = new Set(apart);
  const groups: number[][] = wanted.filter((i) => alone.has(i)).map((i) => [i]);
  const others = wanted.filter((i) => !alone.has(i));
  for (let from = 0; from < others.length; from += PLANNED) groups.push(others.slice(from, from + PLANNED));
  for (const group of groups) {
    const texts = group.map((i) => contexts[i]!);
    // Planning tokenises: that, too, a text may not survive.
    begin(group, planningTokens(texts));
    for (const step of planPassages(model, texts, budget))
      yield {
        begin: () =>
          begin(
            step.items.map((i) => group[i]!),
            batchTokens(
              step.items.map((i) => texts[i]!),
              budget,
            ),
          ),
        run: async () => {
          const encoded = await step.run();
          for (const [item, embedding] of encoded) cache.put(texts[item]!, embedding);
          onEncoded(encoded.size);
        },
      };
  }
}

/** The first of the indices of each text. */
export function distinct(contexts: readonly string[], indices: readonly number[]): number[] {
  const first = new Map<string, number>();
  for (const i of indices) if (!first.has(contexts[i]!)) first.set(contexts[i]!, i);
  return [...first.values()];
}

/**
 * Ranks a document's passages for a question. The index of words must be up to date.
 * @param question its embedding; absent where the model gives none.
 */
export function rankings(
  { cache }: Parts,
  { document, contexts, without }: DocumentPassages,
  words: string,
  question: Float32Array | undefined,
  top: number,
): Rankings {
  const left = new Set(without);
  const allowed = (i: number): boolean => !left.has(i);
  const depth = Math.max(top, DEPTH);
  const byWords = cache
    .words(document)
    .search(words, depth + left.size)
    .filter(allowed);
  const embeddings = question ? contexts.map((text, i) => (allowed(i) ? cache.embedding(text) : undefined)) : [];
  const byMeaning = question ? nearest(question, embeddings, depth) : [];
  const both = fuse([byWords, byMeaning], top, [1, MEANING_WEIGHT]);
  return { words: byWords.slice(0, top), meaning: byMeaning.slice(0, top), both };
}

/** Encodes a question; returns its embedding. */
export function* encodeAsked({ model, begin }: Parts, question: string): Generator<JobStep, Float32Array | undefined> {
  const result: { embedding?: Float32Array } = {};
  yield {
    begin: () => begin([], batchTokens([question], URGENT_BATCH_TOKENS)),
    run: async () => {
      result.embedding = await embedQuestion(model, question);
    },
  };
  return result.embedding;
}
