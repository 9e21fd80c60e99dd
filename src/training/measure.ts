/** The figures that the gate goes by: what a trained decoder says of examples that it did not learn from, and of other text, against what the model said before. */
import type { Decoder, EncoderManifest } from "../model/manifest/manifest";
import type { SessionSettings } from "../model/network/network";
import type { Parameters } from "../model/training/step-parameters";
import { judge, probesOf } from "./gate";
import type { HeldOut, Verdict } from "./gate";
import type { Lesson, Pair } from "./lesson";
import { startLogits } from "./rows";
import type { ReadText } from "./rows";
import { countsOf, scoreOf, sumOf } from "./score";
import type { ExampleCounts } from "./score";
import { givenBy, serving, TaughtDecoder } from "./taught-decoder";

/** Measures what was trained on a lesson. */
export class Measuring {
  constructor(
    private readonly lesson: Lesson,
    private readonly manifest: EncoderManifest,
    private readonly session: SessionSettings,
  ) {}

  /** Counts of the examples that a fold holds out, by a decoder that learned from the others. */
  async fold(parameters: Parameters, measured: readonly number[]): Promise<ExampleCounts[]> {
    const { task } = this.lesson;
    const own = this.#pairs(measured);
    const opened = await this.#open(parameters);
    try {
      const given = await opened.give(
        this.#served,
        own.map(({ read }) => read),
      );
      return own.map(({ example }, i) => countsOf(task, example, given[i]!));
    } finally {
      await opened.close();
    }
  }

  /** The counts of all folds beside those of the model as it was. @param after of the folds' examples, fold after fold */
  heldOut(after: readonly ExampleCounts[]): HeldOut {
    const { task, outputs, before, folds } = this.lesson;
    const decoder = this.manifest.tasks[task]!;
    const measured = folds.flatMap((fold) => this.#pairs(fold.measured));
    const count = (give: (read: ReadText) => ReturnType<typeof givenBy>): ExampleCounts[] =>
      measured.map(({ example, read }) => countsOf(task, example, give(read)));
    const asItIs = count((read) => givenBy(task, decoder, read, read.logits, before));
    // A new label is no achievement where the old one had only to be called by another name.
    const renamed = count((read) => givenBy(task, this.#served, read, startLogits(read, outputs), before));
    const better = scoreOf(sumOf(renamed)).f1 > scoreOf(sumOf(asItIs)).f1;
    return { before: better ? renamed : asItIs, after };
  }

  /** The verdict on what learned from all. @param seed of the bootstrap */
  async verdict(parameters: Parameters, heldOut: HeldOut, seed: number): Promise<Verdict> {
    const { task, outputs, probes, before, labels } = this.lesson;
    const decoder = this.manifest.tasks[task]!;
    const opened = await this.#open(parameters);
    try {
      // What is compared is what was there before: where another label set is served now, the old one is asked for.
      const old = serving(
        decoder,
        outputs.all,
        decoder.labels.map((label) => outputs.all.indexOf(label)),
      );
      const had = probes.map((text) => givenBy(task, decoder, text, text.logits, before));
      const whole = outputs.held.every((row) => outputs.served.includes(row));
      const has = await opened.give(whole ? this.#served : old, probes);
      return judge(labels, heldOut, probesOf(had, has, outputs.like), seed);
    } finally {
      await opened.close();
    }
  }

  get #served(): Decoder {
    const { task, outputs } = this.lesson;
    return serving(this.manifest.tasks[task]!, outputs.all, outputs.served);
  }

  #pairs(numbers: readonly number[]): Pair[] {
    return numbers.map((i) => this.lesson.pairs[i]!);
  }

  #open(parameters: Parameters): Promise<TaughtDecoder> {
    return TaughtDecoder.open(this.manifest, this.lesson.task, parameters, this.lesson.before, this.session);
  }
}
