/** The model process: takes requests over IPC, runs them batch by batch, and dies with its parent. */
import { PassageIndex } from "./retrieval";
import { EngineError, type EngineErrorCode } from "./errors";
import type { Answer, EngineInfo, Reply, Request, SegmentLabels, StartOptions, Work } from "./protocol";
import { WorkQueue, type Job } from "./queue";
import { planAnswers } from "../model/answering";
import { chooseDevice } from "../model/devices";
import { ModelError } from "../model/errors";
import { planLabels } from "../model/labelling";
import { readManifest } from "../model/manifest";
import { checkModel, type Model } from "../model/model";
import { Network, type Device } from "../model/network";
import { loadTokenizer } from "../model/tokenizer";

/** Tokens of one batch of question-and-passage rows: about 100 ms on two cores, after which urgent work may go first. */
const ANSWER_BATCH_TOKENS = 768;

let model: Model | undefined;
let passageIndex: PassageIndex | undefined;

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
  const { sentiment, entities } = manifest.tasks;
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
    device: choice.device,
    deviceReason: choice.reason,
    threads,
    pid: process.pid,
  };
}

function plan(open: Model, id: number, work: Work): Job {
  return work.kind === "label" ? planLabelWork(open, id, work) : planAskWork(open, id, work);
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

function planAskWork(open: Model, id: number, work: Extract<Work, { kind: "ask" }>): Job {
  if (!open.manifest.tasks.answers)
    throw new ModelError(
      "model-unsupported",
      `${open.manifest.name} cannot answer questions: it has no decoder for answers.`,
    );
  let chosen = work.contexts.map((_, i) => i);
  if (work.contexts.length > work.candidates) {
    if (!passageIndex || !sameTexts(passageIndex.passages, work.contexts))
      passageIndex = new PassageIndex(work.contexts);
    chosen = passageIndex.rank(work.question, work.candidates);
  }
  const steps = planAnswers(
    open,
    work.question,
    chosen.map((i) => work.contexts[i]!),
    work.top,
    ANSWER_BATCH_TOKENS,
  );
  const answers: Answer[] = [];
  let done = 0;
  return {
    steps: steps.map((step) => ({
      begin: () => reply({ type: "running", id, items: step.items.map((i) => chosen[i]!) }),
      run: async () => {
        for (const [item, found] of await step.run()) {
          const context = chosen[item]!;
          for (const { start, end, score } of found)
            answers.push({ context, start, end, score, text: work.contexts[context]!.slice(start, end) });
        }
        reply({ type: "progress", id, done: ++done, total: steps.length });
      },
    })),
    finish: () => {
      answers.sort((a, b) => b.score - a.score || a.context - b.context || a.start - b.start);
      reply({ type: "done", id, answers: answers.slice(0, work.top) });
    },
  };
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
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
        if (!model) throw new EngineError("stopped", "The model is not open yet.");
        queue.add(request.id, request.urgent, plan(model, request.id, request.work));
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
