/** Labels that a change from outside put in doubt: shown one by one, or agreed to together. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import type { Parts } from "./parts";
import { excerpt } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { pickSome } from "../base/picks";
import { reveal } from "../base/reveal";
import { front } from "../documents/targets";

/** The command that goes through labels in doubt. */
export function movedLabelCommands({ sessions }: Parts): CommandTable {
  return {
    reviewMovedLabels: async () => {
      const { labels, editor, session } = front(sessions);
      await labels.whenSought();
      const stale = labels.annotations({ status: "stale" });
      if (stale.length === 0)
        throw new LabelsError(l10n.t("Every label of this document is on the text it was put on."));
      const items = stale.map((annotation) => {
        const { label, quote, proposal, unsought } = annotation;
        const now = proposal && session.text.slice(proposal.start, proposal.end);
        const none =
          unsought === true
            ? l10n.t("not looked for: too many labels are in doubt")
            : l10n.t("nothing like it was found");
        const detail =
          proposal === undefined || now === undefined
            ? none
            : l10n.t('now "{0}" in line {1}?', excerpt(now), editor.document.positionAt(proposal.start).line + 1);
        return {
          label: excerpt(quote.exact, 80),
          description: shownName(label),
          detail,
          picked: now === quote.exact,
          annotation,
        };
      });
      const chosen = await pickSome(
        items,
        {
          title: l10n.t("Labels whose text changed outside the editor"),
          placeHolder: l10n.t(
            "Choose the labels that are right where they are proposed to be; the others stay in doubt",
          ),
          matchOnDescription: true,
          matchOnDetail: true,
        },
        ({ annotation: { proposal } }) => {
          if (proposal !== undefined) reveal(editor, { start: proposal.start, end: proposal.start });
        },
      );
      const agreed = chosen?.filter(({ annotation }) => annotation.proposal !== undefined) ?? [];
      if (agreed.length === 0) return;
      labels.agree(...agreed.map(({ annotation }) => annotation.id)).saved.catch(() => undefined);
      const said = plural(
        agreed.length,
        l10n.t("1 label is where it was proposed to be"),
        l10n.t("{0} labels are where they were proposed to be", agreed.length),
      );
      sayInStatus(said, 4000);
    },
  };
}
