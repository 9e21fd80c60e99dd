import { ModelError } from "./errors";
import type { Manifest } from "./manifest";
import type { EncoderBatch, Network } from "./network";
import type { Row } from "./rows";
import type { Tokenizer } from "./tokenizer";

/** An open model: what the tasks need to turn text into labels. */
export interface Model {
  readonly manifest: Manifest;
  readonly network: Network;
  readonly tokenizer: Tokenizer;
}

/** One bounded piece of a plan: running it costs one pass of the encoder. */
export interface Step<Result> {
  /** Indices of the caller's items this step works on. */
  readonly items: readonly number[];
  /** Runs the step; returns the items that are now complete. */
  run(): Promise<Map<number, Result>>;
}

/** Tokens of one padded row as they go into the encoder: ids, and which segment (0 or 1) each belongs to. */
export interface PaddedRow {
  readonly row: Row;
  readonly ids: Int32Array;
  /** Number of leading tokens of type 0; the rest, up to the row's length, is of type 1. */
  readonly firstSegment: number;
}

/** Rows → the encoder's int64 tensors, padded to the longest row. */
export function encoderBatch(rows: readonly PaddedRow[], padId: number): EncoderBatch {
  const length = Math.max(2, ...rows.map((r) => r.ids.length));
  const size = rows.length * length;
  const batch = {
    rows: rows.length,
    length,
    inputIds: new BigInt64Array(size).fill(BigInt(padId)),
    attentionMask: new BigInt64Array(size),
    tokenTypeIds: new BigInt64Array(size),
  };
  rows.forEach(({ ids, firstSegment }, r) => {
    const at = r * length;
    for (let i = 0; i < ids.length; i++) batch.inputIds[at + i] = BigInt(ids[i]!);
    batch.attentionMask.fill(1n, at, at + ids.length);
    batch.tokenTypeIds.fill(1n, at + firstSegment, at + ids.length);
  });
  return batch;
}

/**
 * Checks that tokenizer and encoder belong together as far as can be told.
 * @throws ModelError `model-unsupported`.
 */
export function checkModel(model: Model): void {
  const { maximumTokens } = model.manifest.encoder;
  if (maximumTokens < 16)
    throw new ModelError(
      "model-unsupported",
      `${model.manifest.name}: "encoder.maximumTokens" is ${maximumTokens}; at least 16 are needed.`,
    );
}
