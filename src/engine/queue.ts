/** One bounded piece of work. `begin` is called just before `run`, so that a crash can be put down to it. */
export interface JobStep {
  begin(): void;
  run(): Promise<void>;
}

/** Work cut into steps, between which it can be stopped and other work can go first. */
export interface Job {
  readonly steps: readonly JobStep[];
  finish(): void;
}

interface Queued {
  readonly id: number;
  readonly urgent: boolean;
  readonly job: Job;
  next: number;
}

/** Runs one step at a time: urgent jobs first (latest first, since it is what the user looks at now), then the others in order. */
export class WorkQueue {
  private readonly jobs: Queued[] = [];
  private running = false;

  /** @param fail called with a job that threw; the queue goes on with the next. */
  constructor(private readonly fail: (id: number, error: unknown) => void) {}

  /** Adds a job; an empty one finishes at its turn. */
  add(id: number, urgent: boolean, job: Job): void {
    this.jobs.push({ id, urgent, job, next: 0 });
    if (!this.running) void this.run();
  }

  /** Drops a job; a step that runs is not interrupted. */
  cancel(id: number): void {
    const index = this.jobs.findIndex((queued) => queued.id === id);
    if (index >= 0) this.jobs.splice(index, 1);
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.jobs.length > 0) {
      const queued = this.jobs.findLast((q) => q.urgent) ?? this.jobs[0]!;
      try {
        const step = queued.job.steps[queued.next++];
        if (step) {
          step.begin();
          await step.run();
        }
        if (queued.next >= queued.job.steps.length && this.jobs.includes(queued)) {
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
    this.running = false;
  }
}
