/** Work that nobody waits for, done where it holds up nobody who types. */
import { workspace } from "vscode";
import type { Disposable } from "vscode";
import { advance, nextTurn } from "../../text/slices";
import type { Steps } from "../../text/slices";

/** So long after the last edit the user counts as typing. */
const QUIET_MS = 500;
/** Work between two turns of the event loop. */
const SLICE_MS = 4;

/** Tells when no document is being edited. */
export class Quiet implements Disposable {
  #editedAt = -Infinity;
  #disposed = false;
  /** Milliseconds of work done so far; waiting is none. */
  worked = 0;
  readonly #listener = workspace.onDidChangeTextDocument(({ contentChanges }) => {
    if (contentChanges.length > 0) this.#editedAt = performance.now();
  });

  /** Does steps, a few milliseconds at a time, and none while somebody types. Undefined once this is disposed. */
  async slowly<T>(steps: Steps<T>): Promise<T | undefined> {
    for (;;) {
      await this.come();
      if (this.#disposed) return undefined;
      const started = performance.now();
      const result = advance(steps, SLICE_MS);
      this.worked += performance.now() - started;
      if (result !== undefined) return result.value;
      await nextTurn();
    }
  }

  /** Resolves when nobody types. */
  async come(): Promise<void> {
    for (;;) {
      const wait = this.#editedAt + QUIET_MS - performance.now();
      if (wait <= 0 || this.#disposed) return;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#listener.dispose();
  }
}
