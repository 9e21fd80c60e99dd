/** The int8 form of an encoder or a decoder: a graph without weights, to which those of its first graph are added. */
import { readFile } from "node:fs/promises";
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { ModelError } from "../errors";
import type { GraphFile } from "../manifest/graph-file";
import { OnnxFile } from "../onnx/onnx-file";
import { sumsAreExact } from "./processor";

/** Field numbers of onnx.proto3: of ModelProto, and of GraphProto. */
const GRAPH = 7;
const INITIALIZER = 5;

/** The constant that says in how many steps to both sides of 0 matrices are quantised: 127, as `fixed_int8.py` writes it. */
const LEVELS = "int8:levels";
/**
 * Without instructions for it, the sum of two products of eight bits has sixteen: it overflows. Two of 255 × 63 fit (`reduce_range` of onnxruntime's quantization
 * guide). Scores are alike: SST-2 dev 89.9 (90.4 with 127), CoNLL-2003 test 89.7 (89.5), 2,000 questions of SQuAD 82.8 (83.0).
 */
const SAFE_LEVELS = 63;

/**
 * The int8 graph with the weights in it, to be opened instead of the first graph. The runtime quantises the weights when it opens it.
 * @param exact whether the processor adds up products of eight bits without overflow.
 * @throws {ModelError} `device-failed` where the model has no such form; `model-missing` or `model-corrupt` naming the file.
 */
export async function int8Graph(first: GraphFile, exact = sumsAreExact()): Promise<Uint8Array> {
  const { int8 } = first;
  if (!int8) throw new ModelError("device-failed", "the model has no int8 form");
  const [graph, stored] = await Promise.all([read(int8), read(first)]);
  try {
    return withInitializers(exact ? graph : inSafeLevels(graph), stored);
  } catch (error) {
    throw new ModelError("model-corrupt", `${first.path} cannot be read as a model. Copy or export it again.`, {
      cause: error,
    });
  }
}

function inSafeLevels(graph: Uint8Array): Uint8Array {
  const onnx = new OnnxFile(graph);
  if (!onnx.names.includes(LEVELS)) return graph;
  return onnx.written(new Map([[LEVELS, { dims: [], data: Float32Array.of(SAFE_LEVELS) }]]));
}

async function read(file: GraphFile): Promise<Uint8Array> {
  try {
    return await readFile(file.path);
  } catch (error) {
    throw new ModelError("model-missing", `${file.path} cannot be read. Copy or export the model again.`, {
      cause: error,
    });
  }
}

/** A graph with another's initializers added. Protocol buffers merge a message that occurs twice, so they are just written behind it. */
function withInitializers(graph: Uint8Array, other: Uint8Array): Uint8Array {
  const added = new BinaryWriter().tag(GRAPH, WireType.LengthDelimited).fork();
  for (const model of fields(other, GRAPH))
    for (const tensor of fields(model, INITIALIZER)) added.tag(INITIALIZER, WireType.LengthDelimited).bytes(tensor);
  return Buffer.concat([graph, added.join().finish()]);
}

/** The contents of the fields of a message with this number. */
function* fields(message: Uint8Array, wanted: number): Generator<Uint8Array> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    if (number === wanted && wire === WireType.LengthDelimited) yield reader.bytes();
    else reader.skip(wire, number);
  }
}
