/** Parameters of a training step: read from the inference graphs of a model folder. */
import { readFile } from "node:fs/promises";
import { ModelError } from "../errors";
import type { GraphFile } from "../manifest/graph-file";
import type { Manifest } from "../manifest/manifest";
import { OnnxFile } from "../onnx/onnx-file";
import type { Matrix } from "../onnx/onnx-file";
import type { Part, StepGraph, Steps } from "../manifest/step-manifest";
import type { Task } from "../../documents/tasks";

/** Parameters by the name of the step's input: PART.NAME. */
export type Parameters = ReadonlyMap<string, Matrix>;

/** Labels before and after: an output layer's rows follow the label's name. */
export interface LabelChange {
  readonly from: readonly string[];
  readonly to: readonly string[];
  /** Where a new label begins; without an entry, from zeros. */
  readonly like?: ReadonlyMap<string, Beginning>;
}

/** A new label begins as a copy of an old one's row, less probable by a factor of e to the power of `behind`. */
export interface Beginning {
  readonly row: string;
  readonly behind: number;
}

/**
 * Opens an inference graph's file.
 * @throws {ModelError} `model-missing` or `model-corrupt` naming it.
 */
export async function readOnnx(file: GraphFile): Promise<OnnxFile> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file.path);
  } catch (error) {
    throw new ModelError("model-missing", `${file.path} cannot be read. Copy or export the model again.`, {
      cause: error,
    });
  }
  try {
    return new OnnxFile(bytes);
  } catch (error) {
    throw corrupt(file, error);
  }
}

/**
 * What a step trains and what it only reads, with the values the model has.
 * @param labels of the decoder's output layer, when they are to change. A label the model does not know starts from a row of
 * zeros, or where `labels.like` says: its gradient is its own, so there is no symmetry that random values would have to break.
 * @throws {ModelError} `model-missing`, `model-corrupt`, or `model-unsupported` when a weight is stored in another way than export.py does.
 */
export async function readParameters(
  manifest: Manifest & { readonly steps: Steps },
  step: StepGraph,
  labels?: LabelChange,
): Promise<{ trained: Parameters; frozen: Parameters }> {
  const { parts, parameters, frozen } = manifest.steps;
  const wanted: Part[] = step.encoderLayers > 0 ? ["encoder", step.decoder] : [step.decoder];
  const result = { trained: new Map<string, Matrix>(), frozen: new Map<string, Matrix>() };
  for (const part of wanted) {
    const file = parts[part]!;
    const onnx = await readOnnx(file);
    for (const name of parameters[part] ?? []) result.trained.set(`${part}.${name}`, read(onnx, file, name));
    for (const name of frozen[part] ?? []) result.frozen.set(`${part}.${name}`, read(onnx, file, name));
  }
  if (labels)
    for (const name of outputLayer(step.decoder)) result.trained.set(name, regrown(result.trained.get(name)!, labels));
  return result;
}

/**
 * Mean of the other decoders' own adapters, to which the tie penalty pulls, and how many decoders there are.
 * @returns the step's inputs `tie:down.weight` and `tie:up.weight`.
 */
export async function readTie(
  { parts }: Steps,
  decoder: Task,
): Promise<{ readonly inputs: Parameters; readonly decoders: number }> {
  const others: OnnxFile[] = [];
  const files = Object.entries(parts).filter(([part]) => part !== decoder && part !== "encoder");
  for (const [, file] of files) others.push(await readOnnx(file));
  const inputs = new Map<string, Matrix>();
  for (const kind of ["down.weight", "up.weight"]) {
    const each = others.map((onnx, i) => read(onnx, files[i]![1], `task_gate.own.${kind}`));
    const first = each[0];
    if (!first) continue;
    const data = first.data.map((_, i) => each.reduce((sum, m) => sum + m.data[i]!, 0) / each.length);
    inputs.set(`tie:${kind}`, { dims: first.dims, data });
  }
  return { inputs, decoders: others.length + 1 };
}

/** Names of the two parameters whose rows are a decoder's labels: weight, bias. */
export const outputLayer = (decoder: Task): readonly [string, string] => [
  `${decoder}.output.weight`,
  `${decoder}.output.bias`,
];

/** Rows of an output layer's weight or bias, put in the order of other labels. */
export function regrown({ dims, data }: Matrix, { from, to, like }: LabelChange): Matrix {
  const width = data.length / from.length;
  if (dims[0] !== from.length || new Set(to).size !== to.length)
    throw new Error(`an output layer of ${dims[0] ?? 0} rows does not fit the labels ${from.join(", ")}`);
  const grown = new Float32Array(to.length * width);
  to.forEach((label, row) => {
    const begins = from.includes(label) ? undefined : like?.get(label);
    const old = from.indexOf(begins?.row ?? label);
    if (old >= 0) grown.set(data.subarray(old * width, (old + 1) * width), row * width);
    // The bias alone: the rows of the weight have more than one value.
    if (begins && dims.length === 1) grown[row]! -= begins.behind;
  });
  return { dims: [to.length, ...dims.slice(1)], data: grown };
}

function read(onnx: OnnxFile, file: GraphFile, name: string): Matrix {
  try {
    return onnx.read(name);
  } catch (error) {
    throw new ModelError(
      "model-unsupported",
      `${file.path}: ${(error as Error).message}. This model can be run, but not trained further.`,
      { cause: error },
    );
  }
}

function corrupt(file: GraphFile, error: unknown): ModelError {
  const reason = error instanceof Error ? error.message : String(error);
  return new ModelError("model-corrupt", `${file.path} is damaged (${reason}). Copy or export the model again.`, {
    cause: error,
  });
}
