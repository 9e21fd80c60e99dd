import * as ort from "onnxruntime-node";
import { ModelError } from "./errors";
import { verifyFiles, type GraphFile, type Manifest } from "./manifest";
import { PassageNetwork } from "./passage-network";
import { TASKS, type Task } from "./task";

/** Where a session runs: an execution provider of onnxruntime-node. */
export type Device = "cpu" | "webgpu" | "dml" | "coreml" | "cuda";

/** How sessions are opened. */
export interface SessionSettings {
  readonly device: Device;
  /** Threads of one operator on the CPU. */
  readonly threads: number;
}

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

/**
 * Opens one graph.
 * @throws ModelError `model-corrupt` when the file is no graph onnxruntime can read, `device-failed` when the device refuses.
 */
export async function openSession(file: GraphFile, settings: SessionSettings): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(file.path, {
      executionProviders: [settings.device],
      intraOpNumThreads: settings.threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      // With changing shapes the memory pattern keeps growing (onnxruntime#15087).
      enableMemPattern: false,
      logSeverityLevel: 3,
      // An idle thread pool that spins would burn the user's cores between keystrokes.
      extra: { session: { intra_op: { allow_spinning: "0" } } },
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (/protobuf|corrupt|parse|invalid model|load model|no such file/i.test(reason))
      throw new ModelError(
        "model-corrupt",
        `${file.path} cannot be read as a model (${reason}). Copy or export the model again.`,
        {
          cause: error,
        },
      );
    throw new ModelError("device-failed", `${settings.device}: ${reason}`, { cause: error });
  }
}

/** The encoder and the decoders of one model folder, as open sessions on one device. */
export class Network {
  /** Encodes passages alone, and reads them if the model can; absent where no encoder gives hidden states. */
  readonly passages: PassageNetwork | undefined;

  private constructor(
    readonly manifest: Manifest,
    readonly settings: SessionSettings,
    private readonly encoder: ort.InferenceSession,
    private readonly decoders: Readonly<Partial<Record<Task, ort.InferenceSession>>>,
    cached: ort.InferenceSession | undefined,
  ) {
    this.passages = new PassageNetwork(manifest.encoder.hiddenSize, this.encode.bind(this), cached);
  }

  /**
   * Opens every graph of the manifest after checking its digest.
   * @throws ModelError as {@link verifyFiles} and {@link openSession} do.
   */
  static async open(manifest: Manifest, settings: SessionSettings): Promise<Network> {
    await verifyFiles(manifest);
    const encoder = await openSession(manifest.encoder, settings);
    const decoders: Partial<Record<Task, ort.InferenceSession>> = {};
    for (const task of TASKS) {
      const decoder = manifest.tasks[task];
      if (decoder) decoders[task] = await openSession(decoder, settings);
    }
    const cached = manifest.tasks.answers?.cached;
    const reader = cached && (await openSession(cached, settings));
    return new Network(manifest, settings, encoder, decoders, reader);
  }

  /** Tasks this model has a decoder for. */
  get tasks(): readonly Task[] {
    return TASKS.filter((task) => this.decoders[task] !== undefined);
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

  /**
   * Runs one decoder on encoded text.
   * @param extra further int64 inputs of the batch's shape, by name.
   * @returns the outputs by name, row-major fp32.
   */
  async decode(
    task: Task,
    encoded: Encoded,
    extra: Readonly<Record<string, BigInt64Array>> = {},
  ): Promise<Record<string, Float32Array>> {
    const session = this.decoders[task];
    if (!session) throw new ModelError("model-unsupported", `${this.manifest.name} has no decoder for ${task}.`);
    const feeds: Record<string, ort.Tensor> = { hidden_states: encoded.hidden, attention_mask: encoded.mask };
    for (const [name, data] of Object.entries(extra))
      feeds[name] = new ort.Tensor("int64", data, [...encoded.mask.dims]);
    const out = await session.run(feeds);
    return Object.fromEntries(Object.entries(out).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  /** Frees the native memory. */
  async close(): Promise<void> {
    await this.encoder.release();
    for (const decoder of Object.values(this.decoders)) await decoder.release();
    await this.passages?.close();
  }
}
