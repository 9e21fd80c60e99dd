/** All keys of Review Mode in a list, from the manifest that binds them and the label set that has its own. */
import { commands, l10n } from "vscode";
import { SPAN_TASKS } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import { labelKeys } from "../documents/label-keys";
import { front } from "../documents/targets";
import type { Parts } from "./parts";

/** What of the manifest is read here. */
export interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string; readonly title: string }[];
    readonly keybindings: readonly { readonly command: string; readonly key: string; readonly when?: string }[];
  };
}

type Row = Choice & { readonly run?: string; readonly argument?: unknown };

/** "shift+a" as keyboards have it. */
function shownKey(key: string): string {
  return key
    .split(" ")
    .map((part) =>
      part
        .split("+")
        .map((name) => name.charAt(0).toUpperCase() + name.slice(1))
        .join("+"),
    )
    .join(" ");
}

/** The keys of the mode, in the manifest's order; a command with several has one row. */
function modeRows({ contributes }: Manifest): Row[] {
  const keys = new Map<string, string[]>();
  for (const { command, key, when = "" } of contributes.keybindings) {
    // Those of labels and numbers stand under their own names.
    if (!when.includes("glossator.reviewMode") || /Key$|ByNumber$/.test(command)) continue;
    keys.set(command, [...(keys.get(command) ?? []), shownKey(key)]);
  }
  return [...keys].map(([command, list]) => ({
    label: list.join(", "),
    description: contributes.commands.find((one) => one.command === command)?.title ?? command,
    run: command,
  }));
}

/** The command. @param manifest the extension's, whose titles are in the user's language */
export function keysCommands({ sessions, catalog }: Parts, manifest: Manifest): CommandTable {
  return {
    showKeys: async () => {
      const { uri } = front(sessions).editor.document;
      const own = [...labelKeys(catalog, uri)].map(([key, { label }]): Row => ({
        label: key,
        description: shownName(label.name),
        run: "glossator.labelByKey",
        argument: key,
      }));
      const numbers = catalog.labels(SPAN_TASKS[0]!, uri).slice(0, 9);
      const digits = numbers.map(({ name }, index): Row => ({
        label: String(index + 1),
        description: shownName(name),
        run: "glossator.relabelByNumber",
        argument: index + 1,
      }));
      const change: Row = {
        icon: "gear",
        label: l10n.t("Change Keys…"),
        run: "workbench.action.openGlobalKeybindings",
        argument: "glossator.reviewMode",
      };
      const chosen = await pickOne([...modeRows(manifest), ...own, ...digits, change], {
        title: l10n.t("Keys of Review Mode"),
        placeHolder: l10n.t("Type to search; Enter does it"),
        matchOnDescription: true,
      });
      if (chosen?.run !== undefined)
        await commands.executeCommand(chosen.run, ...(chosen.argument === undefined ? [] : [chosen.argument]));
    },
  };
}
