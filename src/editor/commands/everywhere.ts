/** Labels of the same words, changed together: they are counted, looked over, and one undo takes all of it back in every document. */
import { l10n, window } from "vscode";
import { isLabelTask } from "../../documents/tasks";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { shownName } from "../../text/shown";
import { inSlices } from "../../text/slices";
import type { CommandTable } from "../base/command-table";
import { excerpt, inContext, statusInWords } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { pickOne, pickSome } from "../base/picks";
import { reveal } from "../base/reveal";
import { comparableWith, labelsOn } from "../documents/mentions";
import { documentName } from "../documents/open-documents";
import type { SharedActs } from "../documents/shared-acts";
import { front, target } from "../documents/targets";
import type { Front, Opened } from "../documents/targets";
import { onward } from "./outcome";
import type { Parts } from "./parts";
import { chooseLabel } from "./pick-label";

/** The longest preview. Here what is beyond is changed with the rest. */
export const MOST_SHOWN = 500;

/** Labels of a document that are to be changed. */
export interface ToChange extends Opened {
  readonly items: readonly Annotation[];
}

/** Gives them another label, as one act over all documents, and says so. @throws {LabelsError} if nothing is left to change. */
export function changeAll(shared: SharedActs, all: readonly ToChange[], label: string): void {
  // Lists were open for a while: what was decided otherwise, or went away, meanwhile is left out.
  const left = all.flatMap(({ session, labels, items }) => {
    const there = items.filter((item) => {
      const now = labels.get(item.id);
      return now !== undefined && now.status !== "stale" && now.label === item.label && now.label !== label;
    });
    return session.labels !== labels || there.length === 0 ? [] : [{ session, labels, ids: there.map(({ id }) => id) }];
  });
  if (left.length === 0) throw new LabelsError(l10n.t("No label was changed."));
  const acts = shared.make(left, (at, act) => at.labels.relabelAll(at.ids, label, act));
  for (const { saved } of acts) saved.catch(() => undefined);
  const count = left.reduce((sum, { ids }) => sum + ids.length, 0);
  const name = shownName(label);
  // Nobody read the sentences around: what has no label in them is not said to have none.
  const said =
    left.length > 1
      ? l10n.t(
          "{0} labels in {1} documents are {2} now. One undo in any of them takes all of it back.",
          count,
          left.length,
          name,
        )
      : plural(
          count,
          l10n.t("1 label is {0} now. Undo takes it back.", name),
          l10n.t("{0} labels are {1} now. One undo takes all of it back.", count, name),
        );
  sayInStatus(said, 8000);
}

const countOf = (all: readonly ToChange[]): number => all.reduce((sum, { items }) => sum + items.length, 0);

/** Asks where, if there is something to change in other documents. Undefined if the user leaves. */
async function pickWhere(
  all: readonly ToChange[],
  words: string,
  label: string,
): Promise<readonly ToChange[] | undefined> {
  const own = all.slice(0, 1);
  if (all.length === 1) return own;
  const counted = (count: number): string => plural(count, l10n.t("1 label"), l10n.t("{0} labels", count));
  const choices = [
    { label: l10n.t("This document"), description: counted(countOf(own)), all: own },
    {
      label: l10n.t("All open documents"),
      description: l10n.t("{0} in {1} documents", counted(countOf(all)), all.length),
      all,
    },
  ];
  const title = l10n.t('Change {0} on "{1}" where?', shownName(label), excerpt(words, 40));
  const placeHolder = l10n.t("Nothing is changed before you have seen what");
  return (await pickOne(choices, { title, placeHolder }))?.all;
}

/** Shows what would be changed, each to be taken out. Undefined if the user leaves. */
async function lookOver(all: readonly ToChange[], title: string): Promise<readonly ToChange[] | undefined> {
  const rows = all.flatMap((of) => of.items.map((item) => ({ of, item })));
  const choices = rows.slice(0, MOST_SHOWN).map(({ of, item }) => {
    const { session } = of;
    return {
      label: inContext(session.text, item.span),
      description: [`${documentName(session.uri)}:${session.lineOf(item)}`, statusInWords(item)].join(" · "),
      picked: true,
      of,
      item,
    };
  });
  const more = rows.length - choices.length;
  const placeHolder =
    more === 0
      ? l10n.t("Untick what is to stay; OK changes the others")
      : l10n.t("Untick what is to stay; OK changes the others, and {0} that are not listed", more);
  const chosen = await pickSome(choices, { title, placeHolder, matchOnDescription: true }, ({ of, item }) => {
    const editor = window.visibleTextEditors.find(({ document }) => document === of.session.document);
    const there = of.labels.get(item.id);
    if (editor !== undefined && there !== undefined) reveal(editor, there.span, true);
  });
  if (chosen === undefined) return undefined;
  const kept = new Set(chosen.map(({ item }) => item));
  const out = new Set(choices.map(({ item }) => item).filter((item) => !kept.has(item)));
  return all.map((of) => ({ ...of, items: of.items.filter((item) => !out.has(item)) }));
}

/** The command. */
export function everywhereCommands(parts: Parts): CommandTable {
  const { sessions, catalog, walk, shared } = parts;

  /** The labels that say the same of the same words: of the document in front, then of the others. */
  const sameAs = async (at: Front, { task, label, span }: Annotation): Promise<ToChange[]> => {
    const words = at.session.text.slice(span.start, span.end);
    const all: ToChange[] = [];
    for (const session of comparableWith(sessions, catalog, at.session)) {
      const { labels } = session;
      if (labels === undefined || !isLabelTask(task)) continue;
      const items = (await inSlices(labelsOn(session, task, words))).filter((item) => item.label === label);
      if (items.length > 0) all.push({ session, labels, items });
    }
    return all;
  };

  return {
    changeLabelEverywhere: async (id, label) => {
      const at = front(sessions);
      const item = target(at, walk, id, ({ task, status }) => isLabelTask(task) && status !== "stale");
      const { task, span } = item;
      if (!isLabelTask(task) || item.status === "stale")
        throw new LabelsError(l10n.t("There is no such label at the cursor. Go to one with Next Suggestion."));
      const words = at.session.text.slice(span.start, span.end);
      const [short, was] = [excerpt(words, 40), shownName(item.label)];
      const all = await sameAs(at, item);
      const count = countOf(all);
      const question =
        count === 1
          ? l10n.t('Change {0} on "{1}", which is there once, to which label?', was, short)
          : l10n.t('Change {0} on "{1}", which is there {2} times, to which label?', was, short, count);
      const chosen = await chooseLabel(catalog, [task], at.session.uri, label, question, item.label);
      if (chosen === undefined) return;
      if (chosen.label === item.label) throw new LabelsError(l10n.t("It is labelled {0} already.", was));
      const where = await pickWhere(all, words, item.label);
      const title = l10n.t('"{0}": {1} becomes {2}', short, was, shownName(chosen.label));
      const kept = where && (await lookOver(where, title));
      if (kept === undefined) return;
      changeAll(shared, kept, chosen.label);
      await onward(parts, at, id);
    },
  };
}
