/** Dataset Summary: the dashboard of the work in a tab of its own, counted anew whenever it is asked for. */
import { l10n, ProgressLocation, ViewColumn, window, workspace } from "vscode";
import type { WebviewPanel } from "vscode";
import { countWork } from "../../datasets/workspace/work";
import type { WorkSummary } from "../../datasets/workspace/work";
import type { CommandTable } from "../base/command-table";
import { filesToLabel } from "./next-file";
import type { Parts } from "./parts";
import { pickFolder } from "./pick-dataset";
import { withCancel } from "../base/with-cancel";
import { newFrame } from "../../views/frame";
import { summaryBody, summaryPage } from "../../views/summary-page";
import { NEXT_FILE } from "../../views/work-sections";

/** The command; there is one tab, and asking again refreshes it. Returns the numbers, for whoever ran it by hand. */
export function summaryCommands({ sessions }: Parts): CommandTable {
  let panel: WebviewPanel | undefined;
  return {
    showDatasetSummary: async (): Promise<WorkSummary> => {
      const folder = await pickFolder(l10n.t("Summarise the decisions of"));
      await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
      const place = { location: ProgressLocation.Notification, title: l10n.t("Counting decisions") };
      const { summary, losses } = await withCancel(place, (progress, signal) =>
        countWork({
          workspace: folder.uri.fsPath,
          signal,
          // What nobody decided on is read in no workspace that may be anybody's.
          ...(workspace.isTrusted && { files: filesToLabel(folder) }),
          onProgress: ({ done, total, item }) =>
            progress.report({ message: l10n.t("{0} of {1}, {2}", done, total, item) }),
        }),
      );
      if (panel === undefined) {
        panel = window.createWebviewPanel("glossator.summary", l10n.t("Dataset Summary"), ViewColumn.Active, {
          enableScripts: false,
          enableCommandUris: [NEXT_FILE],
          localResourceRoots: [],
          enableFindWidget: true,
        });
        panel.onDidDispose(() => (panel = undefined));
      }
      const body = summaryBody(summary, losses, l10n, { ...summary, folder: folder.uri.toString() });
      panel.webview.html = summaryPage(body, l10n, newFrame());
      panel.reveal();
      return summary;
    },
  };
}
