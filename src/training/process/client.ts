/** Teaching in a process of its own, which is started again where it was if it dies, so often and no oftener. */
import { Supervisor } from "../../engine/supervisor";
import { CrashBudget } from "../../engine/supervision";
import type { Patience } from "../../engine/watchdog";
import { receivedError } from "../../datasets/process/errors";
import type { TeachRequest } from "../request";
import type { TeachHooks, TeachReport } from "../teach";
import type { FromTeacher, TeacherWork, ToTeacher } from "./protocol";

/** Crashes of one job within a quarter of an hour after which it is given up. */
const MOST_CRASHES = 3;
/** A step takes a tenth of a second; on a machine that does much else it may take a minute. */
const PATIENCE: Partial<Patience> = { answerMs: 300_000 };

/** How to run the process. */
export interface TeachProcessOptions {
  /** The bundled `teach.js`. */
  readonly serverPath: string;
  /** Receives what the process prints, a line at a time. */
  readonly log?: (line: string) => void;
  /** How long the process may be silent, and how often it may crash; for tests. */
  readonly patience?: Partial<Patience>;
}

/** A job that runs. */
export interface RunningTeacher<R = TeachReport> {
  /** The process that runs now. */
  readonly pid: number | undefined;
  /**
   * Resolves with what came of it.
   * @throws what the job throws; {@link EngineError} `crashed-too-often`; the signal's reason when cancelled.
   */
  readonly report: Promise<R>;
}

/** Starts a job. Cancelling ends its process at once; the next job on the same decisions goes on where it was. */
export function startTeaching(
  options: TeachProcessOptions,
  request: TeachRequest,
  hooks: TeachHooks = {},
): RunningTeacher {
  return startWork(options, "teach", request, hooks);
}

/** Starts any work of the process, as {@link startTeaching}. What is cancelled half done leaves nothing that is taken for whole. */
export function startWork<W extends keyof TeacherWork>(
  { serverPath, log, patience }: TeachProcessOptions,
  type: W,
  request: TeacherWork[W]["request"],
  { onProgress, signal }: TeachHooks = {},
): RunningTeacher<TeacherWork[W]["report"]> {
  type Report = TeacherWork[W]["report"];
  let settle!: { resolve: (report: Report) => void; reject: (error: unknown) => void };
  const outcome = new Promise<Report>((resolve, reject) => (settle = { resolve, reject }));
  const supervisor: Supervisor<ToTeacher, FromTeacher, true> = new Supervisor<ToTeacher, FromTeacher, true>(
    {
      ...{ serverPath, name: "teaching process", title: "The process that teaches the model" },
      advice: "What it had worked out is kept: teach again to go on, with fewer documents open if memory ran short.",
      budget: new CrashBudget(MOST_CRASHES, 15 * 60_000),
      patience: { ...PATIENCE, ...patience },
      ...(log && { log }),
    },
    {
      greet: () => ({ type, request }) as ToTeacher,
      receive: (message) => {
        supervisor.ready(true);
        if (message.type === "progress") onProgress?.(message.progress);
        else if (message.type === "done") settle.resolve(message.report);
        else settle.reject(receivedError(message.error));
      },
      waits: () => true,
      died: () => undefined,
      gone: (error) => settle.reject(error),
    },
  );
  const cancel = (): void => settle.reject(signal!.reason);
  signal?.addEventListener("abort", cancel, { once: true });
  if (signal?.aborted) cancel();
  else void supervisor.start().catch((error: unknown) => settle.reject(error));
  const report = outcome.finally(async () => {
    signal?.removeEventListener("abort", cancel);
    await supervisor.dispose();
  });
  return {
    get pid() {
      return supervisor.pid;
    },
    report,
  };
}
