/** Hidden states that are computed once and kept: while the encoder stays as it is, a training run never runs it again. */
import * as ort from "onnxruntime-node";
import { ModelError } from "../errors";
import type { Manifest } from "../manifest/manifest";
import { encoderBatch } from "../model";
import type { PaddedRow } from "../model";
import type { Encoded, EncoderBatch } from "../network/batch";
import { openSession } from "../network/network";
import type { SessionSettings } from "../network/network";
import { cutBatches } from "../rows";
import { readOnnx } from "./step-parameters";
import type { Input } from "./training-step";

/** States of one row, without padding: [length × hidden size], row-major. */
export interface KeptStates {
  readonly length: number;
  readonly states: Float32Array;
}

/** Anything that gives states [rows × length × hidden size] for a batch. */
export type Encode = (batch: EncoderBatch) => Promise<Float32Array>;

/**
 * Encodes rows in batches of at most `budget` tokens.
 * @param encode the encoder, or an encoder of lower states.
 */
export async function keepStates(
  rows: readonly PaddedRow[],
  encode: Encode,
  padId: number,
  budget: number,
): Promise<KeptStates[]> {
  const kept: KeptStates[] = [];
  const lengths = rows.map((row) => row.ids.length);
  for (const indices of cutBatches(lengths, budget)) {
    const batch = encoderBatch(
      indices.map((i) => rows[i]!),
      padId,
    );
    const states = await encode(batch);
    const width = states.length / batch.rows / batch.length;
    indices.forEach((i, r) => {
      const from = r * batch.length * width;
      kept[i] = { length: lengths[i]!, states: states.slice(from, from + lengths[i]! * width) };
    });
  }
  return kept;
}

/** Kept rows as one padded batch: states [rows × length × hidden size] and mask [rows × length]. */
export function padStates(rows: readonly KeptStates[]): { readonly states: Input; readonly mask: Input } {
  const length = Math.max(2, ...rows.map((row) => row.length));
  const width = rows[0]!.states.length / rows[0]!.length;
  const states = new Float32Array(rows.length * length * width);
  const mask = new BigInt64Array(rows.length * length);
  rows.forEach((row, r) => {
    states.set(row.states, r * length * width);
    mask.fill(1n, r * length, r * length + row.length);
  });
  return {
    states: { dims: [rows.length, length, width], data: states },
    mask: { dims: [rows.length, length], data: mask },
  };
}

/** Kept rows in the place of what the encoder gives: {@link padStates} for a decoder of a network. */
export function encodedStates(rows: readonly KeptStates[]): Pick<Encoded, "hidden" | "mask"> {
  const { states, mask } = padStates(rows);
  return {
    hidden: new ort.Tensor("float32", states.data as Float32Array, states.dims),
    mask: new ort.Tensor("int64", mask.data as BigInt64Array, mask.dims),
  };
}

/** The encoder's lower layers, whose states a step reads that trains the last ones. */
export class LowerEncoder {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly output: string,
  ) {}

  /**
   * Opens the encoder's graph with one more output; the upper layers are then not computed.
   * @throws {ModelError} `model-unsupported` when the manifest does not say which value it is; else as `readOnnx` and `openSession`.
   */
  static async open(manifest: Manifest, settings: SessionSettings): Promise<LowerEncoder> {
    const { lowerStates, parts } = manifest.steps ?? {};
    if (lowerStates === undefined || !parts?.encoder)
      throw new ModelError(
        "model-unsupported",
        `${manifest.name} does not say which states its deeper training steps read. Export the model again.`,
      );
    const onnx = await readOnnx(parts.encoder);
    return new LowerEncoder(await openSession(parts.encoder, settings, onnx.withOutput(lowerStates)), lowerStates);
  }

  /** Runs the lower layers. */
  readonly encode: Encode = async (batch) => {
    const dims = [batch.rows, batch.length];
    const out = await this.session.run(
      {
        input_ids: new ort.Tensor("int64", batch.inputIds, dims),
        attention_mask: new ort.Tensor("int64", batch.attentionMask, dims),
        token_type_ids: new ort.Tensor("int64", batch.tokenTypeIds, dims),
      },
      [this.output],
    );
    return out[this.output]!.data as Float32Array;
  };

  /** Frees the native memory. */
  async close(): Promise<void> {
    await this.session.release();
  }
}
