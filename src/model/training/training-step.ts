/** Trains one decoder, step by step, in onnxruntime: the graph holds loss, gradients, clipping and AdamW; this class feeds it. */
import * as ort from "onnxruntime-node";
import { verifyFile } from "../manifest/manifest";
import type { Manifest } from "../manifest/manifest";
import { openSession } from "../network/network";
import type { SessionSettings } from "../network/network";
import type { Matrix } from "../onnx/onnx-file";
import { outputLayer, readParameters, readTie } from "./step-parameters";
import type { LabelChange, Parameters } from "./step-parameters";
import { stepGraph } from "../manifest/step-manifest";
import type { StepGraph } from "../manifest/step-manifest";
import type { Task } from "../../documents/tasks";

/** An input of a step: fp32 values, or int64 ids, masks and labels; row-major. */
export interface Input {
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** How far and where to one step goes. Rates are of AdamW; strengths are 0 where nothing is given. */
export interface StepOptions {
  readonly learningRate: number;
  /** Of the output layer, when it is to move faster because it has new labels. Default: `learningRate`. */
  readonly outputLearningRate?: number;
  /** Of the encoder's last layers, where they are trained. Default: a fifth of `learningRate`. */
  readonly encoderLearningRate?: number;
  /** Default .01; biases and norms are never decayed. */
  readonly weightDecay?: number;
  /** The gradient is scaled down to this length where it is longer. Default 1. */
  readonly maxGradientNorm?: number;
  /** L2-SP: pull back to the parameters the run began with (Li et al. 2018). */
  readonly startStrength?: number;
  /** Weight of the divergence from the reference logits given with the batch, on rows with `replay_weights` above 0. */
  readonly replayStrength?: number;
  /** Soft sharing: pull to the other decoders' adapters, which stay as they are. */
  readonly tieStrength?: number;
}

/** What one step reports. */
export interface StepResult {
  /** All that was minimised. */
  readonly loss: number;
  /** The task's own part of it. */
  readonly taskLoss: number;
  /** Length of the gradient before it was scaled down. */
  readonly gradientNorm: number;
}

/** Which decoder to train. */
export interface StepChoice {
  readonly decoder: Task;
  /** Whether the encoder's last layers are trained too; then batches hold the states below them (`lower_states`). Default: no. */
  readonly deep?: boolean;
  /** Another label set for the output layer. */
  readonly labels?: LabelChange;
}

/** All that a training run has changed so far: with it, another {@link TrainingStep} goes on as this one would. */
export interface StepState {
  readonly count: number;
  /** By PART.NAME: the parameter, and the two moments of its gradient. */
  readonly values: ReadonlyMap<string, { readonly now: Matrix; readonly m: Matrix; readonly v: Matrix }>;
}

/** An open step graph with the state of one training run. Not to be run twice at a time. */
export class TrainingStep {
  #steps = 0;
  #tie: { inputs: Record<string, ort.Tensor>; decoders: number } | undefined;
  readonly #shapes: ReadonlyMap<string, readonly (number | string)[]>;

  private constructor(
    private readonly manifest: Manifest,
    private readonly graph: StepGraph,
    private readonly session: ort.InferenceSession,
    private readonly names: readonly string[],
    /** Everything fed besides batch and options: parameters, moments, frozen weights, start. */
    private state: Readonly<Record<string, ort.Tensor>>,
  ) {
    this.#shapes = new Map(session.inputMetadata.map((m) => [m.name, m.isTensor ? m.shape : []]));
  }

  /**
   * Opens the step of a model folder and begins with the folder's weights.
   * @throws {ModelError} `model-unsupported` when the folder has no such step; else as `verifyFile`, `readParameters` and `openSession`.
   */
  static async open(manifest: Manifest, choice: StepChoice, settings: SessionSettings): Promise<TrainingStep> {
    const graph = stepGraph(manifest, choice.decoder, choice.deep ?? false);
    await verifyFile(graph);
    const { trained, frozen } = await readParameters({ ...manifest, steps: manifest.steps! }, graph, choice.labels);
    const session = await openSession(graph, settings);
    const state: Record<string, ort.Tensor> = {};
    for (const [name, matrix] of [...trained, ...frozen]) state[name] = float(matrix);
    for (const [name, matrix] of trained) {
      state[`start:${name}`] = state[name]!;
      for (const moment of ["m", "v"])
        state[`${moment}:${name}`] = float({ dims: matrix.dims, data: new Float32Array(matrix.data.length) });
    }
    return new TrainingStep(manifest, graph, session, [...trained.keys()], state);
  }

  /** Steps made so far. */
  get count(): number {
    return this.#steps;
  }

  /**
   * One step. Of the graph's inputs the batch has to give states, masks, what the task reads, and labels (below 0: ignored); `weights`
   * (of each row; 1), `replay_weights` (0) and reference logits may be left out.
   * @param head rows of the output layer, by number in rising order, that alone are there for this step: labels and reference logits are numbered
   * among them, and the others, with their moments, stay as they are. Default: all.
   * @throws Error when an input is missing or of another shape than the others, or the loss is not finite (too high a rate, broken
   * input); the parameters then stay as they were.
   */
  async run(
    batch: Readonly<Record<string, Input>>,
    options: StepOptions,
    head?: readonly number[],
  ): Promise<StepResult> {
    const state = head === undefined ? this.state : this.#only(head);
    const feeds = { ...state, ...this.#inputs(batch, state), ...(await this.#scalars(options)) };
    const missing = this.session.inputNames.find((name) => !(name in feeds));
    if (missing !== undefined) throw new Error(`the step of ${this.graph.decoder} lacks its input ${missing}`);
    const used = Object.fromEntries(this.session.inputNames.map((name) => [name, feeds[name]!]));
    const out = await this.session.run(used);
    const [loss, taskLoss, gradientNorm] = ["loss", "task_loss", "gradient_norm"].map(
      (name) => (out[name]!.data as Float32Array)[0]!,
    ) as [number, number, number];
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm))
      throw new Error(
        `step ${this.#steps + 1} gave a loss of ${loss}: the learning rate is too high, or a batch is broken`,
      );
    const next: Record<string, ort.Tensor> = { ...this.state };
    for (const name of this.names)
      for (const kept of [name, `m:${name}`, `v:${name}`]) {
        const now = out[`next:${kept}`]!;
        next[kept] = head && this.#isOutput(name) ? withRows(this.state[kept]!, now, head) : now;
      }
    this.state = next;
    this.#steps++;
    return { loss, taskLoss, gradientNorm };
  }

  /** The trained parameters as they are now, by PART.NAME. */
  parameters(): Parameters {
    return new Map(
      this.names.map((name) => {
        const tensor = this.state[name]!;
        return [name, { dims: tensor.dims, data: tensor.data as Float32Array }];
      }),
    );
  }

  /** The state of the run, to be kept. */
  snapshot(): StepState {
    const of = (name: string): Matrix => {
      const tensor = this.state[name]!;
      return { dims: tensor.dims, data: tensor.data as Float32Array };
    };
    return {
      count: this.#steps,
      values: new Map(this.names.map((name) => [name, { now: of(name), m: of(`m:${name}`), v: of(`v:${name}`) }])),
    };
  }

  /**
   * Goes on from a kept state of a run that was opened in the same way.
   * @throws Error when it is one of other parameters.
   */
  restore({ count, values }: StepState): void {
    const next: Record<string, ort.Tensor> = { ...this.state };
    for (const name of this.names) {
      const kept = values.get(name);
      const dims = this.state[name]!.dims;
      if (kept?.now.dims.join() !== dims.join()) throw new Error(`the kept state is not of this run: ${name} differs`);
      next[name] = float(kept.now);
      next[`m:${name}`] = float(kept.m);
      next[`v:${name}`] = float(kept.v);
    }
    this.state = next;
    this.#steps = count;
  }

  /** Frees the native memory. */
  async close(): Promise<void> {
    await this.session.release();
  }

  #isOutput(name: string): boolean {
    return outputLayer(this.graph.decoder).includes(name);
  }

  /** The state with some rows of the output layer alone. */
  #only(head: readonly number[]): Readonly<Record<string, ort.Tensor>> {
    const state: Record<string, ort.Tensor> = { ...this.state };
    for (const name of this.names.filter((each) => this.#isOutput(each)))
      for (const kept of [name, `m:${name}`, `v:${name}`, `start:${name}`])
        state[kept] = rowsOf(this.state[kept]!, head);
    return state;
  }

  #inputs(
    batch: Readonly<Record<string, Input>>,
    state: Readonly<Record<string, ort.Tensor>>,
  ): Record<string, ort.Tensor> {
    const sizes = new Map<string, number>();
    const feeds: Record<string, ort.Tensor> = {};
    const parts = Object.entries(state).map(([name, tensor]) => [name, tensor.dims] as const);
    for (const [name, dims] of [...parts, ...Object.entries(batch).map(([name, { dims }]) => [name, dims] as const)]) {
      const wanted = this.#shapes.get(name);
      if (!wanted) throw new Error(`the step of ${this.graph.decoder} has no input ${name}`);
      const agrees = (size: number | string, i: number): boolean => {
        if (typeof size === "string" && !sizes.has(size)) sizes.set(size, dims[i]!);
        return dims[i] === (typeof size === "string" ? sizes.get(size) : size);
      };
      if (wanted.length !== dims.length || !wanted.every(agrees))
        throw new Error(
          `${name} has the shape [${dims.join(", ")}], which does not fit [${wanted.join(", ")}] of the other inputs`,
        );
    }
    for (const [name, { dims, data }] of Object.entries(batch))
      feeds[name] =
        data instanceof Float32Array ? new ort.Tensor("float32", data, dims) : new ort.Tensor("int64", data, dims);
    for (const [name, shape] of this.#shapes) {
      if (name in feeds || !/^(weights|replay_weights|reference_.*|tie:.*)$/.test(name)) continue;
      const dims = shape.map((size) => (typeof size === "string" ? (sizes.get(size) ?? 0) : size));
      const data = new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(name === "weights" ? 1 : 0);
      feeds[name] = float({ dims, data });
    }
    return feeds;
  }

  async #scalars(options: StepOptions): Promise<Record<string, ort.Tensor>> {
    const { learningRate, tieStrength = 0 } = options;
    if (tieStrength > 0 && !this.#tie) {
      const { inputs, decoders } = await readTie(this.manifest.steps!, this.graph.decoder);
      this.#tie = { inputs: Object.fromEntries([...inputs].map(([n, m]) => [n, float(m)])), decoders };
    }
    const values = {
      learning_rate: learningRate,
      output_learning_rate: options.outputLearningRate ?? learningRate,
      encoder_learning_rate: options.encoderLearningRate ?? learningRate / 5,
      step: this.#steps + 1,
      weight_decay: options.weightDecay ?? 0.01,
      max_gradient_norm: options.maxGradientNorm ?? 1,
      start_strength: options.startStrength ?? 0,
      replay_strength: options.replayStrength ?? 0,
      // Σ ‖A − mean A‖² over n adapters moves with one of them as (n − 1)/n of its squared distance from the others' mean.
      tie_strength: this.#tie ? (tieStrength * (this.#tie.decoders - 1)) / this.#tie.decoders : 0,
    };
    const scalars = Object.entries(values).map(([name, value]) => {
      if (!Number.isFinite(value) || value < 0) throw new Error(`${name} is ${value}, but has to be a number from 0`);
      return [name, float({ dims: [], data: Float32Array.of(value) })] as const;
    });
    return { ...this.#tie?.inputs, ...Object.fromEntries(scalars) };
  }
}

const float = ({ dims, data }: Matrix): ort.Tensor => new ort.Tensor("float32", data, dims);

/** Some rows of a tensor. */
function rowsOf(tensor: ort.Tensor, rows: readonly number[]): ort.Tensor {
  const all = tensor.data as Float32Array;
  const width = all.length / tensor.dims[0]!;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => data.set(all.subarray(row * width, (row + 1) * width), i * width));
  return float({ dims: [rows.length, ...tensor.dims.slice(1)], data });
}

/** A copy of a tensor with other values in some of its rows. */
function withRows(tensor: ort.Tensor, values: ort.Tensor, rows: readonly number[]): ort.Tensor {
  const data = (tensor.data as Float32Array).slice();
  const width = data.length / tensor.dims[0]!;
  const given = values.data as Float32Array;
  rows.forEach((row, i) => data.set(given.subarray(i * width, (i + 1) * width), row * width));
  return float({ dims: tensor.dims, data });
}
