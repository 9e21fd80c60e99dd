/** Commands on words with several labels: one label for all of them, or to keep them as they are. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import type { CommandTable } from "../base/command-table";
import { excerpt, taskInWords } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { pickOne, pickSome } from "../base/picks";
import type { Consistency, Inconsistent } from "../documents/consistency";
import { front, target } from "../documents/targets";
import { alikeChoices, alikeInWords, changedBy } from "../show/alike";
import type { Alike, AlikeScope } from "../show/alike";
import { changeAll } from "./everywhere";
import type { ToChange } from "./everywhere";
import type { Parts } from "./parts";

/** The commands; a quick fix names the document and the label, which may not be in front. */
export function consistencyCommands({ sessions, walk, shared }: Parts, consistency: Consistency): CommandTable {
  const found = (document: unknown, id: unknown): Inconsistent => {
    const at = typeof document === "string" ? undefined : front(sessions);
    const known = consistency.in(at === undefined ? String(document) : at.session.id);
    const label = at === undefined ? String(id) : target(at, walk, id, (item) => known.has(item.id)).id;
    const one = known.get(label);
    if (one === undefined)
      throw new LabelsError(l10n.t("These words have one label in the documents that are compared, or you kept them."));
    return one;
  };

  const changed = (one: Inconsistent, choice: Pick<Alike, "label" | "scope">): ToChange[] => {
    const places = changedBy(one, choice);
    return sessions.all.flatMap((session): ToChange[] => {
      const { labels } = session;
      if (labels === undefined) return [];
      const items = places.flatMap(({ document, id, label }): Annotation[] => {
        const item = document === session.id ? labels.get(id) : undefined;
        return item?.label === label && item.status === "accepted" ? [item] : [];
      });
      return items.length === 0 ? [] : [{ session, labels, items }];
    });
  };

  return {
    labelAllAlike: async (document, id, label, scope) => {
      const one = found(document, id);
      const named = one.of.labels().find(([known]) => known === label)?.[0];
      const where: AlikeScope | undefined = scope === "document" || scope === "open" ? scope : undefined;
      const choice = named === undefined || where === undefined ? await pickAlike(one) : { label: named, scope: where };
      if (choice !== undefined) changeAll(shared, changed(one, choice), choice.label);
    },
    keepSeveralLabels: (document, id) => {
      const { of } = found(document, id);
      consistency.keep(of.task, of.words);
      sayInStatus(l10n.t('The labels of "{0}" are not reported any more.', excerpt(of.words, 40)), 6000);
    },
    reportKeptWords: async () => {
      const { kept } = consistency;
      if (kept.length === 0) throw new LabelsError(l10n.t("You kept no words with several labels."));
      const choices = kept.map((one) => ({
        label: excerpt(one.words, 80),
        description: taskInWords(one.task),
        one,
      }));
      const title = l10n.t("Report which words with several labels again?");
      const chosen = await pickSome(choices, { title, placeHolder: l10n.t("Tick those to report") });
      if (chosen === undefined || chosen.length === 0) return;
      consistency.forget(chosen.map(({ one }) => one));
      const said = plural(
        chosen.length,
        l10n.t("1 text is reported again."),
        l10n.t("{0} texts are reported again.", chosen.length),
      );
      sayInStatus(said, 6000);
    },
  };
}

/** Asks for one of the labels in use. Undefined if the user leaves. */
async function pickAlike(one: Inconsistent): Promise<Alike | undefined> {
  const choices = alikeChoices(one).map((choice) => ({ label: alikeInWords(one, choice), choice }));
  const title = l10n.t('One label for "{0}"', excerpt(one.of.words, 40));
  return (await pickOne(choices, { title, placeHolder: l10n.t("One undo takes all of it back") }))?.choice;
}
