/** Passages and questions encoded alone, as `[CLS] text [SEP]`: an embedding to find them by, hidden states to read them with. */
import { ModelError } from "./errors";
import { compact, compactBytes, type CompactStates } from "./hidden-states";
import { encoderBatch, singleRow, type Model, type PaddedRow, type Step } from "./model";
import type { PassageNetwork } from "./passage-network";
import { cutBatches, windows, type Row } from "./rows";

/** Hidden states of a passage, or of a stretch of one that is too long for the encoder: [CLS], `count` tokens from `from`, [SEP]. */
export interface StateWindow {
  readonly from: number;
  readonly count: number;
  readonly states: CompactStates;
}

/** A passage that was encoded. */
export interface EncodedPassage {
  /** Mean of the hidden states, of length 1; of several windows, the mean of theirs. */
  readonly embedding: Float32Array;
  /** Absent where nobody can read them. */
  readonly windows?: readonly StateWindow[];
}

/** A question that was encoded. */
export interface EncodedQuestion {
  readonly embedding: Float32Array;
  /** [length × width]. */
  readonly states: Float32Array;
  readonly length: number;
}

/** Tokens of one window and of the overlap of two, as in the pair reader. */
const WINDOW = 384;
const OVERLAP = 128;

/** Bytes of a passage's hidden states. */
export const windowBytes = (list: readonly StateWindow[]): number =>
  list.reduce((sum, { states }) => sum + compactBytes(states), 0);

/** What encodes passages. @throws ModelError `model-unsupported` for a model without an encoder of its own. */
export function passageNetwork(model: Model): PassageNetwork {
  const { passages } = model.network;
  if (!passages)
    throw new ModelError(
      "model-unsupported",
      `${model.manifest.name} has no encoder that passages could be kept from.`,
    );
  return passages;
}

function framed(model: Model, row: Row, ids: Int32Array): PaddedRow {
  return singleRow(model.tokenizer, row, ids.subarray(row.from, row.from + row.count));
}

/**
 * Plans the passes that encode passages, long ones in windows.
 * @param budget most tokens in a batch, padding included.
 */
export function planPassages(model: Model, texts: readonly string[], budget: number): Step<EncodedPassage>[] {
  const network = passageNetwork(model);
  const { width, reads } = network;
  const size = Math.min(WINDOW, model.manifest.maximumTokens) - 2;
  const ids = texts.map((text) => model.tokenizer.encode(text).ids);
  const rows: Row[] = [];
  const left: number[] = [];
  const sums = texts.map(() => new Float32Array(width));
  const kept: StateWindow[][] = texts.map(() => []);
  ids.forEach(({ length }, item) => {
    const parts = windows(length, size, Math.min(OVERLAP, Math.floor(size / 2)));
    for (const part of parts) rows.push({ item, ...part });
    left.push(parts.length);
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, EncodedPassage>> => {
    const input = encoderBatch(
      batch.map((row) => framed(model, row, ids[row.item]!)),
      model.tokenizer.padId,
    );
    const { hidden, pooled } = await network.states(input);
    const finished = new Map<number, EncodedPassage>();
    batch.forEach((row, r) => {
      const { item, from, count } = row;
      const sum = sums[item]!;
      for (let i = 0; i < width; i++) sum[i]! += pooled[r * width + i]!;
      if (reads) kept[item]!.push({ from, count, states: compact(hidden, r * input.length, count + 2, width) });
      if (--left[item]! > 0) return;
      const embedding = normalised(sum);
      finished.set(item, reads ? { embedding, windows: kept[item]!.sort((a, b) => a.from - b.from) } : { embedding });
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
 * @throws ModelError `model-unsupported` when it is too long.
 */
export async function encodeQuestion(model: Model, question: string): Promise<EncodedQuestion> {
  const network = passageNetwork(model);
  const { ids } = model.tokenizer.encode(question);
  const most = Math.floor(Math.min(WINDOW, model.manifest.maximumTokens) / 2) - 3;
  if (ids.length > most)
    throw new ModelError(
      "model-unsupported",
      `The question is too long: ${ids.length} tokens, at most ${most}. Shorten it.`,
    );
  const row = { item: 0, from: 0, count: ids.length };
  const input = encoderBatch([framed(model, row, ids)], model.tokenizer.padId);
  const { hidden, pooled } = await network.states(input);
  return { embedding: normalised(pooled), states: hidden, length: input.length };
}

/** The vector at length 1. A zero vector stays one. */
function normalised(vector: Float32Array): Float32Array {
  let square = 0;
  for (const value of vector) square += value * value;
  const factor = square > 0 ? 1 / Math.sqrt(square) : 0;
  return vector.map((value) => value * factor);
}
