/**
 * The weights stored in an ONNX file: reading them, and writing a copy of the file with others. Only the messages on the way to them are
 * decoded (onnx.proto3: ModelProto, GraphProto, TensorProto, ValueInfoProto); everything else is copied byte for byte.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { narrowed, widened } from "./halves";

/** A tensor of fp32 values, row-major. */
export interface Matrix {
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Field numbers of onnx.proto3. */
const MODEL = { graph: 7 } as const;
const GRAPH = { initializer: 5, output: 12 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, rawData: 9 } as const;
const VALUE = { name: 1, type: 2 } as const;
const TYPE = { tensor: 1 } as const;
const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
const SHAPE = { dimension: 1 } as const;
const DIMENSION = { value: 1 } as const;

/** `TensorProto.DataType`. */
const FLOAT = 1;
const INT8 = 3;
const FLOAT16 = 10;

/** Bytes of a number of each type that is read. */
const BYTES: ReadonlyMap<number, number> = new Map([
  [FLOAT, 4],
  [INT8, 1],
  [FLOAT16, 2],
]);

/** The initializer that holds the scale of each row of one that is stored as int8. */
const scaleOf = (name: string): string => `${name}.scale`;

interface Field {
  readonly number: number;
  readonly wire: WireType;
  /** As it stands in the message, without its tag. */
  readonly raw: Uint8Array;
}

function* fieldsOf(message: Uint8Array): Generator<Field> {
  const reader = new BinaryReader(message);
  while (reader.pos < reader.len) {
    const [number, wire] = reader.tag();
    yield { number, wire, raw: reader.skip(wire, number) };
  }
}

const payload = (field: Field): Uint8Array => new BinaryReader(field.raw).bytes();

/** A copy of a message in which `change` may replace the content of a field of length-delimited type. */
function rewritten(
  message: Uint8Array,
  change: (number: number, content: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const writer = new BinaryWriter();
  for (const field of fieldsOf(message)) {
    writer.tag(field.number, field.wire);
    const content = field.wire === WireType.LengthDelimited ? payload(field) : undefined;
    const replacement = content && change(field.number, content);
    if (replacement) writer.bytes(replacement);
    else writer.raw(field.raw);
  }
  return writer.finish();
}

interface Stored {
  readonly name: string;
  readonly dims: readonly number[];
  readonly type: number;
  readonly raw: Uint8Array | undefined;
}

function tensor(message: Uint8Array): Stored {
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  for (const field of fieldsOf(message)) {
    const reader = new BinaryReader(field.raw);
    if (field.number === TENSOR.name) name = reader.string();
    else if (field.number === TENSOR.dataType) type = reader.int32();
    else if (field.number === TENSOR.rawData) raw = reader.bytes();
    else if (field.number === TENSOR.dims) {
      // Written packed by protobuf 3, one by one by others; both are to be read.
      const end = field.wire === WireType.LengthDelimited ? reader.uint32() + reader.pos : reader.len;
      while (reader.pos < end) dims.push(Number(reader.int64()));
    }
  }
  return { name, dims, type, raw };
}

/** An ONNX file in memory. */
export class OnnxFile {
  readonly #stored = new Map<string, Stored>();

  /**
   * Reads where the initializers are; their values are read when asked for.
   * @throws Error when the bytes are no protobuf message with a graph.
   */
  constructor(private readonly bytes: Uint8Array) {
    let graphs = 0;
    for (const field of fieldsOf(bytes)) {
      if (field.number !== MODEL.graph || field.wire !== WireType.LengthDelimited) continue;
      graphs++;
      for (const part of fieldsOf(payload(field))) {
        if (part.number !== GRAPH.initializer) continue;
        const found = tensor(payload(part));
        this.#stored.set(found.name, found);
      }
    }
    if (graphs !== 1) throw new Error("no ONNX model with one graph");
  }

  /** Names of the initializers. */
  get names(): readonly string[] {
    return [...this.#stored.keys()];
  }

  /**
   * An initializer's values; fp16 is widened, and the rows of int8 are multiplied by their scales.
   * @throws Error when there is none of this name, or it is stored in another way.
   */
  read(name: string): Matrix {
    const { dims, type, raw } = this.#found(name);
    const count = dims.reduce((a, b) => a * b, 1);
    const size = BYTES.get(type);
    if (size === undefined || raw?.length !== count * size)
      throw new Error(`${name} is not stored as raw fp32, fp16 or int8 values (data type ${type})`);
    // A copy, since the bytes in the file are not aligned; a Buffer's slice() would be none.
    const copy = new Uint8Array(raw);
    if (type === FLOAT) return { dims, data: new Float32Array(copy.buffer) };
    if (type === FLOAT16) return { dims, data: widened(new Uint16Array(copy.buffer)) };
    const data = new Float32Array(count);
    const scale = this.#scale(name, dims[0] ?? 0);
    const whole = new Int8Array(copy.buffer);
    const width = count / scale.length;
    for (let i = 0; i < count; i++) data[i] = whole[i]! * scale[Math.floor(i / width)]!;
    return { dims, data };
  }

  /**
   * The file with other values for some initializers; the number of rows may change. Each is stored in the type it had, but for int8: those
   * become fp16, since what training adds is smaller than a step of int8. Where rows have scales these become 1, as many as there are rows.
   * @param rows the last dimension of the graph's outputs, where it is given as a number and changes with the number of rows: from, to.
   * @throws Error when there is no such initializer, or values do not fit its type (fp16 ends at 65,504).
   */
  written(values: ReadonlyMap<string, Matrix>, rows?: { readonly from: number; readonly to: number }): Uint8Array {
    const next = new Map(values);
    for (const [name, { dims }] of values) {
      this.#found(name);
      // Also of what was written before: the graph multiplies row by row.
      if (this.#stored.has(scaleOf(name))) next.set(scaleOf(name), ones(dims[0]!));
    }
    return rewritten(this.bytes, (number, graph) => {
      if (number !== MODEL.graph) return undefined;
      return rewritten(graph, (part, content) => {
        if (part === GRAPH.initializer) {
          const old = tensor(content);
          const matrix = next.get(old.name);
          return matrix && encode(old, matrix);
        }
        return part === GRAPH.output && rows ? resized(content, rows.from, rows.to) : undefined;
      });
    });
  }

  #found(name: string): Stored {
    const found = this.#stored.get(name);
    if (!found) throw new Error(`no initializer ${name}`);
    return found;
  }

  #scale(name: string, rows: number): Float32Array {
    const { type } = this.#found(scaleOf(name));
    const { data } = type === FLOAT ? this.read(scaleOf(name)) : { data: undefined };
    if (data?.length !== rows) throw new Error(`${name} is stored as int8 without an fp32 scale for each row`);
    return data;
  }

  /** The file with one more output: the value `name` of the graph, fp32. */
  withOutput(name: string): Uint8Array {
    const shapeless = new BinaryWriter().tag(TENSOR_TYPE.elementType, WireType.Varint).int32(FLOAT).finish();
    const type = new BinaryWriter().tag(TYPE.tensor, WireType.LengthDelimited).bytes(shapeless).finish();
    const value = new BinaryWriter().tag(VALUE.name, WireType.LengthDelimited).string(name);
    value.tag(VALUE.type, WireType.LengthDelimited).bytes(type);
    const output = value.finish();
    return rewritten(this.bytes, (number, graph) =>
      number === MODEL.graph
        ? new BinaryWriter().raw(graph).tag(GRAPH.output, WireType.LengthDelimited).bytes(output).finish()
        : undefined,
    );
  }
}

function encode(old: Stored, { dims, data }: Matrix): Uint8Array {
  if (dims.length !== old.dims.length || dims.slice(1).some((size, i) => size !== old.dims[i + 1]))
    throw new Error(`${old.name} has the shape [${old.dims.join(", ")}], not [${dims.join(", ")}]`);
  if (dims.reduce((a, b) => a * b, 1) !== data.length) throw new Error(`${old.name}: shape and values disagree`);
  const writer = new BinaryWriter().tag(TENSOR.dims, WireType.LengthDelimited).fork();
  for (const size of dims) writer.int64(size);
  writer.join();
  const type = old.type === INT8 ? FLOAT16 : old.type;
  writer.tag(TENSOR.dataType, WireType.Varint).int32(type);
  writer.tag(TENSOR.name, WireType.LengthDelimited).string(old.name);
  writer.tag(TENSOR.rawData, WireType.LengthDelimited).bytes(raw({ ...old, type }, data));
  return writer.finish();
}

const ones = (rows: number): Matrix => ({ dims: [rows, 1], data: new Float32Array(rows).fill(1) });

function raw(old: Stored, data: Float32Array): Uint8Array {
  if (old.type === FLOAT) return new Uint8Array(data.slice().buffer);
  if (old.type !== FLOAT16) throw new Error(`${old.name} is not stored as fp32, fp16 or int8 (data type ${old.type})`);
  try {
    return new Uint8Array(narrowed(data).buffer);
  } catch (error) {
    throw new Error(`${old.name} holds ${(error as Error).message}, which fp16 cannot store`, { cause: error });
  }
}

/** A graph output with the last dimension set to `to` where it was the number `from`. */
function resized(output: Uint8Array, from: number, to: number): Uint8Array {
  return rewritten(output, (number, type) => {
    if (number !== VALUE.type) return undefined;
    return rewritten(type, (kind, tensorType) => {
      if (kind !== TYPE.tensor) return undefined;
      return rewritten(tensorType, (part, shape) => {
        if (part !== TENSOR_TYPE.shape) return undefined;
        const dims = [...fieldsOf(shape)].filter((f) => f.number === SHAPE.dimension).map(payload);
        const last = dims.at(-1);
        const value = last && [...fieldsOf(last)].find((f) => f.number === DIMENSION.value);
        if (!value || Number(new BinaryReader(value.raw).int64()) !== from) return undefined;
        dims[dims.length - 1] = new BinaryWriter().tag(DIMENSION.value, WireType.Varint).int64(to).finish();
        const writer = new BinaryWriter();
        for (const dim of dims) writer.tag(SHAPE.dimension, WireType.LengthDelimited).bytes(dim);
        return writer.finish();
      });
    });
  });
}
