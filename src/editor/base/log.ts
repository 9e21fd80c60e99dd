/** The output channel of the extension. Made with the first line, so that a quiet session has none. */
import { window } from "vscode";
import type { LogOutputChannel } from "vscode";

let channel: LogOutputChannel | undefined;

function output(): LogOutputChannel {
  channel ??= window.createOutputChannel("Glossator", { log: true });
  return channel;
}

/** Where things are said that need no attention now. */
export const log = {
  info: (line: string): void => output().info(line),
  warn: (line: string): void => output().warn(line),
  error: (line: string): void => output().error(line),
  show: (): void => output().show(true),
  dispose: (): void => channel?.dispose(),
};

/** The words of an error, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs something nobody waits for; a failure is logged with its name. */
export function background(what: string, work: PromiseLike<unknown>): void {
  work.then(undefined, (error: unknown) => {
    log.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  });
}
