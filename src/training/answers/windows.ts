/** Questions with passages as training steps read them: hidden states and old logits, computed once and kept, with the targets; and batches of them. */
import type { QuestionTask } from "../../documents/tasks";
import { encoderBatch, pairRow, pairShift } from "../../model/model";
import type { PaddedRow } from "../../model/model";
import { cutBatches, windows } from "../../model/rows";
import type { Row } from "../../model/rows";
import { OVERLAP, WINDOW } from "../../model/tasks/answering";
import type { Encoding } from "../../model/tokenizer/encoding";
import { padStates } from "../../model/training/kept-states";
import type { KeptStates } from "../../model/training/kept-states";
import type { Input } from "../../model/training/training-step";
import type { Span } from "../../text/span";
import type { TeachableModel } from "../rows";

/** A question and what it is read with. */
export interface AskedPassage {
  readonly question: string;
  readonly text: string;
  /** Offsets in `text` that no answer crosses. */
  readonly borders: readonly number[];
  /** The right answers, in `text`; empty: it holds none. */
  readonly answers: readonly Span[];
}

/** A question with a passage as the model reads it, and what it made of it before it was taught. */
export interface ReadWindow extends KeptStates {
  readonly passage: AskedPassage;
  readonly encoding: Encoding;
  /** Which of the passage's tokens are read. */
  readonly row: Row;
  /** Positions in front of them; position 0 stands for "no answer". */
  readonly shift: number;
  /** Old logits of each position to be the first, or the last. */
  readonly starts: Float32Array;
  readonly ends: Float32Array;
}

/** A row of a batch. */
export interface AnswerRow {
  readonly window: ReadWindow;
  /** Positions of the first and last token; both 0: there is no answer. Below 0: nothing is said. */
  readonly start: number;
  readonly end: number;
  /** In the loss of what is right. */
  readonly weight: number;
  /** In the divergence from the old logits. */
  readonly hold: number;
}

/** How to read. */
export interface WindowOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called before each batch. */
  readonly onBatch?: () => void;
  readonly budget?: number;
}

/**
 * Reads questions with passages, each pair in one window: of a passage that takes several, the one that has most text around the first answer.
 * @returns in the order of the pairs; undefined for one that cannot be read: a question that is too long, or a passage without a token
 * @throws the signal's reason between two batches.
 */
export async function readWindows(
  { network, tokenizer }: TeachableModel,
  task: QuestionTask,
  pairs: readonly AskedPassage[],
  { signal, onBatch, budget = 1536 }: WindowOptions = {},
): Promise<(ReadWindow | undefined)[]> {
  const limit = Math.min(WINDOW, network.manifest.maximumTokens);
  const read: (ReadWindow | undefined)[] = pairs.map(() => undefined);
  const encodings: Encoding[] = [];
  const shifts: number[] = [];
  const rows: PaddedRow[] = [];
  for (const [item, { question, text, answers }] of pairs.entries()) {
    const asked = tokenizer.encode(question).ids;
    const encoding = tokenizer.encode(text);
    const shift = pairShift(tokenizer, asked);
    const size = limit - shift - tokenizer.pair.after.length;
    encodings.push(encoding);
    shifts.push(shift);
    if (size < limit / 2 || encoding.ids.length === 0) continue;
    const part = windowOf(encoding, size, answers[0]);
    const ids = encoding.ids.subarray(part.from, part.from + part.count);
    rows.push(pairRow(tokenizer, { item, ...part }, asked, ids));
  }
  for (const indices of cutBatches(
    rows.map(({ ids }) => ids.length),
    budget,
  )) {
    signal?.throwIfAborted();
    onBatch?.();
    const batch = indices.map((i) => rows[i]!);
    const input = encoderBatch(batch, tokenizer.padId);
    const encoded = await network.encode(input);
    const mask = passageMask(
      batch.map(({ row }) => ({ row, shift: shifts[row.item]! })),
      input.length,
    );
    const out = await network.decode(task, encoded, { passage_mask: mask });
    const states = encoded.hidden.data as Float32Array;
    const width = states.length / input.rows / input.length;
    const part = (all: Float32Array, r: number, each: number, length: number): Float32Array =>
      all.slice(r * input.length * each, (r * input.length + length) * each);
    batch.forEach(({ row, ids: { length } }, r) => {
      read[row.item] = {
        ...{ length, states: part(states, r, width, length) },
        ...{ passage: pairs[row.item]!, encoding: encodings[row.item]!, row, shift: shifts[row.item]! },
        starts: part(out["start_logits"]!, r, 1, length),
        ends: part(out["end_logits"]!, r, 1, length),
      };
    });
  }
  return read;
}

function windowOf(encoding: Encoding, size: number, answer: Span | undefined): { from: number; count: number } {
  const parts = windows(encoding.ids.length, size, Math.min(OVERLAP, Math.floor(size / 2)));
  const tokens = answer && tokensOf(encoding, answer);
  if (tokens === undefined) return parts[0]!;
  const margin = ({ from, count }: { from: number; count: number }): number =>
    Math.min(tokens.first - from, from + count - 1 - tokens.last);
  return parts.reduce((best, part) => (margin(part) > margin(best) ? part : best));
}

/** The first and the last token that a stretch of text touches; undefined where it touches none. */
function tokensOf({ starts, ends }: Encoding, { start, end }: Span): { first: number; last: number } | undefined {
  let [first, last] = [-1, -1];
  for (let i = 0; i < starts.length; i++)
    if (starts[i]! < end && ends[i]! > start) {
      if (first < 0) first = i;
      last = i;
    }
  return first < 0 ? undefined : { first, last };
}

/** Where answers may lie [rows × length]. */
function passageMask(rows: readonly { readonly row: Row; readonly shift: number }[], length: number): BigInt64Array {
  const mask = new BigInt64Array(rows.length * length);
  rows.forEach(({ row, shift }, r) => mask.fill(1n, r * length + shift, r * length + shift + row.count));
  return mask;
}

/** A row that is held to what the model said. */
export const heldWindow = (window: ReadWindow): AnswerRow => ({ window, start: -100, end: -100, weight: 0, hold: 1 });

/**
 * The rows that a window is learned from: one for each place of the answer, which share its weight, since the loss knows one start and one end; of a window
 * without an answer, one that says so, or, without weight, one that is held to what the model said. None where a place lies outside the window.
 */
export function taughtRows(window: ReadWindow, weight: number): AnswerRow[] {
  const { passage, encoding, row, shift } = window;
  if (weight === 0) return [heldWindow(window)];
  if (passage.answers.length === 0) return [{ window, start: 0, end: 0, weight, hold: 0 }];
  const places = passage.answers.flatMap((answer) => {
    const tokens = tokensOf(encoding, answer);
    if (tokens === undefined || tokens.first < row.from || tokens.last >= row.from + row.count) return [];
    return [{ start: shift + tokens.first - row.from, end: shift + tokens.last - row.from }];
  });
  return places.map((place) => ({ window, ...place, weight: weight / places.length, hold: 0 }));
}

/** What a decoder reads of windows. */
export function windowInputs(read: readonly ReadWindow[]): Record<string, Input> {
  const { states, mask } = padStates(read);
  const passage_mask = { dims: mask.dims, data: passageMask(read, mask.dims[1]!) };
  return { hidden_states: states, attention_mask: mask, passage_mask };
}

/** Logit of a position that is none: what the graph gives padding. */
const NOWHERE = -1e4;

/** Rows as the inputs of one step. */
export function answerBatch(rows: readonly AnswerRow[]): Record<string, Input> {
  const inputs = windowInputs(rows.map(({ window }) => window));
  const { dims } = inputs["attention_mask"]!;
  const length = dims[1]!;
  const logits = (pick: (window: ReadWindow) => Float32Array): Input => {
    const data = new Float32Array(rows.length * length).fill(NOWHERE);
    rows.forEach(({ window }, r) => data.set(pick(window), r * length));
    return { dims, data };
  };
  const positions = (pick: (row: AnswerRow) => number): Input => ({
    dims: [rows.length],
    data: BigInt64Array.from(rows, (row) => BigInt(pick(row))),
  });
  const perRow = (pick: (row: AnswerRow) => number): Input => ({
    dims: [rows.length],
    data: Float32Array.from(rows, pick),
  });
  return {
    ...inputs,
    starts: positions(({ start }) => start),
    ends: positions(({ end }) => end),
    reference_start_logits: logits(({ starts }) => starts),
    reference_end_logits: logits(({ ends }) => ends),
    weights: perRow(({ weight }) => weight),
    replay_weights: perRow(({ hold }) => hold),
  };
}
