/** Commands that settle the disagreement at the cursor: mine, theirs, or another way. */
import { l10n } from "vscode";
import { LabelsError } from "../../labels/contract";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { sayInStatus, showInformation } from "../base/messages";
import type { Disagreements } from "../documents/disagreements";
import { front } from "../documents/targets";
import type { Parts } from "./parts";
import { chooseVerdict, thirdVerdict } from "./verdict";
import type { Disputed, Verdict } from "./verdict";

/** The commands. */
export function settleCommands({ catalog, sessions }: Parts, queue: Disagreements): CommandTable {
  /** The one under the cursor, as it is now. */
  const current = async (): Promise<Disputed> => {
    const at = front(sessions);
    const here = await queue.under(at);
    if (here === undefined)
      throw new LabelsError(l10n.t("There is no disagreement at the cursor. Go to one with Go to Next Disagreement."));
    return { ...here, at };
  };

  const settle = async ({ at, disagreement }: Disputed, verdict: Verdict): Promise<void> => {
    const { task, region, question, versions } = disagreement;
    const of = question === undefined ? {} : { question };
    const act = at.labels.adjudicate({ task, region, versions, ...of, ...verdict });
    act.saved.catch(() => undefined);
    await queue.refresh(at);
    const said = verdict.labels.map(({ label }) => shownName(label)).join(", ") || l10n.t("nothing");
    sayInStatus(l10n.t("settled as {0}; {1} left", said, queue.open.length), 6000);
    if ((await queue.advance({ uri: at.session.uri, offset: region.start }, 1)) !== undefined) return;
    queue.leave();
    void showInformation(l10n.t("All disagreements are settled."));
  };
  const take = async (mine: boolean): Promise<void> => {
    const here = await current();
    const { versions } = here.disagreement;
    const others = versions.filter(({ author }) => (author === here.at.labels.author) === mine);
    if (others.length === 0)
      throw new LabelsError(mine ? l10n.t("You decided nothing here.") : l10n.t("Nobody else decided anything here."));
    if (others.length > 1)
      throw new LabelsError(l10n.t("{0} others decided here: choose one with Settle Disagreement…", others.length));
    await settle(here, { labels: others[0]!.labels, chosen: others[0]!.author });
  };

  return {
    takeMine: () => take(true),
    takeTheirs: () => take(false),
    adjudicateAs: async (label) => {
      const here = await current();
      const verdict = await thirdVerdict(catalog, here, label);
      if (verdict !== undefined) await settle(here, verdict);
    },
    adjudicate: async () => {
      const here = await current();
      const verdict = await chooseVerdict(catalog, here);
      if (verdict !== undefined) await settle(here, verdict);
    },
  };
}
