/** The runtime's errors in words that say what to do. */
import { ModelError } from "../errors";
import type { GraphFile } from "../manifest/graph-file";

/**
 * What onnxruntime says when it cannot open a graph, as what is wrong and what to do. It has no error codes: its messages are all there is.
 * @returns ModelError `model-unsupported` (too new, or operators it lacks), `model-missing` (weights beside the graph), `model-corrupt`,
 * and `device-failed` for anything else.
 */
export function explainSession(error: unknown, file: GraphFile, device: string): ModelError {
  const reason = (error instanceof Error ? error.message : String(error)).trim();
  const make = (code: ModelError["code"], message: string): ModelError =>
    new ModelError(code, `${file.path} ${message}`, { cause: error });
  const version = /Unsupported model IR version: (\d+), max supported IR version: (\d+)/.exec(reason);
  if (version)
    return make(
      "model-unsupported",
      `is too new: ONNX IR version ${version[1]!}, this runtime reads up to ${version[2]!}. Export it with an older version of onnx, or update Glossator.`,
    );
  const opset = /Opset (\d+) is under development[^]*support for domain (\S+) is till opset (\d+)/.exec(reason);
  if (opset)
    return make(
      "model-unsupported",
      `is too new: opset ${opset[1]!} of ${opset[2]!}, this runtime reads up to ${opset[3]!}. Export it with a lower opset, or update Glossator.`,
    );
  const operator = /No Op registered for (\S+)|Fatal error: (\S+?)\(-?\d+\) is not a registered/.exec(reason);
  if (operator)
    return make(
      "model-unsupported",
      `needs the operator ${operator[1] ?? operator[2]!}, which this runtime lacks. Export it with standard ONNX operators.`,
    );
  const weights = /External data path does not exist: "?([^"\n]+)/.exec(reason);
  if (weights)
    return make(
      "model-missing",
      `keeps its weights in ${weights[1]!}, which is missing. Copy that file, too, under the same name.`,
    );
  if (/external data/i.test(reason))
    return make("model-corrupt", `names weights that cannot be used (${reason}). Copy or export the model again.`);
  if (/protobuf|corrupt|parse|invalid model|load model|does not have a graph|no such file/i.test(reason))
    return make("model-corrupt", `cannot be read as a model (${reason}). Copy or export the model again.`);
  return new ModelError("device-failed", `${device}: ${reason}`, { cause: error });
}
