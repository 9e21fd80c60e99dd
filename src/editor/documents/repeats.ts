/** What somebody decided on words in one document is suggested wherever exactly the same words stand in the open ones: at once, and without the model. */
import type { Subscription } from "../../labels/contract";
import { decidedPhrases, NO_REPEATS, repeatedPhrases, sameRepeats } from "../../labels/repeats";
import type { DecidedPhrases, RepeatedPhrases } from "../../labels/repeats";
import { background } from "../base/log";
import { Quiet } from "../base/quiet";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** What was decided in so many closed documents is still known; of more, in those closed last. */
const MOST_CLOSED = 100;

/** Keeps all sessions' repeats up to date. It works where nobody types, a few milliseconds at a time. */
export class Repeats implements Subscription {
  /** By the documents' addresses, those read last at the end. */
  readonly #decided = new Map<string, DecidedPhrases>();
  readonly #changed = new Set<DocumentSession>();
  readonly #quiet = new Quiet();
  readonly #listener: Subscription;
  #repeats: RepeatedPhrases = NO_REPEATS;
  #looking = false;

  constructor(private readonly sessions: Sessions) {
    this.#listener = sessions.onDidChange(({ session, decided }) => {
      if (session === undefined || decided !== true) return;
      this.#changed.add(session);
      if (!this.#looking) background("repeats of decisions", this.#look());
    });
  }

  dispose(): void {
    this.#listener.dispose();
    this.#quiet.dispose();
  }

  async #look(): Promise<void> {
    this.#looking = true;
    try {
      while (this.#changed.size > 0) if (!(await this.#read())) return;
    } finally {
      this.#looking = false;
    }
  }

  /** Reads what changed, and tells the sessions. False once this is disposed. */
  async #read(): Promise<boolean> {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const { id, labels } of changed) {
      if (labels === undefined) continue;
      const decided = await this.#quiet.slowly(decidedPhrases(labels));
      if (decided === undefined) return false;
      this.#decided.delete(id);
      this.#decided.set(id, decided);
    }
    this.#forget();
    const repeats = await this.#quiet.slowly(repeatedPhrases(this.#decided.values()));
    if (repeats === undefined) return false;
    if (!sameRepeats(repeats, this.#repeats)) this.#repeats = repeats;
    for (const session of this.sessions.all) {
      if (session.labels === undefined || session.repeats === this.#repeats) continue;
      session.repeats = this.#repeats;
      await this.#quiet.come();
    }
    return true;
  }

  #forget(): void {
    const open = new Set(this.sessions.all.map(({ id }) => id));
    const closed = [...this.#decided.keys()].filter((id) => !open.has(id));
    for (const id of closed.slice(0, Math.max(0, closed.length - MOST_CLOSED))) this.#decided.delete(id);
  }
}
