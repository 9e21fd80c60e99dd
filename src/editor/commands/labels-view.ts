/** The command of the view of labels: go to one. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import type { CommandTable } from "../base/command-table";
import { glance } from "../base/reveal";
import type { LabelRow } from "../show/labels-view";
import type { Parts } from "./parts";

/** Goes to the label of a row, as it is now: where its text is, or may be. Arguments come from anywhere: what is no row of this session is refused. */
export function labelsViewCommands({ sessions, walk }: Parts): CommandTable {
  return {
    openLabel: async (from) => {
      const row = (typeof from === "object" && from !== null ? from : {}) as Partial<LabelRow & { kind: "label" }>;
      const session = sessions.all.find((one) => one === row.session);
      const found = typeof row.annotation?.id === "string" ? session?.labels?.get(row.annotation.id) : undefined;
      if (session?.labels === undefined || found === undefined)
        throw new LabelsError(l10n.t("That label is no longer there."));
      const span = found.status === "stale" ? found.proposal : found.span;
      if (span === undefined)
        throw new LabelsError(l10n.t("The text of this label is gone. Show Labels of This Document can remove it."));
      const editor = await glance(session.document);
      if (editor !== undefined) walk.show({ session, labels: session.labels, editor }, { ...found, span });
    },
  };
}
