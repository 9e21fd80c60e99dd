/** A question over the passages of a document: chosen, read together with the question, answers ranked. */
import { QUESTION_TASKS } from "../documents/tasks";
import { planAnswers } from "../model/tasks/answering";
import { ModelError } from "../model/errors";
import { questionTask } from "../model/manifest/manifest";
import { append } from "../text/grouped";
import {
  distinct,
  encodeAsked,
  encodeContexts,
  indexWords,
  rankings,
  readable,
  URGENT_BATCH_TOKENS,
} from "./candidates";
import type { Parts } from "./candidates";
import { batchTokens, planningTokens } from "./batch-size";
import { comparable } from "./comparable";
import { CANDIDATES } from "./options";
import type { Answer, Work } from "./protocol";
import type { JobStep } from "./queue";

type Ask = Extract<Work, { kind: "ask" }>;

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
 * @throws {ModelError} `model-unsupported` when the model cannot answer.
 */
export function planAsk(parts: Parts, work: Ask, onProgress: (done: number, total: number) => void): Asking {
  const { manifest } = parts.model;
  if (questionTask(manifest) === undefined) {
    const lacks = QUESTION_TASKS.join(" or ");
    throw new ModelError(
      "model-unsupported",
      `${manifest.name} cannot answer questions: it has no decoder for ${lacks}.`,
    );
  }
  const answers: Answer[] = [];
  return {
    steps: ask(parts, work, onProgress, answers),
    answers: () => byScore(answers).slice(0, work.top),
  };
}

function* ask(
  parts: Parts,
  work: Ask,
  onProgress: (done: number, total: number) => void,
  answers: Answer[],
): Generator<JobStep> {
  const { contexts, question } = work;
  let chosen = distinct(contexts, readable(work));
  const candidates = work.candidates ?? CANDIDATES;
  const many = chosen.length > candidates;
  if (many) {
    const asked = parts.model.network.embed ? yield* encodeAsked(parts, question) : undefined;
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
  let done = 0;
  const progress = (count: number): void => onProgress((done += count), chosen.length);
  const found = yield* read(parts, work, chosen, progress);
  append(answers, comparable(found, many ? chosen : []));
}

/** Reads contexts with the question; each that stopped the process once alone. Returns the answers. */
function* read(
  { begin, model }: Parts,
  { contexts, apart, question, top, borders }: Ask,
  chosen: readonly number[],
  progress: (count: number) => void,
): Generator<JobStep, Answer[]> {
  const alone = new Set(apart);
  const task = questionTask(model.manifest);
  const { noAnswerThreshold = 0 } = (task && model.manifest.tasks[task]) ?? {};
  const lenience = Math.exp(-noAnswerThreshold);
  const answers: Answer[] = [];
  const groups = [chosen.filter((i) => !alone.has(i)), ...chosen.filter((i) => alone.has(i)).map((i) => [i])];
  for (const group of groups) {
    // Planning tokenises: that, too, a text may not survive.
    const texts = group.map((i) => contexts[i]!);
    if (group.length > 0) begin(group, planningTokens([question, ...texts]));
    const inside = group.map((i) => borders?.[i] ?? []);
    for (const step of planAnswers(model, question, texts, top, URGENT_BATCH_TOKENS, inside))
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
