/** Labels of text segments, spans and classes: the encoder runs once per segment, whatever the number of tasks. */
import type { Span } from "../../text/span";
import { ClassReader } from "./classes";
import type { Classification } from "./classes";
import { EntityReader } from "./entities";
import { besides } from "./spans";
import type { Entity, WordReadings } from "./spans";
import { classCount } from "../manifest/manifest";
import type { Decoder } from "../manifest/manifest";
import { encoderBatch, singleRow } from "../model";
import type { Model, Step } from "../model";
import { cutBatches, windows } from "../rows";
import type { Row } from "../rows";
import { shapeIds } from "./shapes";
import { isSpanTask, LABEL_TASKS, perTask } from "../../documents/tasks";
import type { ClassTask, LabelTask, SpanTask, Task } from "../../documents/tasks";
import type { Encoding } from "../tokenizer/encoding";

/** One segment to label; `words` restricts spans to begin and end at these (text that is already split). */
export interface LabelItem {
  readonly text: string;
  readonly words?: readonly Span[];
}

/** Labels of one item by task; tasks that were not asked for, or do not apply, are absent. */
export interface ItemLabels extends Partial<Record<SpanTask, readonly Entity[]> & Record<ClassTask, Classification>> {
  /** Of each task of spans, what it takes to read the item together with others; absent where nothing may be part of a span. */
  readonly words?: Readonly<Partial<Record<SpanTask, WordReadings>>>;
}

/** Tokens two windows of a long segment share, so that each token is read with context on both sides. */
const OVERLAP = 64;

/** Where the logits of a window stand: it is row `index` of a batch of rows of `length` tokens, of which the first `before` are not the text's. */
export interface Place {
  readonly index: number;
  readonly length: number;
  readonly before: number;
}

/** Collects a segment's logits for one task, and reads its labels off them. */
export interface Reader {
  add(row: Row, logits: Float32Array, place: Place): void;
  /** What it is labelled, to be put under its task. */
  finish(): ItemLabels;
}

/** How labels of a task are read, which follows from its kind. */
export function readerOf(task: LabelTask, decoder: Decoder, item: LabelItem, encoding: Encoding): Reader {
  if (isSpanTask(task)) {
    const reader = new EntityReader(item, encoding, decoder);
    return {
      add: (row, logits, { index, length, before }) =>
        reader.add(row, logits, (index * length + before) * classCount(decoder)),
      finish: () => {
        const { spans, words } = reader.finish();
        return { [task]: spans, ...(words && { words: { [task]: words } }) };
      },
    };
  }
  const reader = new ClassReader(decoder);
  return {
    add: (row, logits, { index }) => reader.add(row, logits, index),
    finish: () => ({ [task]: reader.finish() }),
  };
}

interface Pending {
  readonly encoding: Encoding;
  readonly shapes: Int32Array | undefined;
  readonly readers: ReadonlyMap<LabelTask, Reader>;
  rowsLeft: number;
}

/**
 * Plans the passes over `items`: rows of at most the encoder's length, in batches of at most `budget` tokens, longest first.
 * Each step can be run on its own; between two steps the caller may stop.
 */
export function planLabels(
  model: Model,
  items: readonly LabelItem[],
  tasks: Readonly<Partial<Record<LabelTask, boolean>>>,
  budget: number,
): { steps: Step<ItemLabels>[]; done: Map<number, ItemLabels> } {
  const { tokenizer, manifest } = model;
  const decoders = LABEL_TASKS.flatMap((task) => {
    const decoder = tasks[task] === true ? manifest.tasks[task] : undefined;
    return decoder ? [[task, decoder] as const] : [];
  });
  const spanTasks = decoders.map(([task]) => task).filter(isSpanTask);
  const { before, after } = tokenizer.single;
  const special = before.length + after.length;
  const size = manifest.maximumTokens - special;
  const done = new Map<number, ItemLabels>();
  const pending: (Pending | undefined)[] = [];
  const rows: Row[] = [];
  items.forEach((item, index) => {
    const encoding = tokenizer.encode(item.text);
    // White space is tokens to some tokenizers, and says nothing to any model.
    if (encoding.ids.length === 0 || item.text.trim() === "") {
      done.set(index, Object.fromEntries(spanTasks.map((task) => [task, []])));
      pending.push(undefined);
      return;
    }
    const parts = windows(encoding.ids.length, size, Math.min(OVERLAP, size >> 1));
    for (const part of parts) rows.push({ item: index, ...part });
    pending.push({
      encoding,
      shapes: spanTasks.length > 0 ? shapeIds(item.text, encoding) : undefined,
      readers: new Map(decoders.map(([task, decoder]) => [task, readerOf(task, decoder, item, encoding)])),
      rowsLeft: parts.length,
    });
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, ItemLabels>> => {
    const padded = batch.map((row) =>
      singleRow(tokenizer, row, pending[row.item]!.encoding.ids.subarray(row.from, row.from + row.count)),
    );
    const input = encoderBatch(padded, tokenizer.padId);
    const { length } = input;
    const encoded = await model.network.encode(input);
    const shapes = new BigInt64Array(spanTasks.length > 0 ? input.rows * length : 0);
    batch.forEach((row, r) => {
      const from = pending[row.item]!.shapes;
      if (from)
        for (let i = 0; i < row.count; i++) shapes[r * length + before.length + i] = BigInt(from[row.from + i]!);
    });
    for (const [task] of decoders) {
      const extra = isSpanTask(task) ? { shape_ids: shapes } : {};
      const { logits } = await model.network.decode(task, encoded, extra);
      batch.forEach((row, index) =>
        pending[row.item]!.readers.get(task)!.add(row, logits!, { index, length, before: before.length }),
      );
    }
    const finished = new Map<number, ItemLabels>();
    for (const row of batch) {
      const { readers } = pending[row.item]!;
      if (--pending[row.item]!.rowsLeft > 0) continue;
      finished.set(row.item, [...readers.values()].map((reader) => reader.finish()).reduce(besides));
    }
    return finished;
  };

  const steps = cutBatches(
    rows.map((row) => row.count + special),
    budget,
  ).map((indices) => {
    const batch = indices.map((i) => rows[i]!);
    return { items: [...new Set(batch.map((row) => row.item))], run: () => run(batch) };
  });
  return { steps, done };
}

/**
 * As {@link planLabels}, for tasks that several models serve: each model's passes, one after the other; an item is complete with the last.
 * @param models each with the tasks it serves.
 */
export function planLabelsOf(
  models: readonly (Model & { readonly tasks: readonly Task[] })[],
  items: readonly LabelItem[],
  tasks: readonly Task[],
  budget: number,
): { steps: Step<ItemLabels>[]; done: Map<number, ItemLabels> } {
  const plans = models
    .map((model) => ({ model, own: LABEL_TASKS.filter((task) => tasks.includes(task) && model.tasks.includes(task)) }))
    .filter(({ own }) => own.length > 0)
    .map(({ model, own }) =>
      planLabels(
        model,
        items,
        perTask(own, () => true),
        budget,
      ),
    );
  if (plans.length === 1) return plans[0]!;
  const parts = items.map((): { labels: ItemLabels; left: number } => ({ labels: {}, left: plans.length }));
  const merge = (found: ReadonlyMap<number, ItemLabels>): Map<number, ItemLabels> => {
    const finished = new Map<number, ItemLabels>();
    for (const [item, labels] of found) {
      const part = parts[item]!;
      part.labels = besides(part.labels, labels);
      if (--part.left === 0) finished.set(item, part.labels);
    }
    return finished;
  };
  const done = new Map(plans.length === 0 ? items.map((_, i) => [i, {}]) : []);
  for (const plan of plans) for (const [item, labels] of merge(plan.done)) done.set(item, labels);
  return {
    steps: plans.flatMap(({ steps }) =>
      steps.map((step) => ({ items: step.items, run: async () => merge(await step.run()) })),
    ),
    done,
  };
}
