/** What goes into an encoder, and what comes out. */
import type * as ort from "onnxruntime-node";

/** Padded input of the encoder, row-major [rows × length]. */
export interface EncoderBatch {
  readonly rows: number;
  readonly length: number;
  readonly inputIds: BigInt64Array;
  readonly attentionMask: BigInt64Array;
  readonly tokenTypeIds: BigInt64Array;
}

/** The encoder's output, to be handed to any number of decoders. */
export interface Encoded {
  readonly hidden: ort.Tensor;
  readonly mask: ort.Tensor;
  /** Sentence embeddings [rows × hidden size], of length 1. */
  readonly pooled: Float32Array;
}
