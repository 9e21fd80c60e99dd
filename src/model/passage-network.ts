/** Passages encoded alone, and the decoder that joins their hidden states with a question's. */
import * as ort from "onnxruntime-node";
import { ModelError } from "./errors";
import type { Encoded, EncoderBatch } from "./batch";

/** Hidden states [rows × length × width] and embeddings [rows × width] of a batch. */
export interface States {
  readonly hidden: Float32Array;
  readonly pooled: Float32Array;
}

/** Padded input of the decoder of cached passages: [CLS] passage [SEP] of each row, [CLS] question [SEP] for all of them. */
export interface CachedBatch {
  readonly rows: number;
  readonly length: number;
  /** [rows × length × width]. */
  readonly hidden: Float32Array;
  /** [rows × length], 1 where there is a token. */
  readonly mask: BigInt64Array;
  /** [questionLength × width]. */
  readonly question: Float32Array;
  readonly questionLength: number;
}

/** See the file's head. */
export class PassageNetwork {
  /**
   * @param width of a hidden state.
   * @param decoder of cached passages, if the model has one.
   */
  constructor(
    readonly width: number,
    private readonly encode: (batch: EncoderBatch) => Promise<Encoded>,
    private readonly decoder: ort.InferenceSession | undefined,
  ) {}

  /** Whether there is a decoder of cached passages. */
  get reads(): boolean {
    return this.decoder !== undefined;
  }

  /** Runs the encoder. */
  async states(batch: EncoderBatch): Promise<States> {
    const { hidden, pooled } = await this.encode(batch);
    return { hidden: hidden.data as Float32Array, pooled };
  }

  /**
   * Runs the decoder of cached passages.
   * @returns logits [rows × length]; position 0 stands for "no answer", [SEP] and padding cannot be chosen.
   * @throws ModelError `model-unsupported` without such a decoder.
   */
  async read(batch: CachedBatch): Promise<{ starts: Float32Array; ends: Float32Array }> {
    if (!this.decoder) throw new ModelError("model-unsupported", "The model has no decoder of cached passages.");
    const { rows, length, question, questionLength } = batch;
    const questions = new Float32Array(rows * question.length);
    for (let r = 0; r < rows; r++) questions.set(question, r * question.length);
    const out = await this.decoder.run({
      hidden_states: new ort.Tensor("float32", batch.hidden, [rows, length, this.width]),
      attention_mask: new ort.Tensor("int64", batch.mask, [rows, length]),
      question_states: new ort.Tensor("float32", questions, [rows, questionLength, this.width]),
      question_mask: new ort.Tensor("int64", new BigInt64Array(rows * questionLength).fill(1n), [rows, questionLength]),
    });
    const [starts, ends] = [out["start_logits"], out["end_logits"]];
    if (!starts || !ends)
      throw new ModelError("model-unsupported", "The decoder of cached passages lacks start_logits or end_logits.");
    return { starts: starts.data as Float32Array, ends: ends.data as Float32Array };
  }

  /** Frees the decoder's native memory; the encoder is the network's. */
  async close(): Promise<void> {
    await this.decoder?.release();
  }
}
