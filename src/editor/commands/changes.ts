/** What Would Change…: the predictions that differ between the model in use and another version, as a list, and one after the other. */
import { l10n, ProgressLocation, window, workspace } from "vscode";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import { overlaps } from "../../text/span";
import type { PlacedChange, VersionPair } from "../../training/changes";
import { AS_IT_CAME } from "../../training/versions";
import type { Version, Versions } from "../../training/versions";
import type { CommandTable } from "../base/command-table";
import { excerpt, taskInWords } from "../base/describe";
import { background } from "../base/log";
import { showInformation } from "../base/messages";
import { pickOne } from "../base/picks";
import type { Choice } from "../base/picks";
import { withCancel } from "../base/with-cancel";
import { nameOfDocument, sayChange } from "../documents/changes";
import type { Changes, Compared, FoundChanges } from "../documents/changes";
import type { Teacher } from "../documents/teacher";
import { openInOrder } from "../documents/open-documents";
import type { Parts } from "./parts";
import { pickFolder } from "./pick-dataset";
import { pickVersion } from "./pick-version";

/** What the command takes when it is not asked by a person alone. */
interface Given extends VersionPair {
  /** All text files of the folder, or the open documents alone; default: the user is asked. */
  readonly whole?: boolean;
}

const isGiven = (value: unknown): value is Given => typeof (value as Partial<Given> | undefined)?.version === "string";

/** The commands. `whatWouldChange` returns what it found. */
export function changeCommands({ engine, sessions }: Parts, teacher: Teacher, changes: Changes): CommandTable {
  /** What people said of the same text, where that is known: a change is for better or worse by that. */
  const decided = ({ path, task, start, end }: PlacedChange): string | undefined => {
    const session = sessions.all.find(({ id }) => id === path);
    const region = { start, end };
    const said = (session?.labels?.annotations({ region, status: "accepted" }) ?? [])
      .filter((item) => item.task === task && overlaps(item.span, region))
      .map(({ label }) => shownName(label));
    return said.length === 0 ? undefined : l10n.t("decided: {0}", [...new Set(said)].join(", "));
  };

  const list = async (title: string, placeHolder: string): Promise<void> => {
    const items = changes.found.map((change): Choice & { readonly change: PlacedChange } => ({
      label: excerpt(change.exact, 80),
      description: [sayChange(change), taskInWords(change.task)].join(" · "),
      detail: [nameOfDocument(change.path), l10n.t("line {0}", change.at.split(":")[0]!), decided(change)]
        .filter((part) => part !== undefined)
        .join(", "),
      change,
    }));
    const from = window.activeTextEditor;
    const at = from?.selection;
    let preview = Promise.resolve();
    const chosen = await pickOne(
      items,
      { title, placeHolder, matchOnDescription: true, matchOnDetail: true },
      // One after the other: keys may come faster than documents open.
      ({ change }) => {
        preview = preview.then(() => changes.goTo(change, true)).catch(() => undefined);
      },
    );
    await preview;
    if (chosen !== undefined) return changes.goTo(chosen.change);
    changes.leave();
    if (from !== undefined && at !== undefined)
      await window.showTextDocument(from.document, {
        selection: at,
        ...(from.viewColumn !== undefined && { viewColumn: from.viewColumn }),
      });
  };

  const titled = (used: Compared["used"], { changes: { length }, documents }: FoundChanges): string => {
    const where = plural(documents, l10n.t("1 document"), l10n.t("{0} documents", documents));
    return used === "before"
      ? plural(
          length,
          l10n.t("What Would Change: 1 prediction in {0}", where),
          l10n.t("What Would Change: {0} predictions in {1}", length, where),
        )
      : plural(
          length,
          l10n.t("What Changed: 1 prediction in {0}", where),
          l10n.t("What Changed: {0} predictions in {1}", length, where),
        );
  };
  const beside = ({ left, cut }: FoundChanges): string[] => [
    ...(cut ? [l10n.t("There are more: these are the first.")] : []),
    ...(left.length === 0
      ? []
      : [
          plural(
            left.length,
            l10n.t("1 document was not compared: the log says why."),
            l10n.t("{0} documents were not compared: the log says why.", left.length),
          ),
        ]),
  ];
  let latest: { readonly title: string; readonly placeHolder: string } | undefined;

  const step = async (by: 1 | -1): Promise<void> => {
    const next = changes.next(by);
    if (next === undefined)
      throw new LabelsError(l10n.t("There is nothing to go to: What Would Change… compares two versions first."));
    await changes.goTo(next);
  };

  return {
    whatWouldChange: async (given): Promise<FoundChanges | undefined> => {
      if (!workspace.isTrusted)
        throw new LabelsError(l10n.t("This workspace is not trusted: it uses the model as it came."));
      const folder = await pickFolder(l10n.t("Compare versions for"));
      const versions = teacher.versionsOf(folder.uri.fsPath);
      const models = await modelsOf(versions, given);
      if (models === undefined) return undefined;
      const whole =
        isGiven(given) && given.whole !== undefined ? given.whole : await pickScope(openInOrder(sessions).length);
      if (whole === undefined) return undefined;
      // What is compared with has to be what runs: another window may have chosen another version.
      await engine.applySettings();
      const place = { location: ProgressLocation.Notification, title: l10n.t("Comparing versions of the model") };
      const found = await withCancel(place, (progress, signal) =>
        changes.compare(
          { folder, ...models },
          whole,
          ({ name, done, total }) =>
            progress.report({ message: l10n.t("{0}: {1} of {2} sentences", name, done, total) }),
          signal,
        ),
      );
      const more = beside(found);
      if (found.changes.length === 0) {
        const none = plural(
          found.documents,
          l10n.t("The two versions say the same of 1 document."),
          l10n.t("The two versions say the same of {0} documents.", found.documents),
        );
        background("what would change", showInformation([none, ...more].join(" ")));
        return found;
      }
      const hint = l10n.t("Choose one to go to it; before → after.");
      latest = { title: titled(models.used, found), placeHolder: [hint, ...more].join(" ") };
      // Who said what to compare, and over what, is asked nothing.
      if (!isGiven(given) || given.whole === undefined) await list(latest.title, latest.placeHolder);
      return found;
    },
    showChanges: async (): Promise<void> => {
      if (latest === undefined) throw new LabelsError(l10n.t("What Would Change… compares two versions first."));
      await list(latest.title, latest.placeHolder);
    },
    nextChange: () => step(1),
    previousChange: () => step(-1),
  };
}

/** The two models to compare; undefined if the user leaves, or there is nothing to choose. */
async function modelsOf(versions: Versions, given: unknown): Promise<Omit<Compared, "folder"> | undefined> {
  const all = await versions.list();
  const active = await versions.active();
  const named = (id: string): Version | undefined => {
    const version = all.find((one) => one.id === id);
    if (version === undefined && id !== AS_IT_CAME) throw new LabelsError(l10n.t("There is no version {0}.", id));
    return version;
  };
  let version: Version | undefined;
  if (isGiven(given)) version = named(given.version);
  else {
    if (all.length === 0) {
      await showInformation(l10n.t("There are no versions yet: Teach Model makes the first one."));
      return undefined;
    }
    const chosen = await pickVersion(all, active);
    if (chosen === undefined) return undefined;
    version = chosen.version;
  }
  const against = isGiven(given) && given.against !== undefined ? { version: named(given.against) } : undefined;
  if (version?.id === active?.id) {
    if (active === undefined && against === undefined)
      throw new LabelsError(l10n.t("The model is used as it came: choose a version to compare it with."));
    const before = against === undefined ? active && (await versions.parentOf(active)) : against.version;
    return { before, after: active, used: "after" };
  }
  if (against !== undefined && against.version?.id !== active?.id)
    throw new LabelsError(l10n.t("One of the two versions has to be in use."));
  return { before: active, after: version, used: "before" };
}

/** Whether all text files are compared; undefined if the user leaves. */
async function pickScope(open: number): Promise<boolean | undefined> {
  if (open === 0) return true;
  const items: (Choice & { readonly whole: boolean })[] = [
    {
      ...{ icon: "file", label: l10n.t("Open Documents"), whole: false },
      description: plural(open, l10n.t("1 document"), l10n.t("{0} documents", open)),
    },
    {
      ...{ icon: "folder", label: l10n.t("All Text Files of the Folder"), whole: true },
      description: l10n.t("also those that were never opened"),
    },
  ];
  const title = l10n.t("What Would Change");
  return (await pickOne(items, { title, placeHolder: l10n.t("Compare over") }))?.whole;
}
