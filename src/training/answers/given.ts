/** The answers that a decoder gives to questions that were read before, as the editor would show them. */
import { comparable } from "../../engine/comparable";
import { foundAnswers } from "../../engine/found-answers";
import type { Answer } from "../../engine/protocol";
import { describeTask } from "../../documents/tasks";
import type { QuestionTask } from "../../documents/tasks";
import type { Decoder, EncoderManifest } from "../../model/manifest/manifest";
import type { SessionSettings } from "../../model/network/network";
import { cutBatches } from "../../model/rows";
import { best, collect } from "../../model/tasks/answer-spans";
import type { PassageAnswer } from "../../model/tasks/answer-spans";
import { softmax } from "../../model/tasks/bio";
import { openDecoder } from "../../model/training/decoder-session";
import type { Parameters } from "../../model/training/step-parameters";
import { windowInputs } from "./windows";
import type { ReadWindow } from "./windows";

/** Logits of a window: of each position to be the first, or the last. */
export interface SpanLogits {
  readonly starts: Float32Array;
  readonly ends: Float32Array;
}

/** What a model answers. */
export interface GivenAnswer {
  /** Of the answer; empty: that there is none. */
  readonly text: string;
  /** The best answer, whether it is shown or not. */
  readonly closest: string;
  /** Probability of what is said, 0 to 1. */
  readonly score: number;
}

/** The best answer in a window; undefined where the passage holds no word. */
function bestIn(decoder: Decoder, window: ReadWindow, { starts, ends }: SpanLogits): PassageAnswer | undefined {
  const { passage, encoding, row, shift } = window;
  const n = shift + row.count;
  const probabilities = [starts, ends].map((logits) => {
    const p = new Float32Array(n);
    softmax(logits, 0, n, decoder.temperature, p, 0);
    return p;
  }) as [Float32Array, Float32Array];
  const found = new Map<string, PassageAnswer>();
  collect(passage.text, encoding, row, shift, ...probabilities, found, passage.borders);
  return best(found, 1)[0];
}

/** The answer to a question that was read with some passages, as if they were the document. @param logits of each of the windows */
export function answerGiven(
  task: QuestionTask,
  decoder: Decoder,
  windows: readonly ReadWindow[],
  logits: readonly SpanLogits[],
): GivenAnswer {
  const lenience = Math.exp(-(decoder.noAnswerThreshold ?? 0));
  const answers = windows.flatMap((window, context): Answer[] => {
    const found = bestIn(decoder, window, logits[context]!);
    if (found === undefined) return [];
    const { start, end, score, noAnswer } = found;
    const text = window.passage.text.slice(start, end);
    return [{ context, start, end, score, noAnswer: noAnswer * lenience, text }];
  });
  const compared = comparable(answers, []).sort((a, b) => b.score - a.score || a.context - b.context);
  const { answers: shown, noAnswer } = foundAnswers(compared, describeTask(task).minimumConfidence);
  const [first] = compared;
  const said = noAnswer ? undefined : shown[0];
  return { text: said?.text ?? "", closest: first?.text ?? "", score: said?.score ?? first?.noAnswer ?? 1 };
}

/** The logits that a trained decoder gives of windows. @throws as `openDecoder`. */
export async function trainedLogits(
  manifest: EncoderManifest,
  task: QuestionTask,
  parameters: Parameters,
  windows: readonly ReadWindow[],
  settings: SessionSettings,
  budget = 2048,
): Promise<SpanLogits[]> {
  const session = await openDecoder(manifest, task, parameters, settings);
  try {
    const found: SpanLogits[] = [];
    const batches = cutBatches(
      windows.map(({ length }) => length),
      budget,
    );
    for (const indices of batches) {
      const inputs = windowInputs(indices.map((i) => windows[i]!));
      const out = await session.run(inputs);
      const length = inputs["attention_mask"]!.dims[1]!;
      const part = (name: string, r: number, count: number): Float32Array =>
        out[name]!.slice(r * length, r * length + count);
      indices.forEach((i, r) => {
        const count = windows[i]!.length;
        found[i] = { starts: part("start_logits", r, count), ends: part("end_logits", r, count) };
      });
    }
    return found;
  } finally {
    await session.close();
  }
}
