/** What the exit code says; documented in `glossator --help`. */
export const EXIT = {
  /** Everything was done. */
  ok: 0,
  /** Some input failed and was named; the rest was done. */
  input: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The model cannot be used. */
  model: 3,
  /** Ended by Ctrl-C (128 + SIGINT), as shells have it. */
  interrupted: 130,
  /** Ended by SIGTERM. */
  terminated: 143,
} as const;

/** Ends the command with a message and an exit code. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  constructor(
    readonly exitCode: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
