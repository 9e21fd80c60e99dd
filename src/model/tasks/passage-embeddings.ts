/** Embeddings of passages and questions, each encoded alone as `[CLS] text [SEP]`: what passages are found by. */
import { ModelError } from "../errors";
import { encoderBatch, singleRow } from "../model";
import type { Model, PaddedRow, Step } from "../model";
import type { Network } from "../network/network";
import { cutBatches, windows } from "../rows";
import type { Row } from "../rows";

/** Tokens of one window and of the overlap of two, as in the reader of answers. */
const WINDOW = 384;
const OVERLAP = 128;

type Embed = NonNullable<Network["embed"]>;

function embedderOf({ network, manifest }: Model): Embed {
  if (!network.embed)
    throw new ModelError("model-unsupported", `${manifest.name} has no encoder that gives embeddings.`);
  return network.embed;
}

function framed(model: Model, row: Row, ids: Int32Array): PaddedRow {
  return singleRow(model.tokenizer, row, ids.subarray(row.from, row.from + row.count));
}

/**
 * Plans the passes that encode passages, long ones in windows whose mean counts.
 * @param budget most tokens in a batch, padding included.
 * @returns steps whose results are embeddings of length 1.
 * @throws {ModelError} `model-unsupported` for a model without an encoder of its own.
 */
export function planPassages(model: Model, texts: readonly string[], budget: number): Step<Float32Array>[] {
  const embed = embedderOf(model);
  const size = Math.min(WINDOW, model.manifest.maximumTokens) - 2;
  const ids = texts.map((text) => model.tokenizer.encode(text).ids);
  const rows: Row[] = [];
  const left: number[] = [];
  const sums = new Map<number, Float32Array>();
  ids.forEach(({ length }, item) => {
    const parts = windows(length, size, Math.min(OVERLAP, Math.floor(size / 2)));
    for (const part of parts) rows.push({ item, ...part });
    left.push(parts.length);
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, Float32Array>> => {
    const input = encoderBatch(
      batch.map((row) => framed(model, row, ids[row.item]!)),
      model.tokenizer.padId,
    );
    const pooled = await embed(input);
    const width = pooled.length / batch.length;
    const finished = new Map<number, Float32Array>();
    batch.forEach(({ item }, r) => {
      const sum = sums.get(item) ?? new Float32Array(width);
      sums.set(item, sum);
      for (let i = 0; i < width; i++) sum[i]! += pooled[r * width + i]!;
      if (--left[item]! === 0) finished.set(item, normalised(sum));
    });
    return finished;
  };

  return cutBatches(
    rows.map((row) => row.count + 2),
    budget,
  ).map((indices) => {
    const batch = indices.map((i) => rows[i]!);
    return { items: [...new Set(batch.map((row) => row.item))], run: () => run(batch) };
  });
}

/**
 * Encodes a question.
 * @returns its embedding, of length 1.
 * @throws {ModelError} `model-unsupported` when it is too long.
 */
export async function embedQuestion(model: Model, question: string): Promise<Float32Array> {
  const embed = embedderOf(model);
  const { ids } = model.tokenizer.encode(question);
  const most = Math.floor(Math.min(WINDOW, model.manifest.maximumTokens) / 2) - 3;
  if (ids.length > most)
    throw new ModelError(
      "model-unsupported",
      `The question is too long: ${ids.length} tokens, at most ${most}. Shorten it.`,
    );
  const row = { item: 0, from: 0, count: ids.length };
  return normalised(await embed(encoderBatch([framed(model, row, ids)], model.tokenizer.padId)));
}

/** The vector at length 1. A zero vector stays one. */
function normalised(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
  return vector.map((value) => value * factor);
}
