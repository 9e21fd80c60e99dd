/** Commands of the Review Queue: go to a suggestion, decide on it, and order the queue. */
import { l10n } from "vscode";
import type { Annotation } from "../../labels/annotation";
import { LabelsError } from "../../labels/contract";
import { shownName } from "../../text/shown";
import type { CommandTable } from "../base/command-table";
import { sayInStatus } from "../base/messages";
import { pickOne } from "../base/picks";
import { glance } from "../base/reveal";
import { bringUp } from "../documents/bring-up";
import { DocumentSession } from "../documents/session";
import type { Opened } from "../documents/targets";
import { QUEUE_ORDERS } from "../show/queue-rows";
import type { QueueOrder, SuggestionRow } from "../show/queue-rows";
import type { ReviewQueue } from "../show/review-queue";
import { done } from "./outcome";
import type { Parts } from "./parts";

/** A suggestion of an open document. */
type Suggested = Opened & { readonly item: Annotation };

/** The commands. Those on a suggestion take its row, or the one that is selected; keys give none. */
export function queueCommands(parts: Parts, queue: ReviewQueue): CommandTable {
  const { sessions, unopened, walk } = parts;
  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: a key first selects a row, which goes to it, and then decides. */
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const mine = turn.then(act);
    turn = mine.catch(() => undefined);
    return mine;
  };
  /** The suggestion of a row as it is now; undefined if it was decided, is gone, or its file is not open. */
  const now = ({ undecided: { document, annotation } }: SuggestionRow): Suggested | undefined => {
    const session = document instanceof DocumentSession ? sessions.get(document.document) : undefined;
    const item = session?.labels?.get(annotation.id);
    return session?.labels === undefined || item?.status !== "suggested"
      ? undefined
      : { session, labels: session.labels, item };
  };
  /** Goes to a row's suggestion, and opens its file for that; undefined as with {@link now}. */
  const open = async (row: SuggestionRow): Promise<Suggested | undefined> => {
    const { document, annotation } = row.undecided;
    if (!(document instanceof DocumentSession)) {
      const { item, ...at } = await bringUp(sessions, document, annotation, { preserveFocus: true });
      if (item === undefined) return undefined;
      queue.becomes(row, at.session, item);
      walk.show(at, item);
      return { ...at, item };
    }
    if (now(row) === undefined) return undefined;
    const editor = await glance(document.document);
    // While the editor opened, the text or the decisions may have changed.
    const there = now(row);
    if (there !== undefined && editor !== undefined) walk.show({ ...there, editor }, there.item);
    return there;
  };
  const meant = async (from: unknown): Promise<SuggestionRow> => {
    const row = from === undefined ? await queue.selected() : queue.row(from);
    if (row?.kind !== "suggestion") throw new LabelsError(l10n.t("Choose a suggestion in the Review Queue first."));
    return row;
  };
  const gone = (row: SuggestionRow): never => {
    queue.forget(row);
    throw new LabelsError(l10n.t("That suggestion is decided already, or no longer there."));
  };
  /** Keys come fast: what they cannot do is said in the status bar, as in Review Mode. */
  const byKey = async (from: unknown, act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      if (from !== undefined || !(error instanceof LabelsError)) throw error;
      sayInStatus(error.message, 6000);
    }
  };
  const decide = (from: unknown, accept: boolean): Promise<void> =>
    inTurn(async () => {
      const row = await meant(from);
      const rest = queue.after(row);
      const isUnopened = !(row.undecided.document instanceof DocumentSession);
      const there = (isUnopened ? await open(row) : now(row)) ?? gone(row);
      const { labels, item } = there;
      const name = shownName(item.label);
      if (accept) done(there, labels.accept(item.id), l10n.t("accepted {0}", name));
      else done(there, labels.reject(item.id), l10n.t("rejected {0}", name));
      queue.forget(row);
      // What a decision takes away besides, such as another suggestion on the same text, is passed over.
      for (const next of rest) {
        if ((await open(next)) === undefined) continue;
        await queue.select(next);
        return;
      }
      sayInStatus(l10n.t("That was the last suggestion of the queue."), 6000);
    });
  return {
    openFromQueue: (from) =>
      inTurn(async () => {
        const row = await meant(from);
        if ((await open(row)) === undefined) gone(row);
      }),
    acceptFromQueue: (from) => byKey(from, () => decide(from, true)),
    rejectFromQueue: (from) => byKey(from, () => decide(from, false)),
    queueAllFiles: () => {
      unopened.scope = "all";
    },
    queueOpenDocuments: () => {
      unopened.scope = "open";
    },
    stopReadingFiles: () => unopened.stop(),
    readFiles: () => unopened.goOn(),
    orderQueue: async (given) => {
      const order = QUEUE_ORDERS.find((one) => one === given) ?? (await pickOrder(queue.order));
      if (order !== undefined) queue.order = order;
    },
  };
}

/** Asks for an order; undefined if the user leaves. */
async function pickOrder(now: QueueOrder): Promise<QueueOrder | undefined> {
  const said: Readonly<Record<QueueOrder, readonly [label: string, detail: string]>> = {
    doubt: [
      l10n.t("By Doubt"),
      l10n.t("Words that you decided otherwise elsewhere, then the least margin between the two best labels"),
    ],
    sentence: [
      l10n.t("By Sentence"),
      l10n.t("The sentences of which the model leaves most open, each with all its suggestions: they teach most"),
    ],
    disagreement: [
      l10n.t("By Disagreement with Decisions"),
      l10n.t("Words that you decided otherwise most often, then the others by margin"),
    ],
    entropy: [
      l10n.t("By Entropy"),
      l10n.t("What the model spreads most over all labels, whatever you decided elsewhere"),
    ],
    place: [l10n.t("By Place"), l10n.t("By document, from its start on")],
  };
  const choices = QUEUE_ORDERS.map((order) => {
    const [label, detail] = said[order];
    return { label, detail, order, ...(order === now && { icon: "check" }) };
  });
  const title = l10n.t("Order of the Review Queue");
  return (await pickOne(choices, { title, placeHolder: l10n.t("It is kept for this workspace") }))?.order;
}
