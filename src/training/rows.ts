/** Text as training steps read it: hidden states and old logits, computed once and kept, with the targets; and batches of such rows. */
import { isSpanTask } from "../documents/tasks";
import type { LabelTask } from "../documents/tasks";
import { encoderBatch, singleRow } from "../model/model";
import type { PaddedRow } from "../model/model";
import type { EncoderNetwork } from "../model/network/network";
import { cutBatches } from "../model/rows";
import type { Span } from "../text/span";
import { encodedStates, padStates } from "../model/training/kept-states";
import type { KeptStates } from "../model/training/kept-states";
import type { Input } from "../model/training/training-step";
import { shapeIds } from "../model/tasks/shapes";
import type { Encoding } from "../model/tokenizer/encoding";
import type { Tokenizer } from "../model/tokenizer/tokenizer";
import type { TeachExample } from "./examples/example";
import { rowsOfLabel } from "./outputs";
import type { Outputs } from "./outputs";
import { classTargets, IGNORED, spanTargets } from "./targets";
import type { Targets } from "./targets";

/** An open model that is taught. */
export interface TeachableModel {
  readonly network: EncoderNetwork;
  readonly tokenizer: Tokenizer;
}

/** A text as the model reads it, and what the model made of it before it was taught. */
export interface ReadText extends KeptStates {
  readonly text: string;
  /** Where the text is already split: labels begin and end at these. */
  readonly words?: readonly Span[];
  readonly encoding: Encoding;
  /** Case and shape of each token's word; only for spans. */
  readonly shapes: Int32Array | undefined;
  /** Old logits [units × old rows of the output layer]; units are tokens, special ones included, or the whole as one. */
  readonly logits: Float32Array;
}

/** A row of a batch. */
export interface TeachRow extends KeptStates {
  readonly shapes: Int32Array | undefined;
  /** A row of the output layer for each unit, or {@link IGNORED}. */
  readonly right: Int32Array;
  /** Logits that are held to [units × all rows of the output layer]. */
  readonly reference: Float32Array;
  /** In the loss of what is right. */
  readonly weight: number;
  /** In the divergence from the reference; 0 where all is known. */
  readonly hold: number;
}

/** Log-probability, nearly, of what was said to be wrong, in a reference. */
const NEVER = -30;
/** Logit of what is right, where the reference has to say so, against 0 of all else: a probability of .9998 and more. */
const SURE = 12;

/** How texts are read. */
export interface ReadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBatch?: () => void;
  readonly keptOf?: (ids: ArrayLike<number>, length: number) => KeptStates | undefined;
  readonly budget?: number;
}

/**
 * Reads texts, each in one go, in batches of at most `budget` tokens.
 * @param keptOf states that were kept, by a text's tokens and the length of its row. @param onBatch called before each batch.
 * @returns in the order of the texts; undefined for one that is longer than the model reads, or holds no token.
 * @throws the signal's reason between two batches.
 */
export async function readTexts(
  { network, tokenizer }: TeachableModel,
  task: LabelTask,
  texts: readonly string[],
  { signal, onBatch, keptOf, budget = 1024 }: ReadOptions = {},
): Promise<(ReadText | undefined)[]> {
  const encodings = texts.map((text) => tokenizer.encode(text));
  const rows = encodings.flatMap(({ ids }, item): PaddedRow[] => {
    const row = singleRow(tokenizer, { item, from: 0, count: ids.length }, ids);
    return ids.length === 0 || row.ids.length > network.manifest.maximumTokens ? [] : [row];
  });
  const first = tokenizer.single.before.length;
  const read: (ReadText | undefined)[] = texts.map(() => undefined);
  for (const indices of cutBatches(
    rows.map(({ ids }) => ids.length),
    budget,
  )) {
    signal?.throwIfAborted();
    onBatch?.();
    const batch = indices.map((i) => rows[i]!);
    const input = encoderBatch(batch, tokenizer.padId);
    const kept = batch.map(({ row, ids }) => keptOf?.(encodings[row.item]!.ids, ids.length));
    const encoded = kept.every((states) => states !== undefined) ? encodedStates(kept) : await network.encode(input);
    const shapes = batch.map(({ row, ids }) => {
      if (!isSpanTask(task)) return undefined;
      const own = new Int32Array(ids.length);
      own.set(shapeIds(texts[row.item]!, encodings[row.item]!), first);
      return own;
    });
    const padded = shapesOf(
      shapes.map((own) => ({ shapes: own })),
      [input.rows, input.length],
    );
    const { logits } = await network.decode(task, encoded, isSpanTask(task) ? { shape_ids: padded.data } : {});
    const states = encoded.hidden.data as Float32Array;
    const part = (all: Float32Array, r: number, units: number): Float32Array => {
      const size = all.length / input.rows;
      return all.slice(r * size, r * size + (size / (units === 1 ? 1 : input.length)) * units);
    };
    batch.forEach(({ row: { item }, ids: { length } }, r) => {
      read[item] = {
        ...{ text: texts[item]!, encoding: encodings[item]!, length },
        states: part(states, r, length),
        shapes: shapes[r],
        logits: part(logits!, r, isSpanTask(task) ? length : 1),
      };
    });
  }
  return read;
}

/** What an example says of the units of its text; the first token is a special one. */
export function targetsOf(
  task: LabelTask,
  example: TeachExample,
  { encoding }: ReadText,
  names: readonly string[],
): Targets {
  const row = (name: string): number => {
    const found = names.indexOf(name);
    if (found < 0) throw new Error(`${name} is not among the outputs ${names.join(", ")}`);
    return found;
  };
  // A label that was rejected may be one that the model no longer has: then there is nothing to unlearn.
  const has = (label: string): boolean => rowsOfLabel(task, label).every((name) => names.includes(name));
  const known = { ...example, rejected: example.rejected.filter(({ label }) => has(label)) };
  return isSpanTask(task) ? spanTargets(known, encoding, row) : classTargets(known, row);
}

/** A row that is learned from. Where not all is known of it, it is held to what the model said, as far as nobody objected. */
export function taughtRow(
  task: LabelTask,
  example: TeachExample,
  read: ReadText,
  outputs: Outputs,
  before: number,
): TeachRow {
  const { right: own, wrong, open } = targetsOf(task, example, read, outputs.all);
  const units = isSpanTask(task) ? read.length : 1;
  const shift = isSpanTask(task) ? before : 0;
  const right = new Int32Array(units).fill(IGNORED);
  right.set(own, shift);
  const reference = startLogits(read, outputs);
  const width = outputs.all.length;
  right.forEach((row, unit) => {
    if (row < 0) return;
    reference.fill(0, unit * width, (unit + 1) * width);
    reference[unit * width + row] = SURE;
  });
  for (const [unit, rows] of wrong) for (const row of rows) reference[(unit + shift) * width + row] = NEVER;
  return { ...statesOf(read), right, reference, weight: example.weight, hold: open ? 1 : 0 };
}

/** A row of other text, which is held to what the model said of it. */
export function heldRow(read: ReadText, outputs: Outputs): TeachRow {
  const reference = startLogits(read, outputs);
  const right = new Int32Array(reference.length / outputs.all.length).fill(IGNORED);
  return { ...statesOf(read), right, reference, weight: 0, hold: 1 };
}

const statesOf = ({ length, states, shapes }: ReadText): Pick<TeachRow, "length" | "states" | "shapes"> => ({
  ...{ length, states, shapes },
});

/** Logits of all outputs [units × all rows] as a job begins with them: a new one has those of what it is like, and is behind. */
export function startLogits({ logits }: ReadText, { all, change }: Outputs): Float32Array {
  const old = change.from.length;
  const units = logits.length / old;
  const result = new Float32Array(units * all.length);
  all.forEach((name, row) => {
    const begins = row < old ? undefined : change.like?.get(name);
    const from = row < old ? row : begins ? change.from.indexOf(begins.row) : -1;
    for (let unit = 0; unit < units; unit++)
      result[unit * all.length + row] = from < 0 ? 0 : logits[unit * old + from]! - (begins?.behind ?? 0);
  });
  return result;
}

/** Rows as the inputs of one step. @param head the rows of the output layer that are there, see `TrainingStep.run`. */
export function batchOf(task: LabelTask, rows: readonly TeachRow[], head: readonly number[]): Record<string, Input> {
  const { states, mask } = padStates(rows);
  const units = isSpanTask(task) ? mask.dims[1]! : 1;
  const width = rows[0]!.reference.length / rows[0]!.right.length;
  const place = new Map(head.map((row, i) => [row, i]));
  const right = new BigInt64Array(rows.length * units).fill(BigInt(IGNORED));
  const reference = new Float32Array(rows.length * units * head.length);
  rows.forEach((row, r) => {
    row.right.forEach((output, unit) => {
      const at = r * units + unit;
      right[at] = BigInt(output < 0 ? IGNORED : (place.get(output) ?? IGNORED));
      head.forEach((from, i) => (reference[at * head.length + i] = row.reference[unit * width + from]!));
    });
  });
  const perRow = (pick: (row: TeachRow) => number): Input => ({
    dims: [rows.length],
    data: Float32Array.from(rows, pick),
  });
  const perUnit = isSpanTask(task) ? mask.dims : [rows.length];
  return {
    ...{ hidden_states: states, attention_mask: mask },
    ...(isSpanTask(task) && { shape_ids: shapesOf(rows, mask.dims) }),
    labels: { dims: perUnit, data: right },
    reference_logits: { dims: [...perUnit, head.length], data: reference },
    weights: perRow(({ weight }) => weight),
    replay_weights: perRow(({ hold }) => hold),
  };
}

/** Shapes of padded rows [rows × length]. */
export function shapesOf(
  rows: readonly Pick<TeachRow, "shapes">[],
  dims: readonly number[],
): Input & { data: BigInt64Array } {
  const [, length = 0] = dims;
  const data = new BigInt64Array(rows.length * length);
  rows.forEach(({ shapes }, r) => shapes?.forEach((shape, i) => (data[r * length + i] = BigInt(shape))));
  return { dims, data };
}
