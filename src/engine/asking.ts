/** A question over the passages of a document: chosen, read by one reader or by two in turn, answers ranked. */
import { planAnswers } from "../model/answering";
import type { PassageAnswer } from "../model/answer-spans";
import { planCachedAnswers } from "../model/cached-answering";
import { ModelError } from "../model/errors";
import type { Step } from "../model/model";
import type { StateWindow } from "../model/passage-states";
import type { Reader } from "../model/readers";
import {
  distinct,
  encodeAsked,
  encodeContexts,
  indexWords,
  rankings,
  readable,
  URGENT_BATCH_TOKENS,
  type Parts,
} from "./candidates";
import { batchTokens, planningTokens } from "./batch-size";
import type { Answer, Work } from "./protocol";
import type { JobStep } from "./queue";

type Ask = Extract<Work, { kind: "ask" }>;

/** Passages each reader looks at by default: what two cores read in about a quarter of a second. */
export const CANDIDATES: Readonly<Record<Reader, number>> = { pair: 5, cached: 12, cascade: 8 };
/** Passages of a cascade that the pair reader looks at by default. */
export const REREAD = 3;
/** Of those, the share that the search alone chooses; the rest is the cached reader's choice. */
const BY_SEARCH = 2 / 3;
/** Passages that may still lack an embedding when a question is asked: as many as an edit or two leave behind. */
const CATCH_UP = 4;

/** What to do with a question, and what came of it. */
export interface Asking {
  readonly steps: Iterable<JobStep>;
  /** Best first, once all steps have run. */
  readonly answers: () => Answer[];
}

/**
 * Plans a question.
 * @param onProgress passages read so far, and to read in all.
 * @throws ModelError `model-unsupported` when the model cannot answer, or not with that reader.
 */
export function planAsk(parts: Parts, work: Ask, onProgress: (done: number, total: number) => void): Asking {
  const { manifest } = parts.model;
  const decoder = manifest.tasks.answers;
  if (!decoder)
    throw new ModelError(
      "model-unsupported",
      `${manifest.name} cannot answer questions: it has no decoder for answers.`,
    );
  const reader = work.reader ?? decoder.read ?? "pair";
  if (reader !== "pair" && !decoder.cached)
    throw new ModelError(
      "model-unsupported",
      `${manifest.name} has no decoder of cached passages, which the reader "${reader}" needs. Choose the reader "pair".`,
    );
  const answers: Answer[] = [];
  return {
    steps: ask(parts, work, reader, onProgress, answers),
    answers: () => byScore(answers).slice(0, work.top),
  };
}

function* ask(
  parts: Parts,
  work: Ask,
  reader: Reader,
  onProgress: (done: number, total: number) => void,
  answers: Answer[],
): Generator<JobStep> {
  const { contexts, question } = work;
  const reread = work.reread ?? REREAD;
  let chosen = distinct(contexts, readable(work));
  const candidates = work.candidates ?? CANDIDATES[reader];
  const hasCached = reader !== "pair" && !(reader === "cascade" && chosen.length <= reread);
  const many = chosen.length > candidates;
  const asked = parts.model.network.passages && (hasCached || many) ? yield* encodeAsked(parts, question) : undefined;
  if (many) {
    yield* indexWords(parts, work);
    const unknown = chosen.filter((i) => !parts.cache.embedding(contexts[i]!));
    if (asked && unknown.length <= CATCH_UP)
      yield* encodeContexts(parts, work, unknown, URGENT_BATCH_TOKENS, () => undefined);
    // Embeddings of a part would favour that part.
    const complete = unknown.length <= CATCH_UP;
    const { both } = rankings(parts, work, question, complete ? asked : undefined, candidates);
    const filled = new Set(distinct(contexts, both));
    for (const i of chosen) if (filled.size < candidates) filled.add(i);
    chosen = [...filled];
  }
  const weight = priors(many ? chosen : []);

  const pairs = reader === "cached" ? 0 : reader === "cascade" ? Math.min(reread, chosen.length) : chosen.length;
  let done = 0;
  let total = (hasCached ? chosen.length : 0) + pairs;
  const progress = (count: number): void => onProgress((done += count), total);

  if (hasCached) {
    const windows = new Map<number, readonly StateWindow[]>();
    const missing = chosen.filter((i) => !parts.cache.windows(contexts[i]!));
    total += missing.length;
    for (const i of chosen) {
      const known = parts.cache.windows(contexts[i]!);
      if (known) windows.set(i, known);
    }
    yield* encodeContexts(parts, work, missing, URGENT_BATCH_TOKENS, progress, (i, list) => windows.set(i, list));
    const found = yield* read(parts, work, chosen, progress, (group, budget) =>
      planCachedAnswers(
        parts.model,
        asked!,
        group.map((i) => ({ text: contexts[i]!, windows: windows.get(i) ?? [], borders: work.borders?.[i] })),
        work.top,
        budget,
      ),
    );
    if (reader === "cached") {
      answers.push(...found.map(weight));
      return;
    }
    const liked = byScore(found.map(weight)).map(({ context }) => context);
    chosen = [...new Set([...chosen.slice(0, many ? Math.round(BY_SEARCH * pairs) : 0), ...liked, ...chosen])].slice(
      0,
      pairs,
    );
  }
  const found = yield* read(parts, work, chosen, progress, (group, budget) =>
    planAnswers(
      parts.model,
      question,
      group.map((i) => contexts[i]!),
      work.top,
      budget,
      group.map((i) => work.borders?.[i] ?? []),
    ),
  );
  answers.push(...found.map(weight));
}

/**
 * Weighs an answer by how likely its passage is to hold the answer, from its place in the search: 1 / rank. Readers are trained on passages that mostly do,
 * and are too sure of answers in those that do not.
 * @param found the contexts as the search ranked them; empty when there was none, and every passage weighs the same.
 */
function priors(found: readonly number[]): (answer: Answer) => Answer {
  const ranks = new Map(found.map((context, place) => [context, place + 1]));
  return (answer) => {
    const rank = ranks.get(answer.context) ?? 1;
    return { ...answer, score: answer.score / rank, noAnswer: answer.noAnswer / rank };
  };
}

/** Runs a reader over contexts; each that stopped the process once alone. Returns the answers. */
function* read(
  { begin, model }: Parts,
  { contexts, apart, question }: Ask,
  chosen: readonly number[],
  progress: (count: number) => void,
  plan: (group: readonly number[], budget: number) => Step<PassageAnswer[]>[],
): Generator<JobStep, Answer[]> {
  const alone = new Set(apart);
  const lenience = Math.exp(-(model.manifest.tasks.answers?.noAnswerThreshold ?? 0));
  const answers: Answer[] = [];
  const groups = [chosen.filter((i) => !alone.has(i)), ...chosen.filter((i) => alone.has(i)).map((i) => [i])];
  for (const group of groups) {
    // Planning tokenises: that, too, a text may not survive.
    const texts = group.map((i) => contexts[i]!);
    if (group.length > 0) begin(group, planningTokens([question, ...texts]));
    for (const step of plan(group, URGENT_BATCH_TOKENS))
      yield {
        begin: () =>
          begin(
            step.items.map((item) => group[item]!),
            // Each passage is read with the question.
            batchTokens(
              step.items.flatMap((item) => [question, texts[item]!]),
              URGENT_BATCH_TOKENS,
            ),
          ),
        run: async () => {
          const results = await step.run();
          for (const [item, found] of results) {
            const context = group[item]!;
            for (const { start, end, score, noAnswer } of found)
              answers.push({
                ...{ context, start, end, score },
                noAnswer: noAnswer * lenience,
                text: contexts[context]!.slice(start, end),
              });
          }
          progress(results.size);
        },
      };
  }
  return answers;
}

function byScore(answers: readonly Answer[]): Answer[] {
  return [...answers].sort((a, b) => b.score - a.score || a.context - b.context || a.start - b.start);
}
