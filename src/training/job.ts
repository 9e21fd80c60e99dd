/** Teaching one task: examples are read once, a run is made for each fold and measured on what it did not see, one over all, the gate judges, a version is written. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { excerpt } from "../datasets/losses";
import type { LabelTask } from "../documents/tasks";
import { ModelError } from "../model/errors";
import { readManifest } from "../model/manifest/manifest";
import type { EncoderManifest } from "../model/manifest/manifest";
import { stepGraph } from "../model/manifest/step-manifest";
import { EncoderNetwork } from "../model/network/network";
import type { SessionSettings } from "../model/network/network";
import { loadTokenizer } from "../model/tokenizer/load";
import { BaseStates } from "./base-states";
import type { BaseText } from "./base-text";
import { Checkpoint } from "./checkpoint";
import { decisionsOf } from "./examples/example";
import type { TaughtTask } from "./examples/collect";
import type { LeftOut, TeachExample } from "./examples/example";
import { foldsOf } from "./folds";
import { judge, LEAST_DECISIONS, probesOf } from "./gate";
import type { HeldOut, Verdict } from "./gate";
import { nearestLabels } from "./nearest";
import { planOutputs, rowNames } from "./outputs";
import type { Outputs } from "./outputs";
import { heldRow, readTexts, startLogits, taughtRow } from "./rows";
import type { ReadOptions, ReadText, TeachRow } from "./rows";
import { countsOf, scoreOf, sumOf } from "./score";
import type { ExampleCounts } from "./score";
import { givenBy, serving, TaughtDecoder } from "./taught-decoder";
import { DEFAULT_SETTINGS, train } from "./trainer";
import type { Trained, TrainingSettings } from "./trainer";
import type { Version, Versions } from "./versions";

/** How far a job is. */
export interface TeachProgress {
  /** `reading`: texts to states. `folds`: runs that are measured. `training`: the run over all. `measuring`: on other text. `writing`: the new version. */
  readonly phase: "reading" | "folds" | "training" | "measuring" | "writing";
  /** Steps made of all runs, and how many there are at most. */
  readonly done: number;
  readonly total: number;
  /** Of what is taught, in the latest step. */
  readonly loss?: number;
  /** Seconds that the rest takes, as far as the steps so far tell. */
  readonly secondsLeft?: number;
}

/** What to teach, by what, and where to. */
export interface TeachJob {
  /** The folder of the model that is taught: the active version's, or that of the model as it came. */
  readonly modelFolder: string;
  /** The version that this is; undefined for the model as it came. */
  readonly parent?: string | undefined;
  readonly taught: TaughtTask;
  readonly baseText: BaseText;
  readonly versions: Versions;
  readonly session: SessionSettings;
  readonly settings?: Partial<TrainingSettings>;
  readonly onProgress?: (progress: TeachProgress) => void;
  readonly signal?: AbortSignal | undefined;
}

/** What came of it. */
export type TeachOutcome =
  /** Too few decisions: so many more are needed. */
  | { readonly kind: "few"; readonly task: LabelTask; readonly decisions: number; readonly more: number }
  /** `version` was written, and activated if the verdict accepts it. */
  | {
      readonly kind: "judged";
      readonly task: LabelTask;
      readonly version: Version;
      readonly verdict: Verdict;
      /** What could not be learned from besides what the examples left out. */
      readonly left: readonly LeftOut[];
    };

/** Rounds over the examples that a run makes at least: of many examples, the usual steps would not see all. */
const ROUNDS = 4;
/** No run makes more steps. */
const MOST_STEPS = 400;

/** An example and its text as the model read it. */
interface Pair {
  readonly example: TeachExample;
  readonly read: ReadText;
}

/**
 * Runs a job. A job that was interrupted goes on where it was, if nothing it depends on has changed since, and ends as it would have; what was taught with
 * just the same already is not taught again.
 * @throws {ModelError} `model-unsupported` when the folder holds no step graph of the task; else as `openSession`, `train` and `Versions.publish`; the
 * signal's reason when aborted. What was worked out until then is kept for the next time.
 */
export async function teach(job: TeachJob): Promise<TeachOutcome> {
  const { taught, signal, versions } = job;
  const { task, decisions } = taught;
  if (decisions < LEAST_DECISIONS) return { kind: "few", task, decisions, more: LEAST_DECISIONS - decisions };
  const began = performance.now();
  const manifest = await readManifest(job.modelFolder);
  if (!manifest.encoder || !manifest.tasks[task])
    throw new ModelError(
      "model-unsupported",
      `${manifest.name} has no encoder with a decoder for ${task}: it cannot be taught.`,
    );
  stepGraph(manifest, task, false);
  const teacher = new Teacher(job, { ...manifest, encoder: manifest.encoder });
  // A job that was ended between two tasks goes on with the second.
  const before = await versions.sameAs(task, teacher.taughtHash, job.parent, manifest.digest);
  if (before) return { kind: "judged", task, version: before, verdict: before.verdict, left: [] };
  await teacher.checkpoint.clearOthers(`${task}-`);
  const { trained, verdict, outputs, examples, left } = await teacher.run();
  signal?.throwIfAborted();
  teacher.tell("writing");
  const served = outputs.served.map((row) => outputs.all[row]!);
  const record = {
    ...{ made: new Date().toISOString(), task, accepted: verdict.accepted, verdict },
    ...(job.parent !== undefined && { parent: job.parent }),
    decisions: examples.reduce((sum, example) => sum + decisionsOf(example), 0),
    ...{ examples: examples.length, examplesHash: hashOf(examples), taughtHash: teacher.taughtHash },
    newLabels: Object.fromEntries(outputs.like),
    ...{ settings: teacher.settings, steps: trained.losses.length },
    seconds: Math.round((performance.now() - began) / 100) / 10,
  };
  const labels = { decoder: task, change: outputs.change, served };
  const version = await versions.publish(manifest, { parameters: trained.parameters, labels }, record);
  if (verdict.accepted) await versions.activate(version.id);
  await teacher.checkpoint.clear();
  return { kind: "judged", task, version, verdict, left };
}

/** SHA-256 over values. */
function hashOf(values: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(values)).digest("hex");
}

/** One job's work between reading and writing. */
class Teacher {
  readonly settings: TrainingSettings;
  readonly taughtHash: string;
  readonly checkpoint: Checkpoint;
  readonly #task: LabelTask;
  #done = 0;
  #total = 0;
  #counted = 0;
  #since = performance.now();

  constructor(
    private readonly job: TeachJob,
    private readonly manifest: EncoderManifest,
  ) {
    const { taught, settings = {} } = job;
    this.#task = taught.task;
    const given = { ...DEFAULT_SETTINGS, ...settings };
    const rounds = Math.ceil((ROUNDS * taught.examples.length) / given.rows);
    // Who asks for a number of steps gets it.
    const steps = settings.steps ?? Math.min(MOST_STEPS, Math.max(given.steps, rounds));
    this.settings = { ...given, steps };
    this.taughtHash = hashOf([[...taught.labels].sort(), this.settings, job.baseText, taught.examples]);
    const name = hashOf([manifest.digest, taught.labels, this.taughtHash]).slice(0, 16);
    this.checkpoint = new Checkpoint(join(job.versions.folder, "jobs", `${taught.task}-${name}`));
  }

  /** All runs, and the verdict. */
  async run(): Promise<{
    trained: Trained;
    verdict: Verdict;
    outputs: Outputs;
    examples: readonly TeachExample[];
    left: readonly LeftOut[];
  }> {
    const { taught, baseText, signal } = this.job;
    this.tell("reading");
    const tokenizer = await loadTokenizer(this.manifest.dir);
    const before = tokenizer.single.before.length;
    const network = await EncoderNetwork.open(this.manifest, this.job.session);
    const read = async (
      texts: readonly string[],
      keptOf?: ReadOptions["keptOf"],
    ): Promise<(ReadText | undefined)[]> => {
      // Each batch is told of: on a busy machine reading all takes minutes, and silence would be taken for a hang.
      const options = { signal, onBatch: () => this.tell("reading"), ...(keptOf && { keptOf }) };
      return readTexts({ network, tokenizer }, this.#task, texts, options);
    };
    let own: (ReadText | undefined)[];
    let replayed: ReadText[];
    let probes: ReadText[];
    try {
      own = await read(taught.examples.map(({ text }) => text));
      const states = new BaseStates(join(this.job.versions.folder, "states"), this.manifest.encoder.sha256, [
        ...baseText.replayed,
        ...baseText.probes,
      ]);
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
      left.push({ document, task: this.#task, span, exact: excerpt(text), reason });
    };
    const decoder = this.manifest.tasks[this.#task]!;
    const all = taught.examples.flatMap((example, i): Pair[] => {
      const text = own[i];
      if (text === undefined)
        leave(example, "the model cannot read it in one go: it is too long, or holds no word that it knows");
      return text === undefined ? [] : [{ example, read: text }];
    });
    const examined = new Set(all.flatMap(({ example }) => example.labels.map(({ label }) => label)));
    const nearest = nearestLabels(this.#task, all, rowNames(decoder), before);
    const outputs = planOutputs(this.#task, decoder, taught.labels, examined, nearest);
    const pairs: Pair[] = [];
    const rows: TeachRow[] = [];
    for (const pair of all) {
      try {
        rows.push(taughtRow(this.#task, pair.example, pair.read, outputs, before));
        pairs.push(pair);
      } catch (error) {
        leave(pair.example, (error as Error).message);
      }
    }
    const held = replayed.map((text) => heldRow(text, outputs));
    const folds = foldsOf(pairs.map(({ example }) => example));
    this.#total = (folds.length + 1) * this.settings.steps;
    this.#since = performance.now();
    const trainOn = async (name: string, numbers: readonly number[], phase: "folds" | "training"): Promise<Trained> => {
      const begun = this.#done;
      const trained = await train({
        ...{ manifest: this.manifest, task: this.#task, outputs, held, settings: this.settings, signal },
        taught: numbers.map((i) => rows[i]!),
        session: this.job.session,
        from: await this.checkpoint.run(name),
        onStep: ({ step, loss }) => {
          this.#counted++;
          this.#done = begun + step;
          this.tell(phase, loss);
        },
        onState: (state) => this.checkpoint.keepRun(name, state),
      });
      this.#done = begun + this.settings.steps;
      return trained;
    };
    const served = serving(decoder, outputs.all, outputs.served);
    const heldOut = await this.#measure(folds, pairs, served, outputs, before, trainOn);
    const trained = await trainOn("all", [...rows.keys()], "training");
    this.tell("measuring");
    const taughtDecoder = await TaughtDecoder.open(
      this.manifest,
      this.#task,
      trained.parameters,
      before,
      this.job.session,
    );
    try {
      // What is compared is what was there before: where another label set is served now, the old one is asked for.
      const old = serving(
        decoder,
        outputs.all,
        decoder.labels.map((label) => outputs.all.indexOf(label)),
      );
      const had = probes.map((text) => givenBy(this.#task, decoder, text, text.logits, before));
      const whole = outputs.held.every((row) => outputs.served.includes(row));
      const has = await taughtDecoder.give(whole ? served : old, probes);
      const labels = taught.labels.filter((label) => examined.has(label));
      const verdict = judge(labels, heldOut, probesOf(had, has, outputs.like), this.settings.seed);
      return { trained, verdict, outputs, examples: pairs.map(({ example }) => example), left };
    } finally {
      await taughtDecoder.close();
    }
  }

  /** Tells how far the job is. */
  tell(phase: TeachProgress["phase"], loss?: number): void {
    const pace = (performance.now() - this.#since) / Math.max(1, this.#counted);
    this.job.onProgress?.({
      ...{ phase, done: this.#done, total: this.#total },
      ...(loss !== undefined && { loss }),
      ...(this.#counted > 2 && { secondsLeft: (pace * (this.#total - this.#done)) / 1000 }),
    });
  }

  /** Labels before and after of examples that were held out. */
  async #measure(
    folds: ReturnType<typeof foldsOf>,
    pairs: readonly Pair[],
    served: Parameters<typeof givenBy>[1],
    outputs: Outputs,
    before: number,
    trainOn: (name: string, numbers: readonly number[], phase: "folds") => Promise<Trained>,
  ): Promise<HeldOut> {
    const decoder = this.manifest.tasks[this.#task]!;
    const after: ExampleCounts[] = [];
    const measured: Pair[] = [];
    for (const [fold, { learned, measured: out }] of folds.entries()) {
      const own = out.map((i) => pairs[i]!);
      let counts = await this.checkpoint.found<ExampleCounts[]>(`fold-${fold}`);
      if (counts === undefined) {
        const { parameters } = await trainOn(`fold-${fold}`, learned, "folds");
        const opened = await TaughtDecoder.open(this.manifest, this.#task, parameters, before, this.job.session);
        try {
          const given = await opened.give(
            served,
            own.map(({ read }) => read),
          );
          counts = own.map(({ example }, i) => countsOf(this.#task, example, given[i]!));
        } finally {
          await opened.close();
        }
        await this.checkpoint.keep(`fold-${fold}`, counts);
      } else this.#done += this.settings.steps;
      after.push(...counts);
      measured.push(...own);
    }
    const count = (give: (read: ReadText) => ReturnType<typeof givenBy>): ExampleCounts[] =>
      measured.map(({ example, read }) => countsOf(this.#task, example, give(read)));
    const asItIs = count((read) => givenBy(this.#task, decoder, read, read.logits, before));
    // A new label is no achievement where the old one had only to be called by another name.
    const renamed = count((read) => givenBy(this.#task, served, read, startLogits(read, outputs), before));
    const better = scoreOf(sumOf(renamed)).f1 > scoreOf(sumOf(asItIs)).f1;
    return { before: better ? renamed : asItIs, after };
  }
}

const present = (texts: readonly (ReadText | undefined)[]): ReadText[] => texts.filter((text) => text !== undefined);
