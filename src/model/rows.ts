/** Token sequences as the encoder takes them: one row an input, windows of what is too long, batches of bounded size. */

/** One input of the encoder, without padding. `pieces` are the tokens between [CLS] and the last [SEP]. */
export interface Row {
  /** Which of the caller's items this row is part of. */
  readonly item: number;
  /** Index of the row's first own token in the item's tokens. */
  readonly from: number;
  /** Number of the item's tokens in the row. */
  readonly count: number;
}

/** A stretch of tokens. */
export interface Window {
  readonly from: number;
  readonly count: number;
}

/** Windows of at most `size` tokens over `length` tokens, neighbours sharing `overlap`: nothing is left out. */
export function windows(length: number, size: number, overlap: number): Window[] {
  if (length <= size) return [{ from: 0, count: length }];
  const result: Window[] = [];
  for (let from = 0; ; from += size - overlap) {
    if (from + size >= length) {
      result.push({ from: length - size, count: size });
      return result;
    }
    result.push({ from, count: size });
  }
}

/**
 * Groups inputs of similar length: batches of at most `budget` tokens after padding (a longer input is a batch of its own).
 * Length order matters more than anything else on a CPU: padding a sentence of 20 tokens to 128 costs six times its work.
 */
export function cutBatches(lengths: readonly number[], budget: number): number[][] {
  const order = lengths.map((_, i) => i).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: number[][] = [];
  let batch: number[] = [];
  let longest = 0;
  for (const index of order) {
    if (batch.length === 0) longest = lengths[index]!;
    if (batch.length > 0 && longest * (batch.length + 1) > budget) {
      batches.push(batch);
      batch = [];
      longest = lengths[index]!;
    }
    batch.push(index);
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
