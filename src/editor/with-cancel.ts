/** Progress with a cancel button that ends an AbortSignal. What it says is text, whatever is in it. */
import { window } from "vscode";
import type { Progress, ProgressOptions } from "vscode";
import { plainText } from "../text/shown";

/** Runs long work the user started; cancelling aborts the signal with an `AbortError`. */
export async function withCancel<T>(
  options: ProgressOptions & { readonly title: string },
  work: (progress: Progress<{ message: string }>, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const shown = { ...options, title: plainText(options.title), cancellable: true };
  return window.withProgress<T>(shown, async (progress, token) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    try {
      const report = ({ message }: { message: string }): void => progress.report({ message: plainText(message) });
      return await work({ report }, abort.signal);
    } finally {
      listener.dispose();
    }
  });
}
