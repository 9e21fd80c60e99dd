/** Labels in use that the label set lacks: told when the set is saved, and given a place in it by the user. */
import path from "node:path";
import { l10n, ProgressLocation } from "vscode";
import type { Disposable, WorkspaceFolder } from "vscode";
import { lackingLabels } from "../../datasets/workspace/lacking-labels";
import type { LackingLabel } from "../../datasets/workspace/lacking-labels";
import { LabelsError } from "../../labels/contract";
import { withLacking } from "../../labels/labelset";
import type { DeclaredLabels, Lacking } from "../../labels/labelset";
import { changeLabelSets } from "../../labels/labelset-file";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { taskInWords } from "../base/describe";
import { background } from "../base/log";
import { sayInStatus, showInformation, showWarning } from "../base/messages";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import { withCancel } from "../base/with-cancel";
import type { Catalog } from "../documents/catalog";
import type { Parts } from "./parts";
import { pickFolder } from "./pick-dataset";

type Becoming = Choice & { readonly becomes?: Lacking };

const rootOf = (folder: WorkspaceFolder): string => path.join(folder.uri.fsPath, ".glossator");

/** Labels in a list: "PER (10), LOC (2)". */
function listed(labels: readonly LackingLabel[]): string {
  return labels.map(({ label, decisions }) => l10n.t("{0} ({1})", shownName(label), decisions)).join(", ");
}

/** Asks what becomes of one label. Undefined if the user leaves. */
async function ask(catalog: Catalog, folder: WorkspaceFolder, lacking: LackingLabel): Promise<Becoming | undefined> {
  const { task, label, decisions } = lacking;
  const name = shownName(label);
  const choices: Becoming[] = [
    {
      icon: "add",
      label: l10n.t("Keep {0}", name),
      description: l10n.t("in the label set, offered as any other"),
      becomes: { keep: true },
    },
    ...catalog.labels(task, folder.uri).map((other): Becoming => ({
      icon: "arrow-right",
      label: l10n.t("It is {0}", shownName(other.name)),
      description: l10n.t("decisions and suggestions under {0} count as {1}", name, shownName(other.name)),
      becomes: { as: other.name },
    })),
    {
      icon: "archive",
      label: l10n.t("Retire {0}", name),
      description: l10n.t("not offered any more; decisions keep it and are exported"),
      becomes: { retire: true },
    },
    { icon: "circle-slash", label: l10n.t("Leave It"), description: l10n.t("neither offered nor exported") },
  ];
  const title =
    decisions === 0
      ? l10n.t("{0} ({1}): the model suggests it, and the label set lacks it", name, taskInWords(task))
      : plural(
          decisions,
          l10n.t("{0} ({1}): 1 decision has it, and the label set lacks it", name, taskInWords(task)),
          l10n.t("{0} ({1}): {2} decisions have it, and the label set lacks it", name, taskInWords(task), decisions),
        );
  const placeHolder = l10n.t("What becomes of {0}?", name);
  return pickOne(choices, { title, placeHolder, ignoreFocusOut: true });
}

function find(catalog: Catalog, folder: WorkspaceFolder): Promise<LackingLabel[]> {
  const place = { location: ProgressLocation.Window, title: l10n.t("Counting labels in use") };
  return withCancel(place, (_, signal) => lackingLabels(rootOf(folder), catalog.sets(folder.uri), signal));
}

/** Asks for each and writes the label set in one step. False if the user left before the end: then nothing is changed. */
async function settle(catalog: Catalog, folder: WorkspaceFolder, labels: readonly LackingLabel[]): Promise<boolean> {
  const changes: ((sets: DeclaredLabels) => DeclaredLabels)[] = [];
  for (const lacking of labels) {
    const chosen = await ask(catalog, folder, lacking);
    if (chosen === undefined) return false;
    const { becomes } = chosen;
    if (becomes !== undefined) changes.push((sets) => withLacking(sets, lacking.task, lacking.label, becomes));
  }
  if (changes.length === 0) return true;
  await changeLabelSets(rootOf(folder), catalog.sets(folder.uri), (sets) =>
    changes.reduce((before, change) => change(before), sets),
  );
  sayInStatus(l10n.t("the label set is changed"), 4000);
  return true;
}

/** Gives every label that decisions use a place in a folder's label set, as the user says. False if they left. */
export async function settleLacking(catalog: Catalog, folder: WorkspaceFolder): Promise<boolean> {
  return settle(catalog, folder, await find(catalog, folder));
}

/** Tells of labels in use that a label set lacks once it is saved. */
export function watchLabelSets(catalog: Catalog): Disposable {
  return catalog.onDidSave((folder) => {
    const check = async (): Promise<void> => {
      const lacking = await find(catalog, folder);
      if (lacking.length === 0) return;
      const decisions = lacking.reduce((sum, one) => sum + one.decisions, 0);
      const choose = l10n.t("Choose What They Become…");
      const said = plural(
        decisions,
        l10n.t("1 decision has a label that the label set lacks, so it is not exported: {0}.", listed(lacking)),
        l10n.t(
          "{0} decisions have labels that the label set lacks, so they are not exported: {1}.",
          decisions,
          listed(lacking),
        ),
      );
      if ((await showWarning(said, choose)) === choose) await settleLacking(catalog, folder);
    };
    background("labels in use", check());
  });
}

/** The command. */
export function labelSetCommands({ catalog, sessions }: Parts): CommandTable {
  return {
    checkLabelSet: async () => {
      const folder = await pickFolder(l10n.t("Check the label set of"));
      await Promise.allSettled(sessions.all.map(({ journal }) => journal.flush()));
      const used = await find(catalog, folder);
      const suggested = catalog
        .unoffered(folder.uri)
        .filter(({ task, label }) => !used.some((one) => one.task === task && one.label === label))
        .map((one): LackingLabel => ({ ...one, decisions: 0 }));
      const all = [...used, ...suggested];
      if (all.length === 0)
        throw new LabelsError(l10n.t("The label set has every label that decisions and the model use."));
      if (!(await settle(catalog, folder, all))) void showInformation(l10n.t("The label set is as it was."));
    },
  };
}
