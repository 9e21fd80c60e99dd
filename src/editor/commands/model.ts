/** Commands on the model process: log, restart, which model. */
import { existsSync } from "node:fs";
import path from "node:path";
import { commands, l10n, window } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import * as config from "../base/config";
import { log } from "../base/log";

/** Opens the settings of this extension, or one of them. */
export async function openSettings(query = "@ext:glossator.glossator"): Promise<void> {
  await commands.executeCommand("workbench.action.openSettings", query);
}

async function chooseModel(given: unknown): Promise<void> {
  const folders =
    typeof given === "string"
      ? [given]
      : (
          await window.showOpenDialog({
            title: l10n.t("Choose a Model Folder, or Several"),
            openLabel: l10n.t("Use This Model"),
            canSelectFiles: false,
            canSelectFolders: true,
            canSelectMany: true,
          })
        )?.map(({ fsPath }) => fsPath);
  if (folders === undefined) return;
  const parts = ["manifest.json", "config.json"];
  for (const folder of folders)
    if (!parts.some((name) => existsSync(path.join(folder, name)))) {
      throw new LabelsError(
        l10n.t("{0} holds neither a manifest.json nor a config.json: choose the folder of a model.", folder),
      );
    }
  await config.setModelFolders(folders);
}

/** Commands on the engine. */
export function modelCommands({ engine }: Parts): CommandTable {
  return {
    showLog: () => log.show(),
    restartEngine: () => engine.restartAnew(),
    chooseModel,
    useBuiltInModel: async () => {
      await config.setModelFolders([]);
      await engine.applySettings();
    },
    openSettings: () => openSettings(),
  };
}
