/** Entities and sentiment of text segments: the encoder runs once per segment, whatever the number of tasks. */
import type { Span } from "../text/span";
import { softmax } from "./bio";
import { EntityReader, type Entity } from "./entities";
import { encoderBatch, type Model, type PaddedRow, type Step } from "./model";
import { cutBatches, windows, type Row } from "./rows";
import { shapeIds } from "./shapes";
import type { Encoding } from "./tokenizer";

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
  const size = manifest.encoder.maximumTokens - 2;
  const done = new Map<number, ItemLabels>();
  const pending: (Pending | undefined)[] = [];
  const rows: Row[] = [];
  items.forEach((item, index) => {
    const encoding = tokenizer.encode(item.text);
    if (encoding.ids.length === 0) {
      done.set(index, entityTags ? { entities: [] } : {});
      pending.push(undefined);
      return;
    }
    const parts = windows(encoding.ids.length, size, OVERLAP);
    for (const part of parts) rows.push({ item: index, ...part });
    pending.push({
      encoding,
      shapes: entityTags && shapeIds(item.text, encoding),
      entities: entityTags && new EntityReader(item, encoding, entityTags),
      sentiment: sentimentLabels && new Float32Array(sentimentLabels.labels.length),
      rowsLeft: parts.length,
    });
  });

  const run = async (batch: readonly Row[]): Promise<Map<number, ItemLabels>> => {
    const padded: PaddedRow[] = batch.map((row) => {
      const ids = new Int32Array(row.count + 2);
      ids[0] = tokenizer.clsId;
      ids.set(pending[row.item]!.encoding.ids.subarray(row.from, row.from + row.count), 1);
      ids[row.count + 1] = tokenizer.sepId;
      return { row, ids, firstSegment: ids.length };
    });
    const input = encoderBatch(padded, tokenizer.padId);
    const encoded = await model.network.encode(input);
    if (entityTags) {
      const shapes = new BigInt64Array(input.rows * input.length);
      batch.forEach((row, r) => {
        const from = pending[row.item]!.shapes!;
        for (let i = 0; i < row.count; i++) shapes[r * input.length + 1 + i] = BigInt(from[row.from + i]!);
      });
      const { logits } = await model.network.decode("entities", encoded, { shape_ids: shapes });
      batch.forEach((row, r) =>
        pending[row.item]!.entities!.add(row, logits!, (r * input.length + 1) * entityTags.labels.length),
      );
    }
    if (sentimentLabels) {
      const { logits } = await model.network.decode("sentiment", encoded);
      const n = sentimentLabels.labels.length;
      const probabilities = new Float32Array(n);
      batch.forEach((row, r) => {
        const item = pending[row.item]!;
        softmax(logits!, r * n, n, sentimentLabels.temperature, probabilities, 0);
        // Windows of one long segment count by their length.
        for (let i = 0; i < n; i++) item.sentiment![i]! += probabilities[i]! * row.count;
      });
    }
    const finished = new Map<number, ItemLabels>();
    for (const row of batch) {
      const item = pending[row.item]!;
      if (--item.rowsLeft > 0) continue;
      const labels: ItemLabels = {};
      if (item.entities) labels.entities = item.entities.finish();
      if (item.sentiment) labels.sentiment = strongest(item.sentiment, sentimentLabels!.labels);
      finished.set(row.item, labels);
    }
    return finished;
  };

  const steps = cutBatches(
    rows.map((row) => row.count + 2),
    budget,
  ).map((indices) => {
    const batch = indices.map((i) => rows[i]!);
    return { items: [...new Set(batch.map((row) => row.item))], run: () => run(batch) };
  });
  return { steps, done };
}

function strongest(sums: Float32Array, labels: readonly string[]): NonNullable<ItemLabels["sentiment"]> {
  const total = sums.reduce((a, b) => a + b, 0);
  const scores = Object.fromEntries(labels.map((label, i) => [label, sums[i]! / total]));
  const best = sums.indexOf(Math.max(...sums));
  return { label: labels[best]!, score: sums[best]! / total, scores };
}
