/** An open model, and rows of tokens made ready for it. */
import { ModelError } from "./errors";
import type { Manifest } from "./manifest/manifest";
import type { EncoderBatch } from "./network/batch";
import type { Network } from "./network/network";
import type { Row } from "./rows";
import type { Tokenizer } from "./tokenizer/tokenizer";

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

/** One text's tokens between its special tokens. */
export function singleRow({ single }: Tokenizer, row: Row, ids: Int32Array): PaddedRow {
  const framed = Int32Array.of(...single.before, ...ids, ...single.after);
  return { row, ids: framed, firstSegment: framed.length };
}

/** A question's tokens and a passage's, between their special tokens. The passage begins at {@link pairShift}. */
export function pairRow(tokenizer: Tokenizer, row: Row, question: Int32Array, passage: Int32Array): PaddedRow {
  const { before, between, after, secondType } = tokenizer.pair;
  const ids = Int32Array.of(...before, ...question, ...between, ...passage, ...after);
  return { row, ids, firstSegment: secondType === 0 ? ids.length : pairShift(tokenizer, question) };
}

/** Number of tokens in front of the passage. */
export function pairShift({ pair }: Tokenizer, question: Int32Array): number {
  return pair.before.length + question.length + pair.between.length;
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

/** Tokens a row must have room for, special ones included. */
const SHORTEST_ROW = 16;

/**
 * Checks that tokenizer and model belong together as far as can be told without running it.
 * @throws {ModelError} `model-unsupported`.
 */
export function checkModel({ name, maximumTokens, vocabulary }: Manifest, { vocabSize }: Tokenizer): void {
  if (maximumTokens < SHORTEST_ROW)
    throw new ModelError(
      "model-unsupported",
      `${name} reads at most ${maximumTokens} tokens at once; at least ${SHORTEST_ROW} are needed. Choose another model.`,
    );
  if (vocabulary !== undefined && vocabSize > vocabulary)
    throw new ModelError(
      "model-unsupported",
      `${name}: the tokenizer has ${vocabSize} tokens, the model's embedding ("vocab_size" in config.json) ${vocabulary}. Copy tokenizer.json again from the source of this very model.`,
    );
}
