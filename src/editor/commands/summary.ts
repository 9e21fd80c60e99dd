/** Dataset Summary: the page in a tab of its own, counted anew whenever it is asked for. */
import { l10n, ProgressLocation, ViewColumn, window } from "vscode";
import type { WebviewPanel } from "vscode";
import { collectDocuments } from "../../datasets/workspace/collect";
import { summarise } from "../../datasets/workspace/summary";
import type { DatasetSummary } from "../../datasets/workspace/summary";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { pickFolder } from "./pick-dataset";
import { withCancel } from "../base/with-cancel";
import { newFrame } from "../../views/frame";
import { summaryBody, summaryPage } from "../../views/summary-page";

/** The command; there is one tab, and asking again refreshes it. Returns the numbers, for whoever ran it by hand. */
export function summaryCommands({ sessions }: Parts): CommandTable {
  let panel: WebviewPanel | undefined;
  return {
    showDatasetSummary: async (): Promise<DatasetSummary> => {
      const folder = await pickFolder(l10n.t("Summarise the decisions of"));
      await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
      const place = { location: ProgressLocation.Notification, title: l10n.t("Counting decisions") };
      const { documents, losses } = await withCancel(place, (progress, signal) =>
        collectDocuments({
          workspace: folder.uri.fsPath,
          signal,
          onProgress: ({ done, total, item }) =>
            progress.report({ message: l10n.t("{0} of {1}, {2}", done, total, item) }),
        }),
      );
      const summary = summarise(documents);
      if (panel === undefined) {
        panel = window.createWebviewPanel("glossator.summary", l10n.t("Dataset Summary"), ViewColumn.Active, {
          enableScripts: false,
          localResourceRoots: [],
          enableFindWidget: true,
        });
        panel.onDidDispose(() => (panel = undefined));
      }
      panel.webview.html = summaryPage(summaryBody(summary, losses, l10n), l10n, newFrame());
      panel.reveal();
      return summary;
    },
  };
}
