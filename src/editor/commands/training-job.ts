/** Export Training Job… and Import Trained Model…: teaching on another machine, and back through the same gate. */
import path from "node:path";
import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { reportMarkdown } from "../../training/report";
import type { ExportedJob } from "../../training/exchange/export-job";
import type { TeachReport } from "../../training/teach";
import type { Reports } from "../../views/reports";
import type { CommandTable } from "../base/command-table";
import { background } from "../base/log";
import { showInformation, showWarning } from "../base/messages";
import { withCancel } from "../base/with-cancel";
import type { Teacher } from "../documents/teacher";
import type { Parts } from "./parts";
import { documentsSaved, pickFolder } from "./pick-dataset";

/** The commands. Given a folder's path they ask nothing, and return what came of it. */
export function trainingJobCommands({ engine, sessions }: Parts, teacher: Teacher, reports: Reports): CommandTable {
  const trusted = (): void => {
    if (!workspace.isTrusted)
      throw new LabelsError(
        l10n.t("This workspace is not trusted: its decisions may be anybody's, and the model is not taught by them."),
      );
  };
  const exported = async ({ folder, tasks, few, without, left }: ExportedJob): Promise<void> => {
    const decisions = tasks.reduce((sum, task) => sum + task.decisions, 0);
    const out = few.reduce((sum, task) => sum + task.more, 0);
    const says = [
      plural(
        decisions,
        l10n.t("The training job holds 1 decision. Its README.md names the command that trains it."),
        l10n.t("The training job holds {0} decisions. Its README.md names the command that trains it.", decisions),
      ),
      ...(out === 0 ? [] : [l10n.t("A task with too few decisions is not in it: {0} more to teach.", out)]),
      ...without.map(({ decisions: answers }) =>
        plural(
          answers,
          l10n.t("1 answer is not in it: a job for another machine holds labels alone."),
          l10n.t("{0} answers are not in it: a job for another machine holds labels alone.", answers),
        ),
      ),
      ...(left.length === 0
        ? []
        : [
            plural(
              left.length,
              l10n.t("1 decision could not be learned from."),
              l10n.t("{0} decisions could not be learned from.", left.length),
            ),
          ]),
    ].join(" ");
    const open = l10n.t("Open README");
    if ((await showInformation(says, open)) === open)
      await window.showTextDocument(Uri.file(path.join(folder, "README.md")));
  };
  const imported = async (report: TeachReport): Promise<void> => {
    const judged = report.outcomes.filter((outcome) => outcome.kind === "judged");
    const reasons = judged.flatMap(({ verdict }) => verdict.reasons).join(" ");
    const figures = l10n.t("Show Figures");
    const choice = judged.some(({ verdict }) => verdict.accepted)
      ? await showInformation(l10n.t("The imported model is used from now on. {0}", reasons), figures)
      : await showWarning(l10n.t("The imported model is kept aside. {0}", reasons), figures);
    if (choice === figures) await reports.show(l10n.t("Teaching"), reportMarkdown(report));
  };

  return {
    exportTrainingJob: async (given): Promise<ExportedJob | undefined> => {
      trusted();
      const folder = await pickFolder(l10n.t("Export a training job of the decisions of"));
      const asked = typeof given !== "string";
      if (asked && !(await documentsSaved(l10n.t("Save and Export"), l10n.t("The export reads documents from disk."))))
        return undefined;
      const out = asked ? await newFolder(folder.uri) : given;
      if (out === undefined) return undefined;
      await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
      const request = await teacher.request(folder.uri.fsPath);
      const place = { location: ProgressLocation.Notification, title: l10n.t("Exporting a training job") };
      const job = await withCancel(place, (_, signal) => teacher.exportJob({ ...request, out }, signal));
      if (asked) background("what was exported", exported(job));
      return job;
    },
    importTrainedModel: async (given): Promise<TeachReport | undefined> => {
      trusted();
      teacher.checkFree();
      const folder = await pickFolder(l10n.t("Import a trained model for"));
      const from = typeof given === "string" ? given : await jobFolder(folder.uri);
      if (from === undefined) return undefined;
      const request = await teacher.request(folder.uri.fsPath);
      const place = { location: ProgressLocation.Notification, title: l10n.t("Measuring the trained model") };
      try {
        const report = await withCancel(place, (_, signal) =>
          teacher.importTrained({ ...request, folder: from }, signal),
        );
        if (typeof given !== "string") background("what was imported", imported(report));
        return report;
      } finally {
        await engine.applySettings();
      }
    },
  };
}

/** A new folder in one that the user chooses; undefined if they leave. */
async function newFolder(defaultUri: Uri): Promise<string | undefined> {
  const title = l10n.t("Export Training Job: folder that the job's folder is made in");
  const [into] = (await pick(defaultUri, title, l10n.t("Export Here"))) ?? [];
  const now = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  return into && path.join(into.fsPath, `training-job-${now}`);
}

/** The folder of a job that was trained; undefined if the user leaves. */
async function jobFolder(defaultUri: Uri): Promise<string | undefined> {
  const title = l10n.t("Import Trained Model: the folder of the job");
  const [from] = (await pick(defaultUri, title, l10n.t("Import"))) ?? [];
  return from?.fsPath;
}

function pick(defaultUri: Uri, title: string, openLabel: string): Thenable<Uri[] | undefined> {
  return window.showOpenDialog({ title, openLabel, canSelectFiles: false, canSelectFolders: true, defaultUri });
}
