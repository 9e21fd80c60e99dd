/** The model process: takes requests over IPC, runs them batch by batch, and dies with its parent. */
import { planAsk } from "./asking";
import type { Parts } from "./candidates";
import { EngineError, type EngineErrorCode } from "./errors";
import { planIndex, planRank } from "./indexing";
import { PassageCache } from "./passage-cache";
import type { EngineInfo, Rankings, Reply, Request, SegmentLabels, StartOptions, Work } from "./protocol";
import { WorkQueue, type Job } from "./queue";
import { chooseDevice } from "../model/devices";
import { ModelError } from "../model/errors";
import { planLabels } from "../model/labelling";
import { readersOf, readManifest } from "../model/manifest";
import { checkModel, type Model } from "../model/model";
import { Network, type Device } from "../model/network";
import { loadTokenizer } from "../model/tokenizer";

let model: Model | undefined;
let cache: PassageCache | undefined;
let lastContexts: readonly string[] = [];

const reply = (message: Reply): void => {
  if (process.connected) process.send!(message);
};

const queue = new WorkQueue((id, error) => reply({ type: "failed", id, ...describe(error) }));

async function start(options: StartOptions): Promise<EngineInfo> {
  const manifest = await readManifest(options.modelDir);
  const tokenizer = await loadTokenizer(options.modelDir).catch((error: unknown) => {
    throw new ModelError("tokenizer-missing", (error as Error).message, { cause: error });
  });
  const { threads } = options;
  cache = new PassageCache(options.passageBytes);
  const choice = await chooseDevice(
    manifest,
    options.device as Device | "auto",
    threads,
    new Set(options.skipDevices),
    (device) => reply({ type: "trying", device }),
  );
  const network = await Network.open(manifest, { device: choice.device, threads });
  model = { manifest, network, tokenizer };
  checkModel(model);
  const { sentiment, entities, answers } = manifest.tasks;
  return {
    model: manifest.version === "" ? manifest.name : `${manifest.name} ${manifest.version}`,
    modelVersion: manifest.digest,
    tasks: network.tasks,
    labels: {
      ...(sentiment ? { sentiment: sentiment.labels } : {}),
      ...(entities
        ? { entities: entities.labels.filter((tag) => tag.startsWith("B-")).map((tag) => tag.slice(2)) }
        : {}),
    },
    ...(sentiment?.unmarked === undefined ? {} : { unmarked: sentiment.unmarked }),
    readers: answers ? readersOf(answers) : [],
    device: choice.device,
    deviceReason: choice.reason,
    threads,
    pid: process.pid,
  };
}

/** Puts back the contexts that the client knows to be here already. */
function complete(work: Work, sameContexts: boolean): Work {
  if (work.kind === "label") return work;
  if (sameContexts) return { ...work, contexts: lastContexts };
  lastContexts = work.contexts;
  return work;
}

function plan(open: Model, id: number, work: Work): Job {
  switch (work.kind) {
    case "label":
      return planLabelWork(open, id, work);
    case "ask":
      return planAskWork(open, id, work);
    case "index":
      return planIndexWork(open, id, work);
    case "rank":
      return planRankWork(open, id, work);
  }
}

function planLabelWork(open: Model, id: number, work: Extract<Work, { kind: "label" }>): Job {
  const wanted = { entities: work.tasks.includes("entities"), sentiment: work.tasks.includes("sentiment") };
  const { steps, done } = planLabels(open, work.segments, wanted, work.batchTokens);
  if (done.size > 0) reply({ type: "labels", id, labels: [...done] });
  return {
    steps: steps.map((step) => ({
      begin: () => reply({ type: "running", id, items: step.items }),
      run: async () => {
        const labels: [number, SegmentLabels][] = [...(await step.run())];
        if (labels.length > 0) reply({ type: "labels", id, labels });
      },
    })),
    finish: () => reply({ type: "done", id }),
  };
}

/** What passages are worked on with, for one piece of work. */
function parts(open: Model, id: number): Parts {
  return { model: open, cache: cache!, begin: (items) => reply({ type: "running", id, items }) };
}

function planAskWork(open: Model, id: number, work: Extract<Work, { kind: "ask" }>): Job {
  const { steps, answers } = planAsk(parts(open, id), work, (done, total) =>
    reply({ type: "progress", id, done, total }),
  );
  return { steps, finish: () => reply({ type: "done", id, answers: answers() }) };
}

function planIndexWork(open: Model, id: number, work: Extract<Work, { kind: "index" }>): Job {
  const steps = planIndex(parts(open, id), work, (done, total) => reply({ type: "progress", id, done, total }));
  return { steps, finish: () => reply({ type: "done", id }) };
}

function planRankWork(open: Model, id: number, work: Extract<Work, { kind: "rank" }>): Job {
  const found: Rankings[] = [];
  return {
    steps: planRank(parts(open, id), work, found, (done, total) => reply({ type: "progress", id, done, total })),
    finish: () => reply({ type: "done", id, rankings: found }),
  };
}

function describe(error: unknown): { code: EngineErrorCode; message: string } {
  if (error instanceof ModelError || error instanceof EngineError) return { code: error.code, message: error.message };
  return { code: "internal", message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function receive(request: Request): void {
  switch (request.type) {
    case "start":
      start(request.options).then(
        (info) => reply({ type: "started", info }),
        (error: unknown) => reply({ type: "failed", id: undefined, ...describe(error) }),
      );
      break;
    case "work":
      try {
        // First, so that what fails leaves both sides with the same contexts.
        const work = complete(request.work, request.sameContexts ?? false);
        if (!model) throw new EngineError("stopped", "The model is not open yet.");
        queue.add(request.id, request.priority, plan(model, request.id, work));
      } catch (error) {
        reply({ type: "failed", id: request.id, ...describe(error) });
      }
      break;
    case "cancel":
      queue.cancel(request.id);
      break;
  }
}

process.on("message", receive);
// Without its parent nobody can use or stop this process.
process.on("disconnect", () => process.exit(0));
