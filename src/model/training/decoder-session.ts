/** A decoder with other weights than the folder's, run on hidden states that were kept. */
import * as ort from "onnxruntime-node";
import { isQuestionTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";
import { ModelError } from "../errors";
import type { Manifest } from "../manifest/manifest";
import { openSession } from "../network/network";
import type { SessionSettings } from "../network/network";
import type { Matrix } from "../onnx/onnx-file";
import { outputLayer, readOnnx } from "./step-parameters";
import type { Parameters } from "./step-parameters";
import type { Input } from "./training-step";

/** An open decoder. */
export interface DecoderSession {
  /** The outputs for a batch by name, as `Network.decode` gives them. */
  run(batch: Readonly<Record<string, Input>>): Promise<Readonly<Record<string, Float32Array>>>;
  /** Frees the native memory. */
  close(): Promise<void>;
}

/**
 * Opens a decoder's graph with the parameters of a run, stored as a folder would store them.
 * @throws {ModelError} as `readOnnx` and `openSession`; Error when parameters do not fit.
 */
export async function openDecoder(
  manifest: Manifest,
  task: Task,
  parameters: Parameters,
  settings: SessionSettings,
): Promise<DecoderSession> {
  const decoder = manifest.tasks[task];
  if (!decoder) throw new ModelError("model-unsupported", `${manifest.name} has no decoder for ${task}.`);
  const values = new Map<string, Matrix>();
  for (const [name, matrix] of parameters)
    if (name.startsWith(`${task}.`)) values.set(name.slice(task.length + 1), matrix);
  const from = (decoder.outputs ?? decoder.labels).length;
  const to = parameters.get(outputLayer(task)[1])?.dims[0] ?? from;
  const bytes = (await readOnnx(decoder)).written(values, isQuestionTask(task) ? undefined : { from, to });
  const session = await openSession(decoder, settings, bytes);
  return {
    run: async (batch) => {
      const feeds = Object.fromEntries(
        Object.entries(batch).map(([name, { dims, data }]) => [
          name,
          data instanceof Float32Array ? new ort.Tensor("float32", data, dims) : new ort.Tensor("int64", data, dims),
        ]),
      );
      const out = await session.run(feeds);
      return Object.fromEntries(Object.entries(out).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    },
    close: () => session.release(),
  };
}
