/** Restart policy of language clients: so many restarts, unless the crashes come too close together (vscode-languageserver-node's values). */
export class CrashBudget {
  #crashes: number[] = [];

  /**
   * @param limit crashes within `windowMs` after which the process stays down; with 1, the first is the last.
   * @param now milliseconds; injectable for tests.
   */
  constructor(
    readonly limit = 5,
    private readonly windowMs = 3 * 60_000,
    private readonly now: () => number = Date.now,
  ) {}

  /** The length of time that counts. */
  get minutes(): number {
    return this.windowMs / 60_000;
  }

  /** Records a crash. Returns false when the process must not be started again. */
  record(): boolean {
    this.#crashes.push(this.now());
    if (this.#crashes.length < this.limit) return true;
    if (this.#crashes.at(-1)! - this.#crashes[0]! <= this.windowMs) return false;
    this.#crashes.shift();
    return true;
  }

  /** Forgets the past: the user asked for a restart. */
  reset(): void {
    this.#crashes = [];
  }
}
