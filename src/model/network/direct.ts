/** Models without an encoder of ours: one graph a task, from ids to logits. */
import type * as ort from "onnxruntime-node";
import { ModelError } from "../errors";
import { asFloats, feedsOf, inputTypes } from "./graph-io";
import type { InputTypes } from "./graph-io";
import { classCount } from "../manifest/manifest";
import type { Decoder, Manifest } from "../manifest/manifest";
import type { EncoderBatch } from "./batch";
import { openSession } from "./network";
import type { Network, SessionSettings } from "./network";
import { TASK_NAMES } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";

/** An open graph and what its inputs and outputs are called. */
interface Graph {
  readonly session: ort.InferenceSession;
  readonly inputs: InputTypes;
  /** The graph's name for an output → the program's. */
  readonly outputs: ReadonlyMap<string, string>;
}

/** The graphs of a Hugging Face export, as open sessions on one device. */
export class DirectNetwork implements Network<EncoderBatch> {
  private constructor(private readonly graphs: ReadonlyMap<Task, Graph>) {}

  /**
   * Opens every graph, and runs each once on the highest id.
   * @param highestId the highest id the tokenizer gives.
   * @throws {ModelError} `model-unsupported` when inputs or outputs are not those of the task, or classes and labels, or tokenizer and
   * embedding, do not fit together; what {@link openSession} throws.
   */
  static async open(manifest: Manifest, settings: SessionSettings, highestId: number): Promise<DirectNetwork> {
    const graphs = new Map<Task, Graph>();
    const network = new DirectNetwork(graphs);
    try {
      for (const task of TASK_NAMES) {
        const decoder = manifest.tasks[task];
        if (!decoder) continue;
        const session = await openSession(decoder, settings);
        graphs.set(task, { session, inputs: new Map(), outputs: new Map() });
        graphs.set(task, {
          session,
          inputs: inputTypes(session, decoder.path),
          outputs: outputsOf(session, task, decoder),
        });
        await network.#rehearse(task, decoder, highestId);
      }
      return network;
    } catch (error) {
      await network.close();
      throw error;
    }
  }

  get tasks(): readonly Task[] {
    return TASK_NAMES.filter((task) => this.graphs.has(task));
  }

  /** Nothing is shared between graphs: the ids are what each reads. */
  encode(batch: EncoderBatch): Promise<EncoderBatch> {
    return Promise.resolve(batch);
  }

  async decode(
    task: Task,
    batch: EncoderBatch,
    extra: Readonly<Record<string, BigInt64Array>> = {},
  ): Promise<Record<string, Float32Array>> {
    const graph = this.graphs.get(task);
    if (!graph) throw new ModelError("model-unsupported", `The model has no graph for ${task}.`);
    const out = await graph.session.run(feedsOf(graph.inputs, batch));
    const result: Record<string, Float32Array> = {};
    for (const [theirs, ours] of graph.outputs) result[ours] = asFloats(out[theirs]!);
    const mask = extra["passage_mask"];
    if (task === "answers" && mask) for (const logits of Object.values(result)) maskOut(logits, mask, batch.length);
    return result;
  }

  async close(): Promise<void> {
    for (const { session } of this.graphs.values()) await session.release();
  }

  async #rehearse(task: Task, decoder: Decoder, highestId: number): Promise<void> {
    const batch: EncoderBatch = {
      rows: 1,
      length: 4,
      inputIds: new BigInt64Array(4).fill(BigInt(highestId)),
      attentionMask: new BigInt64Array(4).fill(1n),
      tokenTypeIds: new BigInt64Array(4),
    };
    const refuse = (why: string, error?: unknown): ModelError =>
      new ModelError(
        "model-unsupported",
        `${decoder.path}: ${why}`,
        error === undefined ? undefined : { cause: error },
      );
    let out: Record<string, Float32Array>;
    try {
      out = await this.decode(task, batch);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (/indices element out of data bounds|out of (range|bounds)/i.test(reason))
        throw refuse(
          `the tokenizer gives ids up to ${highestId}, more than the model's embedding holds. Copy tokenizer.json again from the source of this very model.`,
          error,
        );
      throw refuse(`it cannot be run (${reason.slice(0, 300)}). Export the model again.`, error);
    }
    const expected = task === "answers" ? 4 : (task === "entities" ? 4 : 1) * classCount(decoder);
    for (const [name, values] of Object.entries(out))
      if (values.length !== expected)
        throw refuse(
          `${name} holds ${values.length} numbers for one text of 4 tokens, where ${expected} are due${
            task === "answers" ? "" : ` for the ${classCount(decoder)} labels of config.json`
          }. Copy graph and config.json from the same source.`,
        );
  }
}

function outputsOf(session: ort.InferenceSession, task: Task, { path }: Decoder): Map<string, string> {
  const names = session.outputMetadata;
  const find = (ours: string, pattern: RegExp, rank: number): [string, string] => {
    const found = names.filter(({ name }) => pattern.test(name));
    const only = found.length === 0 && task !== "answers" && names.length === 1 ? names : found;
    const theirs = only[0];
    const shape = theirs?.isTensor ? theirs.shape : [];
    if (!theirs || (shape.length > 0 && shape.length !== rank))
      throw new ModelError(
        "model-unsupported",
        `${path} is no graph for ${task}: ${
          theirs ? `${theirs.name} has ${shape.length} dimensions, not ${rank}` : `it has no output ${ours}`
        } (outputs: ${names.map(({ name }) => name).join(", ")}). config.json says another kind of model, or the export was for another task.`,
      );
    return [theirs.name, ours];
  };
  if (task === "answers") return new Map([find("start_logits", /^start/, 2), find("end_logits", /^end/, 2)]);
  return new Map([find("logits", /^logits$/, task === "entities" ? 3 : 2)]);
}

/** No answer lies outside the passage, as in the decoders of ours; the row's first token stays, which stands for "no answer". */
function maskOut(logits: Float32Array, mask: BigInt64Array, length: number): void {
  for (let i = 0; i < logits.length; i++) if (mask[i] === 0n && i % length !== 0) logits[i] = -1e9;
}
