/** What people decided on words in each document, read anew whenever it changes: for repeats and for what is labelled in several ways. */
import { EventEmitter } from "vscode";
import type { Subscription } from "../../labels/contract";
import { decidedPhrases } from "../../labels/repeats";
import type { DecidedPhrases } from "../../labels/repeats";
import { Again } from "../base/again";
import { Quiet } from "../base/quiet";
import type { DocumentSession } from "./session";
import type { Sessions } from "./sessions";

/** What was decided in so many closed documents is still known; of more, in those closed last. */
const MOST_CLOSED = 100;

/** Reads where nobody types, a few milliseconds at a time. */
export class DecidedIn implements Subscription {
  /** By the documents' addresses, those read last at the end. */
  readonly #decided = new Map<string, DecidedPhrases>();
  readonly #changed = new Set<DocumentSession>();
  readonly #quiet = new Quiet();
  readonly #read = new EventEmitter<void>();
  /** Decisions of some documents were read. */
  readonly onDidRead = this.#read.event;
  readonly #reading = new Again("decisions", () => this.#readChanged());
  readonly #listener: Subscription;

  constructor(private readonly sessions: Sessions) {
    this.#listener = sessions.onDidChange(({ session, decided }) => {
      if (session === undefined || decided !== true) return;
      this.#changed.add(session);
      this.#reading.ask();
    });
  }

  /** Of all documents that are open or were. */
  get all(): Iterable<DecidedPhrases> {
    return this.#decided.values();
  }

  /** Of the document of this address; undefined until it was read. */
  of(id: string): DecidedPhrases | undefined {
    return this.#decided.get(id);
  }

  dispose(): void {
    this.#listener.dispose();
    this.#quiet.dispose();
    this.#read.dispose();
  }

  async #readChanged(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const { id, labels } of changed) {
      if (labels === undefined) continue;
      const decided = await this.#quiet.slowly(decidedPhrases(labels));
      if (decided === undefined) return;
      this.#decided.delete(id);
      this.#decided.set(id, decided);
    }
    this.#forget();
    this.#read.fire();
  }

  #forget(): void {
    const open = new Set(this.sessions.all.map(({ id }) => id));
    const closed = [...this.#decided.keys()].filter((id) => !open.has(id));
    for (const id of closed.slice(0, Math.max(0, closed.length - MOST_CLOSED))) this.#decided.delete(id);
  }
}
