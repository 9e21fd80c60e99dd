/** Progress with a cancel button that ends an AbortSignal. */
import { window } from "vscode";
import type { Progress, ProgressOptions } from "vscode";

/** Runs long work the user started; cancelling aborts the signal with an `AbortError`. */
export async function withCancel<T>(
  options: ProgressOptions,
  work: (progress: Progress<{ message?: string; increment?: number }>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  return window.withProgress({ ...options, cancellable: true }, async (progress, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      return await work(progress, abort.signal);
    } finally {
      listener.dispose();
    }
  });
}
