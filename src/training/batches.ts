/** Rows that batches of a run are made of. */
import type { Input } from "../model/training/training-step";

/** Rows that batches are made of. */
export interface Batches {
  readonly count: number;
  /** Rows of the output layer that alone are there, see `TrainingStep.run`. Default: all. */
  readonly head?: readonly number[];
  /** Some of the rows, by number, as the inputs of one step. */
  of(numbers: readonly number[]): Record<string, Input>;
}

/** Rows that are there already, as batches. */
export function batchesOf<R>(
  rows: readonly R[],
  inputs: (rows: readonly R[]) => ReturnType<Batches["of"]>,
  head?: readonly number[],
): Batches {
  return {
    ...{ count: rows.length, of: (numbers) => inputs(numbers.map((i) => rows[i]!)) },
    ...(head && { head }),
  };
}
