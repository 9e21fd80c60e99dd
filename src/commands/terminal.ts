/** Where a command writes: results to standard output and nothing else there; messages and progress to standard error. */
import type { Writable } from "node:stream";

/** Work shorter than this shows no progress. */
const QUIET_MS = 2000;
/** Progress is redrawn this often on a terminal, and printed this often elsewhere. */
const REDRAW_MS = 200;
const REPRINT_MS = 15_000;

/** A writable stream that may be a terminal. */
export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Standard output and error of one command, and whether it shall stop. */
export class Terminal {
  readonly #abort = new AbortController();
  readonly #started = Date.now();
  #shown = 0;
  #drawn = false;
  #exitCode: number | undefined;

  constructor(
    private readonly stdout: OutputStream,
    private readonly stderr: OutputStream,
  ) {
    // A reader that has seen enough (`| head`) closes the pipe: that ends the work, and is no failure.
    stdout.on("error", (error: NodeJS.ErrnoException) => {
      // EOF: Windows' word for it.
      const closed = error.code === "EPIPE" || error.code === "EOF";
      if (!closed) this.say(`Standard output cannot be written: ${error.message}`);
      this.stop(closed ? 0 : 1);
    });
    stderr.on("error", () => undefined);
  }

  /** Aborted when the command shall stop. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** The exit code {@link stop} asked for. */
  get exitCode(): number | undefined {
    return this.#exitCode;
  }

  /** Columns of standard output; 100 where it is no terminal. */
  get width(): number {
    return this.stdout.columns ?? 100;
  }

  /** Ends the work under way; the command then ends with this exit code. Only the first call counts. */
  stop(exitCode: number): void {
    this.#exitCode ??= exitCode;
    this.#abort.abort();
  }

  /** Writes results; resolves when they are on their way, so that large ones do not pile up in memory. */
  write(text: string | Uint8Array): Promise<void> {
    this.clear();
    if (this.signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.stdout.write(text, () => resolve());
    });
  }

  /** A message, as a line of its own. */
  say(message: string): void {
    this.clear();
    this.stderr.write(`${printable(message, true)}\n`);
  }

  /** How far the work is: on a terminal in one line that is redrawn, elsewhere now and then; never in the first two seconds. */
  progress(message: string): void {
    const now = Date.now();
    if (now - this.#started < QUIET_MS) return;
    if (now - this.#shown < (this.stderr.isTTY ? REDRAW_MS : REPRINT_MS)) return;
    this.#shown = now;
    if (!this.stderr.isTTY) {
      this.stderr.write(`${printable(message)}\n`);
      return;
    }
    const line = Array.from(printable(message)).slice(0, Math.max(20, (this.stderr.columns ?? 80) - 1));
    this.stderr.write(`\r\u001b[K${line.join("")}`);
    this.#drawn = true;
  }

  /** Takes the progress line away. */
  clear(): void {
    if (this.#drawn) this.stderr.write("\r\u001b[K");
    this.#drawn = false;
  }
}

/** Text that cannot steer a terminal: control and direction-changing characters and halves of surrogate pairs become U+FFFD, line breaks blanks unless kept. */
export function printable(text: string, keepLines = false): string {
  const oneLine = keepLines ? text : text.replace(/[\t\r\n\u2028\u2029]+/g, " ");
  // eslint-disable-next-line no-control-regex
  return oneLine.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu, "\ufffd");
}
