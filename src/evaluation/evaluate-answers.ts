/** Measures answers on SQuAD v1.1: each question on its own paragraph, and over all paragraphs as one file. */
import { join } from "node:path";
import { readSquad, sample } from "./corpora";
import type { QuestionExample } from "./corpora";
import type { Engine, EvaluateOptions } from "./evaluate";
import { answerScore, share } from "./metrics";
import type { AnswerScore, Share } from "./metrics";

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
}

/** Questions under way at once, so that the process never waits for the next. */
const QUESTIONS = 8;
/** Questions answered over the whole file: each costs a second. */
export const FILE_QUESTIONS = 200;
/** Questions of one request for rankings. */
const RANKED = 64;

async function examplesOf({ data, limit, seed = 0 }: EvaluateOptions): Promise<{
  readonly all: readonly QuestionExample[];
  readonly drawn: readonly QuestionExample[];
}> {
  const all = await readSquad(join(data, "squad", "dev-v1.1.json"));
  return { all, drawn: sample(all, limit, seed) };
}

async function answersOf(
  engine: Engine,
  examples: readonly QuestionExample[],
  contextsOf: (example: QuestionExample) => readonly string[],
  what: string,
  { signal, onProgress }: EvaluateOptions,
): Promise<AnswerScore> {
  const said = examples.map(() => "");
  const left = examples.entries();
  let done = 0;
  const ask = async (): Promise<void> => {
    // All share the iterator: each takes the next question when it is done with one.
    for (const [index, example] of left as IterableIterator<[number, QuestionExample]>) {
      const options = { top: 1, document: what, ...(signal && { signal }) };
      const [answer] = await engine.ask(example.question, contextsOf(example), options);
      said[index] = answer?.text ?? "";
      onProgress?.(what, ++done, examples.length);
    }
  };
  await Promise.all(Array.from({ length: QUESTIONS }, ask));
  return answerScore(
    said,
    examples.map(({ answers }) => answers),
  );
}

/** Measures answers on SQuAD v1.1's development questions, each with its paragraph as the only context. @throws {CorpusError}; what the engine throws. */
export async function evaluateSquad(engine: Engine, options: EvaluateOptions): Promise<AnswerScore> {
  const { drawn } = await examplesOf(options);
  return answersOf(engine, drawn, ({ context }) => [context], "SQuAD v1.1 dev", options);
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
  };
}
