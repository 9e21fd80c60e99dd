/** Accepts all suggestions of a label of which the model is sure enough: they are counted, looked over, and one undo takes all of it back. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { plural } from "../../text/counted";
import { addTo } from "../../text/grouped";
import { shownName } from "../../text/shown";
import { inSlices } from "../../text/slices";
import type { CommandTable } from "../base/command-table";
import { excerpt, percent, taskInWords } from "../base/describe";
import { sayInStatus } from "../base/messages";
import { pickOne, pickSome } from "../base/picks";
import type { Choice } from "../base/picks";
import { reveal, show } from "../base/reveal";
import { front } from "../documents/targets";
import type { Opened } from "../documents/targets";
import { bringUp } from "../documents/bring-up";
import { DocumentSession } from "../documents/session";
import { documentName } from "../documents/open-documents";
import { undecidedIn } from "../documents/undecided";
import { twoBest } from "../show/queue-rows";
import type { ReviewQueue } from "../show/review-queue";
import type { Parts } from "./parts";

/** Confidences to choose from, highest first. */
const CONFIDENCES = [0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0] as const;
/** The longest preview; the least sure come first, and those are what is worth a look. */
const MOST_SHOWN = 500;
/** A call takes no more arguments than some 100,000. */
const MOST_AT_ONCE = 50_000;

const scoreOf = ({ score }: Annotation): number => score ?? 0;

/** Asks for a label, of those with suggestions. Undefined if the user leaves. */
async function pickGroup(all: readonly Annotation[], where: string): Promise<readonly Annotation[] | undefined> {
  const groups = new Map<string, Annotation[]>();
  for (const item of all) addTo(groups, JSON.stringify([item.task, item.label]), [item]);
  const choices = [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((items) => ({
      label: shownName(items[0]!.label),
      description: [taskInWords(items[0]!.task), counted(items.length)].join(" · "),
      items,
    }));
  if (choices.length === 0) throw new LabelsError(l10n.t("There is no suggestion in {0}.", where));
  const title = l10n.t("Accept all of which label in {0}?", where);
  const placeHolder = l10n.t("Choose a label; nothing is accepted before you have seen what");
  return (await pickOne(choices, { title, placeHolder }))?.items;
}

function counted(count: number): string {
  return plural(count, l10n.t("1 suggestion"), l10n.t("{0} suggestions", count));
}

/** Asks how sure the model has to be. Undefined if the user leaves. */
async function pickSure(items: readonly Annotation[]): Promise<readonly Annotation[] | undefined> {
  const choices: (Choice & { readonly sure: readonly Annotation[] })[] = [];
  for (const confidence of CONFIDENCES) {
    const sure = items.filter((item) => scoreOf(item) >= confidence);
    // A lower one that adds none is the same choice.
    if (sure.length === 0 || sure.length === choices.at(-1)?.sure.length) continue;
    const label = confidence === 0 ? l10n.t("all") : l10n.t("{0} and more", percent(confidence));
    choices.push({ label, description: l10n.t("{0} of {1}", sure.length, items.length), sure });
  }
  const title = l10n.t("Accept {0} of at least which confidence?", shownName(items[0]!.label));
  const placeHolder = l10n.t("Beside each stands how many that would be");
  return (await pickOne(choices, { title, placeHolder }))?.sure;
}

/** Shows what would be accepted, the least sure first, each to be taken out. Undefined if the user leaves. */
async function lookOver(at: Opened, sure: readonly Annotation[]): Promise<readonly Annotation[] | undefined> {
  const { document } = at.session;
  const editor = await show(document);
  const doubtful = [...sure].sort((a, b) => scoreOf(a) - scoreOf(b) || a.span.start - b.span.start);
  const choices = doubtful.slice(0, MOST_SHOWN).map((item) => ({
    label: excerpt(item.quote.exact, 80),
    description: [twoBest(item), l10n.t("line {0}", document.positionAt(item.span.start).line + 1)].join(" · "),
    picked: true,
    item,
  }));
  const name = shownName(sure[0]!.label);
  const title =
    sure.length > MOST_SHOWN
      ? l10n.t("Accept {0} suggestions of {1}? The {2} least sure are listed", sure.length, name, MOST_SHOWN)
      : plural(
          sure.length,
          l10n.t("Accept 1 suggestion of {0}?", name),
          l10n.t("Accept {0} suggestions of {1}?", sure.length, name),
        );
  const placeHolder = l10n.t("Untick what is wrong; OK accepts the others");
  const chosen = await pickSome(choices, { title, placeHolder, matchOnDescription: true }, ({ item }) => {
    const there = at.labels.get(item.id);
    if (there !== undefined) reveal(editor, there.span, true);
  });
  if (chosen === undefined) return undefined;
  const kept = new Set(chosen.map(({ item }) => item));
  const left = new Set(choices.map(({ item }) => item).filter((item) => !kept.has(item)));
  return doubtful.filter((item) => !left.has(item));
}

/** The command: of the document of a row of the queue, else of the one in front. */
export function acceptAboveCommands({ sessions }: Parts, queue: ReviewQueue): CommandTable {
  const opened = async (from: unknown): Promise<Opened> => {
    const row = queue.row(from);
    if (row?.kind !== "document") return front(sessions);
    if (!(row.document instanceof DocumentSession)) {
      const at = await bringUp(sessions, row.document);
      await at.session.whenLabelled({ start: 0, end: at.session.text.length });
      return at;
    }
    const session = sessions.get(row.document.document);
    return session?.labels === undefined ? front(sessions) : { session, labels: session.labels };
  };
  return {
    acceptAllAbove: async (from) => {
      const at = await opened(from);
      const { session, labels } = at;
      const where = documentName(session.uri);
      const { items: all } = await inSlices(undecidedIn(session));
      const items = await pickGroup(all, where);
      const sure = items && (await pickSure(items));
      const chosen = sure && (await lookOver(at, sure));
      if (chosen === undefined) return;
      // The lists were open for a while: what was decided or went away meanwhile is left out.
      const ids = chosen.map(({ id }) => id).filter((id) => labels.get(id)?.status === "suggested");
      if (ids.length === 0) throw new LabelsError(l10n.t("Nothing was accepted."));
      const now = ids.slice(-MOST_AT_ONCE);
      labels.accept(...now).saved.catch(() => undefined);
      // Nobody read the sentences: what has no label in them is not said to have none.
      const said = plural(
        now.length,
        l10n.t("1 suggestion accepted. Undo takes it back."),
        l10n.t("{0} suggestions accepted. One undo takes all of them back.", now.length),
      );
      const left = ids.length - now.length;
      const more = left === 0 ? [] : [l10n.t("{0} are left: run the command again.", left)];
      sayInStatus([said, ...more].join(" "), 8000);
    },
  };
}
