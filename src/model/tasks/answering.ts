/** Answers to a question in passages: question and passage are encoded together, in windows where the passage is long. */
import { best, collect } from "./answer-spans";
import type { PassageAnswer } from "./answer-spans";
import { softmax } from "./bio";
import { ModelError } from "../errors";
import { questionTask } from "../manifest/manifest";
import { encoderBatch, pairRow, pairShift } from "../model";
import type { Model, Step } from "../model";
import { cutBatches, windows } from "../rows";
import type { Row } from "../rows";
import type { Encoding } from "../tokenizer/encoding";

/** Tokens of question and passage in one window, as SQuAD readers use since BERT (Devlin et al. 2019). */
export const WINDOW = 384;
/** Tokens that two neighbouring windows of a long passage share. */
export const OVERLAP = 128;

/**
 * Plans the passes for one question over `passages`.
 * @param top how many answers each passage may return.
 * @param borders of each passage, the offsets at which another block begins: no answer crosses one.
 * @returns steps whose results are the passage's answers, best first.
 * @throws {ModelError} `model-unsupported` when the question leaves no room for a passage, or the model answers none.
 */
export function planAnswers(
  model: Model,
  question: string,
  passages: readonly string[],
  top: number,
  budget: number,
  borders: readonly (readonly number[])[] = [],
): Step<PassageAnswer[]>[] {
  const { tokenizer, manifest } = model;
  const task = questionTask(manifest);
  if (task === undefined) throw new ModelError("model-unsupported", `${manifest.name} cannot answer questions.`);
  const asked = tokenizer.encode(question).ids;
  const limit = Math.min(WINDOW, manifest.maximumTokens);
  const shift = pairShift(tokenizer, asked);
  const size = limit - shift - tokenizer.pair.after.length;
  if (size < limit / 2)
    throw new ModelError(
      "model-unsupported",
      `The question is too long: ${asked.length} tokens, at most ${Math.floor(limit / 2) - 3}. Shorten it.`,
    );
  const encodings: Encoding[] = passages.map((passage) => tokenizer.encode(passage));
  const rows: Row[] = [];
  const left: number[] = [];
  const found: Map<string, PassageAnswer>[] = [];
  encodings.forEach(({ ids }, item) => {
    const parts = ids.length === 0 ? [] : windows(ids.length, size, Math.min(OVERLAP, Math.floor(size / 2)));
    for (const part of parts) rows.push({ item, ...part });
    left.push(parts.length);
    found.push(new Map());
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, PassageAnswer[]>> => {
    const padded = batch.map((row) =>
      pairRow(tokenizer, row, asked, encodings[row.item]!.ids.subarray(row.from, row.from + row.count)),
    );
    const input = encoderBatch(padded, tokenizer.padId);
    const passageMask = new BigInt64Array(input.rows * input.length);
    batch.forEach((row, r) => passageMask.fill(1n, r * input.length + shift, r * input.length + shift + row.count));
    const encoded = await model.network.encode(input);
    const out = await model.network.decode(task, encoded, { passage_mask: passageMask });
    const starts = out["start_logits"]!;
    const ends = out["end_logits"]!;
    const temperature = manifest.tasks[task]!.temperature;
    const finished = new Map<number, PassageAnswer[]>();
    batch.forEach((row, r) => {
      const n = shift + row.count;
      const pStart = new Float32Array(n);
      const pEnd = new Float32Array(n);
      softmax(starts, r * input.length, n, temperature, pStart, 0);
      softmax(ends, r * input.length, n, temperature, pEnd, 0);
      collect(passages[row.item]!, encodings[row.item]!, row, shift, pStart, pEnd, found[row.item]!, borders[row.item]);
      if (--left[row.item]! === 0) finished.set(row.item, best(found[row.item]!, top));
    });
    return finished;
  };

  return cutBatches(
    rows.map((row) => shift + row.count + tokenizer.pair.after.length),
    budget,
  ).map((indices) => {
    const batch = indices.map((i) => rows[i]!);
    return { items: [...new Set(batch.map((row) => row.item))], run: () => run(batch) };
  });
}
