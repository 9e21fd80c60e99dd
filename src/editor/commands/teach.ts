/** Teach Model, Show Training Examples, Model Versions…: the model learns from the decisions of a folder, and is taken back. */
import { commands, l10n, ProgressLocation, workspace } from "vscode";
import { isLabelTask } from "../../documents/tasks";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { perCent } from "../../text/print";
import { changedBy } from "../../training/changes";
import type { VersionPair } from "../../training/changes";
import { readTaught } from "../../training/read-taught";
import { examplesMarkdown, reportMarkdown, versionMarkdown } from "../../training/report";
import type { TaskProgress, TeachReport } from "../../training/teach";
import type { TrainingSettings } from "../../training/trainer";
import type { Version, Versions } from "../../training/versions";
import { MOST_LOSSES } from "../../views/reports";
import type { Reports } from "../../views/reports";
import type { CommandTable } from "../base/command-table";
import { background } from "../base/log";
import { askFirst, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import { withCancel } from "../base/with-cancel";
import type { Teacher } from "../documents/teacher";
import type { TeachingOffer } from "../documents/teaching-offer";
import type { Parts } from "./parts";
import { documentsSaved, pickFolder } from "./pick-dataset";
import { pickVersion } from "./pick-version";

/** What the command takes when it is not asked by a person. */
interface Given {
  readonly settings: Partial<TrainingSettings>;
}

const isGiven = (value: unknown): value is Given => typeof (value as Partial<Given> | undefined)?.settings === "object";

function trusted(): void {
  if (!workspace.isTrusted)
    throw new LabelsError(
      l10n.t("This workspace is not trusted: its decisions may be anybody's, and the model is not taught by them."),
    );
}

/** How far a job is, in words. */
function progressWords({ phase, done, total, loss, secondsLeft }: TaskProgress): string {
  if (phase === "reading") return l10n.t("reading the examples");
  if (phase === "writing") return l10n.t("writing the new version");
  if (phase === "measuring") return l10n.t("comparing with the model of before");
  const step = l10n.t("step {0} of {1}, loss {2}", done, total, (loss ?? 0).toFixed(2));
  return secondsLeft === undefined ? step : l10n.t("{0}, about {1} s left", step, Math.ceil(secondsLeft));
}

/** The commands. `teachModel` returns its report, for whoever ran it by hand. */
export function teachCommands(
  { engine, sessions }: Parts,
  teacher: Teacher,
  offer: TeachingOffer,
  reports: Reports,
): CommandTable {
  const flushed = async (): Promise<void> => {
    await Promise.all(sessions.all.map(({ journal }) => journal.flush()));
  };
  /** The model process opens what is active now; open documents are then labelled anew. */
  const use = (): Promise<void> => engine.applySettings();

  /** @param before the version that was in use before the job. */
  const tell = async (report: TeachReport, versions: Versions, before: string | undefined): Promise<void> => {
    const { outcomes, notYet } = report;
    const judged = outcomes.filter((outcome) => outcome.kind === "judged");
    const accepted = judged.filter(({ verdict }) => verdict.accepted);
    const figures = l10n.t("Show Figures");
    const back = l10n.t("Go Back");
    const changed = accepted.length > 0 ? l10n.t("What Changed") : l10n.t("What Would Change");
    // Predictions are compared, which come by themselves; answers come when somebody asks.
    const compare = judged.some(({ task }) => isLabelTask(task)) ? [changed] : [];
    const late = notYet.reduce((sum, { decisions }) => sum + decisions, 0);
    const answers =
      late === 0
        ? []
        : [
            plural(
              late,
              l10n.t("1 answer cannot be taught to this model."),
              l10n.t("{0} answers cannot be taught to this model.", late),
            ),
          ];
    let choice: string | undefined;
    if (judged.length === 0) {
      const few = outcomes.flatMap((outcome) => (outcome.kind === "few" ? [outcome.more] : []));
      const more = few.length === 0 ? 10 : Math.min(...few);
      const says = plural(
        more,
        l10n.t("1 more decision to teach: fewer cannot be measured."),
        l10n.t("{0} more decisions to teach: fewer cannot be measured.", more),
      );
      await showInformation([says, ...answers].join(" "));
      return;
    }
    if (accepted.length > 0) {
      const gains = accepted.map(({ task, verdict: { all } }) =>
        l10n.t("{0}: F1 {1} before, {2} now", task, perCent(all.before.f1, 1), perCent(all.after.f1, 1)),
      );
      const says = l10n.t(
        "The model has learned. On decisions that it had not seen, {0}. Open documents are labelled anew.",
        gains.join("; "),
      );
      choice = await showInformation([says, ...answers].join(" "), ...compare, figures, back);
    } else {
      const says = l10n.t("The model is as it was: what was learned is kept aside.");
      const why = judged.flatMap(({ verdict }) => verdict.reasons);
      choice = await showWarning([says, ...why, ...answers].join(" "), ...compare, figures);
    }
    if (choice === figures) await reports.show(l10n.t("Teaching"), reportMarkdown(report));
    const active = (await versions.active())?.id;
    if (choice === changed)
      await commands.executeCommand("glossator.whatWouldChange", changedBy(outcomes, before, active));
    if (choice === back) {
      // A version a task: all of them are taken back. None was made of decisions that were taught already.
      await (active === before ? versions.back() : versions.activate(before));
      await use();
    }
  };

  return {
    teachModel: async (given): Promise<TeachReport | undefined> => {
      trusted();
      teacher.checkFree();
      const folder = await pickFolder(l10n.t("Teach by the decisions of"));
      if (
        !isGiven(given) &&
        !(await documentsSaved(l10n.t("Save and Teach"), l10n.t("Teaching reads documents from disk.")))
      )
        return undefined;
      await flushed();
      const request = await teacher.request(folder.uri.fsPath, isGiven(given) ? given.settings : undefined);
      const place = { location: ProgressLocation.Notification, title: l10n.t("Teaching the model") };
      const versions = teacher.versionsOf(folder.uri.fsPath);
      const before = (await versions.active())?.id;
      let report: TeachReport;
      try {
        report = await withCancel(place, (progress, signal) =>
          teacher.teach(request, signal, (now) => progress.report({ message: `${now.task}: ${progressWords(now)}` })),
        );
      } finally {
        // Of several tasks the first may have a version already when the second is cancelled.
        await use();
      }
      if (!isGiven(given)) background("what was taught", tell(report, versions, before));
      return report;
    },
    stopTeaching: () => teacher.cancel(),
    /** Given `decline`, asks nothing. */
    answerTeachingOffer: async (given) => {
      if (given === "decline") {
        offer.decline();
        return;
      }
      type Answer = Choice & { readonly does: () => unknown };
      const answers: Answer[] = [
        {
          ...{ icon: "mortar-board", label: l10n.t("Teach Model") },
          does: () => commands.executeCommand("glossator.teachModel"),
        },
        {
          ...{ icon: "list-unordered", label: l10n.t("Show Training Examples") },
          does: () => commands.executeCommand("glossator.showTrainingExamples"),
        },
        {
          ...{ icon: "close", label: l10n.t("Not Now") },
          ...{ description: l10n.t("offer again after as many decisions more"), does: () => offer.decline() },
        },
        {
          ...{ icon: "gear", label: l10n.t("Offer Never, or at Another Number…") },
          does: () => commands.executeCommand("workbench.action.openSettings", "glossator.teach.offerAfter"),
        },
      ];
      const title = l10n.t("Teach the Model");
      await (await pickOne(answers, { title }))?.does();
    },
    showTrainingExamples: async () => {
      const folder = await pickFolder(l10n.t("Show the training examples of"));
      await flushed();
      const request = await teacher.request(folder.uri.fsPath);
      const place = { location: ProgressLocation.Notification, title: l10n.t("Reading decisions") };
      const taught = await withCancel(place, (_, signal) => readTaught(request, signal));
      await reports.show(l10n.t("Training Examples"), examplesMarkdown(taught, MOST_LOSSES));
      return taught;
    },
    /** Given `back`, or the name of a version, asks nothing. */
    modelVersions: async (given): Promise<void> => {
      trusted();
      const folder = await pickFolder(l10n.t("Model versions of"));
      const versions = teacher.versionsOf(folder.uri.fsPath);
      if (typeof given === "string") {
        await (given === "back" ? versions.back() : versions.activate(given));
        await use();
        return;
      }
      const all = await versions.list();
      if (all.length === 0) {
        await showInformation(l10n.t("There are no versions yet: Teach Model makes the first one."));
        return;
      }
      const chosen = await pickVersion(all, await versions.active());
      if (chosen !== undefined && (await act(chosen.version, versions, reports))) await use();
    },
  };
}

/** Asks what to do with a version, and does it. Returns whether another one is used now. */
async function act(version: Version | undefined, versions: Versions, reports: Reports): Promise<boolean> {
  if (version === undefined) {
    await versions.activate(undefined);
    return true;
  }
  const active = await versions.active();
  const is = version.id === active?.id;
  type Deed = Choice & { readonly does: () => Promise<boolean> };
  const activate: Deed = {
    ...{ icon: "check", label: l10n.t("Activate") },
    ...(!version.accepted && { description: l10n.t("although it was not shown to be better") }),
    does: async () => {
      await versions.activate(version.id);
      return true;
    },
  };
  const back: Deed = {
    ...{ icon: "discard", label: l10n.t("Go Back"), description: l10n.t("to what it was taught from") },
    does: async () => {
      await versions.back();
      return true;
    },
  };
  const remove: Deed = {
    ...{ icon: "trash", label: l10n.t("Delete") },
    does: async () => {
      const button = l10n.t("Delete");
      if ((await askFirst(l10n.t("Delete this version for good?"), button)) === button)
        await versions.remove(version.id);
      return false;
    },
  };
  const show: Deed = {
    ...{ icon: "graph", label: l10n.t("Show Figures") },
    does: async () => {
      await reports.show(l10n.t("Version {0}", version.id), versionMarkdown(version));
      return false;
    },
  };
  const change: Deed = {
    ...{ icon: "diff", label: is ? l10n.t("What Changed") : l10n.t("What Would Change") },
    description: is ? l10n.t("of what the model says") : l10n.t("of what the model says, if it were activated"),
    does: async () => {
      const given: VersionPair = { version: version.id };
      await commands.executeCommand("glossator.whatWouldChange", given);
      return false;
    },
  };
  const deed = await pickOne(is ? [back, change, show] : [activate, change, show, remove], {
    title: new Date(version.made).toLocaleString(),
  });
  return (await deed?.does()) ?? false;
}
