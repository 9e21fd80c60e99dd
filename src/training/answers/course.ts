/** Answers as a job teaches them: questions of people, read with their passages, and questions about other text, which are held to what the model answered. */
import { excerpt } from "../../datasets/losses";
import type { QuestionTask } from "../../documents/tasks";
import type { EncoderManifest } from "../../model/manifest/manifest";
import { EncoderNetwork } from "../../model/network/network";
import type { SessionSettings } from "../../model/network/network";
import { loadTokenizer } from "../../model/tokenizer/load";
import type { Parameters } from "../../model/training/step-parameters";
import type { BaseQuestion, BaseText } from "../base-text";
import { batchesOf } from "../batches";
import type { Course } from "../course";
import type { AnswerExample } from "../examples/answers";
import type { TaughtAnswers } from "../examples/collect";
import type { LeftOut } from "../examples/example";
import { foldsOf } from "../folds";
import { ANSWERS, judge } from "../gate";
import { hashOf } from "../hash";
import { answerCounts, ANSWERED, UNANSWERED } from "../score";
import type { ExampleCounts } from "../score";
import { answerGiven, trainedLogits } from "./given";
import type { GivenAnswer, SpanLogits } from "./given";
import { answerProbes } from "./probes";
import { answerBatch, heldWindow, readWindows, taughtRows } from "./windows";
import type { AnswerRow, AskedPassage, ReadWindow, WindowOptions } from "./windows";

/** What is read to make an answers' {@link Course}. */
export interface AnswerSource extends WindowOptions {
  readonly manifest: EncoderManifest;
  readonly taught: TaughtAnswers;
  readonly baseText: BaseText;
  readonly session: SessionSettings;
}

/** A question with its passages as the model read them, and the rows that are learned from. */
interface Pair {
  readonly example: AnswerExample;
  readonly windows: readonly ReadWindow[];
  readonly rows: readonly AnswerRow[];
}

/** Sentences of a passage that is made of several. */
const SENTENCES = 5;

/**
 * Questions about other text: each with the sentence that answers it, with that among others, or with others alone, which answer it hardly ever. So the model goes
 * on choosing among sentences, and goes on saying that there is no answer.
 */
export function replayedPairs(questions: readonly BaseQuestion[]): AskedPassage[] {
  const count = Math.min(SENTENCES, questions.length - 1);
  return questions.map(({ question, text }, i) => {
    const others = Array.from({ length: count }, (_, by) => questions[(i + by + 1) % questions.length]!.text);
    const beside = others.slice(0, SENTENCES - 1);
    const at = Math.floor(i / 3) % (beside.length + 1);
    const among = [...beside.slice(0, at), text, ...beside.slice(at)];
    const passages = [text, among.join(" "), others.length === 0 ? text : others.join(" ")];
    return { question, text: passages[i % 3]!, borders: [], answers: [] };
  });
}

/** Reads all that is taught. @throws as `EncoderNetwork.open`; the signal's reason. */
export async function answersCourse(source: AnswerSource): Promise<Course> {
  const { manifest, taught, baseText, session, ...options } = source;
  const { task } = taught;
  const network = await EncoderNetwork.open(manifest, session);
  const model = { network, tokenizer: await loadTokenizer(manifest.dir) };
  const read = (pairs: readonly AskedPassage[]): Promise<(ReadWindow | undefined)[]> =>
    readWindows(model, task, pairs, options);
  try {
    const passages = taught.examples.flatMap(({ text: question, passages: own }) =>
      own.map((passage) => ({ ...passage, question })),
    );
    const windows = await read(passages);
    let at = 0;
    const pairs: Pair[] = [];
    const left: LeftOut[] = [];
    for (const example of taught.examples) {
      const own = example.passages.flatMap(({ weight }) => {
        const window = windows[at++];
        return window === undefined ? [] : [{ window, rows: taughtRows(window, weight) }];
      });
      const { document, span, text } = example;
      const holds = own.some(({ rows }) => rows.some(({ start }) => example.answers === "none" || start > 0));
      if (holds)
        pairs.push({ example, windows: own.map(({ window }) => window), rows: own.flatMap(({ rows }) => rows) });
      else {
        const reason = "the model cannot read it in one go: the question or the answer is too long";
        left.push({ document, task, span, exact: excerpt(text), reason });
      }
    }
    const [replayed, probes] = [
      (await read(replayedPairs(baseText.questions.replayed))).filter((one) => one !== undefined),
      (await read(replayedPairs(baseText.questions.probes))).filter((one) => one !== undefined),
    ];
    return new AnswersCourse(task, { manifest, session }, pairs, left, { replayed, probes });
  } finally {
    await network.close();
  }
}

class AnswersCourse implements Course {
  readonly folds: Course["folds"];
  readonly record: Course["record"];

  constructor(
    readonly task: QuestionTask,
    private readonly model: Pick<AnswerSource, "manifest" | "session">,
    private readonly pairs: readonly Pair[],
    readonly left: readonly LeftOut[],
    private readonly other: { readonly replayed: readonly ReadWindow[]; readonly probes: readonly ReadWindow[] },
  ) {
    const examples = pairs.map(({ example }) => example);
    this.folds = foldsOf(examples);
    const count = examples.length;
    this.record = { decisions: count, examples: count, examplesHash: hashOf(examples), newLabels: {} };
  }

  get examples(): number {
    return this.pairs.length;
  }

  batches(numbers: readonly number[]): ReturnType<Course["batches"]> {
    const rows = numbers.flatMap((i) => this.pairs[i]!.rows);
    return {
      taught: batchesOf(rows, answerBatch),
      held: batchesOf(this.other.replayed.map(heldWindow), answerBatch),
    };
  }

  async measure(parameters: Parameters, numbers: readonly number[]): Promise<ExampleCounts[]> {
    const own = numbers.map((i) => this.pairs[i]!);
    const logits = await this.#logits(
      parameters,
      own.flatMap(({ windows }) => windows),
    );
    let at = 0;
    return own.map((pair) => this.#counts(pair, logits.slice(at, (at += pair.windows.length))));
  }

  async verdict(parameters: Parameters, after: readonly ExampleCounts[], seed: number): ReturnType<Course["verdict"]> {
    const measured = this.folds.flatMap((fold) => fold.measured.map((i) => this.pairs[i]!));
    const before = measured.map((pair) => this.#counts(pair, pair.windows));
    const { probes } = this.other;
    const now = await this.#logits(parameters, probes);
    const [had, has] = [probes, now].map((logits) =>
      probes.map((window, i) => this.#given([window], [logits[i]!])),
    ) as [GivenAnswer[], GivenAnswer[]];
    return judge([ANSWERED, UNANSWERED], { before, after }, answerProbes(had, has), seed, ANSWERS);
  }

  #counts({ example, windows }: Pair, logits: readonly SpanLogits[]): ExampleCounts {
    return answerCounts(example, this.#given(windows, logits).text);
  }

  #given(windows: readonly ReadWindow[], logits: readonly SpanLogits[]): GivenAnswer {
    return answerGiven(this.task, this.model.manifest.tasks[this.task]!, windows, logits);
  }

  #logits(parameters: Parameters, windows: readonly ReadWindow[]): Promise<SpanLogits[]> {
    const { manifest, session } = this.model;
    return trainedLogits(manifest, this.task, parameters, windows, session);
  }
}
