/** The process in which the editor has datasets read and written; `client.ts` forks it. It holds a plan, and ends with its parent. */
import process from "node:process";
import type { Progress } from "../workspace/walk";
import { exportDataset } from "../export/export";
import { hasTokens } from "../workspace/has-tokens";
import { exportMarkdown } from "../export/report";
import { growInSmallSteps } from "../heap";
import { formatSummaries } from "../formats";
import { namesInFile } from "../import/files";
import { onlyDocuments, planImport } from "../import/plan";
import type { ImportPlan } from "../import/plan";
import type { Choice, Conflict } from "../import/conflicts";
import { conflictsOf, previewOf } from "../import/preview";
import { importMarkdown } from "../import/report";
import { detectSource } from "../import/source";
import { lossCount } from "../losses";
import { lastImport, undoImport } from "../import/undo";
import { carryOut } from "../import/carry-out";
import { sentError } from "./errors";
import type { CallName, Calls, FromProcess, PlanSummary, Settled, ToProcess } from "./protocol";

/** Messages about progress are for people: more of them would only cost. */
const PROGRESS_MS = 50;

interface Hooks {
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** Resolves once what was computed may be written. */
  readonly beforeWriting: () => Promise<void>;
}

type Handlers = {
  readonly [Name in CallName]: (
    given: Calls[Name]["takes"],
    hooks: Hooks,
  ) => Calls[Name]["gives"] | Promise<Calls[Name]["gives"]>;
};

growInSmallSteps();

let plan: ImportPlan | undefined;

function current(): ImportPlan {
  if (plan === undefined) throw new Error("There is no plan yet.");
  return plan;
}

function summaryOf(of: ImportPlan, most: number): PlanSummary {
  const { added, same, conflicts, documents, tables, unnamed } = previewOf(of);
  const markdown = importMarkdown(of, "What the import would do", undefined, most);
  return { added, same, conflicts, documents: documents.length, tables, unnamed, markdown };
}

function chooser(settled: Settled): (conflict: Conflict) => Choice {
  return typeof settled === "string" ? () => settled : ({ id }) => settled.get(id) ?? "mine";
}

const handlers: Handlers = {
  formats: () => formatSummaries(),
  detect: (source) => detectSource(source),
  names: (file) => namesInFile(file),
  plan: async ({ options, most }, { onProgress, signal }) => {
    plan = await planImport({ ...options, onProgress, signal });
    return summaryOf(plan, most);
  },
  narrow: ({ documents, most }) => {
    plan = onlyDocuments(current(), documents);
    return summaryOf(plan, most);
  },
  documents: () => previewOf(current()).documents,
  conflicts: () =>
    conflictsOf(current()).map(({ id, document, task, mine, theirs, reason }) => ({
      ...{ id, document, task, mine, theirs, reason },
    })),
  carryOut: async ({ act, settled, most }, hooks) => {
    const choose = chooser(settled);
    const { losses, ...report } = await carryOut(current(), { act, choose, ...hooks });
    const markdown = importMarkdown({ ...current(), losses }, "Imported", choose, most);
    return { ...report, losses: lossCount(losses), markdown };
  },
  lastImport: (workspace) => lastImport(workspace),
  undoImport: async ({ workspace, act }, { beforeWriting }) => {
    await beforeWriting();
    return undoImport(workspace, act);
  },
  hasTokens: (workspace) => hasTokens(workspace),
  exportDataset: async ({ options, most }, hooks) => {
    const report = await exportDataset({ ...options, ...hooks });
    const { target, files, counts, documents, losses } = report;
    const markdown = exportMarkdown(options.format, report, most);
    return { target, files, counts, documents, losses: lossCount(losses), markdown };
  },
};

/** What is under way; undefined between two calls. */
let work: { readonly abort: AbortController; go: (() => void) | undefined; writing: boolean } | undefined;

function send(message: FromProcess): void {
  if (process.connected) process.send?.(message);
}

function hooksOf(own: NonNullable<typeof work>): Hooks {
  let told = Number.NEGATIVE_INFINITY;
  return {
    signal: own.abort.signal,
    onProgress: (progress) => {
      const now = performance.now();
      if (now - told < PROGRESS_MS && progress.done < progress.total) return;
      told = now;
      send({ type: "progress", progress });
    },
    beforeWriting: () =>
      new Promise((resolve) => {
        own.go = () => {
          own.writing = true;
          resolve();
        };
        send({ type: "writing" });
      }),
  };
}

async function run(name: CallName, given: unknown): Promise<void> {
  const own = (work = { abort: new AbortController(), go: undefined, writing: false });
  try {
    const handler = handlers[name] as (given: unknown, hooks: Hooks) => unknown;
    send({ type: "done", value: await handler(given, hooksOf(own)) });
  } catch (error) {
    send({ type: "failed", error: sentError(error) });
  } finally {
    work = undefined;
    if (!process.connected) process.exit();
  }
}

process.on("message", (message: ToProcess) => {
  if (message.type === "call") void run(message.name, message.given);
  else if (message.type === "go") work?.go?.();
  else work?.abort.abort();
});

// Whoever asked is gone. What is half written is taken back first.
process.on("disconnect", () => {
  if (work?.writing === true) work.abort.abort();
  else process.exit();
});
