/** All keys of Review Mode in a list, from the manifest that binds them and the label set that has its own. */
import { commands, l10n } from "vscode";
import { SPANS } from "../../documents/tasks";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import { labelKeys, labelOfDigit } from "../documents/label-keys";
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

/** The keys of the mode that no label has taken, in the manifest's order; a command with several has one row. */
function modeRows({ contributes }: Manifest, taken: Pick<ReadonlySet<string>, "has">): Row[] {
  const keys = new Map<string, string[]>();
  for (const { command, key, when = "" } of contributes.keybindings) {
    // Those of labels and numbers stand under their own names.
    if (!when.includes("glossator.reviewMode") || /Key$|ByNumber$/.test(command)) continue;
    if (taken.has(key.replace(/^shift\+(\w)$/, (_, letter: string) => letter.toUpperCase()))) continue;
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
      const { uri } = front(sessions).session;
      const letters = labelKeys(catalog, uri);
      const own = [...letters].map(([key, { label }]): Row => ({
        label: key,
        description: shownName(label.name),
        run: "glossator.labelByKey",
        argument: key,
      }));
      const offered = catalog.labels(SPANS, uri);
      const digits = [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((digit): Row[] => {
        const label = labelOfDigit(offered, digit);
        if (label === undefined) return [];
        const run = "glossator.relabelByNumber";
        return [{ label: String(digit), description: shownName(label.name), run, argument: digit }];
      });
      const change: Row = {
        icon: "gear",
        label: l10n.t("Change Keys…"),
        run: "workbench.action.openGlobalKeybindings",
        argument: "glossator.reviewMode",
      };
      const chosen = await pickOne([...modeRows(manifest, letters), ...own, ...digits, change], {
        title: l10n.t("Keys of Review Mode"),
        placeHolder: l10n.t("Type to search; Enter does it"),
        matchOnDescription: true,
      });
      if (chosen?.run !== undefined)
        await commands.executeCommand(chosen.run, ...(chosen.argument === undefined ? [] : [chosen.argument]));
    },
  };
}
