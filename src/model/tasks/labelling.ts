/** Entities and sentiment of text segments: the encoder runs once per segment, whatever the number of tasks. */
import type { Span } from "../../text/span";
import { probabilities } from "./bio";
import { EntityReader } from "./entities";
import type { Entity } from "./entities";
import { classCount } from "../manifest/manifest";
import { encoderBatch, singleRow } from "../model";
import type { Model, Step } from "../model";
import { cutBatches, windows } from "../rows";
import type { Row } from "../rows";
import { shapeIds } from "./shapes";
import type { Task } from "../../documents/tasks";
import type { Encoding } from "../tokenizer/encoding";

/** One segment to label; `words` restricts entities to begin and end at these spans (text that is already split). */
export interface LabelItem {
  readonly text: string;
  readonly words?: readonly Span[];
}

/** Labels of one item; tasks that were not asked for, or do not apply, are absent. */
export interface ItemLabels {
  entities?: Entity[];
  sentiment?: { label: string; score: number; scores: Record<string, number> };
}

/** Tokens two windows of a long segment share, so that each token is read with context on both sides. */
const OVERLAP = 64;

interface Pending {
  readonly encoding: Encoding;
  readonly shapes: Int32Array | undefined;
  readonly entities: EntityReader | undefined;
  readonly sentiment: Float32Array | undefined;
  /** Tokens of the rows read so far. */
  weight: number;
  rowsLeft: number;
}

/**
 * Plans the passes over `items`: rows of at most the encoder's length, in batches of at most `budget` tokens, longest first.
 * Each step can be run on its own; between two steps the caller may stop.
 */
export function planLabels(
  model: Model,
  items: readonly LabelItem[],
  tasks: { readonly entities: boolean; readonly sentiment: boolean },
  budget: number,
): { steps: Step<ItemLabels>[]; done: Map<number, ItemLabels> } {
  const { tokenizer, manifest } = model;
  const entityTags = tasks.entities ? manifest.tasks.entities : undefined;
  const sentimentLabels = tasks.sentiment ? manifest.tasks.sentiment : undefined;
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
      done.set(index, entityTags ? { entities: [] } : {});
      pending.push(undefined);
      return;
    }
    const parts = windows(encoding.ids.length, size, Math.min(OVERLAP, size >> 1));
    for (const part of parts) rows.push({ item: index, ...part });
    pending.push({
      encoding,
      shapes: entityTags && shapeIds(item.text, encoding),
      entities: entityTags && new EntityReader(item, encoding, entityTags),
      sentiment: sentimentLabels && new Float32Array(sentimentLabels.labels.length),
      weight: 0,
      rowsLeft: parts.length,
    });
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, ItemLabels>> => {
    const padded = batch.map((row) =>
      singleRow(tokenizer, row, pending[row.item]!.encoding.ids.subarray(row.from, row.from + row.count)),
    );
    const input = encoderBatch(padded, tokenizer.padId);
    const encoded = await model.network.encode(input);
    if (entityTags) {
      const shapes = new BigInt64Array(input.rows * input.length);
      batch.forEach((row, r) => {
        const from = pending[row.item]!.shapes!;
        for (let i = 0; i < row.count; i++) shapes[r * input.length + before.length + i] = BigInt(from[row.from + i]!);
      });
      const { logits } = await model.network.decode("entities", encoded, { shape_ids: shapes });
      batch.forEach((row, r) =>
        pending[row.item]!.entities!.add(row, logits!, (r * input.length + before.length) * classCount(entityTags)),
      );
    }
    if (sentimentLabels) {
      const { logits } = await model.network.decode("sentiment", encoded);
      const n = sentimentLabels.labels.length;
      const classes = classCount(sentimentLabels);
      const found = new Float32Array(n);
      batch.forEach((row, r) => {
        const item = pending[row.item]!;
        probabilities(sentimentLabels, logits!, r * classes, found, 0);
        // Windows of one long segment count by their length.
        item.weight += row.count;
        for (let i = 0; i < n; i++) item.sentiment![i]! += found[i]! * row.count;
      });
    }
    const finished = new Map<number, ItemLabels>();
    for (const row of batch) {
      const item = pending[row.item]!;
      if (--item.rowsLeft > 0) continue;
      const labels: ItemLabels = {};
      if (item.entities) labels.entities = item.entities.finish();
      if (item.sentiment) labels.sentiment = strongest(item.sentiment, item.weight, sentimentLabels!.labels);
      finished.set(row.item, labels);
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
    .map((model) => ({ model, own: tasks.filter((task) => model.tasks.includes(task)) }))
    .map(({ model, own }) => ({ model, entities: own.includes("entities"), sentiment: own.includes("sentiment") }))
    .filter(({ entities, sentiment }) => entities || sentiment)
    .map(({ model, entities, sentiment }) => planLabels(model, items, { entities, sentiment }, budget));
  if (plans.length === 1) return plans[0]!;
  const parts = items.map((): { labels: ItemLabels; left: number } => ({ labels: {}, left: plans.length }));
  const merge = (found: ReadonlyMap<number, ItemLabels>): Map<number, ItemLabels> => {
    const finished = new Map<number, ItemLabels>();
    for (const [item, labels] of found) {
      const part = parts[item]!;
      Object.assign(part.labels, labels);
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

function strongest(
  sums: Float32Array,
  weight: number,
  labels: readonly string[],
): NonNullable<ItemLabels["sentiment"]> {
  const scores = Object.fromEntries(labels.map((label, i) => [label, sums[i]! / weight]));
  const best = sums.indexOf(Math.max(...sums));
  return { label: labels[best]!, score: sums[best]! / weight, scores };
}
