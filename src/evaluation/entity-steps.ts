/** Labelled sentences → batches of a training step of the entity decoder. */
import { keepStates, padStates } from "../model/training/kept-states";
import type { Encode, KeptStates } from "../model/training/kept-states";
import { singleRow } from "../model/model";
import { shapeIds } from "../model/tasks/shapes";
import type { Encoding } from "../model/tokenizer/encoding";
import type { Tokenizer } from "../model/tokenizer/tokenizer";
import type { Input } from "../model/training/training-step";
import type { Span } from "../text/span";

/** A sentence and all of its entities: UTF-16 spans without overlap. What is not marked is learned to be none. */
export interface LabelledSentence {
  readonly text: string;
  readonly entities: readonly (Span & { readonly label: string })[];
}

/** A sentence as the step reads it: states of [CLS] sentence [SEP], shapes, and a tag number or {@link IGNORED} for each token. */
export interface EntityRow extends KeptStates {
  readonly shapes: Int32Array;
  readonly labels: Int32Array;
}

/** Label of a token that says nothing: a continuation of a word, or a special token. */
export const IGNORED = -100;

/** BIO2 tags after adding entity types: those there are keep their numbers. */
export function withTypes(tags: readonly string[], types: readonly string[]): string[] {
  return [...new Set([...tags, ...types.flatMap((type) => [`B-${type}`, `I-${type}`])])];
}

/**
 * A tag for the first token of each word, as in training: a word that an entity touches belongs to it.
 * @throws Error when an entity lies outside the text, overlaps another, holds no word, or has a label without tags.
 */
export function entityLabels(
  { text, entities }: LabelledSentence,
  encoding: Encoding,
  tags: readonly string[],
): Int32Array {
  const { starts, ends, words } = encoding;
  const labels = new Int32Array(words.length).fill(IGNORED);
  const number = (tag: string): number => {
    const found = tags.indexOf(tag);
    if (found < 0) throw new Error(`${tag} is not among the tags ${tags.join(", ")}`);
    return found;
  };
  for (let i = 0; i < words.length; i++) if (words[i] !== words[i - 1]) labels[i] = number("O");
  let end = 0;
  for (const entity of [...entities].sort((a, b) => a.start - b.start)) {
    const where = `the ${entity.label} at ${entity.start}–${entity.end}`;
    if (entity.start < end || entity.end <= entity.start || entity.end > text.length)
      throw new Error(`${where} lies outside its sentence or overlaps another`);
    end = entity.end;
    let prefix = "B";
    for (let i = 0; i < words.length; i++) {
      if (labels[i] === IGNORED) continue;
      let last = i;
      while (words[last + 1] === words[i]) last++;
      if (ends[last]! <= entity.start || starts[i]! >= entity.end) continue;
      labels[i] = number(`${prefix}-${entity.label}`);
      prefix = "I";
    }
    if (prefix === "B") throw new Error(`${where} holds no word`);
  }
  return labels;
}

/** Encodes sentences once. @param limit the encoder's most tokens; a longer sentence is an error, since its end would be lost. */
export async function entityRows(
  sentences: readonly LabelledSentence[],
  tags: readonly string[],
  tokenizer: Tokenizer,
  encode: Encode,
  limit: number,
  budget = 1024,
): Promise<EntityRow[]> {
  const encodings = sentences.map((sentence) => tokenizer.encode(sentence.text));
  const rows = encodings.map(({ ids }, item) => {
    const row = singleRow(tokenizer, { item, from: 0, count: ids.length }, ids);
    if (row.ids.length > limit)
      throw new Error(`a sentence of ${row.ids.length} tokens is too long to learn from: the model reads ${limit}`);
    return row;
  });
  const first = tokenizer.single.before.length;
  const kept = await keepStates(rows, encode, tokenizer.padId, budget);
  return sentences.map((sentence, i) => {
    const encoding = encodings[i]!;
    const { length } = rows[i]!.ids;
    const shapes = new Int32Array(length);
    shapes.set(shapeIds(sentence.text, encoding), first);
    const labels = new Int32Array(length).fill(IGNORED);
    labels.set(entityLabels(sentence, encoding, tags), first);
    return { ...kept[i]!, shapes, labels };
  });
}

/** Rows as the inputs of one step. @param deep whether the states are those below the encoder's last layers. */
export function entityBatch(rows: readonly EntityRow[], deep = false): Record<string, Input> {
  const { states, mask } = padStates(rows);
  const length = mask.dims[1]!;
  const tokens = (pick: (row: EntityRow) => Int32Array, pad: number): Input => {
    const data = new BigInt64Array(rows.length * length).fill(BigInt(pad));
    rows.forEach((row, r) => pick(row).forEach((value, i) => (data[r * length + i] = BigInt(value))));
    return { dims: mask.dims, data };
  };
  return {
    [deep ? "lower_states" : "hidden_states"]: states,
    attention_mask: mask,
    shape_ids: tokens((row) => row.shapes, 0),
    labels: tokens((row) => row.labels, IGNORED),
  };
}
