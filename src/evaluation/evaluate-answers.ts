/** Measures answers on SQuAD v1.1: each question on its own paragraph, and over all paragraphs as one file. */
import { join } from "node:path";
import type { Answer } from "../engine/protocol";
import { CorpusError, readLines, readSquad, sample } from "./corpora";
import type { QuestionExample } from "./corpora";
import type { Engine, EvaluateOptions } from "./evaluate";
import { answerScore, share } from "./metrics";
import type { AnswerScore, Share } from "./metrics";
import { noAnswerScores } from "./no-answer";
import type { Judged, NoAnswerScores } from "./no-answer";

/** How often the gold paragraph is among the first 5 and 20 of those a search finds. */
export interface Recall {
  readonly at5: Share;
  readonly at20: Share;
}

/** All paragraphs of SQuAD v1.1 dev as one file. */
export interface FileScores {
  readonly paragraphs: number;
  readonly recall: { readonly words: Recall; readonly meaning: Recall; readonly both: Recall };
  /** On at most {@link FILE_QUESTIONS} of the questions. */
  readonly answers: AnswerScore;
  /** The same questions, each on its own paragraph. */
  readonly alone: AnswerScore;
}

/** Questions under way at once, so that the process never waits for the next. */
const QUESTIONS = 8;
/** Questions answered over the whole file: each costs half a second. With 200 the share of {@link FileScores.alone} that is left was 5 points off. */
const FILE_QUESTIONS = 1000;
/** Questions of one request for rankings. */
const RANKED = 64;

async function examplesOf({ data, limit, seed = 0 }: EvaluateOptions): Promise<{
  readonly all: readonly QuestionExample[];
  readonly drawn: readonly QuestionExample[];
}> {
  const all = await readSquad(join(data, "squad", "dev-v1.1.json"));
  return { all, drawn: sample(all, limit, seed) };
}

/** The best answer to each question; undefined where there is no text to answer from. */
async function bestAnswers(
  engine: Engine,
  examples: readonly QuestionExample[],
  contextsOf: (example: QuestionExample) => readonly string[],
  what: string,
  { signal, onProgress }: EvaluateOptions,
): Promise<(Answer | undefined)[]> {
  const best = examples.map((): Answer | undefined => undefined);
  const left = examples.entries();
  let done = 0;
  const ask = async (): Promise<void> => {
    // All share the iterator: each takes the next question when it is done with one.
    for (const [index, example] of left as IterableIterator<[number, QuestionExample]>) {
      const options = { top: 1, document: what, ...(signal && { signal }) };
      [best[index]] = await engine.ask(example.question, contextsOf(example), options);
      onProgress?.(what, ++done, examples.length);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS }, ask));
  return best;
}

async function answersOf(
  engine: Engine,
  examples: readonly QuestionExample[],
  contextsOf: (example: QuestionExample) => readonly string[],
  what: string,
  options: EvaluateOptions,
): Promise<AnswerScore> {
  const best = await bestAnswers(engine, examples, contextsOf, what, options);
  return answerScore(
    best.map((answer) => answer?.text ?? ""),
    examples.map(({ answers }) => answers),
  );
}

/** Measures answers on SQuAD v1.1's development questions, each with its paragraph as the only context. @throws {CorpusError}; what the engine throws. */
export async function evaluateSquad(engine: Engine, options: EvaluateOptions): Promise<AnswerScore> {
  const { drawn } = await examplesOf(options);
  return answersOf(engine, drawn, ({ context }) => [context], "SQuAD v1.1 dev", options);
}

/**
 * Measures how questions without an answer are told from those with one, on the articles of SQuAD's training set that no run trains on: as many of each
 * kind as there are of the rarer one.
 * @throws {CorpusError}; what the engine throws.
 */
export async function evaluateNoAnswer(engine: Engine, options: EvaluateOptions): Promise<NoAnswerScores> {
  const { data, limit, seed = 0, heldOut } = options;
  if (heldOut === undefined) throw new CorpusError("The list of articles that are held out is not named.");
  const titles = new Set(await readLines(heldOut));
  const kind = async (file: string): Promise<readonly QuestionExample[]> =>
    (await readSquad(join(data, "squad", file))).filter(({ title }) => titles.has(title));
  const [answerable, unanswerable] = await Promise.all([kind("train-v1.1.json"), kind("train-noanswer.json")]);
  const count = Math.min(answerable.length, unanswerable.length, limit ?? Infinity);
  const examples = [answerable, unanswerable].flatMap((list) => sample(list, count, seed));
  const best = await bestAnswers(engine, examples, ({ context }) => [context], "SQuAD, articles held out", options);
  const rows = examples.map(({ title, answers }, index): Judged => {
    const answer = best[index];
    const margin = answer === undefined ? -Infinity : Math.log(answer.score) - Math.log(answer.noAnswer);
    const f1 = answer === undefined ? 0 : answerScore([answer.text], [answers]).f1;
    const noAnswer = answer?.noAnswer ?? 1;
    return { group: title, answerable: answers.length > 0, noAnswer, margin, f1 };
  });
  return noAnswerScores(rows);
}

/** Measures answers over all paragraphs of SQuAD v1.1's development set, and how they are found. @throws {CorpusError}; what the engine throws. */
export async function evaluateSquadFile(engine: Engine, options: EvaluateOptions): Promise<FileScores> {
  const { signal, onProgress, seed = 0 } = options;
  const what = "all paragraphs of SQuAD dev";
  const { all, drawn } = await examplesOf(options);
  const contexts = [...new Set(all.map(({ context }) => context))];
  const place = new Map(contexts.map((context, index) => [context, index]));
  const common = { document: what, ...(signal && { signal }) };
  await engine.index(contexts, {
    ...common,
    onProgress: (done, total) => onProgress?.(`${what}, indexed`, done, total),
  });
  const hits = { words: [0, 0], meaning: [0, 0], both: [0, 0] };
  for (let from = 0; from < drawn.length; from += RANKED) {
    const part = drawn.slice(from, from + RANKED);
    const found = await engine.rank(
      part.map(({ question }) => question),
      contexts,
      20,
      common,
    );
    part.forEach(({ context }, i) => {
      const gold = place.get(context)!;
      for (const by of ["words", "meaning", "both"] as const) {
        const rank = found[i]![by].indexOf(gold);
        if (rank < 0) continue;
        if (rank < 5) hits[by][0]!++;
        hits[by][1]!++;
      }
    });
    onProgress?.(`${what}, searched`, from + part.length, drawn.length);
  }
  const recall = ([at5, at20]: number[]): Recall => ({
    at5: share(at5!, drawn.length),
    at20: share(at20!, drawn.length),
  });
  const asked = sample(drawn, FILE_QUESTIONS, seed);
  const answers = await answersOf(engine, asked, () => contexts, what, options);
  return {
    paragraphs: contexts.length,
    recall: { words: recall(hits.words), meaning: recall(hits.meaning), both: recall(hits.both) },
    answers,
    alone: await answersOf(engine, asked, ({ context }) => [context], `${what}, each on its own`, options),
  };
}
