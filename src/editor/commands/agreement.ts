/** Commands that measure agreement and go through disagreements. */
import { l10n, ProgressLocation, window, workspace } from "vscode";
import type { WorkspaceFolder } from "vscode";
import { agreementOf } from "../../labels/agreement/agreement";
import type { Agreement } from "../../labels/agreement/agreement";
import { LabelsError } from "../../labels/contract";
import { disagreementsOf } from "../../labels/agreement/disagreements";
import type { Disagreement } from "../../labels/agreement/disagreements";
import { AgreementPanel } from "../../views/agreement-panel";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import { addressOf } from "../base/cells";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { taskInWords } from "../base/describe";
import type { Disagreements } from "../documents/disagreements";
import { pickOne } from "../base/picks";
import { selected } from "../documents/targets";
import { withCancel } from "../base/with-cancel";

async function pickFolder(): Promise<WorkspaceFolder> {
  const folders = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file");
  if (folders.length === 0)
    throw new LabelsError(l10n.t("Open a folder first: agreement is measured over its documents."));
  const picked = folders.length > 1 ? await window.showWorkspaceFolderPick() : folders[0];
  if (picked === undefined) throw new LabelsError(l10n.t("No folder was chosen."));
  return picked;
}

/** The commands. */
export function agreementCommands({ sessions }: Parts, queue: Disagreements): CommandTable {
  const panel = new AgreementPanel();
  const scan = async (): Promise<Agreement> => {
    const folder = await pickFolder();
    const location = ProgressLocation.Notification;
    return withCancel({ location, title: l10n.t("Comparing annotators") }, async (progress, signal) => {
      const { documents, issues, unreadable } = await queue.scan(
        folder,
        ({ done, total, item }) => progress.report({ message: l10n.t("{0} of {1}, {2}", done, total, item) }),
        signal,
      );
      const agreement = agreementOf(documents);
      panel.update(agreement, documents.flatMap(disagreementsOf), { unreadable, skipped: issues.length });
      return agreement;
    });
  };

  const none = (): LabelsError => {
    queue.leave();
    return new LabelsError(l10n.t("There is no disagreement to settle: nobody differs, or all is settled."));
  };
  const step = async (by: 1 | -1): Promise<Disagreement> => {
    if (!queue.scanned) await scan();
    const editor = window.activeTextEditor;
    const session = editor && sessions.get(editor.document);
    if (editor && session?.labels && workspace.getWorkspaceFolder(session.uri))
      await queue.refresh({ editor, session, labels: session.labels });
    const from = editor && { uri: addressOf(editor.document), offset: selected(editor).start };
    const reached = await queue.advance(from, by);
    if (reached === undefined) throw none();
    return reached.disagreement;
  };
  const list = async (): Promise<void> => {
    if (!queue.scanned) await scan();
    const { open } = queue;
    if (open.length === 0) throw none();
    const items = open.map((queued) => {
      const { document, task, question, versions, outdated } = queued.disagreement;
      const who = versions.map(({ author, labels }) =>
        l10n.t(
          "{0}: {1}",
          shownName(author),
          labels.map(({ label }) => shownName(label)).join(", ") || l10n.t("nothing"),
        ),
      );
      const what = taskInWords(task);
      const description = outdated === undefined ? what : l10n.t("{0}, changed since it was settled", what);
      return { label: question ?? document, description, detail: who.join(" · "), queued };
    });
    const title = plural(
      open.length,
      l10n.t("1 disagreement to settle"),
      l10n.t("{0} disagreements to settle", open.length),
    );
    const chosen = await pickOne(items, { title, matchOnDescription: true, matchOnDetail: true });
    if (chosen !== undefined && (await queue.goTo(chosen.queued)) === undefined)
      throw new LabelsError(l10n.t("This disagreement is settled by now."));
  };

  return {
    showAgreement: async () => {
      const agreement = await scan();
      panel.show();
      return agreement;
    },
    showDisagreements: list,
    nextDisagreement: () => step(1),
    previousDisagreement: () => step(-1),
  };
}
