/** Notices when the model process neither works on nor says so: stopped, in an endless loop, or stuck in a driver. */

/** How long silence is taken for work. Far above what anything takes on a slow machine: a wrong kill costs more than a late one. */
export interface Patience {
  /** Milliseconds from start to readiness, and for each device that is tried on the way. */
  readonly startMs: number;
  /** Milliseconds from work sent, or from the end of a batch, to the beginning of the next. */
  readonly answerMs: number;
  /** Milliseconds of any batch. */
  readonly batchMs: number;
  /** Milliseconds a batch gets for each of its tokens, on top. */
  readonly tokenMs: number;
  /** A batch gets at least this many times what the slowest of the latest batches took a token. */
  readonly slack: number;
}

/** A batch of 256 tokens takes .05 s on two cores; it may take 30 s before the process counts as hung. */
export const PATIENCE: Patience = { startMs: 300_000, answerMs: 20_000, batchMs: 20_000, tokenMs: 40, slack: 50 };

/** Silence is looked at this many times before it is too long, so that a sleeping laptop's hours count as one look. */
const LOOKS = 20;
const MOST_LOOK_MS = 1000;
/** What the slowest batch took is forgotten by this factor a batch. */
const FORGET = 0.95;
/** Small batches say nothing of a token's time. */
const MEASURED_TOKENS = 32;
/** Each hang doubles the patience up to this: a machine too slow for it gets its work done in the end. */
const MOST_DOUBLED = 8;

/** Where time comes from; monotonic, in milliseconds. Tests put their own in place. */
export interface Clock {
  now(): number;
  /** Calls `look` every `ms`; returns how to stop. Must not keep the program alive. */
  every(ms: number, look: () => void): () => void;
  /** Calls `then` once messages that have come in are delivered. */
  soon(then: () => void): void;
}

const systemClock: Clock = {
  now: () => performance.now(),
  every: (ms, look) => {
    const timer = setInterval(look, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  // Timers come before messages in a turn of Node's event loop, immediates after them.
  soon: (then) => void setImmediate(() => setImmediate(then)),
};

/**
 * Measures the silence of a process against what it said it would do. Only time in which this program ran counts: of two looks far apart (the machine
 * slept, this program was stopped or busy) the gap counts as two looks, since the process may have been held up as well.
 */
export class Watchdog {
  readonly #patience: Patience;
  #allowed = 0;
  #waited = 0;
  #lookMs = MOST_LOOK_MS;
  #last = 0;
  #stopLooking: (() => void) | undefined;
  /** The batch that runs: its tokens, and when it was announced. */
  #batch: { readonly tokens: number; readonly since: number } | undefined;
  #slowest = 0;
  #factor = 1;

  /** @param onSilence called once, with the milliseconds waited; watching has ended then. */
  constructor(
    private readonly onSilence: (waitedMs: number) => void,
    patience: Partial<Patience> = {},
    private readonly clock: Clock = systemClock,
  ) {
    this.#patience = { ...PATIENCE, ...patience };
  }

  /** The process was started, or tries a device. */
  starting(): void {
    this.#batch = undefined;
    this.#expect(this.#patience.startMs);
    this.#look();
  }

  /** Work was sent. Without a batch under way its beginning is due. */
  sent(): void {
    if (this.#stopLooking) return;
    if (!this.#batch) this.#expect(this.#patience.answerMs);
    this.#look();
  }

  /** A batch of at most `tokens` tokens begins. */
  begins(tokens: number): void {
    this.#measure();
    this.#batch = { tokens, since: this.clock.now() };
    const { batchMs, tokenMs, slack } = this.#patience;
    this.#expect(batchMs + tokens * Math.max(tokenMs, slack * this.#slowest));
  }

  /** The process said something else: the batch is over. */
  heard(): void {
    this.#measure();
    this.#batch = undefined;
    this.#expect(this.#patience.answerMs);
  }

  /** Nothing is wanted of the process: it may be silent. */
  rest(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }

  /** The process is gone, or the user starts anew. */
  reset(): void {
    this.rest();
    this.#batch = undefined;
    this.#factor = 1;
  }

  #measure(): void {
    if (!this.#batch || this.#batch.tokens < MEASURED_TOKENS) return;
    const rate = (this.clock.now() - this.#batch.since) / this.#batch.tokens;
    this.#slowest = Math.max(rate, this.#slowest * FORGET);
  }

  #expect(ms: number): void {
    this.#allowed = ms * this.#factor;
    this.#waited = 0;
    this.#last = this.clock.now();
    if (this.#stopLooking && this.#lookEvery() < this.#lookMs) this.#look();
  }

  #lookEvery(): number {
    return Math.min(MOST_LOOK_MS, Math.ceil(this.#allowed / LOOKS));
  }

  #look(): void {
    this.#stopLooking?.();
    this.#lookMs = this.#lookEvery();
    this.#last = this.clock.now();
    this.#stopLooking = this.clock.every(this.#lookMs, () => {
      const now = this.clock.now();
      this.#waited += Math.min(now - this.#last, 2 * this.#lookMs);
      this.#last = now;
      if (this.#waited >= this.#allowed) this.clock.soon(() => this.#lastLook());
    });
  }

  #lastLook(): void {
    if (!this.#stopLooking || this.#waited < this.#allowed) return;
    const waited = this.#waited;
    this.rest();
    this.#batch = undefined;
    this.#factor = Math.min(MOST_DOUBLED, this.#factor * 2);
    this.onSilence(waited);
  }
}
