/** Progress with a cancel button that ends an AbortSignal. What it says is text, whatever is in it. */
import { window } from "vscode";
import type { Progress, ProgressOptions } from "vscode";
import { plainText } from "../../text/shown";

interface Running {
  readonly abort: AbortController;
  readonly done: Promise<unknown>;
  /** What was said last. */
  message: string;
}

const running = new Set<Running>();

/** What is under way says last, for tests. */
export function underWay(): readonly string[] {
  return [...running].map(({ message }) => message);
}

/** Cancels all that is under way, and resolves when it has ended: when the editor closes, and in tests. */
export async function cancelAll(): Promise<void> {
  const all = [...running];
  for (const { abort } of all) abort.abort();
  await Promise.allSettled(all.map(({ done }) => done));
}

/** Runs long work the user started; cancelling aborts the signal with an `AbortError`. */
export async function withCancel<T>(
  options: ProgressOptions & { readonly title: string },
  work: (progress: Progress<{ message: string }>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const shown = { ...options, title: plainText(options.title), cancellable: true };
  return window.withProgress<T>(shown, async (progress, token) => {
    const abort = new AbortController();
    const own: Running = { abort, done: Promise.resolve(), message: "" };
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      const report = ({ message }: { message: string }): void => {
        own.message = message;
        progress.report({ message: plainText(message) });
      };
      const done = work({ report }, abort.signal);
      running.add(Object.assign(own, { done }));
      return await done;
    } finally {
      running.delete(own);
      listener.dispose();
    }
  });
}
