/** What somebody decided on words in one document is suggested wherever exactly the same words stand in the open ones: at once, and without the model. */
import type { Subscription } from "../../labels/contract";
import { NO_REPEATS, repeatedPhrases, sameRepeats } from "../../labels/repeats";
import type { RepeatedPhrases } from "../../labels/repeats";
import { Again } from "../base/again";
import { Quiet } from "../base/quiet";
import type { DecidedIn } from "./decided-in";
import type { Sessions } from "./sessions";

/** Keeps all sessions' repeats up to date. It works where nobody types, a few milliseconds at a time. */
export class Repeats implements Subscription {
  readonly #quiet = new Quiet();
  readonly #looking = new Again("repeats", () => this.#look());
  readonly #listener: Subscription;
  #repeats: RepeatedPhrases = NO_REPEATS;

  constructor(
    private readonly sessions: Sessions,
    private readonly decided: DecidedIn,
  ) {
    this.#listener = decided.onDidRead(() => this.#looking.ask());
  }

  dispose(): void {
    this.#listener.dispose();
    this.#quiet.dispose();
  }

  /** Looks at all decisions, and tells the sessions. */
  async #look(): Promise<void> {
    const repeats = await this.#quiet.slowly(repeatedPhrases([...this.decided.all]));
    if (repeats === undefined) return;
    if (!sameRepeats(repeats, this.#repeats)) this.#repeats = repeats;
    for (const session of this.sessions.all) {
      if (session.labels === undefined || session.repeats === this.#repeats) continue;
      session.repeats = this.#repeats;
      await this.#quiet.come();
    }
  }
}
