/** The open sessions of a model: an encoder, and the decoders that read its hidden states. */
import * as ort from "onnxruntime-node";
import type { Encoded, EncoderBatch } from "./batch";
import { ModelError } from "../errors";
import { int8Graph } from "./int8";
import { explainSession } from "./session-errors";
import type { EncoderFile, GraphFile } from "../manifest/graph-file";
import { verifyFiles } from "../manifest/manifest";
import type { EncoderManifest } from "../manifest/manifest";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";

/** Where a session runs: an execution provider of onnxruntime-node, or the CPU with int8 matrices. */
export type Device = "cpu" | "cpu-int8" | "webgpu" | "dml" | "coreml" | "cuda";

/** How sessions are opened. */
export interface SessionSettings {
  readonly device: Device;
  /** Threads of one operator on the CPU. */
  readonly threads: number;
}

/**
 * Opens one graph.
 * @param bytes a changed copy of the file, to be opened instead of it.
 * @throws {ModelError} as {@link explainSession} says.
 */
export async function openSession(
  file: GraphFile,
  settings: SessionSettings,
  bytes?: Uint8Array,
): Promise<ort.InferenceSession> {
  try {
    const options: ort.InferenceSession.SessionOptions = {
      executionProviders: [settings.device === "cpu-int8" ? "cpu" : settings.device],
      intraOpNumThreads: settings.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // With changing shapes the memory pattern keeps growing (onnxruntime#15087).
      enableMemPattern: false,
      logSeverityLevel: 3,
      // An idle thread pool that spins would burn the user's cores between keystrokes.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    };
    return await (bytes
      ? ort.InferenceSession.create(bytes, options)
      : ort.InferenceSession.create(file.path, options));
  } catch (error) {
    throw explainSession(error, file, settings.device);
  }
}

/**
 * Opens the graph of an encoder, in the form that the device runs.
 * @throws {ModelError} as {@link openSession} and {@link int8Graph} do.
 */
export async function openEncoder(encoder: EncoderFile, settings: SessionSettings): Promise<ort.InferenceSession> {
  return settings.device === "cpu-int8"
    ? openSession(encoder.int8 ?? encoder, settings, await int8Graph(encoder))
    : openSession(encoder, settings);
}

/**
 * Opens the graph of a decoder, in the form that the device runs; int8 where there is such a form of it.
 * @throws {ModelError} as {@link openSession} and {@link int8Graph} do.
 */
async function openDecoder(decoder: GraphFile, settings: SessionSettings): Promise<ort.InferenceSession> {
  return settings.device === "cpu-int8" && decoder.int8
    ? openSession(decoder.int8, settings, await int8Graph(decoder))
    : openSession(decoder, settings);
}

/** The open sessions of one model folder on one device. `E` is what its `encode` hands to its `decode`. */
export interface Network<E = unknown> {
  /** Sentence embeddings [rows × hidden size], of length 1; absent where no encoder gives them. */
  readonly embed?: (batch: EncoderBatch) => Promise<Float32Array>;
  /** Tasks this model has a graph for. */
  readonly tasks: readonly Task[];
  /** What the tasks share: one pass of the encoder, where there is one. */
  encode(batch: EncoderBatch): Promise<E>;
  /**
   * Runs one task's graph on encoded text.
   * @param extra further int64 inputs of the batch's shape, by name; a graph takes those it knows. In `passage_mask`, 1 is where an answer may lie.
   * @returns the outputs by name, row-major fp32: `logits` [rows × length × classes] (spans) or [rows × classes] (classes),
   * `start_logits` and `end_logits` [rows × length] (questions).
   */
  decode(
    task: Task,
    encoded: E,
    extra?: Readonly<Record<string, BigInt64Array>>,
  ): Promise<Record<string, Float32Array>>;
  /** Frees the native memory. */
  close(): Promise<void>;
}

/** An encoder and the decoders that read its hidden states. */
export class EncoderNetwork implements Network<Encoded> {
  private constructor(
    readonly manifest: EncoderManifest,
    readonly settings: SessionSettings,
    private readonly encoder: ort.InferenceSession,
    private readonly decoders: Readonly<Partial<Record<Task, ort.InferenceSession>>>,
  ) {}

  /**
   * Opens every graph of the manifest after checking its digest.
   * @throws {ModelError} as {@link verifyFiles} and {@link openSession} do.
   */
  static async open(manifest: EncoderManifest, settings: SessionSettings): Promise<EncoderNetwork> {
    await verifyFiles(manifest);
    const encoder = await openEncoder(manifest.encoder, settings);
    const decoders: Partial<Record<Task, ort.InferenceSession>> = {};
    for (const task of TASK_NAMES) {
      const decoder = manifest.tasks[task];
      if (decoder) decoders[task] = await openDecoder(decoder, settings);
    }
    return new EncoderNetwork(manifest, settings, encoder, decoders);
  }

  get tasks(): readonly Task[] {
    return TASK_NAMES.filter((task) => this.decoders[task] !== undefined);
  }

  /** Runs the encoder once. */
  async encode(batch: EncoderBatch): Promise<Encoded> {
    const dims = [batch.rows, batch.length];
    const mask = new ort.Tensor("int64", batch.attentionMask, dims);
    const out = await this.encoder.run({
      input_ids: new ort.Tensor("int64", batch.inputIds, dims),
      attention_mask: mask,
      token_type_ids: new ort.Tensor("int64", batch.tokenTypeIds, dims),
    });
    const hidden = out["hidden_states"];
    const pooled = out["sentence_embedding"];
    if (!hidden || !pooled)
      throw new ModelError("model-unsupported", "encoder.onnx lacks hidden_states or sentence_embedding.");
    return { hidden, mask, pooled: pooled.data as Float32Array };
  }

  readonly embed = async (batch: EncoderBatch): Promise<Float32Array> => (await this.encode(batch)).pooled;

  async decode(
    task: Task,
    encoded: Pick<Encoded, "hidden" | "mask">,
    extra: Readonly<Record<string, BigInt64Array>> = {},
  ): Promise<Record<string, Float32Array>> {
    const session = this.decoders[task];
    if (!session) throw new ModelError("model-unsupported", `${this.manifest.name} has no decoder for ${task}.`);
    const feeds: Record<string, ort.Tensor> = { hidden_states: encoded.hidden, attention_mask: encoded.mask };
    for (const [name, data] of Object.entries(extra))
      if (session.inputNames.includes(name)) feeds[name] = new ort.Tensor("int64", data, [...encoded.mask.dims]);
    const out = await session.run(feeds);
    return Object.fromEntries(Object.entries(out).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  async close(): Promise<void> {
    await this.encoder.release();
    for (const decoder of Object.values(this.decoders)) await decoder.release();
  }
}
