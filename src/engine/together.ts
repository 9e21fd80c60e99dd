/** What a model said of the sentences of a document, read together: the same for editor, command line and evaluation. */
import { SPAN_TASKS } from "../documents/tasks";
import type { SpanTask } from "../documents/tasks";
import { NEIGHBOURS, readTogether } from "../model/tasks/together";
import { append } from "../text/grouped";
import type { SegmentKind } from "../text/segment-kind";
import type { LabelledSpan, SegmentLabels } from "./protocol";

/** A sentence and what the model said of it alone. */
export interface SaidSentence {
  /** As the model reads it; undefined where it is not cut yet. */
  readonly text: string | undefined;
  readonly kind?: SegmentKind;
  /** Undefined where it is not labelled yet. */
  readonly labels: SegmentLabels | undefined;
}

/**
 * The labels of sentences `from` to `to` in the light of the sentences around: spans as {@link readTogether} has them, all else as it was said.
 * @param sentences in order, with those around that are known.
 */
export function labelsTogether(
  sentences: readonly SaidSentence[],
  from = 0,
  to = sentences.length,
): (SegmentLabels | undefined)[] {
  const found = sentences.slice(from, to).map(({ labels }) => labels);
  for (const task of SPAN_TASKS) {
    const spans = readTogether(
      sentences.map((sentence) => readOf(sentence, task)),
      from,
      to,
    );
    for (const [i, read] of spans.entries()) {
      const said = found[i];
      if (said !== undefined && read !== undefined && read !== said[task]) found[i] = { ...said, [task]: read };
    }
  }
  return found;
}

function readOf(
  { text, kind, labels }: SaidSentence,
  task: SpanTask,
): { text: string; spans: readonly LabelledSpan[]; words?: NonNullable<SegmentLabels["words"]>[SpanTask] } | undefined {
  const spans = labels?.[task];
  if (text === undefined || spans === undefined) return undefined;
  // A nickname says nothing of what it names, and no sentence learns from it.
  return kind === "speaker" ? { text, spans } : { text, spans, words: labels?.words?.[task] };
}

/** Reads sentences together that come one after another: each is given as soon as all are there that count for it. */
export class TogetherStream<Sentence extends SaidSentence> {
  /** The sentences that may still count for others, and how many of them are given already. */
  #window: Sentence[] = [];
  #given = 0;

  /** Takes the next sentences. @returns those that are read now, in order, with their labels. */
  *push(sentences: readonly Sentence[]): Generator<[Sentence, SegmentLabels | undefined]> {
    append(this.#window, sentences);
    yield* this.#give(Math.max(this.#given, this.#window.length - NEIGHBOURS));
  }

  /** @returns the last ones: none comes after them. */
  *end(): Generator<[Sentence, SegmentLabels | undefined]> {
    yield* this.#give(this.#window.length);
  }

  *#give(to: number): Generator<[Sentence, SegmentLabels | undefined]> {
    const given = this.#given;
    const labels = labelsTogether(this.#window, given, to);
    const ready = this.#window.slice(given, to);
    const passed = Math.max(0, to - NEIGHBOURS);
    this.#window = this.#window.slice(passed);
    this.#given = to - passed;
    for (const [i, sentence] of ready.entries()) yield [sentence, labels[i]];
  }
}
