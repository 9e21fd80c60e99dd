/** Answers to a question in passages that were encoded before, apart from it: only the decoder runs. */
import { best, collect, type PassageAnswer } from "./answer-spans";
import { softmax } from "./bio";
import { widen } from "./hidden-states";
import type { Model, Step } from "./model";
import { passageNetwork, type EncodedQuestion, type StateWindow } from "./passage-states";
import { cutBatches, type Row } from "./rows";

/** A passage to read. */
export interface CachedPassage {
  readonly text: string;
  /** Offsets at which another block begins: no answer crosses one. */
  readonly borders?: readonly number[] | undefined;
  readonly windows: readonly StateWindow[];
}

interface WindowRow extends Row {
  readonly window: StateWindow;
}

/** [CLS] in front of a window's tokens. */
const SHIFT = 1;

/**
 * Plans the passes for one question over `passages`.
 * @param top how many answers each passage may return.
 * @param budget most tokens in a batch, padding included.
 * @returns steps whose results are the passage's answers, best first.
 */
export function planCachedAnswers(
  model: Model,
  question: EncodedQuestion,
  passages: readonly CachedPassage[],
  top: number,
  budget: number,
): Step<PassageAnswer[]>[] {
  const network = passageNetwork(model);
  const { width } = network;
  const temperature = model.manifest.tasks.answers?.cached?.temperature ?? 1;
  const encodings = passages.map(({ text }) => model.tokenizer.encode(text));
  const rows: WindowRow[] = passages.flatMap(({ windows }, item) =>
    windows.map((window) => ({ item, from: window.from, count: window.count, window })),
  );
  const left = passages.map(({ windows }) => windows.length);
  const found = passages.map(() => new Map<string, PassageAnswer>());

  const run = async (batch: readonly WindowRow[]): Promise<Map<number, PassageAnswer[]>> => {
    const length = Math.max(2, ...batch.map(({ count }) => count + 2));
    const hidden = new Float32Array(batch.length * length * width);
    const mask = new BigInt64Array(batch.length * length);
    batch.forEach(({ window, count }, r) => {
      widen(window.states, hidden, r * length);
      mask.fill(1n, r * length, r * length + count + 2);
    });
    const { states, length: questionLength } = question;
    const { starts, ends } = await network.read({
      rows: batch.length,
      length,
      hidden,
      mask,
      question: states,
      questionLength,
    });
    const finished = new Map<number, PassageAnswer[]>();
    batch.forEach((row, r) => {
      // [SEP] cannot be chosen, so it is left out.
      const n = SHIFT + row.count;
      const pStart = new Float32Array(n);
      const pEnd = new Float32Array(n);
      softmax(starts, r * length, n, temperature, pStart, 0);
      softmax(ends, r * length, n, temperature, pEnd, 0);
      const { text, borders } = passages[row.item]!;
      collect(text, encodings[row.item]!, row, SHIFT, pStart, pEnd, found[row.item]!, borders);
      if (--left[row.item]! === 0) finished.set(row.item, best(found[row.item]!, top));
    });
    return finished;
  };

  return cutBatches(
    rows.map(({ count }) => count + 2),
    budget,
  ).map((indices) => {
    const batch = indices.map((i) => rows[i]!);
    return { items: [...new Set(batch.map(({ item }) => item))], run: () => run(batch) };
  });
}
