/** The model process's jobs, a step at a time, by priority. */
import type { Priority } from "./protocol";

/** One bounded piece of work. `begin` is called just before `run`, so that a crash or a hang can be put down to it. */
export interface JobStep {
  begin(): void;
  run(): Promise<void>;
}

/** Work cut into steps, between which it can be stopped and other work can go first. A step may decide on those after it: they are asked for one by one. */
export interface Job {
  readonly steps: Iterable<JobStep>;
  finish(): void;
}

interface Queued {
  readonly id: number;
  readonly priority: Priority;
  readonly job: Job;
  readonly steps: Iterator<JobStep>;
  next: IteratorResult<JobStep> | undefined;
}

/**
 * Runs one step at a time: urgent jobs first (latest first, since it is what the user looks at now), then the others in order, and those
 * of the background when there is nothing else to do.
 */
export class WorkQueue {
  readonly #jobs: Queued[] = [];
  #running = false;

  /** @param fail called with a job that threw; the queue goes on with the next. */
  constructor(private readonly fail: (id: number, error: unknown) => void) {}

  /** Adds a job; an empty one finishes at its turn. */
  add(id: number, priority: Priority, job: Job): void {
    this.#jobs.push({ id, priority, job, steps: job.steps[Symbol.iterator](), next: undefined });
    if (!this.#running) void this.#run();
  }

  /** Drops a job; a step that runs is not interrupted. */
  cancel(id: number): void {
    const index = this.#jobs.findIndex((queued) => queued.id === id);
    if (index >= 0) this.#jobs.splice(index, 1);
  }

  #first(): Queued {
    return (
      this.#jobs.findLast(({ priority }) => priority === "urgent") ??
      this.#jobs.find(({ priority }) => priority === "normal") ??
      this.#jobs[0]!
    );
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#jobs.length > 0) {
      const queued = this.#first();
      try {
        const upcoming = (queued.next ??= queued.steps.next());
        if (!upcoming.done) {
          upcoming.value.begin();
          await upcoming.value.run();
          queued.next = this.#jobs.includes(queued) ? queued.steps.next() : undefined;
        }
        if (queued.next?.done && this.#jobs.includes(queued)) {
          this.cancel(queued.id);
          queued.job.finish();
        }
      } catch (error) {
        this.cancel(queued.id);
        this.fail(queued.id, error);
      }
      // Messages that came in during the step (a cancellation, urgent work) are read here.
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.#running = false;
  }
}
