/** The section `steps` of a model folder's manifest: graphs that train a decoder, and which weights each of them trains. */
import { ModelError } from "../errors";
import type { GraphFile } from "./graph-file";
import { isTask } from "../../documents/tasks";
import type { Task } from "../../documents/tasks";

/** A part of the network with an inference graph of its own. */
export type Part = Task | "encoder";

/** One training step. Its input PART.NAME is the initializer NAME of PART's inference graph. */
export interface StepGraph extends GraphFile {
  readonly decoder: Task;
  /** How many of the encoder's last layers are trained too; 0: the step reads hidden states, else the states below those layers. */
  readonly encoderLayers: number;
}

/** What a model folder offers for training. */
export interface Steps {
  readonly graphs: readonly StepGraph[];
  /** The inference graph of each part that a step reads or trains. */
  readonly parts: Readonly<Partial<Record<Part, GraphFile>>>;
  /** Initializers that are trained, by part; the encoder's only where a step has `encoderLayers`. */
  readonly parameters: Readonly<Partial<Record<Part, readonly string[]>>>;
  /** Initializers that are read and stay as they are, by part. */
  readonly frozen: Readonly<Partial<Record<Part, readonly string[]>>>;
  /** The value inside the encoder's graph that goes into the first trained layer. */
  readonly lowerStates?: string;
}

/**
 * Reads the section.
 * @param part gives a part's inference graph, if the manifest names one.
 * @param graph reads a graph's file and digest, and checks that the file is there.
 * @param invalid makes the error for what is wrong.
 * @throws {ModelError} as `graph` and `invalid` say.
 */
export async function readSteps(
  section: unknown,
  part: (name: Part) => GraphFile | undefined,
  graph: (json: Record<string, unknown>, at: string) => Promise<GraphFile>,
  invalid: (what: string) => ModelError,
): Promise<Steps> {
  if (!isObject(section)) throw invalid(`"steps" must be an object`);
  const parts: Partial<Record<Part, GraphFile>> = {};
  const names = (key: "parameters" | "frozen"): Steps["parameters"] => {
    const value = section[key];
    if (!isObject(value)) throw invalid(`"steps.${key}" must be an object`);
    return Object.fromEntries(
      Object.entries(value).map(([name, list]) => {
        if (name !== "encoder" && !isTask(name)) throw invalid(`"steps.${key}.${name}" is no part of the model`);
        const file = part(name);
        if (!file) throw invalid(`"steps.${key}.${name}" belongs to a decoder the model does not have`);
        parts[name] = file;
        if (!Array.isArray(list) || !list.every((item) => typeof item === "string" && item !== ""))
          throw invalid(`"steps.${key}.${name}" must list names of weights`);
        return [name, list as string[]];
      }),
    );
  };
  const parameters = names("parameters");
  const frozen = names("frozen");
  const listed = section["graphs"];
  if (!Array.isArray(listed)) throw invalid(`"steps.graphs" must be a list`);
  const graphs: StepGraph[] = [];
  for (const [i, item] of listed.entries()) {
    const at = `steps.graphs[${i}]`;
    if (!isObject(item)) throw invalid(`"${at}" must be an object`);
    const { decoder, encoderLayers } = item;
    if (typeof decoder !== "string" || !isTask(decoder) || !parameters[decoder])
      throw invalid(`"${at}.decoder" must be a decoder listed in "steps.parameters"`);
    if (typeof encoderLayers !== "number" || !Number.isInteger(encoderLayers) || encoderLayers < 0)
      throw invalid(`"${at}.encoderLayers" must be a whole number from 0`);
    if (encoderLayers > 0 && !parameters.encoder)
      throw invalid(`"${at}" trains the encoder, but "steps.parameters" lists none of its weights`);
    graphs.push({ ...(await graph(item, at)), decoder, encoderLayers });
  }
  const lowerStates = section["lowerStates"];
  if (lowerStates !== undefined && typeof lowerStates !== "string")
    throw invalid(`"steps.lowerStates" must be the name of a value in the encoder's graph`);
  return { graphs, parts, parameters, frozen, ...(lowerStates === undefined ? {} : { lowerStates }) };
}

/**
 * The step of one decoder.
 * @throws {ModelError} `model-unsupported` when the model folder has none.
 */
export function stepGraph(
  model: { readonly name: string; readonly steps?: Steps },
  decoder: Task,
  deep: boolean,
): StepGraph {
  const found = model.steps?.graphs.find((g) => g.decoder === decoder && g.encoderLayers > 0 === deep);
  if (!found)
    throw new ModelError(
      "model-unsupported",
      `${model.name} holds no graph that trains ${decoder}${deep ? " with the encoder's last layers" : ""}. Export the model again.`,
    );
  return found;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
