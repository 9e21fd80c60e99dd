/** Conflicts of an import, settled one by one. */
import { l10n } from "vscode";
import type { Choice, Side } from "../../datasets/import/conflicts";
import type { ShownConflict } from "../../datasets/process/protocol";
import { shownName } from "../../text/shown";
import { excerpt } from "../base/describe";
import { pickOne } from "../base/picks";
import type { Choice as PickChoice } from "../base/picks";

function sideText({ label, exact, author }: Side): string {
  const name = label === undefined ? l10n.t("no label") : shownName(label);
  return author === undefined
    ? l10n.t("{0}: {1}", name, excerpt(exact, 80))
    : l10n.t("{0}: {1} ({2})", name, excerpt(exact, 80), shownName(author));
}

interface Settling extends PickChoice {
  readonly choice: Choice;
  readonly all?: boolean;
}

/** Every conflict by itself, with a way to settle the rest alike. Undefined if the user leaves. */
export async function settleOneByOne(conflicts: readonly ShownConflict[]): Promise<Map<string, Choice> | undefined> {
  const settled = new Map<string, Choice>();
  let rest: Choice | undefined;
  for (const [index, conflict] of conflicts.entries()) {
    if (rest === undefined) {
      const { mine, theirs, reason, document } = conflict;
      const items: Settling[] = [
        { label: l10n.t("Keep mine"), detail: mine.map(sideText).join("; "), choice: "mine" },
        { label: l10n.t("Take theirs"), detail: sideText(theirs), choice: "theirs" },
        { label: l10n.t("Have both"), choice: "both" },
        { label: l10n.t("Keep mine in all that follow"), choice: "mine", all: true },
        { label: l10n.t("Take theirs in all that follow"), choice: "theirs", all: true },
      ];
      const title = l10n.t("Conflict {0} of {1}: {2}", index + 1, conflicts.length, document);
      const picked = await pickOne(items, { title, placeHolder: reason, ignoreFocusOut: true });
      if (picked === undefined) return undefined;
      if (picked.all === true) rest = picked.choice;
      settled.set(conflict.id, picked.choice);
    } else settled.set(conflict.id, rest);
  }
  return settled;
}
