/** Work that is asked for more often than it has to be done. */
import { background } from "./log";

/** Does something once for all that asked for it meanwhile: never twice at a time, and once more if somebody asked while it was done. */
export class Again {
  #running = false;
  #asked = false;

  /** @param what a name of it, for the log if it fails */
  constructor(
    private readonly what: string,
    private readonly work: () => Promise<void>,
  ) {}

  /** Has it done soon. */
  ask(): void {
    this.#asked = true;
    if (!this.#running) background(this.what, this.#run());
  }

  /** Whether somebody asked since it was begun: what is found now will be looked for again. */
  get asked(): boolean {
    return this.#asked;
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#asked) {
        this.#asked = false;
        await this.work();
      }
    } finally {
      this.#running = false;
    }
  }
}
