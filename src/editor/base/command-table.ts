/** The table of commands, and what happens when one fails. */
import { commands, l10n } from "vscode";
import type { Disposable } from "vscode";
import { LabelsError } from "../../labels/contract";
import { getContext } from "./context-keys";
import { log, messageOf } from "./log";
import { sayInStatus, showError, showInformation } from "./messages";

/** Commands by name, without the prefix. Arguments come from keys, links and code actions: from anywhere. */
export type CommandTable = Readonly<Record<string, (...args: unknown[]) => unknown>>;

/** Registers tables of commands as `glossator.<name>`; a failure becomes one plain message. */
export function registerCommands(...tables: CommandTable[]): Disposable[] {
  return tables.flatMap((table) =>
    Object.entries(table).map(([name, run]) =>
      commands.registerCommand(`glossator.${name}`, async (...args: unknown[]) => {
        try {
          return await run(...args);
        } catch (error) {
          explain(name, error);
          return undefined;
        }
      }),
    ),
  );
}

function explain(name: string, error: unknown): void {
  if (isCancellation(error)) return;
  // A request that does not fit is the user's to change; nothing broke.
  if (error instanceof LabelsError) {
    // In Review Mode keys come fast: one notification a key would cover the text.
    if (getContext("reviewMode") === true) sayInStatus(error.message, 6000);
    else void showInformation(error.message);
    return;
  }
  log.error(`glossator.${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  void showError(messageOf(error), l10n.t("Show Log")).then((choice) => {
    if (choice !== undefined) log.show();
  });
}

function isCancellation(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === "AbortError" || name === "Canceled" || code === "cancelled";
}
