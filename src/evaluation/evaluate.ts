/** Measures a model on the corpora of the field, through the same engine that labels documents. */
import { join } from "node:path";
import type { EngineClient } from "../engine/client";
import type { EngineInfo, Segment, SegmentLabels } from "../engine/protocol";
import { labelsTogether } from "../engine/together";
import type { SaidSentence } from "../engine/together";
import { addTo } from "../text/grouped";
import type { LabelTask, Task } from "../documents/tasks";
import type { Span } from "../text/span";
import { CorpusError, readConll, readLines, readSst2, sample } from "./corpora";
import type { EntityExample } from "./corpora";
import { entityScores, share } from "./metrics";
import type { EntityScores, Share } from "./metrics";
import type { WordEntity } from "./metrics";

/** Corpora by the name used on the command line, and the task each measures. */
export const CORPORA = {
  sst2: "sentiment",
  conll2003: "entities",
  squad: "answers",
  "squad-noanswer": "answers",
  "squad-file": "answers",
  marks: "sentiment",
} as const satisfies Readonly<Record<string, Task>>;

/** A name of {@link CORPORA}. */
export type CorpusName = keyof typeof CORPORA;

/** What of the engine is needed. */
export type Engine = Pick<EngineClient, "label" | "ask" | "index" | "rank"> & { readonly info: EngineInfo };

/** What to measure on. */
export interface EvaluateOptions {
  /** Folder with `sst2/dev.tsv`, `sst5/objective.txt`, `conll2003/eng.testa` and `eng.testb`, `squad/dev-v1.1.json`, for `squad-noanswer` also SQuAD's `train-v1.1.json` and `train-noanswer.json`. */
  readonly data: string;
  /** Most examples of each file; all when absent. */
  readonly limit?: number;
  /** Draws the examples when there is a limit. */
  readonly seed?: number;
  /** Folder whose folders hold README files, such as `node_modules`: text with few opinions. */
  readonly readmes?: string;
  /** File with the titles of the articles that no run trains on, a line each. */
  readonly heldOut?: string;
  readonly signal?: AbortSignal;
  /** Called as work goes on. */
  readonly onProgress?: (what: string, done: number, total: number) => void;
}

/** SST-2 dev. */
export interface SentimentScores {
  /** Right among negative and positive, whatever the model's other labels got. */
  readonly accuracy: Share;
  /** Right among all labels of the model. */
  readonly strict: Share;
  /** Opinions that got the model's label for "no opinion"; absent if it has none. */
  readonly unmarked?: Share;
  /** Plain statements, not trained on, that got the label for "no opinion"; absent if the model has none or the file is missing. */
  readonly statements?: Share;
}

/** CoNLL-2003's development and test file. */
export interface ConllScores {
  readonly testa: EntityScores;
  readonly testb: EntityScores;
  /** `testb` in lower case. */
  readonly lower: EntityScores;
}

/** Segments a request: enough for sorting by length to pay. */
const SEGMENTS = 512;
const BATCH_TOKENS = 1024;
/** Sentences at the end of `objective.txt` that training leaves out. */
const HELD_BACK = 500;

/** Labels segments in requests that are worth their while. @throws {CorpusError} when one cannot be labelled; what the engine throws. */
export async function labelAll(
  engine: Engine,
  segments: readonly Segment[],
  task: LabelTask,
  what: string,
  { signal, onProgress }: EvaluateOptions,
): Promise<SegmentLabels[]> {
  const results: SegmentLabels[] = [];
  for (let from = 0; from < segments.length; from += SEGMENTS) {
    const options = { batchTokens: BATCH_TOKENS, ...(signal && { signal }) };
    results.push(...(await engine.label(segments.slice(from, from + SEGMENTS), [task], options)));
    onProgress?.(what, results.length, segments.length);
  }
  const failed = results.findIndex(({ error }) => error !== undefined);
  if (failed >= 0)
    throw new CorpusError(`${what}: example ${failed + 1} could not be labelled: ${results[failed]!.error!}`);
  return results;
}

/** Measures opinions on SST-2's development sentences. @throws {CorpusError}; what the engine throws. */
export async function evaluateSst2(engine: Engine, options: EvaluateOptions): Promise<SentimentScores> {
  const { data, limit, seed = 0 } = options;
  const task = CORPORA.sst2;
  const labels = engine.info.labels[task] ?? [];
  const unmarked = engine.info.unmarked?.[task];
  if (!(["negative", "positive"] as const).every((name) => labels.includes(name)))
    throw new CorpusError(`SST-2 needs the labels negative and positive; the model has ${labels.join(", ")}.`);
  const examples = sample(await readSst2(join(data, "sst2", "dev.tsv")), limit, seed);
  const found = await labelAll(engine, examples, task, "SST-2 dev", options);
  let [right, strict, without] = [0, 0, 0];
  for (const [index, { positive }] of examples.entries()) {
    const said = found[index]![task];
    if (!said) continue;
    const { scores, label } = said;
    if (scores["positive"]! > scores["negative"]! === positive) right++;
    if (label === (positive ? "positive" : "negative")) strict++;
    if (label === unmarked) without++;
  }
  const total = examples.length;
  const scores = { accuracy: share(right, total), strict: share(strict, total) };
  if (unmarked === undefined) return scores;
  const statements = await evaluateStatements(engine, unmarked, options);
  return { ...scores, unmarked: share(without, total), ...(statements && { statements }) };
}

async function evaluateStatements(
  engine: Engine,
  unmarked: string,
  options: EvaluateOptions,
): Promise<Share | undefined> {
  const { data, limit, seed = 0 } = options;
  const lines = await readLines(join(data, "sst5", "objective.txt")).catch((error: unknown) => {
    if (((error as Error).cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
    throw error;
  });
  if (!lines) return undefined;
  const segments = sample(lines.slice(-HELD_BACK), limit, seed).map((text) => ({ text }));
  const found = await labelAll(engine, segments, CORPORA.sst2, "plain statements", options);
  return share(found.filter((said) => said[CORPORA.sst2]?.label === unmarked).length, segments.length);
}

/** A sentence of words as a segment: words with one space between them. */
export function segmentOfWords(words: readonly string[]): Segment & { readonly words: readonly Span[] } {
  let at = 0;
  const spans = words.map((word) => {
    const start = at;
    at += word.length + 1;
    return { start, end: start + word.length };
  });
  return { text: words.join(" "), words: spans };
}

function wordEntities(words: readonly Span[], said: SegmentLabels): WordEntity[] {
  const starts = new Map(words.map(({ start }, index) => [start, index]));
  const ends = new Map(words.map(({ end }, index) => [end, index + 1]));
  return (said[CORPORA.conll2003] ?? []).map(({ start, end, label }) => {
    const [from, to] = [starts.get(start), ends.get(end)];
    if (from === undefined || to === undefined)
      throw new RangeError(`The entity ${start}–${end} does not begin and end at words.`);
    return { from, to, type: label };
  });
}

async function evaluateEntities(
  engine: Engine,
  examples: readonly EntityExample[],
  what: string,
  options: EvaluateOptions,
): Promise<EntityScores> {
  const segments = examples.map(({ words }) => segmentOfWords(words));
  const found = await labelAll(engine, segments, CORPORA.conll2003, what, options);
  const documents = new Map<number, SaidSentence[]>();
  for (const [index, { document }] of examples.entries())
    addTo(documents, document, [{ text: segments[index]!.text, labels: found[index] }]);
  const together = [...documents.values()].flatMap((sentences) => labelsTogether(sentences));
  return entityScores(
    together.map((labels, index) => wordEntities(segments[index]!.words, labels!)),
    examples.map(({ entities }) => entities),
  );
}

/** Measures entities on CoNLL-2003's `testa` and `testb`: the model reads a sentence at a time, and those of a document are read together. @throws {CorpusError}; what the engine throws. */
export async function evaluateConll(engine: Engine, options: EvaluateOptions): Promise<ConllScores> {
  const { data, limit, seed = 0 } = options;
  const part = async (name: string, as = (word: string) => word): Promise<EntityScores> => {
    const examples = sample(await readConll(join(data, "conll2003", `eng.${name}`)), limit, seed);
    const cased = examples.map((example) => ({ ...example, words: example.words.map(as) }));
    return evaluateEntities(engine, cased, `CoNLL-2003 ${name}`, options);
  };
  const lower = (word: string): string => word.toLowerCase();
  return { testa: await part("testa"), testb: await part("testb"), lower: await part("testb", lower) };
}
