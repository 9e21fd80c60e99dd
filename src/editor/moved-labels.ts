/** Labels that a change from outside put in doubt: shown one by one, or agreed to together. */
import { LabelsError } from "../labels/contract";
import { shownName } from "../text/shown";
import type { CommandTable, Parts } from "./commands";
import { excerpt } from "./describe";
import { sayInStatus } from "./messages";
import { pickSome } from "./picks";
import { reveal } from "./reveal";
import { front } from "./targets";

/** The command that goes through labels in doubt. */
export function movedLabelCommands({ sessions }: Parts): CommandTable {
  return {
    reviewMovedLabels: async () => {
      const { labels, editor, session } = front(sessions);
      await labels.whenSought();
      const stale = labels.annotations({ status: "stale" });
      if (stale.length === 0) throw new LabelsError("Every label of this document is on the text it was put on.");
      const items = stale.map((annotation) => {
        const { label, quote, proposal, unsought } = annotation;
        const now = proposal && session.text.slice(proposal.start, proposal.end);
        const line = proposal && editor.document.positionAt(proposal.start).line + 1;
        const none = unsought === true ? "not looked for: too many labels are in doubt" : "nothing like it was found";
        const detail = now === undefined ? none : `now "${excerpt(now)}" in line ${line}?`;
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
          title: "Labels whose text changed outside the editor",
          placeHolder: "Choose the labels that are right where they are proposed to be; the others stay in doubt",
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
      sayInStatus(`${agreed.length} labels are where they were proposed to be`, 4000);
    },
  };
}
