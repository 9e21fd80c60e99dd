/** Chooses where a model runs: each device is tried and compared with the CPU. */
import { performance } from "node:perf_hooks";
import * as ort from "onnxruntime-node";
import { ModelError } from "../errors";
import { asFloats, feedsOf, inputTypes } from "./graph-io";
import type { Manifest } from "../manifest/manifest";
import type { EncoderBatch } from "./batch";
import { openEncoder, openSession } from "./network";
import type { Device } from "./network";

/** What a device's trial showed. */
export interface Trial {
  readonly device: Device;
  readonly ok: boolean;
  /** In words, for the status item. */
  readonly reason: string;
  /** Median milliseconds of one pass over the trial's input. */
  readonly ms?: number;
}

/** Rows × tokens of the trial's input: small enough for a software GPU to answer, large enough to tell a real one from a CPU. */
const ROWS = 2;
const LENGTH = 32;
/** A device agrees when no hidden state, or no logit of a model without encoder, differs by more: fp16 kernels stay below, a wrong kernel does not. */
const TOLERANCE = 0.05;
/** int8 agrees when the root mean square of the differences is at most this share of that of the values. The default model's is .085 on the trial's input, .065 on texts. */
const INT8_TOLERANCE = 0.2;
/** Labels differ a little between fp32 and int8, so int8 must be clearly faster: what a busy moment decides would change from start to start. */
const INT8_GAIN = 1.25;

/** Devices worth trying on this platform, the CPU last: it always works and is what the others are compared with. */
export function candidates(
  { encoder }: Pick<Manifest, "encoder">,
  platform: NodeJS.Platform = process.platform,
  arch: string = process.arch,
): Device[] {
  // What is not bundled (CUDA) needs libraries the user installs; it is tried when it is asked for by name.
  const known = new Set(
    ort
      .listSupportedBackends()
      .filter((backend) => backend.bundled)
      .map((backend) => backend.name),
  );
  const byPlatform: Partial<Record<NodeJS.Platform, Device[]>> = {
    win32: ["webgpu", "dml"],
    darwin: ["webgpu", "coreml"],
    linux: arch === "x64" ? ["webgpu", "cuda"] : [],
  };
  const gpus = (byPlatform[platform] ?? []).filter((device) => known.has(device));
  return [...gpus, ...(encoder?.int8 ? (["cpu-int8"] as const) : []), "cpu"];
}

/** How a device's answer differs from the CPU's, in words; undefined where it agrees. */
function disagreement(device: Device, found: Float32Array, expected: Float32Array): string | undefined {
  let worst = 0;
  let [off, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = found[i]! - expected[i]!;
    worst = Math.max(worst, Math.abs(difference));
    off += difference ** 2;
    size += expected[i]! ** 2;
  }
  const share = Math.sqrt(off / size);
  if (device === "cpu-int8")
    return share <= INT8_TOLERANCE ? undefined : `its answers differ from fp32's by ${(100 * share).toFixed(0)} %`;
  return worst <= TOLERANCE ? undefined : `its answers differ from the CPU's by ${worst.toFixed(3)}`;
}

/**
 * Runs the encoder, or the first graph that reads ids, on a known input on one device and compares it with the CPU's answer.
 * Never throws for the device's sake: what failed is in the result.
 */
export async function tryDevice(
  manifest: Manifest,
  device: Device,
  threads: number,
  expected: Float32Array | undefined,
): Promise<{ trial: Trial; hidden?: Float32Array }> {
  if (device === "cpu-int8" && !manifest.encoder?.int8)
    return { trial: { device, ok: false, reason: "the model has no int8 form" } };
  let session: ort.InferenceSession | undefined;
  try {
    const settings = { device, threads };
    const graph = manifest.encoder ?? Object.values(manifest.tasks)[0]!;
    session = manifest.encoder ? await openEncoder(manifest.encoder, settings) : await openSession(graph, settings);
    const input = feedsOf(inputTypes(session, graph.path), trialInput(manifest.vocabulary));
    const output = manifest.encoder ? "hidden_states" : session.outputNames[0]!;
    const times: number[] = [];
    let hidden: Float32Array = new Float32Array();
    for (let i = 0; i < 3; i++) {
      const began = performance.now();
      const out = await session.run(input);
      hidden = asFloats(out[output]!);
      times.push(performance.now() - began);
      // A software GPU takes seconds; once is enough to know that it will not be chosen.
      if (expected && times[0]! > 1000) break;
    }
    const ms = times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
    const wrong = expected && disagreement(device, hidden, expected);
    if (wrong !== undefined) return { trial: { device, ok: false, reason: wrong } };
    return { trial: { device, ok: true, reason: `${ms.toFixed(1)} ms for ${ROWS * LENGTH} tokens`, ms }, hidden };
  } catch (error) {
    if (error instanceof ModelError && error.code !== "device-failed") throw error;
    return { trial: { device, ok: false, reason: explain(error instanceof Error ? error.message : String(error)) } };
  } finally {
    await session?.release();
  }
}

/** The runtime's messages name its source files; a user is helped by what they mean. */
function explain(message: string): string {
  if (/adapter/i.test(message)) return "no GPU adapter was found";
  if (/shared library|load library|\.so|\.dll/i.test(message)) return "its libraries are not installed";
  if (/backend not found|no available backend/i.test(message)) return "not part of this platform's runtime";
  return message
    .replace(/^\w+: /, "")
    .split("\n")[0]!
    .slice(0, 200);
}

function trialInput(vocabulary = Infinity): EncoderBatch {
  const size = ROWS * LENGTH;
  return {
    rows: ROWS,
    length: LENGTH,
    inputIds: BigInt64Array.from({ length: size }, (_, i) => BigInt((1000 + ((i * 7919) % 20000)) % vocabulary)),
    attentionMask: new BigInt64Array(size).fill(1n),
    tokenTypeIds: new BigInt64Array(size),
  };
}

/** What was decided, and why: one line a device. */
export interface Choice {
  readonly device: Device;
  readonly reason: string;
}

/**
 * Decides where to run. `auto` tries every candidate and takes the fastest that agrees with the CPU; a device asked for by name is
 * used if it agrees, else the CPU, with the reason.
 * @param skip devices that crashed the process before; they are not tried.
 * @param before called before each trial, so that a crash can be put down to it.
 */
export async function chooseDevice(
  manifest: Manifest,
  wanted: Device | "auto",
  threads: number,
  skip: ReadonlySet<string>,
  before: (device: Device | undefined) => void,
): Promise<Choice> {
  const names = wanted === "auto" ? candidates(manifest) : [...new Set<Device>([wanted, "cpu"])];
  const lines: string[] = [];
  if (names.length === 1)
    return { device: "cpu", reason: wanted === "cpu" ? "cpu: as set" : "cpu: the only device here" };
  const cpu = await tryDevice(manifest, "cpu", threads, undefined);
  if (!cpu.trial.ok) throw new ModelError("device-failed", `The CPU cannot run this model: ${cpu.trial.reason}`);
  let best: Trial = cpu.trial;
  for (const device of names) {
    if (device === "cpu") continue;
    if (skip.has(device)) {
      lines.push(`${device}: crashed when it was tried before; not tried again`);
      continue;
    }
    before(device);
    const { trial } = await tryDevice(manifest, device, threads, cpu.hidden);
    before(undefined);
    lines.push(`${device}: ${trial.reason}`);
    const gain = device === "cpu-int8" ? INT8_GAIN : 1;
    if (trial.ok && (wanted === device || trial.ms! * gain < best.ms!)) best = trial;
  }
  lines.push(`cpu: ${cpu.trial.reason}`);
  return { device: best.device, reason: lines.join("\n") };
}
