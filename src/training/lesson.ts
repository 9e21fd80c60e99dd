/** What a job learns from, read by the model as it is: examples, other text, the output layer that there is to be, and which examples are held out. */
import { join } from "node:path";
import { excerpt } from "../datasets/losses";
import type { LabelTask } from "../documents/tasks";
import type { EncoderManifest } from "../model/manifest/manifest";
import { EncoderNetwork } from "../model/network/network";
import type { SessionSettings } from "../model/network/network";
import { loadTokenizer } from "../model/tokenizer/load";
import type { Tokenizer } from "../model/tokenizer/tokenizer";
import { BaseStates } from "./base-states";
import type { BaseText } from "./base-text";
import type { TaughtLabels } from "./examples/collect";
import type { LeftOut, TeachExample } from "./examples/example";
import { foldsOf } from "./folds";
import type { Fold } from "./folds";
import { nearestLabels } from "./nearest";
import { planOutputs, rowNames } from "./outputs";
import type { Outputs } from "./outputs";
import { readTexts, taughtRow } from "./rows";
import type { ReadOptions, ReadText, TeachRow } from "./rows";

/** An example and its text as the model read it. */
export interface Pair {
  readonly example: TeachExample;
  readonly read: ReadText;
}

/** What is read to make a {@link Lesson}. */
export interface LessonSource {
  readonly manifest: EncoderManifest;
  readonly taught: TaughtLabels;
  readonly baseText: BaseText;
  /** Where states of the other text are kept. */
  readonly states: string;
  readonly session: SessionSettings;
  /** Called before each batch. */
  readonly onBatch?: () => void;
  readonly signal?: AbortSignal | undefined;
}

/** All that is known before anything is learned. */
export interface Lesson {
  readonly task: LabelTask;
  readonly tokenizer: Tokenizer;
  /** Special tokens in front of a text's own. */
  readonly before: number;
  readonly outputs: Outputs;
  /** What is learned from, with the same numbers: examples, and their rows. */
  readonly pairs: readonly Pair[];
  readonly rows: readonly TeachRow[];
  readonly replayed: readonly ReadText[];
  readonly probes: readonly ReadText[];
  readonly folds: readonly Fold[];
  /** Labels of the workspace that examples hold. */
  readonly labels: readonly string[];
  readonly left: readonly LeftOut[];
}

/** Reads it. @throws as `EncoderNetwork.open`; the signal's reason. */
export async function readLesson(source: LessonSource): Promise<Lesson> {
  const { manifest, taught, baseText, session, onBatch, signal } = source;
  const { task } = taught;
  const tokenizer = await loadTokenizer(manifest.dir);
  const before = tokenizer.single.before.length;
  const network = await EncoderNetwork.open(manifest, session);
  const read = async (texts: readonly string[], keptOf?: ReadOptions["keptOf"]): Promise<(ReadText | undefined)[]> => {
    const options = { signal, ...(onBatch && { onBatch }), ...(keptOf && { keptOf }) };
    return readTexts({ network, tokenizer }, task, texts, options);
  };
  let own: (ReadText | undefined)[];
  let replayed: ReadText[];
  let probes: ReadText[];
  try {
    own = await read(taught.examples.map(({ text }) => text));
    const states = new BaseStates(source.states, manifest.encoder.sha256, [...baseText.replayed, ...baseText.probes]);
    await states.load();
    [replayed, probes] = [
      present(await read(baseText.replayed, states.of)),
      present(await read(baseText.probes, states.of)),
    ];
    await states.keep([...replayed, ...probes]);
  } finally {
    await network.close();
  }
  const left: LeftOut[] = [];
  const leave = ({ document, span, text }: TeachExample, reason: string): void => {
    left.push({ document, task, span, exact: excerpt(text), reason });
  };
  const decoder = manifest.tasks[task]!;
  const all = taught.examples.flatMap((example, i): Pair[] => {
    const text = own[i];
    if (text === undefined)
      leave(example, "the model cannot read it in one go: it is too long, or holds no word that it knows");
    return text === undefined ? [] : [{ example, read: text }];
  });
  const examined = new Set(all.flatMap(({ example }) => example.labels.map(({ label }) => label)));
  const nearest = nearestLabels(task, all, rowNames(decoder), before);
  const outputs = planOutputs(task, decoder, taught.labels, examined, nearest);
  const pairs: Pair[] = [];
  const rows: TeachRow[] = [];
  for (const pair of all) {
    try {
      rows.push(taughtRow(task, pair.example, pair.read, outputs, before));
      pairs.push(pair);
    } catch (error) {
      leave(pair.example, (error as Error).message);
    }
  }
  const folds = foldsOf(pairs.map(({ example }) => example));
  const labels = taught.labels.filter((label) => examined.has(label));
  return { task, tokenizer, before, outputs, pairs, rows, replayed, probes, folds, labels, left };
}

/** The folder of states beside versions. */
export const statesFolder = (versions: string): string => join(versions, "states");

const present = (texts: readonly (ReadText | undefined)[]): ReadText[] => texts.filter((text) => text !== undefined);
