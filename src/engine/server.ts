/** The model process: takes requests over IPC, runs them batch by batch, and dies with its parent. */
import { planAsk } from "./asking";
import { batchTokens, planningTokens } from "./batch-size";
import type { Parts } from "./candidates";
import { EngineError } from "./errors";
import type { EngineErrorCode } from "./errors";
import { planIndex, planRank } from "./indexing";
import { PassageCache } from "./passage-cache";
import type { EngineInfo, Rankings, Reply, Request, SegmentLabels, StartOptions, Work } from "./protocol";
import { WorkQueue } from "./queue";
import type { Job, JobStep } from "./queue";
import { ModelError } from "../model/errors";
import { serving } from "../model/manifest/folders";
import { planLabelsOf } from "../model/tasks/labelling";
import type { Model } from "../model/model";
import { openModels } from "../model/open";
import type { Models } from "../model/open";
import type { Device } from "../model/network/network";
import { TASK_NAMES } from "../documents/tasks";

let models: Models | undefined;
let cache: PassageCache | undefined;
let lastContexts: readonly string[] = [];

const reply = (message: Reply): void => {
  if (process.connected) process.send!(message);
};

const queue = new WorkQueue((id, error) => reply({ type: "failed", id, ...describe(error) }));

async function start(options: StartOptions): Promise<EngineInfo> {
  const { threads } = options;
  cache = new PassageCache();
  models = await openModels(options.modelDirs, {
    device: options.device as Device | "auto",
    threads,
    skip: new Set(options.skipDevices),
    before: (device) => reply({ type: "trying", device }),
  });
  const sentiment = serving(models.open, "sentiment")?.manifest.tasks.sentiment;
  const entities = serving(models.open, "entities")?.manifest.tasks.entities;
  return {
    model: models.name,
    modelVersion: models.version,
    tasks: TASK_NAMES.filter((task) => serving(models!.open, task)),
    labels: {
      ...(sentiment ? { sentiment: sentiment.labels } : {}),
      ...(entities
        ? { entities: entities.labels.filter((tag) => tag.startsWith("B-")).map((tag) => tag.slice(2)) }
        : {}),
    },
    ...(sentiment?.unmarked === undefined ? {} : { unmarked: sentiment.unmarked }),
    languages: Object.fromEntries(
      TASK_NAMES.flatMap((task) => {
        const languages = serving(models!.open, task)?.manifest.languages;
        return languages ? [[task, languages]] : [];
      }),
    ),
    notes: models.notes,
    device: models.device,
    deviceReason: models.deviceReason,
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

function plan(open: Models, id: number, work: Work): Job {
  // The passages of a document are the business of the model that answers.
  const reader = serving(open.open, "answers") ?? open.open[0]!;
  switch (work.kind) {
    case "label":
      return planLabelWork(open, id, work);
    case "ask":
      return planAskWork(reader, id, work);
    case "index":
      return planIndexWork(reader, id, work);
    case "rank":
      return planRankWork(reader, id, work);
  }
}

type LabelRequest = Extract<Work, { kind: "label" }>;

function planLabelWork(open: Models, id: number, work: LabelRequest): Job {
  return { steps: labelSteps(open, id, work), finish: () => reply({ type: "done", id }) };
}

function* labelSteps({ open }: Models, id: number, work: LabelRequest): Generator<JobStep> {
  const texts = work.segments.map(({ text }) => text);
  const planned: { steps: ReturnType<typeof planLabelsOf>["steps"] } = { steps: [] };
  // Planning cuts texts into tokens: a text may not survive that, either, so it is a step of its own.
  yield {
    begin: () => reply({ type: "running", id, items: [...texts.keys()], tokens: planningTokens(texts) }),
    run: () => {
      const { steps, done } = planLabelsOf(open, work.segments, work.tasks, work.batchTokens);
      planned.steps = steps;
      reply({ type: "labels", id, labels: [...done] });
      return Promise.resolve();
    },
  };
  for (const step of planned.steps)
    yield {
      begin: () => {
        const tokens = batchTokens(
          step.items.map((item) => texts[item]!),
          work.batchTokens,
        );
        reply({ type: "running", id, items: step.items, tokens });
      },
      run: async () => {
        const labels: [number, SegmentLabels][] = [...(await step.run())];
        if (labels.length > 0) reply({ type: "labels", id, labels });
      },
    };
}

/** What passages are worked on with, for one piece of work. */
function parts(open: Model, id: number): Parts {
  return { model: open, cache: cache!, begin: (items, tokens) => reply({ type: "running", id, items, tokens }) };
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
        if (!models) throw new EngineError("stopped", "The model is not open yet.");
        queue.add(request.id, request.priority, plan(models, request.id, work));
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
