/** A decoder as a run left it, asked about texts that were read before: no file is written for it. */
import type { LabelTask } from "../documents/tasks";
import { isSpanTask } from "../documents/tasks";
import type { Decoder, EncoderManifest } from "../model/manifest/manifest";
import type { SessionSettings } from "../model/network/network";
import { openDecoder } from "../model/training/decoder-session";
import type { DecoderSession } from "../model/training/decoder-session";
import type { Parameters } from "../model/training/step-parameters";
import { padStates } from "../model/training/kept-states";
import { cutBatches } from "../model/rows";
import { readerOf } from "../model/tasks/labelling";
import type { Span } from "../text/span";
import { shapesOf } from "./rows";
import type { ReadText } from "./rows";

/** A label that a decoder gives: for classes, of the whole text. */
export interface Given extends Span {
  readonly label: string;
  /** Calibrated probability, 0 to 1. */
  readonly score: number;
}

/** The decoder of a manifest that serves some rows of an output layer. @param all names of its rows */
export function serving(decoder: Decoder, all: readonly string[], served: readonly number[]): Decoder {
  const labels = served.map((row) => all[row]!);
  const classes = all.map((_, row) => served.indexOf(row));
  return { ...decoder, labels, outputs: all, classes };
}

/** The labels that old logits give. @param before special tokens in front of a text's own */
export function givenBy(
  task: LabelTask,
  decoder: Decoder,
  read: ReadText,
  logits: Float32Array,
  before: number,
): readonly Given[] {
  const { text, encoding, length } = read;
  const reader = readerOf(task, decoder, read, encoding);
  reader.add({ item: 0, from: 0, count: encoding.ids.length }, logits, { index: 0, length, before });
  const found = reader.finish();
  if (isSpanTask(task)) return found[task] ?? [];
  return [found[task]].flatMap((one) =>
    one ? [{ start: 0, end: text.length, label: one.label, score: one.score }] : [],
  );
}

/** A decoder with other parameters, open. */
export class TaughtDecoder {
  private constructor(
    private readonly task: LabelTask,
    private readonly session: DecoderSession,
    private readonly before: number,
  ) {}

  /** Opens it. @param before special tokens in front of a text's own. @throws as `openDecoder`. */
  static async open(
    manifest: EncoderManifest,
    task: LabelTask,
    parameters: Parameters,
    before: number,
    settings: SessionSettings,
  ): Promise<TaughtDecoder> {
    return new TaughtDecoder(task, await openDecoder(manifest, task, parameters, settings), before);
  }

  /** Labels of texts. @param decoder what is served of the output layer, see {@link serving} */
  async give(decoder: Decoder, texts: readonly ReadText[], budget = 2048): Promise<(readonly Given[])[]> {
    const given: (readonly Given[])[] = texts.map(() => []);
    const batches = cutBatches(
      texts.map(({ length }) => length),
      budget,
    );
    for (const indices of batches) {
      const rows = indices.map((i) => texts[i]!);
      const { states, mask } = padStates(rows);
      const extra = isSpanTask(this.task) ? { shape_ids: shapesOf(rows, mask.dims) } : {};
      const out = await this.session.run({ hidden_states: states, attention_mask: mask, ...extra });
      const logits = out["logits"]!;
      const size = logits.length / rows.length;
      indices.forEach((i, r) => {
        given[i] = givenBy(this.task, decoder, texts[i]!, logits.subarray(r * size, (r + 1) * size), this.before);
      });
    }
    return given;
  }

  /** Frees the native memory. */
  async close(): Promise<void> {
    await this.session.close();
  }
}
