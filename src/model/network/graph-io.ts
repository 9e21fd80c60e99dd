/** Inputs and outputs of graphs that read ids: an encoder of ours, or a whole model of somebody else. */
import * as ort from "onnxruntime-node";
import { ModelError } from "../errors";
import type { EncoderBatch } from "./batch";

/** Inputs such a graph may have. */
const INPUTS = ["input_ids", "attention_mask", "token_type_ids"];

/** The inputs a graph has, by name. */
export type InputTypes = ReadonlyMap<string, "int64" | "int32">;

/**
 * The inputs of a graph.
 * @throws {ModelError} `model-unsupported` when it wants other ones than {@link INPUTS}, or lacks the ids.
 */
export function inputTypes(session: ort.InferenceSession, path: string): InputTypes {
  const inputs = new Map<string, "int64" | "int32">();
  for (const input of session.inputMetadata) {
    const type = input.isTensor ? input.type : "no tensor";
    if (!INPUTS.includes(input.name) || (type !== "int64" && type !== "int32"))
      throw new ModelError(
        "model-unsupported",
        `${path} has the input ${input.name} (${type}); models that read ${INPUTS.join(", ")} alone can be used. Export it for its task, without past keys and values.`,
      );
    inputs.set(input.name, type);
  }
  if (!inputs.has("input_ids"))
    throw new ModelError("model-unsupported", `${path} has no input input_ids: it does not read tokens.`);
  return inputs;
}

/** The tensors a graph wants, by name. */
export function feedsOf(inputs: InputTypes, batch: EncoderBatch): Record<string, ort.Tensor> {
  const data: Record<string, BigInt64Array> = {
    input_ids: batch.inputIds,
    attention_mask: batch.attentionMask,
    token_type_ids: batch.tokenTypeIds,
  };
  const feeds: Record<string, ort.Tensor> = {};
  for (const [name, type] of inputs) {
    const values = data[name]!;
    const dims = [batch.rows, batch.length];
    feeds[name] =
      type === "int64"
        ? new ort.Tensor("int64", values, dims)
        : new ort.Tensor("int32", Int32Array.from(values, Number), dims);
  }
  return feeds;
}

/** fp32 as it is, fp16 widened. @throws {ModelError} `model-unsupported` for another type. */
export function asFloats(tensor: ort.Tensor): Float32Array {
  if (tensor.type === "float32") return tensor.data as Float32Array;
  if (tensor.type !== "float16")
    throw new ModelError("model-unsupported", `The model gives ${tensor.type} where fp32 or fp16 is due.`);
  const data = tensor.data as ArrayLike<number> & { readonly buffer: ArrayBufferLike; readonly byteOffset: number };
  return Float32Array.from(new Uint16Array(data.buffer, data.byteOffset, data.length), widen);
}

/** IEEE 754 half → number. */
function widen(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 0x3ff;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
