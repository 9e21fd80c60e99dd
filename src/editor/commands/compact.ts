/** The command that shortens one's own logs. */
import path from "node:path";
import { l10n, ProgressLocation, Uri, workspace } from "vscode";
import { compactLog } from "../../labels/log/compact";
import { LabelsError } from "../../labels/contract";
import { isLogOf } from "../../labels/log/paths";
import { filesByDocument } from "../../labels/log/read-log";
import { plural } from "../../text/counted";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import * as config from "../base/config";
import { showInformation } from "../base/messages";
import { withCancel } from "../base/with-cancel";

/** Only one's own: a log that others append to would no longer merge by itself. */
export function compactCommands({ sessions }: Parts): CommandTable {
  const compactFolder = async (folder: Uri, author: string, signal: AbortSignal): Promise<number> => {
    let moved = 0;
    const root = path.join(folder.fsPath, ".glossator");
    for (const [document, files] of await filesByDocument(root)) {
      for (const file of files.filter((item) => isLogOf(author, path.basename(item)))) {
        signal.throwIfAborted();
        const address = Uri.joinPath(folder, document).toString();
        const open = sessions.all.find(({ journal, id }) => id === address && journal.path === file);
        // An open document's log is written to: its own queue keeps the two apart.
        moved += (await (open === undefined ? compactLog(root, file) : open.journal.compact())).moved;
      }
    }
    return moved;
  };
  return {
    compactLog: async () => {
      const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
      if (folders.length === 0) throw new LabelsError(l10n.t("Open a folder first: logs are kept in it."));
      const author = await config.annotator();
      const location = ProgressLocation.Notification;
      const moved = await withCancel(
        { location, title: l10n.t("Compacting your log of decisions") },
        async (_, signal) => {
          let sum = 0;
          for (const { uri } of folders) sum += await compactFolder(uri, author, signal);
          return sum;
        },
      );
      void showInformation(
        moved === 0
          ? l10n.t("Your log of decisions is as short as can be.")
          : plural(
              moved,
              l10n.t("1 line was moved from your log of decisions to archives beside it."),
              l10n.t("{0} lines were moved from your log of decisions to archives beside it.", moved),
            ),
      );
      return moved;
    },
  };
}
